//! Two JSON values compared by what they mean to AWS, not by how they are written.
//!
//! First [`normalise`] takes away what has no meaning (the order of a set, a policy's scalar beside a list of one);
//! then [`differences`] walks both trees together and reports the smallest values that differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};

use super::pointer;

/// Lists in which AWS sees a set: from `insertionOrder: false` in the resource schemas and from the IAM policy grammar.
const SETS: &[&str] = &[
    "Action",
    "AlarmActions",
    "AvailabilityZones",
    "AWS",
    "BlockDeviceMappings",
    "Certificates",
    "Conditions",
    "Dimensions",
    "EnableCloudwatchLogsExports",
    "Federated",
    "InsufficientDataActions",
    "ListenerAttributes",
    "LoadBalancerAttributes",
    "ManagedPolicyArns",
    "Metrics",
    "MetricsCollection",
    "NotAction",
    "NotResource",
    "OKActions",
    "Policies",
    "Resource",
    "Roles",
    "RouteTableIds",
    "SecurityGroupEgress",
    "SecurityGroupIds",
    "SecurityGroupIngress",
    "SecurityGroups",
    "Service",
    "Statement",
    "SubnetIds",
    "Subnets",
    "TagSpecifications",
    "Tags",
    "TargetGroupARNs",
    "TargetGroupAttributes",
    "TargetGroups",
    "VPCSecurityGroups",
    "VPCZoneIdentifier",
    "Values",
    "VpcSecurityGroupIds",
    "add_capabilities",
    "drop_capabilities",
    "gates",
    "groups",
    "sidecars",
];

/// Elements of a policy where one value and a list of that one value mean the same (IAM User Guide, policy grammar).
const SCALAR_OR_LIST: &[&str] = &["Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated"];

/// What tells the elements of a list apart, in the order in which they are tried.
const IDENTITIES: &[&str] = &["Sid", "Key", "PolicyName", "DeviceName", "ResourceType", "Field", "name", "metric"];

/// One place at which two values differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    pub(super) pointer: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// Whether `value` stands for a value that is known later, so that it has no parts of its own.
pub(crate) fn is_reference(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    matches!(keys.as_slice(), ["attribute", "resource"] | ["pseudo"] | ["input"] | ["join"] | ["base64"])
}

/// The same value without the order and the spelling that mean nothing; `name` is the property that holds it.
pub(super) fn normalise(value: &Value, name: &str) -> Value {
    let plain = match value {
        Value::Array(items) => normalise_list(items, name),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, inner)| (key.clone(), normalise(inner, key))).collect())
        }
        Value::Number(number) => Value::Number(normalise_number(number)),
        other => other.clone(),
    };
    if SCALAR_OR_LIST.contains(&name) && (plain.is_string() || is_reference(&plain)) {
        return Value::Array(vec![plain]);
    }
    plain
}

fn normalise_list(items: &[Value], name: &str) -> Value {
    // The elements do not inherit the list's name: a list within a list is a different thing.
    let mut items: Vec<Value> = items.iter().map(|item| normalise(item, "")).collect();
    if SETS.contains(&name) {
        items.sort_by_cached_key(Value::to_string);
        items.dedup();
    }
    Value::Array(items)
}

/// `30.0` and `30` are one number.
fn normalise_number(number: &Number) -> Number {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < LARGEST_EXACT =>
        {
            #[allow(clippy::cast_possible_truncation, reason = "whole and within the exact range, checked above")]
            Number::from(float as i64)
        }
        _ => number.clone(),
    }
}

/// Every place at which two normalised values differ, sorted by pointer.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk("", "", Some(before), Some(after), &mut leaves);
    leaves.sort_by(|left, right| left.pointer.cmp(&right.pointer));
    leaves
}

fn walk(path: &str, name: &str, before: Option<&Value>, after: Option<&Value>, leaves: &mut Vec<Leaf>) {
    match (before, after) {
        (Some(before), Some(after)) if before == after => {}
        (Some(Value::Object(left)), Some(Value::Object(right))) if descends(left, right) => {
            walk_objects(path, left, right, leaves);
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => walk_lists(path, name, left, right, leaves),
        _ => leaves.push(Leaf { pointer: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

fn descends(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    !is_reference(&Value::Object(left.clone())) && !is_reference(&Value::Object(right.clone()))
}

fn walk_objects(path: &str, left: &Map<String, Value>, right: &Map<String, Value>, leaves: &mut Vec<Leaf>) {
    let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for key in keys {
        walk(&pointer::child(path, key), key, left.get(key), right.get(key), leaves);
    }
}

fn walk_lists(path: &str, name: &str, left: &[Value], right: &[Value], leaves: &mut Vec<Leaf>) {
    let whole = |leaves: &mut Vec<Leaf>| {
        let (before, after) = (Some(Value::Array(left.to_vec())), Some(Value::Array(right.to_vec())));
        leaves.push(Leaf { pointer: path.to_owned(), before, after });
    };
    if let Some(identity) = shared_identity(left, right) {
        if !SETS.contains(&name) && reordered(left, right, identity) {
            return whole(leaves);
        }
        let (left, right) = (by_identity(left, identity), by_identity(right, identity));
        let keys: BTreeSet<&str> = left.keys().chain(right.keys()).copied().collect();
        for key in keys {
            walk(&pointer::child(path, key), "", left.get(key).copied(), right.get(key).copied(), leaves);
        }
    } else if !SETS.contains(&name) && left.len() == right.len() && left.iter().chain(right).all(Value::is_object) {
        for (index, (old, new)) in left.iter().zip(right).enumerate() {
            walk(&pointer::child(path, &index.to_string()), "", Some(old), Some(new), leaves);
        }
    } else {
        whole(leaves);
    }
}

/// The first identity that every element of both lists has and no two elements of one list share.
fn shared_identity(left: &[Value], right: &[Value]) -> Option<&'static str> {
    let identifies = |items: &[Value], identity: &str| {
        let all = items.iter().all(|item| item.get(identity).is_some_and(Value::is_string));
        all && by_identity(items, identity).len() == items.len()
    };
    let worth = !(left.is_empty() && right.is_empty());
    IDENTITIES.iter().copied().find(|identity| worth && identifies(left, identity) && identifies(right, identity))
}

fn by_identity<'v>(items: &'v [Value], identity: &str) -> BTreeMap<&'v str, &'v Value> {
    items.iter().filter_map(|item| Some((item.get(identity)?.as_str()?, item))).collect()
}

/// Whether the elements that both lists hold come in another order.
fn reordered(left: &[Value], right: &[Value], identity: &str) -> bool {
    let order = |items: &[Value], other: &[Value]| -> Vec<String> {
        let other = by_identity(other, identity);
        let keys = items.iter().filter_map(|item| item.get(identity)?.as_str());
        keys.filter(|key| other.contains_key(key)).map(str::to_owned).collect()
    };
    order(left, right) != order(right, left)
}
