//! The layout: block style, short things in brackets, blank lines between what stands on its own.

use std::ops::Bound;

use serde_yaml::{Mapping, Value};

use super::{comment::Comments, scalar};

/// Columns that a list or mapping in brackets may take, its key and indentation not counted.
const WIDEST: usize = 64;
/// Entries of a mapping in brackets.
const MOST_ENTRIES: usize = 3;
/// Characters up to which a key may stand on one line with its `:` (YAML 1.2, 7.4.2, allows 1,024).
const LONGEST_KEY: usize = 1000;
/// Keys of the file with names of the user's choice below them: one stands on each line, however few there are.
const NAMED: &[&str] = &[
    "services",
    "databases",
    "queues",
    "buckets",
    "env",
    "secrets",
    "facts",
    "files",
    "ports",
    "tags",
    "headers",
    "query",
    "hosts",
    "sysctls",
    "containers",
    "volumes",
    "mounts",
    "security",
    "health",
];
/// Keys at the root whose entries stand apart.
const APART: &[&str] = &["services", "databases", "queues", "buckets"];

/// Prints a document.
pub(super) fn print(root: &Value, comments: &Comments) -> String {
    let mut printer = Printer { comments, way: Vec::new(), text: String::new() };
    if let Value::Mapping(mapping) = root {
        printer.mapping(mapping, 0);
        if !mapping.contains_key("services") {
            printer.lines(&comments.top, 0);
        }
    }
    printer.text
}

struct Printer<'c> {
    comments: &'c Comments,
    /// The keys above the one that is printed.
    way: Vec<String>,
    text: String,
}

impl Printer<'_> {
    fn mapping(&mut self, mapping: &Mapping, indent: usize) {
        let apart = matches!(self.way.as_slice(), [only] if APART.contains(&only.as_str()));
        let mut after_block = false;
        for (index, (key, value)) in mapping.iter().enumerate() {
            let key = key.as_str().unwrap_or_default();
            self.way.push(key.to_owned());
            let in_block = self.is_block(value);
            let between = apart || (self.way.len() == 1 && (in_block || after_block));
            if between && index > 0 {
                self.blank_line();
            }
            self.comments_above(indent);
            self.key(key, value, indent);
            self.way.pop();
            after_block = in_block;
        }
        let end = self.comments.end.get(&self.way);
        self.lines(end.map_or(&[], Vec::as_slice), indent);
    }

    /// One blank line; none behind a block of lines that keeps the one at its end.
    fn blank_line(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn comments_above(&mut self, indent: usize) {
        if self.way == ["services"] {
            self.lines(&self.comments.top, indent);
        }
        let above = self.comments.above.get(&self.way);
        self.lines(above.map_or(&[], Vec::as_slice), indent);
    }

    fn lines(&mut self, lines: &[String], indent: usize) {
        for line in lines {
            self.line(line, indent);
        }
    }

    fn line(&mut self, line: &str, indent: usize) {
        self.spaces(indent);
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn spaces(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn key(&mut self, key: &str, value: &Value, indent: usize) {
        self.spaces(indent);
        let key = scalar::inline(key);
        if key.chars().count() > LONGEST_KEY {
            self.text.push_str("? ");
            self.text.push_str(&key);
            self.text.push('\n');
            self.spaces(indent);
        } else {
            self.text.push_str(&key);
        }
        self.text.push(':');
        self.value(value, indent);
    }

    /// A value behind the `:` of a key that stands at `indent`.
    fn value(&mut self, value: &Value, indent: usize) {
        match value {
            _ if !self.is_block(value) => {
                self.text.push(' ');
                self.text.push_str(&flow(value));
                self.text.push('\n');
            }
            Value::Mapping(mapping) => {
                self.text.push('\n');
                self.mapping(mapping, indent + 2);
            }
            Value::Sequence(items) => {
                self.text.push('\n');
                items.iter().for_each(|item| self.item(item, indent + 2));
            }
            other => {
                self.text.push(' ');
                self.scalar(other, indent);
            }
        }
    }

    /// A scalar behind a key or a `-` that stands at `indent`.
    fn scalar(&mut self, value: &Value, indent: usize) {
        match value.as_str().and_then(scalar::block) {
            Some((header, lines)) => {
                self.text.push_str(header);
                self.text.push('\n');
                for line in lines {
                    self.line(line, if line.is_empty() { 0 } else { indent + 2 });
                }
            }
            None => {
                self.text.push_str(&one_line(value, scalar::inline));
                self.text.push('\n');
            }
        }
    }

    /// An item of a list whose `-` stands at `indent`.
    fn item(&mut self, item: &Value, indent: usize) {
        let start = self.text.len();
        match item {
            Value::Mapping(mapping) if self.is_block(item) => self.mapping(mapping, indent + 2),
            Value::Sequence(items) if self.is_block(item) => items.iter().for_each(|item| self.item(item, indent + 2)),
            other => {
                self.spaces(indent + 2);
                match other {
                    Value::Mapping(_) | Value::Sequence(_) => self.line(&flow(other), 0),
                    scalar => self.scalar(scalar, indent),
                }
            }
        }
        // What was printed begins with the two spaces in whose place the mark stands.
        self.text.replace_range(start + indent..start + indent + 2, "- ");
    }

    /// Whether a value takes lines of its own.
    fn is_block(&self, value: &Value) -> bool {
        match value {
            Value::Mapping(entries) if entries.is_empty() => false,
            Value::Sequence(items) if items.is_empty() => false,
            Value::Mapping(entries) => {
                let named = self.way.last().is_some_and(|key| NAMED.contains(&key.as_str()));
                let definition = match self.way.as_slice() {
                    [group, _] => APART.contains(&group.as_str()),
                    way => way.len() == 1,
                };
                named
                    || definition
                    || self.has_comments()
                    || entries.len() > MOST_ENTRIES
                    || !entries.values().all(is_short)
                    || too_wide(value)
            }
            Value::Sequence(items) => !items.iter().all(is_short) || too_wide(value),
            scalar => scalar.as_str().and_then(scalar::block).is_some(),
        }
    }

    /// Whether a comment stands below the key that is printed.
    fn has_comments(&self) -> bool {
        // In the order of ways, those that begin with this one follow it at once.
        let mut behind =
            self.comments.above.range::<[String], _>((Bound::Excluded(self.way.as_slice()), Bound::Unbounded));
        let above = behind.next().is_some_and(|(way, _)| way.starts_with(&self.way));
        above || self.comments.end.contains_key(&self.way)
    }
}

/// A scalar on one line.
fn is_short(value: &Value) -> bool {
    !matches!(value, Value::Mapping(_) | Value::Sequence(_)) && !value.as_str().is_some_and(|text| text.contains('\n'))
}

fn too_wide(value: &Value) -> bool {
    flow(value).chars().count() > WIDEST
}

/// A value on one line, in brackets when it is a list or a mapping.
fn flow(value: &Value) -> String {
    match value {
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| one_line(item, scalar::in_brackets)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) if entries.is_empty() => "{}".into(),
        Value::Mapping(entries) => {
            let entry = |(key, value): (&Value, &Value)| {
                let write = |value| one_line(value, scalar::in_brackets);
                format!("{}: {}", write(key), write(value))
            };
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        scalar => one_line(scalar, scalar::inline),
    }
}

/// A scalar on one line; numbers, booleans and null as serde_yaml writes them.
fn one_line(value: &Value, write: fn(&str) -> String) -> String {
    match value {
        Value::String(text) => write(text),
        other => serde_yaml::to_string(other).unwrap_or_default().trim_end().to_owned(),
    }
}
