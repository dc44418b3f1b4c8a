//! The rules refuse what the provider refuses, with the place, and leave the rest alone.

use serde_json::{Value as Json, json};

use super::*;
use crate::schema;

fn problems(kind: Kind, type_name: &str, config: &Json) -> Vec<Problem> {
    let block = kind.block(schema::aws().expect("data"), type_name).expect("a type of the data");
    check(kind, type_name, block, &Value::from(config))
}

fn summaries(type_name: &str, config: &Json) -> Vec<String> {
    problems(Kind::Resource, type_name, config).into_iter().map(|problem| problem.summary).collect()
}

/// The only problem that there is.
fn problem(type_name: &str, config: &Json) -> Problem {
    let mut found = problems(Kind::Resource, type_name, config);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn every_path_of_the_table_is_in_the_schema() {
    for kind in [Kind::Resource, Kind::DataSource] {
        let catalogue = schema::aws().expect("data");
        let types = if kind == Kind::Resource { &catalogue.resource_schemas } else { &catalogue.data_source_schemas };
        for (type_name, schema) in types {
            for rule in table::of(kind, type_name) {
                assert_path(type_name, &schema.block, rule);
            }
        }
    }
}

fn assert_path(type_name: &str, block: &Block, rule: &Rule) {
    let mut block = Some(block);
    for name in rule.path.split('.').filter(|name| !name.is_empty()) {
        let within = block.unwrap_or_else(|| panic!("{type_name}: {} goes on behind an argument", rule.path));
        block = within.block_types.get(name).map(|nested| &nested.block);
        assert!(block.is_some() || within.attributes.contains_key(name), "{type_name} has no {}", rule.path);
    }
    let names: &[&str] = match rule.must {
        Must::NotCombine(names) | Must::HaveExactlyOneOf(names) | Must::HaveAtLeastOneOf(names) => names,
        Must::HaveWith(_, others) | Must::HaveWhen(_, _, others) => others,
        _ => return,
    };
    let block = block.unwrap_or_else(|| panic!("{type_name}: {} is no block", rule.path));
    for name in names {
        let known = block.attributes.contains_key(*name) || block.block_types.contains_key(*name);
        assert!(known, "{type_name}: {} has no {name}", rule.path);
    }
}

#[test]
fn every_type_of_the_table_is_in_the_schema() {
    let catalogue = schema::aws().expect("data");
    for family in table::all() {
        for rule in family {
            for name in rule.types {
                let known =
                    catalogue.resource_schemas.contains_key(*name) || catalogue.data_source_schemas.contains_key(*name);
                assert!(known, "{name}");
            }
        }
    }
}

#[test]
fn a_misspelt_word_is_refused_at_its_place() {
    let group = json!({"name": "web", "health_check": [{"protocol": "HTPP"}]});
    let found = problem("aws_lb_target_group", &group);
    assert_eq!(found.summary, r#"expected health_check.0.protocol to be one of ["HTTP" "HTTPS" "TCP"], got HTPP"#);
    let name = |name: &str| Step::Name(name.to_owned());
    assert_eq!(found.path, [name("health_check"), Step::Index(0), name("protocol")]);
}

#[test]
fn what_is_unknown_is_not_judged() {
    let block = schema::aws().expect("data").resource("aws_vpc_security_group_ingress_rule").expect("type");
    let mut config = Value::from(&json!({"ip_protocol": "tcp", "from_port": 443, "to_port": 443}));
    config.set("security_group_id", Value::Unknown);
    config.set("referenced_security_group_id", Value::Unknown);
    assert_eq!(check(Kind::Resource, "aws_vpc_security_group_ingress_rule", block, &config), []);
    config.set("cidr_ipv4", Value::Unknown);
    assert_eq!(check(Kind::Resource, "aws_vpc_security_group_ingress_rule", block, &config), []);
}

#[test]
fn a_rule_of_a_security_group_has_exactly_one_other_side() {
    let rule = |more: Json| {
        let mut rule = json!({"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443});
        rule.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        problems(Kind::Resource, "aws_vpc_security_group_ingress_rule", &rule)
    };
    assert_eq!(rule(json!({"cidr_ipv4": "10.0.0.0/8"})), []);
    let both = rule(json!({"cidr_ipv4": "10.0.0.0/8", "prefix_list_id": "pl-1"}));
    assert_eq!(both[0].summary, "Invalid combination of arguments");
    assert!(
        both[0].detail.contains("only one of `cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id`"),
        "{both:?}"
    );
    let none = rule(json!({}));
    assert!(none[0].detail.contains("must be specified"), "{none:?}");
}

#[test]
fn names_are_short_and_do_not_combine_with_a_prefix() {
    let long = "a".repeat(33);
    assert_eq!(
        summaries("aws_lb_target_group", &json!({ "name": long })),
        [format!("\"name\" cannot be longer than 32 characters: {long:?}")]
    );
    let both = problem("aws_launch_template", &json!({"name": "web", "name_prefix": "web-"}));
    assert_eq!(
        (both.summary.as_str(), both.detail.as_str()),
        ("Conflicting configuration arguments", "\"name\": conflicts with name_prefix")
    );
}

#[test]
fn arns_ids_networks_and_policies_have_their_form() {
    let listener =
        json!({"load_balancer_arn": "shop", "default_action": [{"type": "forward", "target_group_arn": "arn:aws:x"}]});
    let found = summaries("aws_lb_listener", &listener);
    assert!(
        found.contains(&"\"load_balancer_arn\" (shop) is an invalid ARN: arn: invalid prefix".to_owned()),
        "{found:?}"
    );
    assert!(found.iter().any(|words| words.contains("not enough sections")), "{found:?}");
    assert!(summaries("aws_subnet", &json!({"vpc_id": "sg-1"}))[0].contains("an id like vpc…"));
    assert!(summaries("aws_vpc", &json!({"cidr_block": "10.0.0.1/16"}))[0].contains("the address has host bits"));
    assert_eq!(summaries("aws_vpc", &json!({"cidr_block": "0.0.0.0/0"})), [""; 0]);
    assert!(summaries("aws_sqs_queue_policy", &json!({"policy": "[]"}))[0].contains("it is not an object"));
    assert!(
        summaries("aws_iam_role", &json!({"assume_role_policy": "{"}))[0].contains("contains an invalid JSON policy")
    );
}

#[test]
fn read_only_arguments_are_refused_at_any_depth() {
    let found = problem("aws_lb_target_group", &json!({"name": "web", "arn": "arn:aws:a:b:111122223333:c"}));
    assert_eq!(found.summary, "Value for unconfigurable attribute");
    assert_eq!(found.path, [Step::Name("arn".to_owned())]);
}

#[test]
fn an_action_has_the_block_of_its_type() {
    let rule = |action: Json| {
        let rule = json!({
            "listener_arn": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/a/b/c",
            "action": [action], "condition": [{"host_header": [{"values": ["example.com"]}]}],
        });
        summaries("aws_lb_listener_rule", &rule)
    };
    let group = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/a/b";
    let forward = json!([{"target_group": [{"arn": group, "weight": 100}]}]);
    assert_eq!(rule(json!({"type": "forward", "forward": forward})), [""; 0]);
    assert!(rule(json!({"type": "forward"}))[0].contains("\"forward\" must be specified"));
    assert!(rule(json!({"type": "redirect", "forward": forward}))[0].contains("\"forward\" must not be specified"));
    assert!(
        rule(json!({"type": "forward", "target_group_arn": group, "forward": forward}))[0].contains("both specified")
    );
}

#[test]
fn a_transform_has_one_configuration_and_a_known_type() {
    let rule = |transform: Json| {
        let rule = json!({
            "listener_arn": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/a/b/c",
            "action": [{"type": "fixed-response", "fixed_response": [{"content_type": "text/plain", "status_code": "404"}]}],
            "condition": [{"http_request_method": [{"values": ["GET"]}]}],
            "transform": [transform],
        });
        summaries("aws_lb_listener_rule", &rule)
    };
    let rewrite = json!([{"rewrite": [{"regex": "^/a", "replace": "/b"}]}]);
    assert_eq!(rule(json!({"type": "url-rewrite", "url_rewrite_config": rewrite})), [""; 0]);
    assert_eq!(rule(json!({"type": "url-rewrite"})).len(), 1);
    assert_eq!(rule(json!({"type": "rewrite", "url_rewrite_config": rewrite})).len(), 1);
    let both = json!({
        "type": "url-rewrite", "url_rewrite_config": rewrite, "host_header_rewrite_config": rewrite,
    });
    assert_eq!(rule(both).len(), 1);
}

#[test]
fn stickiness_by_a_cookie_of_the_application_names_it() {
    let group =
        |stickiness: Json| summaries("aws_lb_target_group", &json!({"name": "web", "stickiness": [stickiness]}));
    assert_eq!(group(json!({"type": "lb_cookie", "cookie_duration": 60})), [""; 0]);
    assert_eq!(group(json!({"type": "app_cookie", "cookie_name": "S"})), [""; 0]);
    assert_eq!(group(json!({"type": "app_cookie"})).len(), 1);
}

#[test]
fn a_group_has_one_source_of_instances_and_sizes_in_order() {
    let group = |more: Json| {
        let mut group = json!({"min_size": 1, "max_size": 2, "launch_template": [{"id": "lt-1"}]});
        group.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        problems(Kind::Resource, "aws_autoscaling_group", &group)
    };
    assert_eq!(group(json!({})), []);
    assert_eq!(group(json!({"max_size": 0}))[0].summary, "min_size (1) is greater than max_size (0)");
    assert!(group(json!({"mixed_instances_policy": [{}]}))[0].detail.contains("only one of"));
    assert!(group(json!({"launch_template": []}))[0].detail.contains("must be specified"));
}

#[test]
fn a_group_keeps_shares_of_its_members_that_are_not_far_apart() {
    let group = |least: u32, most: u32| {
        let policy = json!([{"min_healthy_percentage": least, "max_healthy_percentage": most}]);
        let group = json!({
            "min_size": 1, "max_size": 2, "launch_template": [{"id": "lt-1"}], "instance_maintenance_policy": policy,
        });
        problems(Kind::Resource, "aws_autoscaling_group", &group)
    };
    assert_eq!(group(50, 150), []);
    assert_eq!(group(100, 200), []);
    assert!(group(40, 150)[0].summary.contains("110 above"));
    assert!(!group(50, 90).is_empty());
}

#[test]
fn a_database_needs_a_password_and_a_last_snapshot() {
    let good = json!({
        "identifier": "shop", "engine": "postgres", "instance_class": "db.t4g.micro", "allocated_storage": 20,
        "username": "skiff", "manage_master_user_password": true, "final_snapshot_identifier": "last",
        "maintenance_window": "sun:04:00-sun:05:00",
    });
    assert_eq!(summaries("aws_db_instance", &good), [""; 0]);
    let but = |name: &str, value: Json| {
        let mut other = good.clone();
        other[name] = value;
        summaries("aws_db_instance", &other).concat()
    };
    assert!(but("manage_master_user_password", json!(null)).contains("must be set"));
    assert!(but("final_snapshot_identifier", json!(null)).contains("final_snapshot_identifier is required"));
    assert!(but("maintenance_window", json!("Sun:04:00-Sun:05:00")).contains("must satisfy the format"));
    assert!(but("instance_class", json!("t4g.micro")).contains("must begin with \"db.\""));
}

#[test]
fn an_alarm_watches_exactly_one_query() {
    let alarm = |watched: [bool; 2]| {
        let query = |id: &str, watched: bool| json!({"id": id, "expression": "m1", "return_data": watched});
        let alarm = json!({
            "alarm_name": "a", "comparison_operator": "GreaterThanThreshold", "evaluation_periods": 3,
            "metric_query": [query("e1", watched[0]), query("e2", watched[1])],
        });
        summaries("aws_cloudwatch_metric_alarm", &alarm)
    };
    assert_eq!(alarm([true, false]), [""; 0]);
    assert_eq!(alarm([true, true]), ["exactly one metric_query must have return_data = true, got 2"]);
}

#[test]
fn policy_documents_are_judged_too() {
    let document = json!({"statement": [{"effect": "Alow", "sid": "a b", "actions": ["a"], "not_actions": ["b"]}]});
    let found = problems(Kind::DataSource, "aws_iam_policy_document", &document);
    let words: Vec<&str> = found.iter().map(|problem| problem.summary.as_str()).collect();
    assert_eq!(words.len(), 3, "{words:?}");
    assert!(words[0].contains("to be one of [\"Allow\" \"Deny\"]"), "{words:?}");
}
