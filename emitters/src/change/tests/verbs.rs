//! One test a verb, and what does not count as a difference.

use serde_json::json;
use skiff_wire::{Plan, Reversibility, Risk, ShapeVerb};

use crate::sample::{change, only, plan, resource, shaped};

const BUCKET: &str = "AWS::S3::Bucket";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

#[test]
fn a_resource_that_is_new_is_added() {
    let change = change(&plan(), &shaped(&[("uploads", BUCKET, json!({}))]));
    assert_eq!((change.summary.add, change.shape[0].verb, change.shape[0].risk), (1, ShapeVerb::Add, Risk::Low));
}

#[test]
fn a_resource_that_is_gone_is_removed() {
    let change = change(&shaped(&[("uploads", BUCKET, json!({}))]), &plan());
    assert_eq!((change.summary.remove, change.shape[0].verb, change.shape[0].risk), (1, ShapeVerb::Remove, Risk::High));
    assert_eq!(change.shape[0].reversibility, Reversibility::Irreversible);
}

#[test]
fn a_removal_that_is_retained_says_that_it_stays() {
    let mut before = shaped(&[("uploads", BUCKET, json!({}))]);
    before.shape.get_mut("uploads").unwrap().retain = true;
    let removed = &change(&before, &plan()).shape[0];
    assert_eq!((removed.risk, removed.reversibility), (Risk::High, Reversibility::Compensatable));
    assert!(removed.reason.contains("stays in the account"), "{}", removed.reason);
}

#[test]
fn a_property_that_aws_changes_in_place_is_changed() {
    let changed = only(TARGETS, json!({"HealthCheckPath": "/a"}), json!({"HealthCheckPath": "/b"}));
    assert_eq!((changed.verb, changed.properties[0].pointer.as_str()), (ShapeVerb::Change, "/HealthCheckPath"));
    assert!(!changed.properties[0].create_only);
}

#[test]
fn a_create_only_property_replaces() {
    let replaced = only(TARGETS, json!({"Port": 80}), json!({"Port": 81}));
    assert_eq!((replaced.verb, replaced.risk), (ShapeVerb::Replace, Risk::High));
    assert!(replaced.properties[0].create_only);
    assert!(replaced.reason.starts_with("`Port` can only be set when it is created"), "{}", replaced.reason);
}

#[test]
fn another_type_under_one_id_replaces() {
    let before = shaped(&[("it", BUCKET, json!({}))]);
    let change = change(&before, &shaped(&[("it", "AWS::SQS::Queue", json!({}))]));
    assert_eq!(change.shape[0].verb, ShapeVerb::Replace);
    assert!(change.shape[0].reason.contains("from AWS::S3::Bucket to AWS::SQS::Queue"));
    assert_eq!(change.shape[0].risk, Risk::High, "the bucket is what is lost");
}

fn renamed() -> (Plan, Plan) {
    let refers = |to: &str| json!({"TargetGroupARNs": [{"resource": to, "attribute": "TargetGroupArn"}]});
    let group = "AWS::AutoScaling::AutoScalingGroup";
    let before = shaped(&[("old", TARGETS, json!({"Port": 80})), ("group", group, refers("old"))]);
    let mut after = shaped(&[("new", TARGETS, json!({"Port": 80})), ("group", group, refers("new"))]);
    after.shape.get_mut("new").unwrap().was = Some("old".to_owned());
    (before, after)
}

#[test]
fn was_renames_and_references_follow() {
    let (before, after) = renamed();
    let change = change(&before, &after);
    assert_eq!(change.shape.len(), 1, "{change:#?}");
    let rename = &change.shape[0];
    assert_eq!((rename.verb, rename.was.as_deref(), rename.risk), (ShapeVerb::Rename, Some("old"), Risk::None));
}

#[test]
fn a_rename_with_a_create_only_change_replaces() {
    let (before, mut after) = renamed();
    after.shape.get_mut("new").unwrap().properties["Port"] = json!(81);
    let change = change(&before, &after);
    let replaced = change.shape.iter().find(|shape| shape.resource == "new").unwrap();
    assert_eq!((replaced.verb, replaced.was.as_deref()), (ShapeVerb::Replace, Some("old")));
}

#[test]
fn a_stale_was_is_ignored() {
    let (_, after) = renamed();
    assert!(change(&after, &after).is_empty());
}

#[test]
fn a_replacement_reaches_those_who_refer_to_it() {
    let listener = "AWS::ElasticLoadBalancingV2::Listener";
    let rule = "AWS::ElasticLoadBalancingV2::ListenerRule";
    let plan = |scheme: &str| {
        let target = json!({"AliasTarget": {"DNSName": {"resource": "lb", "attribute": "DNSName"}}});
        shaped(&[
            ("lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", json!({"Scheme": scheme})),
            ("listener", listener, json!({"LoadBalancerArn": {"resource": "lb", "attribute": "LoadBalancerArn"}})),
            ("rule", rule, json!({"ListenerArn": {"resource": "listener", "attribute": "ListenerArn"}})),
            ("name", "AWS::Route53::RecordSet", target),
        ])
    };
    let change = change(&plan("internal"), &plan("internet-facing"));
    let verb = |id: &str| change.shape.iter().find(|shape| shape.resource == id).unwrap();
    assert_eq!(verb("lb").verb, ShapeVerb::Replace);
    assert!(verb("lb").reason.contains("affects `listener`, `name`, which refer to it"), "{}", verb("lb").reason);
    assert_eq!(verb("listener").verb, ShapeVerb::Replace);
    assert!(verb("listener").reason.contains("`LoadBalancerArn` takes its value from `lb`, which is replaced"));
    assert_eq!(verb("rule").verb, ShapeVerb::Replace);
    assert_eq!(verb("name").verb, ShapeVerb::Change);
    assert_eq!(verb("name").properties[0].pointer, "/AliasTarget/DNSName");
}

#[test]
fn a_name_that_the_plan_sets_survives_a_replacement() {
    let plan = |path: &str| {
        let role = json!({"RoleName": "web", "Path": path});
        let profile = json!({"Roles": [{"resource": "role", "attribute": "RoleName"}]});
        shaped(&[("role", "AWS::IAM::Role", role), ("profile", "AWS::IAM::InstanceProfile", profile)])
    };
    let change = change(&plan("/a/"), &plan("/b/"));
    assert_eq!(change.shape.len(), 1, "{change:#?}");
}

#[test]
fn what_the_runtime_owns_does_not_count() {
    let plan = |minimum: u32, weight: u32| {
        let groups = json!([{"TargetGroupArn": "a", "Weight": weight}]);
        let mut plan = shaped(&[
            ("group", "AWS::AutoScaling::AutoScalingGroup", json!({"MinSize": minimum})),
            (
                "rule",
                "AWS::ElasticLoadBalancingV2::ListenerRule",
                json!({"Actions": [{"ForwardConfig": {"TargetGroups": groups}}]}),
            ),
        ]);
        plan.shape.get_mut("group").unwrap().runtime_owned = vec!["/MinSize".to_owned()];
        plan.shape.get_mut("rule").unwrap().runtime_owned =
            vec!["/Actions/0/ForwardConfig/TargetGroups/*/Weight".to_owned()];
        plan
    };
    assert!(change(&plan(0, 0), &plan(4, 100)).is_empty());
}

#[test]
fn order_and_spelling_that_mean_nothing_do_not_count() {
    let statement =
        |action: serde_json::Value| json!({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "r"}]});
    let before = shaped(&[
        ("sg", "AWS::EC2::SecurityGroup", json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})),
        ("role", "AWS::IAM::RolePolicy", json!({"PolicyDocument": statement(json!("s3:GetObject"))})),
        ("lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", json!({"Subnets": ["s-1", "s-2"]})),
        ("queue", "AWS::SQS::Queue", json!({"VisibilityTimeout": 30})),
    ]);
    let after = shaped(&[
        ("sg", "AWS::EC2::SecurityGroup", json!({"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]})),
        ("role", "AWS::IAM::RolePolicy", json!({"PolicyDocument": statement(json!(["s3:GetObject"]))})),
        ("lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", json!({"Subnets": ["s-2", "s-1"]})),
        ("queue", "AWS::SQS::Queue", json!({"VisibilityTimeout": 30.0})),
    ]);
    assert!(change(&before, &after).is_empty());
}

#[test]
fn an_order_that_means_something_counts() {
    let before = json!({"TerminationPolicies": ["OldestInstance", "Default"]});
    let changed = only(
        "AWS::AutoScaling::AutoScalingGroup",
        before,
        json!({"TerminationPolicies": ["Default", "OldestInstance"]}),
    );
    assert_eq!(changed.verb, ShapeVerb::Change);
}

#[test]
fn elements_with_an_identity_are_named_by_it() {
    let tags = |value: &str| json!({"Tags": [{"Key": "a/b", "Value": value}, {"Key": "c", "Value": "1"}]});
    let changed = only("AWS::SQS::Queue", tags("1"), tags("2"));
    assert_eq!(changed.properties[0].pointer, "/Tags/a~1b/Value");
}

#[test]
fn the_highest_risk_comes_first_and_sums_up() {
    let after = shaped(&[("alarm", "AWS::CloudWatch::Alarm", json!({})), ("z", BUCKET, json!({}))]);
    let change = change(&shaped(&[("db", "AWS::RDS::DBInstance", json!({}))]), &after);
    let order: Vec<&str> = change.shape.iter().map(|shape| shape.resource.as_str()).collect();
    assert_eq!(order, ["db", "z", "alarm"]);
    assert_eq!((change.summary.risk, change.summary.add, change.summary.remove), (Risk::High, 2, 1));
}

#[test]
fn the_same_resource_of_another_service_is_another_resource() {
    let mut moved = plan();
    let held = resource(BUCKET, json!({}));
    moved.shape.insert("b".to_owned(), held.clone());
    let mut before = plan();
    before.shape.insert("a".to_owned(), held);
    assert_eq!(change(&before, &moved).shape.len(), 2);
}

#[test]
fn a_property_beside_a_create_only_one_changes_in_place() {
    let facts = |_: &str, pointer: &str| matches!(pointer, "/DnsOptions" | "/DnsOptions/PrivateDnsPreference");
    let endpoint = |preference: &str, record: &str| {
        let options = json!({"PrivateDnsPreference": preference, "DnsRecordIpType": record});
        shaped(&[("endpoint", "AWS::EC2::VPCEndpoint", json!({"DnsOptions": options}))])
    };
    let verb = |after: &Plan| crate::change_with(&endpoint("a", "ipv4"), after, &facts).shape[0].verb;
    assert_eq!(verb(&endpoint("a", "ipv6")), ShapeVerb::Change);
    assert_eq!(verb(&endpoint("b", "ipv4")), ShapeVerb::Replace);
    assert_eq!(verb(&shaped(&[("endpoint", "AWS::EC2::VPCEndpoint", json!({}))])), ShapeVerb::Replace);
}

#[test]
fn the_result_is_the_same_document_each_time() {
    let (before, after) = renamed();
    let texts = [(); 2].map(|()| crate::to_json(&change(&before, &after)).unwrap());
    assert_eq!(texts[0], texts[1]);
    let read: skiff_wire::Change = serde_json::from_str(&texts[0]).unwrap();
    assert_eq!(read, change(&before, &after));
}
