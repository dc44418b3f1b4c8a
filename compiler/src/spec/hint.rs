//! What to write instead of a value of the wrong type: the slips that YAML invites.

use crate::node::{Node, Value};

/// What to do about a node that is not what was expected; `None` when only an example can be given.
pub(super) fn for_wrong_type(node: &Node, expected: &str) -> Option<String> {
    let written = node.describe();
    match &node.value {
        _ if node.is_null() => Some(format!("write {expected} after the key, or take the key away")),
        Value::Scalar(scalar) if expected == "a list" && scalar.text.len() <= 40 => {
            Some(format!("write it as a list: `[{}]`", scalar.text))
        }
        Value::Scalar(scalar) if expected.contains("`true`") => {
            truth(&scalar.text).map(|word| format!("write `{word}`, without quotes"))
        }
        Value::Scalar(scalar) if !scalar.plain && scalar.text.parse::<u32>().is_ok() => {
            Some(format!("take the quotes away: {written} is then a number"))
        }
        Value::Scalar(_) if expected.contains("number") => Some("write digits only, without a unit or quotes".into()),
        Value::Scalar(_) => Some("write its keys on lines of their own, each indented and with a `:`".into()),
        Value::Sequence(_) if expected == "text" => {
            Some("write one text; quote it when it has brackets or dashes".into())
        }
        Value::Sequence(_) => Some("write `key: value` lines, without the `-` or brackets of a list".into()),
        Value::Mapping(_) if expected == "a list" => Some("begin each item with `- `, or write `[a, b]`".into()),
        Value::Mapping(_) => None,
    }
}

/// The YAML 1.2 word that a word of YAML 1.1, or a quoted one, stands for.
fn truth(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some("true"),
        "false" | "no" | "off" | "n" => Some("false"),
        _ => None,
    }
}
