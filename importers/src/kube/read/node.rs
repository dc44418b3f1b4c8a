//! The tree a document is read into: values as kubectl would send them, each with its place in the file.

use std::sync::Arc;

/// Where something stands in a file: line and column, both from 1; the column counts Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1; lines end with a line feed, a carriage return, or both.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Place {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place behind a text that begins here; what is not UTF-8 in it counts as some letters.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let below = line_ends(text);
        let line = text.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let first = if below == 0 { self.column } else { 1 };
        let letters = String::from_utf8_lossy(line).chars().count();
        Self { line: self.line.saturating_add(number(below)), column: first.saturating_add(number(letters)) }
    }
}

/// How many lines end in a text.
pub(super) fn line_ends(text: &[u8]) -> usize {
    let ends = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    ends - text.windows(2).filter(|pair| pair == b"\r\n").count()
}

/// One value and where it stands.
///
/// What an alias or `<<` brings keeps the places where it is written; only the alias itself stands at its `*name`.
/// A copy is cheap: lists, mappings and texts are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its first character; for a missing value the place where it would begin.
    pub place: Place,
    /// What stands there.
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    Sequence(Arc<Vec<Node>>),
    /// A mapping, in the order of the text; a key stands once.
    Mapping(Arc<Vec<Entry>>),
}

/// A scalar: its text and what kubectl takes it for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text after YAML's escapes and folding: of `defaultMode: 0755` it is `0755`.
    pub text: Arc<str>,
    /// What it means: of `defaultMode: 0755` it is the integer 493.
    pub meaning: Meaning,
}

/// What a scalar means after YAML 1.1's rules, as the JSON that kubectl sends has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meaning {
    /// Nothing.
    Null,
    /// `true`, but also `yes`, `on` and `y`.
    Boolean(bool),
    /// A whole number that a Kubernetes object can hold, also when it was written as `1e3`.
    Integer(i64),
    /// Any other finite number.
    Float(f64),
    /// The text itself.
    Text,
}

/// One key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key as text: a key `yes:` is `true`, a key `0x10:` is `16`.
    pub key: Arc<str>,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The value of a key, when this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The entry of a key, when this is a mapping that has it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The entries of a mapping; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar that means text: not of a number, a boolean or a null.
    #[must_use]
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.value {
            Value::Scalar(Scalar { text, meaning: Meaning::Text }) => Some(text),
            _ => None,
        }
    }

    /// Whether it is null: `~`, `null`, or nothing at all.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(Scalar { meaning: Meaning::Null, .. }))
    }

    /// What it is, in words for a message that repeats no value: "a mapping", "a number".
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match &self.value {
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
            Value::Scalar(scalar) => match scalar.meaning {
                Meaning::Null => "nothing",
                Meaning::Boolean(_) => "a boolean",
                Meaning::Integer(_) | Meaning::Float(_) => "a number",
                Meaning::Text => "a text",
            },
        }
    }
}
