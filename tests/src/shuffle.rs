//! The same YAML document with the keys of every mapping in another order.
//!
//! Works on the compiler's own node tree, so that what was plain stays plain and what was quoted stays quoted: a value
//! keeps its meaning, only its place changes.

use skiff_compiler::{
    diagnostic::Diagnostics,
    node::{Entry, Node, Value},
    read,
    source::SourceFile,
};

/// Spaces by which a level is indented.
const INDENT: usize = 2;

/// The document with its keys shuffled; the same seed gives the same text.
///
/// # Errors
/// A sentence when the text cannot be read.
pub fn shuffled(file: &SourceFile, seed: u64) -> Result<String, String> {
    let mut diagnostics = Diagnostics::default();
    let document = read::read(file, &mut diagnostics).ok_or("the document cannot be read")?;
    Ok(write(&document.root, seed))
}

/// A tree as YAML, its keys shuffled.
#[must_use]
pub fn write(root: &Node, seed: u64) -> String {
    let mut text = String::new();
    Writer { seed, text: &mut text }.node(root, 0);
    text.push('\n');
    text
}

struct Writer<'text> {
    seed: u64,
    text: &'text mut String,
}

impl Writer<'_> {
    /// Writes a value that follows `key:` or `-`, or is the root.
    fn node(&mut self, node: &Node, depth: usize) {
        match &node.value {
            Value::Scalar(scalar) if scalar.plain && !scalar.text.contains('\n') => self.text.push_str(&scalar.text),
            Value::Scalar(scalar) => self.text.push_str(&quoted(&scalar.text)),
            Value::Sequence(items) if items.is_empty() => self.text.push_str("[]"),
            Value::Mapping(entries) if entries.is_empty() => self.text.push_str("{}"),
            Value::Sequence(items) => items.iter().for_each(|item| self.item(item, depth)),
            Value::Mapping(entries) => self.entries(entries, depth),
        }
    }

    fn item(&mut self, item: &Node, depth: usize) {
        self.line(depth);
        self.text.push_str("- ");
        self.node(item, depth + 1);
    }

    fn entries(&mut self, entries: &[Entry], depth: usize) {
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_by_key(|entry| rank(&entry.key, self.seed));
        for entry in entries {
            self.line(depth);
            self.text.push_str(&quoted(&entry.key));
            self.text.push_str(": ");
            self.node(&entry.node, depth + 1);
        }
    }

    fn line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', depth * INDENT));
    }
}

/// A JSON string is a double-quoted YAML scalar.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A place for a key that has nothing to do with the alphabet: FNV-1a, started from the seed.
fn rank(key: &str, seed: u64) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    key.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use skiff_compiler::{node::Scalar, source::Span};

    use super::*;

    fn node(value: Value) -> Node {
        Node { span: Span::default(), value }
    }

    fn scalar(text: &str, plain: bool) -> Node {
        node(Value::Scalar(Scalar { text: text.into(), plain }))
    }

    fn mapping(entries: Vec<(&str, Node)>) -> Node {
        let entry = |(key, node): (&str, Node)| Entry { key: key.into(), key_span: Span::default(), node };
        node(Value::Mapping(entries.into_iter().map(entry).collect()))
    }

    fn sample() -> Node {
        let list = node(Value::Sequence(vec![mapping(vec![("x", scalar("1", true)), ("y", scalar("1", false))])]));
        let inner = mapping(vec![("c", scalar("", true)), ("d", scalar("two\nlines", true)), ("e", list)]);
        mapping(vec![("a", scalar("a: b", false)), ("b", inner), ("z", mapping(vec![]))])
    }

    fn parsed(text: &str) -> serde_json::Value {
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    #[test]
    fn keeps_the_meaning() {
        let wanted = serde_json::json!({"a": "a: b", "z": {},
            "b": {"c": null, "d": "two\nlines", "e": [{"x": 1, "y": "1"}]}});
        for seed in 0..8 {
            assert_eq!(parsed(&write(&sample(), seed)), wanted);
        }
    }

    #[test]
    fn changes_the_order() {
        let texts: std::collections::BTreeSet<String> = (0..8).map(|seed| write(&sample(), seed)).collect();
        assert!(texts.len() > 1, "eight seeds gave one order");
        assert_eq!(write(&sample(), 3), write(&sample(), 3));
    }
}
