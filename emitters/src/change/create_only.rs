//! Which properties AWS takes only when a resource is created: the question that decides on replacement.

use serde_json::Value;

use super::pointer;

/// The create-only facts of the AWS resource schemas.
///
/// Any `Fn(&str, &str) -> bool` will do: the first argument is the CloudFormation type, the second a JSON pointer into
/// its properties, such as `/Port`. A pointer at or below a property of `createOnlyProperties` is create-only; a type
/// that is not known has no such property.
pub trait CreateOnly {
    /// Whether AWS takes the property at `pointer` only when a resource of `resource_type` is created.
    fn is_create_only(&self, resource_type: &str, pointer: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool> CreateOnly for F {
    fn is_create_only(&self, resource_type: &str, pointer: &str) -> bool {
        self(resource_type, pointer)
    }
}

/// Whether a difference at `pointer` reaches a create-only property, at the pointer, above it or within the values.
pub(super) fn reaches(facts: &dyn CreateOnly, resource_type: &str, pointer: &str, values: [Option<&Value>; 2]) -> bool {
    above(pointer).any(|place| facts.is_create_only(resource_type, place))
        || values.into_iter().flatten().any(|value| within(facts, resource_type, pointer, value))
}

/// The pointer itself and each of its parents below the root.
fn above(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.match_indices('/').skip(1).map(|(end, _)| &pointer[..end]).chain(std::iter::once(pointer))
}

fn within(facts: &dyn CreateOnly, resource_type: &str, place: &str, value: &Value) -> bool {
    if facts.is_create_only(resource_type, place) {
        return true;
    }
    match value {
        Value::Object(object) => {
            object.iter().any(|(key, inner)| within(facts, resource_type, &pointer::child(place, key), inner))
        }
        Value::Array(items) => items.iter().any(|item| within(facts, resource_type, &pointer::child(place, "*"), item)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_pointer_its_parents_and_its_parts_are_asked() {
        let facts = |kind: &str, place: &str| kind == "T" && matches!(place, "/Port" | "/Data/Inner" | "/List/*/Name");
        let ask = |place: &str, value: Value| reaches(&facts, "T", place, [Some(&value), None]);
        assert!(ask("/Port", json!(1)));
        assert!(ask("/Data/Inner/Deep", json!(1)));
        assert!(ask("/Data", json!({"Inner": 1})));
        assert!(ask("/List", json!([{"Name": 1}])));
        assert!(!ask("/Data", json!({"Other": 1})));
        assert!(!reaches(&facts, "Other", "/Port", [None, None]));
    }
}
