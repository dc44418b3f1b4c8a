//! What a property was and what it becomes, in the fewest words that tell.

use serde_json::Value;
use skiff_wire::PropertyChange;

use super::{
    permissions,
    siblings::few,
    table::cut,
    value::{dotted, short},
};

/// How wide one value may be before it is cut.
const VALUE: usize = 90;

/// `MaxSize: 2 → 12`; a policy in terms of what it allows.
pub(super) fn line(moved: &PropertyChange) -> String {
    if let Some(text) = statement(moved) {
        return text;
    }
    if let Some(tag) = tag(&moved.pointer) {
        return format!("tag {tag}: {}", movement(&moved.pointer, moved.before.as_ref(), moved.after.as_ref()));
    }
    let mark = if moved.create_only { " (set at creation)" } else { "" };
    let name = moved.pointer.replace("/PolicyDocument/Statement/", "/").replace("/LaunchTemplateData/", "/");
    format!("{}{mark}: {}", dotted(&name), movement(&moved.pointer, moved.before.as_ref(), moved.after.as_ref()))
}

/// The key of the tag that a pointer leads to.
fn tag(pointer: &str) -> Option<String> {
    let segments: Vec<String> = crate::change::segments(pointer).collect();
    let tags = segments.iter().position(|segment| segment.ends_with("Tags"))?;
    segments.into_iter().nth(tags + 1)
}

/// A whole statement that comes or goes.
fn statement(moved: &PropertyChange) -> Option<String> {
    let sign = |sign: &str, value: &Value| {
        let statement = value.as_object().filter(|_| permissions::is_statement(value))?;
        let refuses = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
        Some(format!("{sign} {}{}", if refuses { "" } else { "may " }, permissions::phrase(statement)))
    };
    match (&moved.before, &moved.after) {
        (None, Some(after)) => sign("+", after),
        (Some(before), None) => sign("-", before),
        _ => None,
    }
}

/// `before → after`; of two lists only what joins and what leaves; of encoded text what it says.
pub(super) fn movement(pointer: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (Some(Value::Array(old)), Some(Value::Array(new))) if old != new => members(pointer, old, new),
        (Some(old), Some(new)) if old == new => format!("a new value of {}", short(new, VALUE)),
        (Some(old), Some(new)) => {
            let (old, new) = (decoded(pointer, old), decoded(pointer, new));
            let (old, new) = apart(&old, &new);
            format!("{old} → {new}")
        }
        (None, Some(new)) => format!("set to {}", short(plain(new), VALUE)),
        (Some(old), None) => format!("no longer {}", short(plain(old), VALUE)),
        (None, None) => String::new(),
    }
}

/// User data has lines, which a single line of output has not.
fn decoded(pointer: &str, value: &Value) -> String {
    let text = short(plain(value), usize::MAX);
    if pointer.ends_with("/UserData") { text.replace('\n', " ") } else { text }
}

/// A value without the wrapping that only says what sort it is: `{"value": "x"}` is `x`.
fn plain(value: &Value) -> &Value {
    let Value::Object(object) = value else { return value };
    if let (Some(description), true) = (object.get("description"), object.contains_key("locked_by")) {
        return description;
    }
    if let (Some(kind), true) = (object.get("kind"), object.contains_key("release")) {
        return kind;
    }
    match ["value", "from", "secret", "member"].iter().find_map(|key| object.get(*key)) {
        Some(inner) if object.len() == 1 => plain(inner),
        // Of a secret and its JSON key, the secret says which one it is.
        Some(inner) if object.len() == 2 && object.contains_key("key") => plain(inner),
        _ if object.contains_key("Key") => object.get("Value").unwrap_or(value),
        _ => value,
    }
}

fn members(pointer: &str, old: &[Value], new: &[Value]) -> String {
    let resources = pointer.ends_with("/Resource");
    let text = |item: &Value| if resources { permissions::target(item) } else { short(item, VALUE) };
    let sign = |sign: &str, item: &Value| format!("{sign}{}", text(item));
    let gone: Vec<String> = old.iter().filter(|item| !new.contains(item)).map(|item| sign("-", item)).collect();
    let come: Vec<String> = new.iter().filter(|item| !old.contains(item)).map(|item| sign("+", item)).collect();
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => "the same in another order".to_owned(),
        (false, false) => format!("{}, {}", few(&gone, 6), few(&come, 6)),
        _ => few(&[gone, come].concat(), 6),
    }
}

/// Two long texts shortened so that the place at which they part is seen.
fn apart(old: &str, new: &str) -> (String, String) {
    const BEFORE: usize = 24;
    const AFTER: usize = 38;
    let same = old.chars().zip(new.chars()).take_while(|(left, right)| left == right).count();
    let skipped = if same + BEFORE > AFTER { same.saturating_sub(BEFORE) } else { 0 };
    let from = |text: &str| {
        let rest: String = text.chars().skip(skipped).collect();
        cut(&if skipped > 0 { format!("…{rest}") } else { rest }, AFTER)
    };
    (from(old), from(new))
}
