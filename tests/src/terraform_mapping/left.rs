//! What no row of the table took, on either side.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    applied::Written,
    difference::{Difference, What},
    locate::{self, within},
};

/// Properties that no row took.
pub(super) fn in_plan(properties: &Value, taken: &BTreeSet<String>) -> Vec<Difference> {
    let mut leaves = Vec::new();
    locate::leaves(properties, "", &mut leaves);
    let left = leaves.into_iter().filter(|(pointer, _)| !taken.iter().any(|other| within(pointer, other)));
    let only = |(pointer, value): (String, &Value)| difference(pointer, String::new(), What::OnlyInPlan(value.clone()));
    left.map(only).collect()
}

/// Arguments that were written and that no row took.
pub(super) fn in_terraform(
    values: &Value,
    written: &BTreeMap<String, Written>,
    taken: &BTreeSet<String>,
) -> Vec<Difference> {
    let mut leaves = Vec::new();
    written_leaves(values, written, "", &mut leaves);
    if let Some(tags) = values.get("tags_all").filter(|tags| tags.as_object().is_some_and(|tags| !tags.is_empty())) {
        // Not written in the block: the provider's default tags bring them.
        leaves.push(("tags_all".to_owned(), tags));
    }
    let left = leaves.into_iter().filter(|(path, _)| !taken.iter().any(|other| within(path, other)));
    let only = |(path, value): (String, &Value)| difference(String::new(), path, What::OnlyInTerraform(value.clone()));
    left.map(only).collect()
}

fn written_leaves<'value>(
    values: &'value Value,
    written: &BTreeMap<String, Written>,
    at: &str,
    leaves: &mut Vec<(String, &'value Value)>,
) {
    for (name, written) in written {
        let Some(value) = values.get(name).filter(|value| !value.is_null()) else { continue };
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match (written, value) {
            (Written::Blocks(nested), Value::Array(blocks)) if !nested.is_empty() => {
                let blocks = blocks.iter().enumerate();
                blocks.for_each(|(index, block)| written_leaves(block, nested, &format!("{path}[{index}]"), leaves));
            }
            _ => leaves.push((path, value)),
        }
    }
}

/// A difference at a place, of a resource that the caller knows.
pub(super) fn difference(property: String, argument: String, what: What) -> Difference {
    Difference { resource: String::new(), address: String::new(), property, argument, what }
}
