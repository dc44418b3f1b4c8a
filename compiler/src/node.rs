//! The tree a document is read into: every value with its place, every mistake still in it.

use crate::source::Span;

/// One value of a document and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From the first to one past the last byte of the value, quotes and brackets included.
    ///
    /// A parent's span holds its children's, with one exception: what an alias or `<<` brings keeps the places where it
    /// is written, and only the alias itself stands at its `*name`. A missing value has an empty span after its key.
    pub span: Span,
    /// What stands there.
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A scalar: text with the style it was written in.
    Scalar(Scalar),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the text; a key stands once.
    Mapping(Vec<Entry>),
}

/// A scalar as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text after YAML's own escapes and folding.
    pub text: Box<str>,
    /// Whether it was plain: only a plain scalar may mean null, a boolean or a number.
    pub plain: bool,
}

/// One key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: Box<str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// A comment, with its `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// Its text without the `#` and surrounding spaces.
    pub text: Box<str>,
}

/// A document: its root and its comments in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The root value.
    pub root: Node,
    /// All comments.
    pub comments: Vec<Comment>,
}

impl Node {
    /// A plain scalar is null when it is empty, `~` or `null` (YAML 1.2 core schema).
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.plain && matches!(&*scalar.text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value of a key, when this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| &*entry.key == key).map(|entry| &entry.node)
    }

    /// The entries of a mapping; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// What it is, in words for an error: "a mapping", "the text `x`", "nothing".
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.value {
            _ if self.is_null() => "nothing".into(),
            Value::Scalar(scalar) => format!("`{}`", shorten(&scalar.text)),
            Value::Sequence(_) => "a list".into(),
            Value::Mapping(_) => "a mapping".into(),
        }
    }
}

/// A long or multi-line text cut for a message, its control characters as escapes: a message goes to a terminal.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(40).collect();
    let mut shown = String::with_capacity(cut.len());
    for letter in cut.chars() {
        match letter {
            letter if letter.is_control() => shown.extend(letter.escape_default()),
            letter => shown.push(letter),
        }
    }
    if cut.len() < text.len() { format!("{shown}…") } else { shown }
}
