//! What commands really print in `data`, held against the committed schemas.

use std::{fs, path::Path};

use serde_json::{Value, json};

/// The commands that have a schema of their `data`.
const COMMANDS: [(&[&str], &str); 5] = [
    (&["deploy"], "deploy"),
    (&["local", "status"], "local-status"),
    (&["release", "list"], "release-list"),
    (&["release", "show"], "release-show"),
    (&["status"], "status"),
];

/// Fails when the data of a command is not as its schema says, or has a field that the schema does not name.
pub(crate) fn check(arguments: &[&str], data: &Value) {
    let Some((_, name)) = COMMANDS.iter().find(|(words, _)| arguments.starts_with(words)) else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/schema/data/{name}.v1.json"));
    let mut schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> =
        validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{name}: {problems:#?}\n{data:#}");
}

/// Forbids what a schema does not name, everywhere in it; for users a new field is no breach.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".into(), json!(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(array) => array.iter_mut().for_each(close),
        _ => {}
    }
}
