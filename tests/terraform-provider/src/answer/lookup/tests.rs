//! What data sources find, and what they say when they do not.

use serde_json::{Value as Json, json};

use super::*;
use crate::account::SharedAccount;

fn account(resources: &[(&str, Json)]) -> SharedAccount {
    let account = SharedAccount::default();
    for (kind, attributes) in resources {
        account.put(kind, attributes).expect("it has an id");
    }
    account
}

fn find(account: &SharedAccount, data_source: &str, config: &Json) -> Result<Json, String> {
    let settings = Settings::read(&Value::from(&json!({"region": "eu-central-1"})), "111122223333").expect("settings");
    let found = look_up(data_source, &Value::from(config), &account.lock(), &settings);
    found.map(|value| value.to_json()).map_err(|problem| problem.summary)
}

#[test]
fn a_load_balancer_is_found_by_name_with_all_its_tags() {
    let balancer = json!({"id": "arn:lb", "arn": "arn:lb", "name": "shop", "tags": {"app": "shop"}});
    let account = account(&[("aws_lb", balancer)]);
    let found = find(&account, "aws_lb", &json!({"name": "shop"})).expect("it is there");
    assert_eq!((&found["arn"], &found["tags"]), (&json!("arn:lb"), &json!({"app": "shop"})));
    assert_eq!(
        find(&account, "aws_lb", &json!({"name": "other"})),
        Err("no matching ELBv2 Load Balancer found".to_owned())
    );
}

#[test]
fn a_listener_is_found_by_its_port() {
    let listener = |port: u16| json!({"id": format!("l{port}"), "arn": format!("l{port}"), "load_balancer_arn": "lb", "port": port});
    let account = account(&[("aws_lb_listener", listener(80)), ("aws_lb_listener", listener(443))]);
    let found =
        find(&account, "aws_lb_listener", &json!({"load_balancer_arn": "lb", "port": 443})).expect("it is there");
    assert_eq!(found["arn"], "l443");
    let several = find(&account, "aws_lb_listener", &json!({"load_balancer_arn": "lb"})).expect_err("two");
    assert!(several.starts_with("multiple ELBv2 Listeners matched"), "{several}");
}

#[test]
fn a_key_is_found_by_id_arn_and_alias() {
    let key = json!({"id": "k1", "key_id": "k1", "arn": "arn:k1"});
    let alias = json!({"id": "alias/shop", "name": "alias/shop", "arn": "arn:alias/shop", "target_key_id": "k1"});
    let account = account(&[("aws_kms_key", key), ("aws_kms_alias", alias)]);
    for asked in ["k1", "arn:k1", "alias/shop", "arn:alias/shop"] {
        let found = find(&account, "aws_kms_key", &json!({"key_id": asked})).expect(asked);
        assert_eq!((&found["arn"], &found["key_id"]), (&json!("arn:k1"), &json!(asked)));
    }
    assert_eq!(find(&account, "aws_kms_key", &json!({"key_id": "k2"})), Err("no matching KMS Key found".to_owned()));
}

#[test]
fn subnets_are_found_by_network_and_tag() {
    let subnet = |id: &str, tier: &str| json!({"id": id, "vpc_id": "vpc-1", "tags": {"tier": tier}});
    let account =
        account(&[("aws_subnet", subnet("subnet-1", "private")), ("aws_subnet", subnet("subnet-2", "public"))]);
    let by_network = json!([{"name": "vpc-id", "values": ["vpc-1"]}]);
    let ids = |config| find(&account, "aws_subnets", &config).expect("a list")["ids"].clone();
    assert_eq!(ids(json!({"filter": by_network})), json!(["subnet-1", "subnet-2"]));
    assert_eq!(ids(json!({"filter": by_network, "tags": {"tier": "public"}})), json!(["subnet-2"]));
    assert_eq!(ids(json!({"tags": {"tier": "none"}})), json!([]));
}

#[test]
fn a_database_has_its_secret() {
    let secret = json!([{"secret_arn": "arn:secret", "secret_status": "active", "kms_key_id": null}]);
    let database = json!({"id": "db-1", "identifier": "shop", "username": "skiff", "master_user_secret": secret});
    let account = account(&[("aws_db_instance", database)]);
    let found = find(&account, "aws_db_instance", &json!({"db_instance_identifier": "shop"})).expect("it is there");
    assert_eq!(found["master_user_secret"][0]["secret_arn"], "arn:secret");
    assert_eq!(found["master_username"], "skiff");
}

#[test]
fn the_prefix_list_of_s3_is_there_by_default() {
    let account = SharedAccount::default();
    for data_source in ["aws_prefix_list", "aws_ec2_managed_prefix_list"] {
        let found = find(&account, data_source, &json!({"name": "com.amazonaws.eu-central-1.s3"})).expect(data_source);
        assert!(found["id"].as_str().is_some_and(|id| id.starts_with("pl-")), "{found}");
    }
    let elsewhere = find(&account, "aws_prefix_list", &json!({"name": "com.amazonaws.us-east-1.s3"}));
    assert_eq!(elsewhere, Err("no matching EC2 Prefix List found".to_owned()));
}

#[test]
fn a_zone_is_found_with_and_without_its_dot() {
    let account = account(&[("aws_route53_zone", json!({"id": "Z1", "zone_id": "Z1", "name": "example.com"}))]);
    let found = find(&account, "aws_route53_zone", &json!({"name": "example.com.", "private_zone": false}));
    assert_eq!(found.expect("it is there")["zone_id"], "Z1");
}

#[test]
fn a_namespace_knows_that_it_is_private() {
    let namespace = json!({"id": "ns-1", "name": "shop.internal", "vpc": "vpc-1"});
    let account = account(&[("aws_service_discovery_private_dns_namespace", namespace)]);
    let config = json!({"name": "shop.internal", "type": "DNS_PRIVATE"});
    let found = find(&account, "aws_service_discovery_dns_namespace", &config).expect("it is there");
    assert_eq!((&found["id"], &found["type"]), (&json!("ns-1"), &json!("DNS_PRIVATE")));
}

#[test]
fn every_data_source_of_the_schema_is_answered() {
    let singular = ["aws_caller_identity", "aws_iam_policy_document", "aws_partition", "aws_region", "aws_subnets"];
    let known = |name: &str| singular.contains(&name) || LOOK_UPS.iter().any(|row| row.data_source == name);
    let schema = crate::schema::aws().expect("data");
    let unknown: Vec<_> = schema.data_source_schemas.keys().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
