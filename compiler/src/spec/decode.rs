//! From node tree to types: every mistake is reported, none stops the reading.
//!
//! A value that cannot be used is reported once, poisoned, and replaced by a fallback, so that later stages still see a
//! whole spec; what they would say of the fallback lies inside the poisoned place and is dropped.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    diagnostic::Diagnostics,
    node::{Entry, Node, Value},
    source::Span,
    spec::{codes, hint},
};

/// Can be read from a node of the document.
pub trait Decode: Sized {
    /// What the user should have written, with its article: "a duration such as `30s`".
    const EXPECTED: &'static str;

    /// Reads the node; reports what is wrong and gives a fallback.
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self;

    /// The value when the key is not there; `None` makes the key required.
    fn absent() -> Option<Self> {
        None
    }

    /// Stands in for a value that could not be read.
    fn fallback() -> Self;

    /// Whether the value needs no writing: it would be read back from nothing.
    fn is_absent(&self) -> bool {
        false
    }
}

/// Where a mapping and each of its fields stand. Equal to any other: a place is not part of a meaning.
#[derive(Debug, Clone)]
pub struct At {
    /// The whole mapping.
    pub whole: Span,
    fields: Vec<(&'static str, Span)>,
}

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for At {}

impl Default for At {
    fn default() -> Self {
        Self::of(Span::NOWHERE)
    }
}

impl At {
    /// A place whose fields are not written one by one.
    #[must_use]
    pub fn of(whole: Span) -> Self {
        Self { whole, fields: Vec::new() }
    }

    /// The place of a field's value, or of the whole mapping when the field is not written.
    #[must_use]
    pub fn field(&self, name: &str) -> Span {
        self.fields.iter().find(|(field, _)| *field == name).map_or(self.whole, |(_, span)| *span)
    }

    /// Whether a field is written.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| *field == name)
    }

    /// The fields that are written, in the order of the declaration.
    pub fn written(&self) -> impl Iterator<Item = (&'static str, Span)> {
        self.fields.iter().copied()
    }
}

/// A mapping that is being read field by field.
pub struct Fields<'node> {
    entries: &'node [Entry],
    at: At,
    usable: bool,
}

impl<'node> Fields<'node> {
    /// Opens a mapping and reports the keys that `known` does not have.
    pub fn open(node: &'node Node, expected: &str, known: &[&'static str], diagnostics: &mut Diagnostics) -> Self {
        let at = At { whole: node.span, fields: Vec::new() };
        let Value::Mapping(entries) = &node.value else {
            wrong_type(node, expected, diagnostics);
            return Self { entries: &[], at, usable: false };
        };
        let unknown = entries.iter().filter(|entry| !known.contains(&&*entry.key));
        for entry in unknown.filter(|entry| !diagnostics.is_poisoned(entry.key_span)).collect::<Vec<_>>() {
            let suggestion = closest(&entry.key, known.iter().copied());
            diagnostics.push(&codes::UNKNOWN_KEY, entry.key_span, format!("`{}` is not a key here", entry.key)).hint(
                suggestion.map_or_else(|| list_of("the keys are", known), |known| format!("did you mean `{known}`?")),
            );
        }
        Self { entries, at, usable: true }
    }

    /// Reads one field.
    pub fn take<T: Decode>(&mut self, name: &'static str, diagnostics: &mut Diagnostics) -> T {
        let entry = self.entries.iter().find(|entry| &*entry.key == name);
        if let Some(entry) = entry {
            self.at.fields.push((name, entry.node.span));
        }
        match (entry, T::absent()) {
            (Some(entry), Some(absent)) if entry.node.is_null() => absent,
            (Some(entry), _) => T::decode(&entry.node, diagnostics),
            (None, Some(absent)) => absent,
            (None, None) => self.missing(name, T::EXPECTED, diagnostics),
        }
    }

    fn missing<T: Decode>(&self, name: &str, expected: &str, diagnostics: &mut Diagnostics) -> T {
        if self.usable {
            let start = Span { start: self.at.whole.start, end: self.at.whole.start };
            diagnostics.push(&codes::MISSING_KEY, start, format!("`{name}` is missing")).hint(if expected == "text" {
                format!("add `{name}:`")
            } else {
                format!("add `{name}:` with {expected}")
            });
        }
        T::fallback()
    }

    /// Where everything stood.
    #[must_use]
    pub fn finish(self) -> At {
        self.at
    }
}

/// Reports that a node is not what was expected, and poisons it; says nothing of what the reader refused already.
pub fn wrong_type(node: &Node, expected: &str, diagnostics: &mut Diagnostics) {
    if diagnostics.is_poisoned(node.span) {
        return;
    }
    let (kind, example) = kind_and_example(expected);
    let hint = hint::for_wrong_type(node, expected).unwrap_or(example);
    diagnostics.push(&codes::WRONG_TYPE, node.span, format!("expected {kind}, found {}", node.describe())).hint(hint);
    diagnostics.poison(node.span);
}

/// Reports that a text is not a value of its kind, and poisons it.
pub fn bad_value(node: &Node, expected: &str, diagnostics: &mut Diagnostics) {
    let (kind, example) = kind_and_example(expected);
    diagnostics.push(&codes::BAD_VALUE, node.span, format!("{} is not {kind}", node.describe())).hint(example);
    diagnostics.poison(node.span);
}

/// "a duration such as `30s`" is a kind, and an example for the hint.
fn kind_and_example(expected: &str) -> (&str, String) {
    match expected.split_once(" such as ") {
        Some((kind, example)) => (kind, format!("write it like {example}")),
        None => (expected, format!("write {expected}")),
    }
}

/// The known word nearest to a misspelt one, when it is near enough to be meant.
pub fn closest<'known>(word: &str, known: impl Iterator<Item = &'known str>) -> Option<&'known str> {
    let limit = word.chars().count().div_ceil(3).max(1);
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// "the keys are `a`, `b`", sorted.
#[must_use]
pub fn list_of(opening: &str, words: &[&str]) -> String {
    let mut words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.sort();
    format!("{opening} {}", words.join(", "))
}

impl<T: Decode> Decode for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        if node.is_null() { None } else { Some(T::decode(node, diagnostics)) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn fallback() -> Self {
        None
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Decode> Decode for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        match &node.value {
            Value::Sequence(items) => items.iter().map(|item| T::decode(item, diagnostics)).collect(),
            _ => {
                wrong_type(node, Self::EXPECTED, diagnostics);
                Self::new()
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn fallback() -> Self {
        Self::new()
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Can be the key of a table.
pub trait Key: Ord + Sized {
    /// Reads a key; reports and gives nothing when it cannot be one.
    fn decode_key(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Self>;
}

impl Key for String {
    fn decode_key(text: &str, _: Span, _: &mut Diagnostics) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<K: Key, T: Decode> Decode for BTreeMap<K, T> {
    const EXPECTED: &'static str = "a mapping";

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        let Value::Mapping(entries) = &node.value else {
            wrong_type(node, Self::EXPECTED, diagnostics);
            return Self::new();
        };
        let mut table = Self::new();
        for entry in entries {
            let value = T::decode(&entry.node, diagnostics);
            match K::decode_key(&entry.key, entry.key_span, diagnostics) {
                Some(key) => drop(table.insert(key, value)),
                None => diagnostics.poison(entry.node.span),
            }
        }
        table
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn fallback() -> Self {
        Self::new()
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Decode> Decode for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        Self::new(T::decode(node, diagnostics))
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self::new)
    }

    fn fallback() -> Self {
        Self::new(T::fallback())
    }
}

impl<T: Decode> Decode for Arc<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        Self::new(T::decode(node, diagnostics))
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self::new)
    }

    fn fallback() -> Self {
        Self::new(T::fallback())
    }
}

impl Decode for String {
    const EXPECTED: &'static str = "text";

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        match node.text() {
            Some(text) if !node.is_null() => text.to_owned(),
            _ => {
                wrong_type(node, Self::EXPECTED, diagnostics);
                Self::new()
            }
        }
    }

    fn fallback() -> Self {
        Self::new()
    }
}

impl Decode for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        match &node.value {
            Value::Scalar(scalar) if scalar.plain && &*scalar.text == "true" => true,
            Value::Scalar(scalar) if scalar.plain && &*scalar.text == "false" => false,
            _ => {
                wrong_type(node, Self::EXPECTED, diagnostics);
                false
            }
        }
    }

    fn fallback() -> Self {
        false
    }
}

macro_rules! whole_numbers {
    ($($number:ty, $expected:literal, $fallback:literal;)+) => {$(
        impl Decode for $number {
            const EXPECTED: &'static str = $expected;

            fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
                let text = match &node.value {
                    Value::Scalar(scalar) if scalar.plain => &*scalar.text,
                    _ => "",
                };
                text.parse().unwrap_or_else(|_| {
                    wrong_type(node, Self::EXPECTED, diagnostics);
                    $fallback
                })
            }

            fn fallback() -> Self {
                $fallback
            }
        }

    )+};
}

whole_numbers! {
    u16, "a port or number from 0 to 65535", 1;
    u32, "a whole number", 1;
}

/// A value that remembers where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Place,
}

/// A place that compares equal to any other: it is not part of a meaning.
#[derive(Debug, Clone, Copy)]
pub struct Place(pub Span);

impl Default for Place {
    fn default() -> Self {
        Self(Span::NOWHERE)
    }
}

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl<T> Spanned<T> {
    /// Where the value stands.
    pub fn span(&self) -> Span {
        self.at.0
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Decode> Decode for Spanned<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
        Self { value: T::decode(node, diagnostics), at: Place(node.span) }
    }

    fn fallback() -> Self {
        Self { value: T::fallback(), at: Place::default() }
    }
}

impl<T: serde::Serialize> serde::Serialize for Spanned<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}
