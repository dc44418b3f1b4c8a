//! Whether a workload selects its own pods.

use std::collections::BTreeMap;

use crate::kube::{
    codes::workload as codes,
    object::{Field, Object},
};

/// Reports a selector that does not match the labels of the template: the API refuses it.
pub(super) fn check(object: &Object<'_>, labels: &BTreeMap<&str, &str>) {
    let Some(selector) = object.at("spec.selector").filter(|_| object.kind() != "CronJob") else { return };
    let unmatched = match object.kind() {
        "ReplicationController" => unequal(selector.entries(), labels),
        _ => unequal(selector.map("matchLabels"), labels)
            .or_else(|| selector.list("matchExpressions").find_map(|wanted| unfulfilled(wanted, labels))),
    };
    if let Some(key) = unmatched {
        let reason = match labels.get(key) {
            Some(value) => format!("the pods have the label `{key}: {value}`, which the selector does not take"),
            None => format!("the pods do not have the label `{key}` that the selector wants"),
        };
        selector.say(&codes::SELECTOR, reason, "give the template labels that the selector takes");
    }
}

/// The first key whose value is another one.
fn unequal<'c>(wanted: impl Iterator<Item = (&'c str, Field<'c>)>, labels: &BTreeMap<&str, &str>) -> Option<&'c str> {
    wanted.into_iter().find(|(key, value)| labels.get(key).copied() != value.written()).map(|(key, _)| key)
}

/// The key of an expression that the labels do not fulfil.
fn unfulfilled<'c>(wanted: Field<'c>, labels: &BTreeMap<&str, &str>) -> Option<&'c str> {
    let (key, operator) = (wanted.text_of("key")?, wanted.text_of("operator")?);
    let values = wanted.get("values").map(Field::texts).unwrap_or_default();
    let found = labels.get(key);
    let fulfilled = match operator {
        "In" => found.is_some_and(|value| values.contains(value)),
        "NotIn" => found.is_none_or(|value| !values.contains(value)),
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        _ => true,
    };
    (!fulfilled).then_some(key)
}
