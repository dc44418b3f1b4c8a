//! Places on both sides: pointers into properties, paths into arguments.

use serde_json::Value;

use super::resolve::is_expression;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Found<'value> {
    pub(super) value: &'value Value,
    /// Its place, with every index.
    pub(super) place: String,
    /// The place that is accounted for with it.
    pub(super) covers: String,
}

/// The property that a row's pointer names: in brackets the key of an attribute, or several of which one is there.
pub(super) fn property<'value>(properties: &'value Value, pointer: &str) -> Option<Found<'value>> {
    let Some((list, key)) = pointer.strip_suffix(']').and_then(|pointer| pointer.split_once('[')) else {
        let value = properties.pointer(pointer)?;
        return Some(Found { value, place: pointer.to_owned(), covers: pointer.to_owned() });
    };
    let items = properties.pointer(list)?.as_array()?;
    let index = items.iter().position(|item| key.split(" or ").any(|key| item["Key"] == key))?;
    let value = items.get(index)?.get("Value")?;
    Some(Found { value, place: pointer.to_owned(), covers: format!("{list}/{index}") })
}

/// The argument that a row's path names; none when Terraform has no value for it.
pub(super) fn argument<'value>(values: &'value Value, path: &str) -> Option<Found<'value>> {
    let (mut value, mut place) = (values, String::new());
    for step in path.split('.') {
        if let Value::Array(blocks) = value {
            value = blocks.first()?;
            place.push_str("[0]");
        }
        value = value.get(step)?;
        place = if place.is_empty() { step.to_owned() } else { format!("{place}.{step}") };
    }
    let unset = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    (!unset).then(|| Found { value, covers: place.clone(), place })
}

/// Every property that holds a value of its own, with its pointer.
pub(super) fn leaves<'value>(value: &'value Value, pointer: &str, found: &mut Vec<(String, &'value Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() && !is_expression(value) => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{pointer}/{name}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{pointer}/{index}"), found));
        }
        leaf => found.push((pointer.to_owned(), leaf)),
    }
}

/// Whether a place is within another, or is it.
pub(super) fn within(place: &str, other: &str) -> bool {
    place
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', '[']) || other.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_property_is_found_by_pointer_or_by_key() {
        let properties =
            json!({"Attributes": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], "Deep": {"List": [3]}});
        let found = property(&properties, "/Attributes[b]").expect("there");
        assert_eq!((found.value, found.covers.as_str()), (&json!("2"), "/Attributes/1"));
        assert_eq!(property(&properties, "/Deep/List/0").expect("there").value, &json!(3));
        assert!(property(&properties, "/Attributes[c]").is_none());
        assert_eq!(property(&properties, "/Attributes[c or b]").expect("there").value, &json!("2"));
    }

    #[test]
    fn an_argument_is_found_through_single_blocks() {
        let values = json!({"health_check": [{"path": "/", "matcher": null}], "tag": []});
        let found = argument(&values, "health_check.path").expect("there");
        assert_eq!((found.value, found.place.as_str()), (&json!("/"), "health_check[0].path"));
        assert!(argument(&values, "health_check.matcher").is_none() && argument(&values, "tag").is_none());
    }

    #[test]
    fn a_place_is_within_what_it_begins_with_as_a_whole() {
        assert!(within("/Tags/0/Key", "/Tags") && within("action[0].type", "action") && within("/A", ""));
        assert!(!within("/TagSpecifications", "/Tag") && !within("action_type", "action"));
    }

    #[test]
    fn leaves_are_whole_expressions() {
        let properties = json!({"A": {"resource": "x", "attribute": "Arn"}, "B": [{"C": 1}], "D": {}});
        let mut found = Vec::new();
        leaves(&properties, "", &mut found);
        assert_eq!(found.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/A", "/B/0/C", "/D"]);
    }
}
