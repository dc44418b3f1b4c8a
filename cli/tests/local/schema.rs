//! What commands really print in `data`, held against the committed schemas.

use std::{fs, path::Path};

use serde_json::{Value, json};

/// The schema of a command's `data`, as the page of the command contract says: of the longest command that the arguments begin
/// with.
fn name(arguments: &[&str]) -> Option<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/command-contract.md");
    let page = fs::read_to_string(page).unwrap();
    let row = |line: &str| {
        let (command, rest) = line.strip_prefix("| `")?.split_once("` | [")?;
        let (name, rest) = rest.split_once("](schema/data/")?;
        assert!(rest.starts_with(name), "{line}");
        Some((command.to_owned(), name.to_owned()))
    };
    let meant = |command: &str| {
        let words: Vec<&str> = command.split(' ').collect();
        arguments.starts_with(&words)
    };
    let rows = page.lines().filter_map(row).filter(|(command, _)| meant(command));
    rows.max_by_key(|(command, _)| command.len()).map(|(_, name)| name)
}

/// Fails when the data of a command is not as its schema says, or has a field that the schema does not name.
pub(crate) fn check(arguments: &[&str], data: &Value) {
    let Some(name) = name(arguments) else { return };
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
