//! JSON Schema validators made from AWS's resource schemas, one a type, compiled once.
//!
//! A plan may hold a reference wherever AWS wants a value, so every subschema `S` becomes "a reference, or else `S`":
//! `{"if": reference, "then": true, "else": S}`. A reference satisfies any `S`, and a value that is none is judged by
//! `S` alone, with `S`'s own words.
//!
//! The schemas come with the extensions of `cfn-lint` (`requiredXor`, `requiredOr`, `dependentExcluded`,
//! `enumCaseInsensitive`); they become plain draft 7. Keywords that do not constrain a value (`insertionOrder`,
//! AWS's own `format`s) are left out.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::{Problems, seam};

/// Where the form of a reference is defined in every rewritten schema.
const REFERENCE: &str = "skiff.reference";

/// Keywords that are taken over as they are.
const PLAIN: &[&str] = &[
    "$ref",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "required",
    "type",
    "uniqueItems",
    // What a condition asks is asked of the value itself: a reference meets no condition.
    "if",
    "not",
];

/// What the schema of a type has against a resource's properties, each with its place.
#[must_use]
pub fn problems(type_name: &str, properties: &Value) -> Problems {
    let validator = match validator(type_name) {
        Ok(validator) => validator,
        Err(problem) => return vec![problem],
    };
    let mut problems: Vec<_> =
        validator.iter_errors(properties).map(|error| format!("`{}`: {error}", error.instance_path())).collect();
    problems.sort();
    problems.dedup();
    problems
}

/// The validator of a type, compiled on first use.
///
/// # Errors
/// A sentence when the type is unknown or its schema cannot be compiled.
pub fn validator(type_name: &str) -> Result<Arc<Validator>, String> {
    static COMPILED: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = compiled.get(type_name) {
        return Ok(Arc::clone(validator));
    }
    let schema = seam::resource_schema(type_name).ok_or_else(|| format!("no resource schema of `{type_name}`"))?;
    let options = jsonschema::options().with_draft(Draft::Draft7);
    let built = options.build(&with_references(schema)).map_err(|error| format!("schema of `{type_name}`: {error}"))?;
    let validator = Arc::new(built);
    compiled.insert(type_name.to_owned(), Arc::clone(&validator));
    Ok(validator)
}

/// A resource schema as draft 7 that takes a reference wherever a value may stand.
#[must_use]
pub fn with_references(schema: &Value) -> Value {
    let mut rewritten = constraints(schema);
    let mut definitions = each(&schema["definitions"], or_reference);
    definitions.insert(REFERENCE.into(), reference());
    rewritten.insert("definitions".into(), definitions.into());
    rewritten.into()
}

/// The forms of a reference; see the properties of a resource in the plan's documentation.
fn reference() -> Value {
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required});
    let text = json!({"type": "string", "minLength": 1});
    let part = json!({"anyOf": [{"type": "string"}, {"$ref": format!("#/definitions/{REFERENCE}")}]});
    json!({"oneOf": [
        object(json!({"resource": text, "attribute": text}), &["resource", "attribute"]),
        object(json!({"pseudo": {"enum": ["account", "region", "partition"]}}), &["pseudo"]),
        object(json!({"input": text}), &["input"]),
        object(json!({"base64": part}), &["base64"]),
        object(json!({"join": {"type": "array", "minItems": 1, "items": part}}), &["join"]),
    ]})
}

fn or_reference(schema: &Value) -> Value {
    if schema.is_boolean() {
        return schema.clone();
    }
    json!({"if": {"$ref": format!("#/definitions/{REFERENCE}")}, "then": true, "else": constraints(schema)})
}

/// The keywords of one schema that constrain a value, with references allowed below it.
fn constraints(schema: &Value) -> Map<String, Value> {
    let mut kept = Map::new();
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        match keyword.as_str() {
            "properties" | "patternProperties" => keep(&mut kept, keyword, each(value, or_reference)),
            "items" if value.is_array() => keep(&mut kept, keyword, list(value, or_reference)),
            "items" | "additionalProperties" | "contains" => keep(&mut kept, keyword, or_reference(value)),
            "allOf" | "anyOf" | "oneOf" => keep(&mut kept, keyword, list(value, |one| constraints(one).into())),
            "then" | "else" => keep(&mut kept, keyword, constraints(value)),
            "dependencies" | "dependentRequired" => keep(&mut kept, "dependencies", value.clone()),
            "pattern" => keep(&mut kept, keyword, pattern(value)),
            plain if PLAIN.contains(&plain) => keep(&mut kept, keyword, value.clone()),
            _ => {}
        }
    }
    let more = extensions(schema);
    if !more.is_empty() {
        kept.entry("allOf")
            .or_insert_with(|| json!([]))
            .as_array_mut()
            .into_iter()
            .for_each(|all| all.extend(more.clone()));
    }
    kept
}

/// Some patterns are written in another dialect: `\Z`, the end of the text, is `$` in that of JSON Schema.
fn pattern(pattern: &Value) -> String {
    pattern.as_str().unwrap_or_default().replace("\\Z", "$")
}

fn keep(kept: &mut Map<String, Value>, keyword: &str, value: impl Into<Value>) {
    kept.insert(keyword.into(), value.into());
}

fn each(map: &Value, rewrite: impl Fn(&Value) -> Value) -> Map<String, Value> {
    map.as_object().into_iter().flatten().map(|(key, schema)| (key.clone(), rewrite(schema))).collect()
}

fn list(schemas: &Value, rewrite: impl Fn(&Value) -> Value) -> Vec<Value> {
    schemas.as_array().into_iter().flatten().map(rewrite).collect()
}

/// The extensions of `cfn-lint`, as draft 7.
fn extensions(schema: &Value) -> Vec<Value> {
    let one_of_these = |keyword: &str, names: &Value| json!({keyword: list(names, |name| json!({"required": [name]}))});
    let mut all = Vec::new();
    all.extend(schema.get("requiredXor").map(|names| one_of_these("oneOf", names)));
    all.extend(schema.get("requiredOr").map(|names| one_of_these("anyOf", names)));
    all.extend(schema.get("enumCaseInsensitive").map(any_case));
    for (name, excluded) in schema["dependentExcluded"].as_object().into_iter().flatten() {
        all.push(json!({"if": {"required": [name]}, "then": {"not": one_of_these("anyOf", excluded)}}));
    }
    all
}

/// A pattern for any of some words in any case.
fn any_case(words: &Value) -> Value {
    let escaped = |letter: char| if letter.is_alphanumeric() { letter.to_string() } else { format!("\\{letter}") };
    let word = |word: &Value| word.as_str().unwrap_or_default().chars().map(escaped).collect::<String>();
    let words: Vec<String> = words.as_array().into_iter().flatten().map(word).collect();
    json!({"pattern": format!("^(?i:{})$", words.join("|"))})
}
