//! The reference of `skiff.yaml` (`docs/spec.md`), made from the JSON Schema that the compiler's types give.
//!
//! Three sorts of definitions become three sorts of sections: a mapping has a table of its keys, a choice a list of its
//! words, and all values that one scalar holds share one table. `kind` says how the type of a key is written.

mod kind;
mod words;

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The page for a schema of `skiff.yaml`.
#[must_use]
pub fn page(schema: &Value) -> String {
    let definitions = schema["definitions"].as_object().cloned().unwrap_or_default();
    let mut page = format!("{}\n{}\n", words::INTRODUCTION, words::THE_FILE);
    page.push_str(&keys(schema, &definitions));
    for name in mappings(schema, &definitions) {
        let definition = &definitions[&name];
        let _ = write!(page, "\n## {}\n\n{}\n\n", kind::title(&name), text(definition, "description"));
        page.push_str(&keys(definition, &definitions));
    }
    page.push_str("\n## Words\n");
    for (name, definition) in definitions.iter().filter(|(_, definition)| definition["oneOf"].is_array()) {
        page.push_str(&choice(name, definition));
    }
    page + &values(&definitions)
}

/// The table of a mapping's keys: those that must be there first, then the others by name.
fn keys(mapping: &Value, definitions: &Map<String, Value>) -> String {
    let needed: Vec<&str> = mapping["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = mapping["properties"].as_object().cloned().unwrap_or_default();
    let mut rows: Vec<_> =
        properties.iter().map(|(key, property)| (!needed.contains(&key.as_str()), key, property)).collect();
    rows.sort_by_key(|(optional, key, _)| (*optional, *key));
    let mut table = String::from("| key | value | default | owner | what it says |\n|---|---|---|---|---|\n");
    for (optional, key, property) in rows {
        let (what, default) = what_and_default(text(property, "description"));
        let default = if optional { default } else { "**needed**" };
        let kind = kind::of(property, definitions);
        let owner = text(property, "x-skiff-owner");
        let _ = writeln!(table, "| `{key}` | {} | {} | {owner} | {} |", cell(&kind), cell(default), cell(&what));
    }
    table
}

/// A key's documentation says its default at the end of its sentence: `…; default `30s`.`
fn what_and_default(description: &str) -> (String, &str) {
    match description.split_once("; default ") {
        Some((what, default)) => (format!("{what}."), default.trim_end_matches('.')),
        None => (description.to_owned(), ""),
    }
}

/// The mappings of the file in the order in which a reader meets them, each once.
fn mappings(schema: &Value, definitions: &Map<String, Value>) -> Vec<String> {
    let mut met: Vec<String> = Vec::new();
    let mut open = vec![schema];
    while !open.is_empty() {
        let mut next = Vec::new();
        for name in open.iter().flat_map(|node| kind::references(node)) {
            let Some(definition) = definitions.get(&name).filter(|_| !met.contains(&name)) else { continue };
            met.push(name);
            next.push(definition);
        }
        open = next;
    }
    met.retain(|name| definitions[name]["properties"].is_object());
    met
}

fn choice(name: &str, definition: &Value) -> String {
    let mut section = format!("\n### {}\n\n{}\n\n", kind::title(name), text(definition, "description"));
    for word in definition["oneOf"].as_array().into_iter().flatten() {
        let _ = writeln!(section, "- `{}`: {}", text(word, "const"), text(word, "description"));
    }
    section
}

/// Every value that one scalar holds, with its form and an example.
fn values(definitions: &Map<String, Value>) -> String {
    let mut section = String::from("\n## Values\n\n| value | form | example |\n|---|---|---|\n");
    for (name, definition) in definitions {
        // A value that may also be a plain number has its text form first.
        let form = [definition, &definition["anyOf"][0]].into_iter().find(|form| form["pattern"].is_string());
        let Some(form) = form.filter(|form| form["examples"].is_array()) else { continue };
        let example = text(&form["examples"][0], "");
        let _ = writeln!(section, "| {} | {} | `{example}` |", kind::title(name), cell(text(form, "description")));
    }
    section
}

/// The text under a key, or of the value itself when the key is empty; nothing when it is none.
fn text<'schema>(value: &'schema Value, key: &str) -> &'schema str {
    let found = if key.is_empty() { Some(value) } else { value.get(key) };
    found.and_then(Value::as_str).unwrap_or_default()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_default_is_told_apart_from_the_sentence() {
        assert_eq!(what_and_default("How long; default `30s`."), ("How long.".into(), "`30s`"));
        assert_eq!(what_and_default("How long."), ("How long.".into(), ""));
    }

    #[test]
    fn needed_keys_come_first() {
        let mapping = json!({ "required": ["z"], "properties": {
            "a": { "type": "string", "description": "A.", "x-skiff-owner": "shape" },
            "z": { "type": "boolean", "description": "Z.", "x-skiff-owner": "release" },
        }});
        let table = keys(&mapping, &Map::new());
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(rows, ["| `z` | true or false | **needed** | release | Z. |", "| `a` | text |  | shape | A. |",]);
    }
}
