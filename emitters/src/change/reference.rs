//! Who refers to whom, and whether the value that is referred to survives a replacement.

use serde_json::{Map, Value};
use skiff_wire::Resource;

use super::{compare::is_reference, pointer};

/// One reference to a resource's attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reference<'p> {
    /// Where it stands in the properties of the resource that refers; for a reference within a list, that list.
    pub(super) pointer: String,
    pub(super) resource: &'p str,
    pub(super) attribute: &'p str,
    /// The reference itself.
    pub(super) value: &'p Value,
}

/// Every reference in a resource's properties, outside what the runtime owns.
pub(super) fn references(resource: &Resource) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    for (name, value) in &resource.properties {
        collect(&pointer::child("", name), value, &resource.runtime_owned, &mut found);
    }
    for reference in &mut found {
        reference.pointer = outermost_list(&resource.properties, &reference.pointer);
    }
    found
}

fn collect<'p>(place: &str, value: &'p Value, owned: &[String], found: &mut Vec<Reference<'p>>) {
    if owned.iter().any(|pattern| pointer::at_or_below(place, pattern)) {
        return;
    }
    let mut inner = |key: &str, value: &'p Value| collect(&pointer::child(place, key), value, owned, found);
    match value {
        Value::Object(object) => {
            let target = object.get("resource").and_then(Value::as_str);
            let attribute = object.get("attribute").and_then(Value::as_str);
            if let (true, Some(resource), Some(attribute)) = (is_reference(value), target, attribute) {
                return found.push(Reference { pointer: place.to_owned(), resource, attribute, value });
            }
            object.iter().for_each(|(key, value)| inner(key, value));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| inner(&index.to_string(), item)),
        _ => {}
    }
}

/// Cuts a pointer at the first list on its way, which is where a difference between two lists is reported.
fn outermost_list(properties: &Map<String, Value>, place: &str) -> String {
    let mut reached = String::new();
    let mut value: Option<&Value> = None;
    for segment in pointer::segments(place) {
        value = match value {
            None => properties.get(&segment),
            Some(Value::Object(object)) if !is_reference(&Value::Object(object.clone())) => object.get(&segment),
            Some(_) => break,
        };
        reached = pointer::child(&reached, &segment);
    }
    reached
}

/// Whether an attribute is a property that both sides set to the same value, such as a role's own name.
pub(super) fn survives(attribute: &str, before: &Resource, after: &Resource) -> bool {
    let old = before.properties.get(attribute);
    old.is_some() && old == after.properties.get(attribute) && before.resource_type == after.resource_type
}
