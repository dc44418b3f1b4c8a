//! How the type of a key is written for a reader, with a link to where it is explained.

use serde_json::{Map, Value};

const DEFINITIONS: &str = "#/definitions/";

/// The type in words, such as "list of [route](#route)".
pub(super) fn of(schema: &Value, definitions: &Map<String, Value>) -> String {
    if let Some(name) = reference(schema) {
        return referred(name, definitions);
    }
    if let Some(all) = schema["allOf"].as_array() {
        return alternatives(all, definitions);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        return alternatives(any, definitions);
    }
    if let Some(patterns) = schema["patternProperties"].as_object() {
        let value = patterns.values().next().unwrap_or(&Value::Null);
        return format!("mapping of name to {}", of(value, definitions));
    }
    if schema["additionalProperties"].is_object() {
        return format!("mapping of text to {}", of(&schema["additionalProperties"], definitions));
    }
    match simple(schema) {
        "array" => format!("list of {}", of(&schema["items"], definitions)),
        "integer" | "number" => "number".into(),
        "boolean" => "true or false".into(),
        "object" => "mapping".into(),
        _ => "text".into(),
    }
}

/// The JSON type beside `null`, which only says that a key may be left out.
fn simple(schema: &Value) -> &str {
    let listed = schema["type"].as_array().into_iter().flatten().chain([&schema["type"]]);
    listed.filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default()
}

fn alternatives(schemas: &[Value], definitions: &Map<String, Value>) -> String {
    let kinds = schemas.iter().filter(|schema| schema["type"] != "null").map(|schema| of(schema, definitions));
    kinds.collect::<Vec<_>>().join(", or ")
}

/// A definition with a short and a long form is written out; the others have a place on the page.
fn referred(name: &str, definitions: &Map<String, Value>) -> String {
    let definition = definitions.get(name).unwrap_or(&Value::Null);
    let value = |form: &Value| form["pattern"].is_string() && form["examples"].is_array();
    if value(definition) || value(&definition["anyOf"][0]) {
        return format!("[{}](#values)", title(name));
    }
    match definition["anyOf"].as_array() {
        Some(forms) => alternatives(forms, definitions),
        None => format!("[{}](#{})", title(name), title(name).replace(' ', "-")),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(DEFINITIONS)
}

/// The names that a schema refers to, in the order in which they stand.
pub(super) fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(fields) => {
            let own = reference(schema).map(str::to_owned).into_iter();
            let inner = fields.iter().filter(|(key, _)| *key != "definitions");
            own.chain(inner.flat_map(|(_, value)| references(value))).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// A type's name as words: `LoadBalancer` is "load balancer".
pub(super) fn title(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_is_written_with_its_link() {
        let definitions = json!({
            "Name": { "type": "string", "pattern": "^[a-z]+$", "examples": ["shop"] },
            "UseOf": { "type": "object", "properties": {} },
            "Use": { "anyOf": [{ "$ref": "#/definitions/Name" }, { "$ref": "#/definitions/UseOf" }] },
        });
        let definitions = definitions.as_object().cloned().unwrap_or_default();
        let cases = [
            (json!({ "type": ["string", "null"] }), "text"),
            (
                json!({ "type": "array", "items": { "$ref": "#/definitions/Use" } }),
                "list of [name](#values), or [use of](#use-of)",
            ),
            (json!({ "anyOf": [{ "$ref": "#/definitions/UseOf" }, { "type": "null" }] }), "[use of](#use-of)"),
            (
                json!({ "type": "object", "patternProperties": { "^a": { "type": "integer" } } }),
                "mapping of name to number",
            ),
        ];
        for (schema, written) in cases {
            assert_eq!(of(&schema, &definitions), written);
        }
    }
}
