//! Paths into a resource schema and into the properties it describes.

use serde_json::Value;

/// Schemas that may refer to each other in a circle are followed this deep at most.
const DEPTH: usize = 32;

/// The pointers of a list such as `readOnlyProperties`, as segments without the leading `/properties`.
#[must_use]
pub fn pointers<'schema>(schema: &'schema Value, list: &str) -> Vec<Vec<&'schema str>> {
    let pointers = schema[list].as_array().into_iter().flatten().filter_map(Value::as_str);
    pointers.map(|pointer| pointer.trim_start_matches("/properties/").split('/').collect()).collect()
}

/// Whether a value stands at a path; `*` is every item of a list or every key of a map.
#[must_use]
pub fn is_set(value: &Value, path: &[&str]) -> bool {
    let Some((segment, rest)) = path.split_first() else { return true };
    match (value, *segment) {
        (Value::Array(items), "*") => items.iter().any(|item| is_set(item, rest)),
        (Value::Object(fields), "*") => fields.values().any(|field| is_set(field, rest)),
        (Value::Object(fields), key) => fields.get(key).is_some_and(|field| is_set(field, rest)),
        _ => false,
    }
}

/// The subschema at a path of property names and list indices, following `$ref`.
#[must_use]
pub fn resolve<'schema>(schema: &'schema Value, path: &[&str]) -> Option<&'schema Value> {
    path.iter().try_fold(schema, |at, segment| step(schema, at, segment, DEPTH))
}

fn step<'schema>(root: &'schema Value, at: &'schema Value, segment: &str, depth: usize) -> Option<&'schema Value> {
    let depth = depth.checked_sub(1)?;
    if let Some(target) = at["$ref"].as_str() {
        return step(root, root.pointer(target.strip_prefix('#')?)?, segment, depth);
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().flat_map(|choice| at[*choice].as_array().into_iter().flatten());
    at["properties"]
        .get(segment)
        .or_else(|| is_index(segment).then(|| at.get("items")).flatten())
        .or_else(|| open_map(at))
        .or_else(|| choices.filter_map(|choice| step(root, choice, segment, depth)).next())
}

fn is_index(segment: &str) -> bool {
    segment == "-" || segment.parse::<usize>().is_ok()
}

/// The schema of a map's values, when any key is allowed.
fn open_map(schema: &Value) -> Option<&Value> {
    let values = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    values.or_else(|| schema.get("additionalProperties").filter(|additional| additional.is_object()))
}
