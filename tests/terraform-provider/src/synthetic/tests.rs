//! Ids and ARNs look like AWS's.

use serde_json::{Value as Json, json};

use super::*;
use crate::account::SharedAccount;

/// The ARN and the id of a resource.
fn identity(kind: &str, attributes: &Json) -> (String, String) {
    let settings = Settings::read(&Value::from(&json!({"region": "eu-central-1"})), "111122223333").expect("settings");
    let shared = SharedAccount::default();
    let account = shared.lock();
    let mut resource = Value::from(attributes);
    let maker = Maker::new(kind, &resource, &account, &settings, 0);
    for name in ["key_id", "url", "arn", "id"] {
        let value = maker.identity(name, &resource);
        resource.set(name, value);
    }
    let text = |name: &str| resource.text_of(name).unwrap_or_default().to_owned();
    (text("arn"), text("id"))
}

fn arn(kind: &str, attributes: &Json) -> String {
    identity(kind, attributes).0
}

#[test]
fn arns_that_follow_from_names() {
    let role = json!({"name": "web", "path": "/skiff/prod/"});
    assert_eq!(
        identity("aws_iam_role", &role),
        ("arn:aws:iam::111122223333:role/skiff/prod/web".to_owned(), "web".to_owned())
    );
    let policy = arn("aws_iam_policy", &role);
    assert_eq!(identity("aws_iam_policy", &role), (policy.clone(), policy));
    assert_eq!(
        arn("aws_iam_instance_profile", &json!({"name": "web"})),
        "arn:aws:iam::111122223333:instance-profile/web"
    );
    assert_eq!(arn("aws_s3_bucket", &json!({"bucket": "logs"})), "arn:aws:s3:::logs");
    assert_eq!(arn("aws_sns_topic", &json!({"name": "a"})), "arn:aws:sns:eu-central-1:111122223333:a");
    assert_eq!(
        arn("aws_cloudwatch_log_group", &json!({"name": "/skiff/web"})),
        "arn:aws:logs:eu-central-1:111122223333:log-group:/skiff/web"
    );
    assert_eq!(
        arn("aws_backup_vault", &json!({"name": "v"})),
        "arn:aws:backup:eu-central-1:111122223333:backup-vault:v"
    );
    assert_eq!(arn("aws_db_instance", &json!({"identifier": "shop"})), "arn:aws:rds:eu-central-1:111122223333:db:shop");
}

#[test]
fn a_queue_is_known_by_its_url() {
    let (arn, id) = identity("aws_sqs_queue", &json!({"name": "jobs"}));
    assert_eq!(arn, "arn:aws:sqs:eu-central-1:111122223333:jobs");
    assert_eq!(id, "https://sqs.eu-central-1.amazonaws.com/111122223333/jobs");
}

#[test]
fn load_balancing_arns_continue_each_other() {
    let (balancer, id) = identity("aws_lb", &json!({"name": "shop"}));
    assert_eq!(balancer, id);
    let start = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:";
    let own = balancer.strip_prefix(&format!("{start}loadbalancer/app/shop/")).expect("its form").to_owned();
    let listener = arn("aws_lb_listener", &json!({"load_balancer_arn": balancer, "port": 443}));
    assert!(listener.starts_with(&format!("{start}listener/app/shop/{own}/")), "{listener}");
    let rule = arn("aws_lb_listener_rule", &json!({"listener_arn": listener, "priority": 1}));
    assert!(rule.starts_with(&format!("{start}listener-rule/app/shop/{own}/")), "{rule}");
}

#[test]
fn a_suffix_is_the_end_of_the_arn() {
    let settings = Settings::default();
    let shared = SharedAccount::default();
    let account = shared.lock();
    let suffix = |kind: &str, arn: &str| {
        let whole = Value::from(&json!({ "arn": arn }));
        let maker = Maker::new(kind, &whole, &account, &settings, 0);
        maker.attribute("arn_suffix", &Type::Text, true, &whole)
    };
    let prefix = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:";
    assert_eq!(suffix("aws_lb", &format!("{prefix}loadbalancer/app/shop/0a")), Value::from("app/shop/0a"));
    assert_eq!(
        suffix("aws_lb_target_group", &format!("{prefix}targetgroup/web/0b")),
        Value::from("targetgroup/web/0b")
    );
}

#[test]
fn ec2_ids_have_seventeen_digits_and_repeat() {
    let of = |name: &str| identity("aws_security_group", &json!({ "name": name }));
    let (arn, id) = of("a");
    assert_eq!((id.len(), &id[..4]), (20, "sg-0"));
    assert!(arn.ends_with(&format!(":security-group/{id}")), "{arn}");
    assert_eq!(of("a"), (arn, id.clone()));
    assert_ne!(of("b").1, id);
}

#[test]
fn parts_are_joined_as_the_provider_joins_them() {
    let id = |kind: &str, attributes: &Json| identity(kind, attributes).1;
    assert_eq!(id("aws_iam_role_policy", &json!({"role": "web", "name": "read"})), "web:read");
    assert_eq!(id("aws_route53_record", &json!({"zone_id": "Z1", "name": "a.b", "type": "A"})), "Z1_a.b_A");
}

#[test]
fn a_database_that_keeps_its_password_has_a_secret() {
    let settings = Settings::read(&Value::from(&json!({"region": "eu-central-1"})), "111122223333").expect("settings");
    let shared = SharedAccount::default();
    let account = shared.lock();
    let whole = Value::from(&json!({"id": "db-ABC", "manage_master_user_password": true}));
    let maker = Maker::new("aws_db_instance", &whole, &account, &settings, 0);
    let secret = maker.attribute("master_user_secret", &Type::Text, true, &whole).to_json();
    let arn = secret[0]["secret_arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-abc-"), "{arn}");
}
