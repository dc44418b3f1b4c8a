//! Any two plans can be compared and shown; a plan never differs from itself.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use skiff_wire::Plan;

use crate::{
    change_with, cloudformation_text,
    render::{change_markdown, change_text, plan_markdown, plan_text},
    sample::{facts, plan, resource},
};

fn names() -> impl Strategy<Value = String> {
    let known = [
        "Tags",
        "Statement",
        "Action",
        "Port",
        "CidrIp",
        "Sid",
        "Key",
        "Value",
        "resource",
        "attribute",
        "join",
        "Effect",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), ".{0,4}"]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        "[a-c]".prop_map(|id| json!({"resource": id, "attribute": "Arn"})),
        Just(json!("0.0.0.0/0")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(names(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn resources() -> impl Strategy<Value = skiff_wire::Resource> {
    let kinds = [
        "AWS::IAM::Role",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::RDS::DBInstance",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Odd",
    ];
    let properties = proptest::collection::btree_map(names(), values(), 0..4);
    let owned = proptest::collection::vec("(/[A-Za-z*0-9]{0,4}){0,3}", 0..2);
    (proptest::sample::select(kinds.to_vec()), properties, proptest::option::of("[a-c]"), owned).prop_map(
        |(kind, properties, was, runtime_owned)| {
            let properties: Map<String, Value> = properties.into_iter().collect();
            skiff_wire::Resource { was, runtime_owned, ..resource(kind, Value::Object(properties)) }
        },
    )
}

fn plans() -> impl Strategy<Value = Plan> {
    proptest::collection::btree_map("[a-c]|.{0,3}", resources(), 0..4).prop_map(|shape| Plan { shape, ..plan() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_plan_does_not_differ_from_itself(plan in plans()) {
        let change = change_with(&plan, &plan, &facts);
        prop_assert!(change.is_empty(), "{change:#?}");
    }

    #[test]
    fn any_two_plans_compare_and_render(before in plans(), after in plans()) {
        let change = change_with(&before, &after, &facts);
        prop_assert_eq!(&change, &change_with(&before, &after, &facts));
        let counts = change.summary;
        prop_assert_eq!(counts.add + counts.change + counts.replace + counts.rename + counts.remove, change.shape.len());
        prop_assert!(!change_text(&change).is_empty() && !change_markdown(&change).is_empty());
        prop_assert!(!plan_text(&after, &[]).is_empty() && !plan_markdown(&after, &[]).is_empty());
        let printed: Value = serde_json::from_str(&cloudformation_text(&after)).unwrap();
        let resources = printed["Resources"].as_object().map_or(0, Map::len);
        prop_assert_eq!(resources, after.shape.len());
    }
}
