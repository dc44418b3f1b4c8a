//! AWS would accept every property of every golden plan, and the check would notice if it did not.

use serde_json::{Value, json};
use skiff_tests::{conformance, listed, plan_case, seam};
use skiff_wire::Plan;

#[test]
fn every_golden_plan_conforms() {
    let (cases, _) = plan_case::planned();
    let of_case = |case: &plan_case::Planned| {
        let folder = case.case.folder.clone();
        conformance::problems(&case.plan).into_iter().map(move |problem| format!("{folder}: {problem}"))
    };
    let problems: Vec<String> = cases.iter().flat_map(of_case).collect();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_known_type_has_a_validator() {
    let types = seam::resource_types();
    assert!(!types.is_empty(), "there are no resource schemas");
    let broken: Vec<String> = types.iter().filter_map(|name| conformance::validator::validator(name).err()).collect();
    assert!(broken.is_empty(), "{}", listed(&broken));
}

/// A plan of a queue, a role that may read it, and a target group, with references of every form.
fn sound() -> Value {
    json!({
        "schema": "skiff.dev/plan/v1", "app": "shop", "environment": "prod", "account": "111122223333",
        "region": "eu-west-1", "state_root": ".skiff", "services": {},
        "inputs": {"vpc": {"kind": "vpc", "description": "The network.", "locked_by": ["skiff", "lock"]}},
        "cost": {"currency": "USD", "prices_as_of": "2026-11-01", "monthly": "0.00", "monthly_peak": "0.00",
                 "lines": [], "unknown": [{"resource": "queue", "item": "requests", "reason": "by use"}]},
        "shape": {
            "group": {"type": "AWS::AutoScaling::AutoScalingGroup", "owner": "environment", "origin": "app",
                "properties": {"AutoScalingGroupName": "shop-prod", "MinSize": "0", "MaxSize": "4",
                    "LaunchTemplate": {"LaunchTemplateId": {"input": "vpc"}, "Version": "1"},
                    "VPCZoneIdentifier": {"input": "vpc"}},
                "runtime_owned": ["/MinSize", "/DesiredCapacity", "/LaunchTemplate/Version"]},
            "queue": {"type": "AWS::SQS::Queue", "owner": "environment", "origin": "app",
                "properties": {"QueueName": "shop-prod-mail", "VisibilityTimeout": 30}},
            "role": {"type": "AWS::IAM::Role", "owner": "environment", "origin": "app",
                "properties": {"RoleName": "shop-prod", "AssumeRolePolicyDocument": {"Version": "2012-10-17"},
                    "Policies": [{"PolicyName": "queue", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "sqs:ReceiveMessage",
                         "Resource": {"resource": "queue", "attribute": "Arn"}}]}}],
                    "PermissionsBoundary": {"join": ["arn:", {"pseudo": "partition"}, ":iam::", {"pseudo": "account"},
                                                     ":policy/boundary"]}}},
            "target": {"type": "AWS::ElasticLoadBalancingV2::TargetGroup", "owner": "environment", "origin": "app",
                "properties": {"Name": "shop-prod-web-a", "Port": 8080, "Protocol": "HTTP",
                    "TargetType": "instance", "VpcId": {"input": "vpc"}}}
        }
    })
}

fn problems(plan: Value) -> Vec<String> {
    let plan: Result<Plan, _> = serde_json::from_value(plan);
    plan.map_or_else(|error| vec![format!("the sample is no plan: {error}")], |plan| conformance::problems(&plan))
}

/// The sample with one value set, by JSON pointer of its parent and key.
fn with(parent: &str, key: &str, value: Value) -> Vec<String> {
    let mut plan = sound();
    if let Some(Value::Object(fields)) = plan.pointer_mut(parent) {
        fields.insert(key.into(), value);
    }
    problems(plan)
}

fn assert_refused(found: &[String], id: &str, words: &str) {
    let named = found.iter().any(|problem| problem.starts_with(id) && problem.contains(words));
    assert!(named, "no problem of `{id}` with `{words}` in {found:#?}");
}

#[test]
fn the_sound_plan_conforms() {
    assert_eq!(problems(sound()), Vec::<String>::new());
}

#[test]
fn an_unknown_property_is_refused() {
    assert_refused(&with("/shape/queue/properties", "Colour", json!("red")), "queue", "Colour");
    assert_refused(&with("/shape/group/properties/LaunchTemplate", "Colour", json!("red")), "group", "Colour");
}

#[test]
fn an_unknown_type_is_refused() {
    assert_refused(&with("/shape/queue", "type", json!("AWS::SQS::Tube")), "queue", "AWS::SQS::Tube");
}

#[test]
fn a_value_that_is_no_choice_is_refused() {
    assert_refused(&with("/shape/target/properties", "Protocol", json!("GOPHER")), "target", "GOPHER");
}

#[test]
fn a_value_out_of_range_is_refused() {
    assert_refused(&with("/shape/target/properties", "Port", json!(70_000)), "target", "70000");
}

#[test]
fn a_value_of_another_type_is_refused() {
    assert_refused(&with("/shape/queue/properties", "VisibilityTimeout", json!("soon")), "queue", "VisibilityTimeout");
}

#[test]
fn a_missing_required_property_is_refused() {
    let mut plan = sound();
    let role =
        plan.pointer_mut("/shape/role/properties").and_then(Value::as_object_mut).expect("the role has properties");
    role.remove("AssumeRolePolicyDocument");
    assert_refused(&problems(plan), "role", "AssumeRolePolicyDocument");
}

#[test]
fn two_that_exclude_each_other_are_refused() {
    let found = with("/shape/group/properties", "InstanceId", json!("i-0123456789abcdef0"));
    assert_refused(&found, "group", "more than one");
}

#[test]
fn a_read_only_property_is_refused() {
    let arn = json!("arn:aws:sqs:eu-west-1:111122223333:q");
    assert_refused(&with("/shape/queue/properties", "Arn", arn), "queue", "read-only");
}

#[test]
fn a_dangling_reference_is_refused() {
    let to_nothing = json!({"resource": "tube", "attribute": "Arn"});
    assert_refused(&with("/shape/queue/properties", "KmsMasterKeyId", to_nothing), "queue", "`tube`");
    let to_no_attribute = json!({"resource": "role", "attribute": "Colour"});
    assert_refused(&with("/shape/queue/properties", "KmsMasterKeyId", to_no_attribute), "queue", "`Colour`");
    let within_a_join = json!({"join": ["a", {"resource": "tube", "attribute": "Arn"}]});
    assert_refused(&with("/shape/queue/properties", "KmsMasterKeyId", within_a_join), "queue", "`tube`");
    assert_refused(&with("/shape/queue/properties", "KmsMasterKeyId", json!({"input": "moon"})), "queue", "`moon`");
}

#[test]
fn a_malformed_reference_is_refused() {
    let half = json!({"resource": "role"});
    assert_refused(&with("/shape/queue/properties", "KmsMasterKeyId", half), "queue", "KmsMasterKeyId");
    assert_refused(
        &with("/shape/queue/properties", "KmsMasterKeyId", json!({"pseudo": "moon"})),
        "queue",
        "KmsMasterKeyId",
    );
}

#[test]
fn a_runtime_owned_property_must_be_one() {
    assert_refused(&with("/shape/group", "runtime_owned", json!(["/Colour"])), "group", "/Colour");
}

#[test]
fn a_long_name_is_refused() {
    let name = json!("shop-production-mail-queue-that-goes-on");
    assert_refused(&with("/shape/queue/properties", "QueueName", name), "queue", "32");
}

#[test]
fn an_unknown_owner_and_a_cost_of_nothing_are_refused() {
    assert_refused(&with("/shape/queue", "owner", json!("nobody")), "queue", "`nobody`");
    let unknown = json!([{"resource": "tube", "item": "x", "reason": "y"}]);
    assert_refused(&with("/cost", "unknown", unknown), "cost", "`tube`");
}

#[test]
fn a_finding_accepted_without_a_reason_is_refused() {
    assert_refused(&with("/shape/queue", "accepted", json!({"CKV_AWS_27": " "})), "queue", "CKV_AWS_27");
}
