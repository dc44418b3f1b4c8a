//! JSON to events: kubectl reads a file that begins with `{` as a stream of JSON values.

use serde::de::IgnoredAny;

use super::{
    codes,
    event::{Event, Kind, Next, Style},
    finding::Note,
    node::Place,
};

/// The values of a JSON text, one after the other.
pub(super) struct Json<'t> {
    cursor: Cursor<'t>,
    /// Whether each open bracket is an object's.
    open: Vec<bool>,
    expected: Expected,
}

/// A position in a text that only moves forward.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    /// A value, or the end of an array that has none.
    FirstItem,
    Key,
    /// A key, or the end of an object that has none.
    FirstKey,
    Colon,
    /// A comma or a closing bracket.
    Rest,
}

impl<'t> Json<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { cursor: Cursor { text, at: 0, place: Place::START }, open: Vec::new(), expected: Expected::Value }
    }

    /// Where the next value begins: its offset in bytes and its place; `None` at the end of the text.
    pub(super) fn next_value(&mut self) -> Option<(usize, Place)> {
        self.expected = Expected::Value;
        self.open.clear();
        self.cursor.skip_white_space();
        (self.cursor.at < self.cursor.text.len()).then_some((self.cursor.at, self.cursor.place))
    }

    fn read(&mut self) -> Option<Next<'t>> {
        loop {
            self.cursor.skip_white_space();
            let place = self.cursor.place;
            let Some(byte) = self.cursor.peek() else { return Some(Err(wrong(place))) };
            let kind = match (self.expected, byte) {
                (Expected::Value | Expected::FirstItem, _) if byte != b']' => self.value(byte),
                (Expected::FirstItem | Expected::Rest, b']') => self.close(false),
                (Expected::FirstKey | Expected::Rest, b'}') => self.close(true),
                (Expected::Key | Expected::FirstKey, b'"') => {
                    self.expected = Expected::Colon;
                    self.string()
                }
                (Expected::Colon, b':') => {
                    self.pass(Expected::Value);
                    continue;
                }
                (Expected::Rest, b',') => {
                    let object = self.open.last() == Some(&true);
                    self.pass(if object { Expected::Key } else { Expected::Value });
                    continue;
                }
                _ => None,
            };
            return Some(kind.map(|kind| Event { place, kind }).ok_or_else(|| wrong(place)));
        }
    }

    fn pass(&mut self, expected: Expected) {
        self.cursor.advance(1);
        self.expected = expected;
    }

    fn value(&mut self, byte: u8) -> Option<Kind<'t>> {
        match byte {
            b'{' => {
                self.open.push(true);
                self.pass(Expected::FirstKey);
                Some(Kind::Mapping(None))
            }
            b'[' => {
                self.open.push(false);
                self.pass(Expected::FirstItem);
                Some(Kind::Sequence(None))
            }
            b'"' => {
                self.expected = Expected::Rest;
                self.string()
            }
            _ => {
                self.expected = Expected::Rest;
                self.literal()
            }
        }
    }

    fn close(&mut self, object: bool) -> Option<Kind<'t>> {
        if self.open.pop()? != object {
            return None;
        }
        self.pass(Expected::Rest);
        Some(Kind::End)
    }

    fn string(&mut self) -> Option<Kind<'t>> {
        let rest = self.cursor.text.get(self.cursor.at..)?;
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        let written = rest.get(..end + 2)?;
        self.cursor.advance(written.len());
        let inner = written.get(1..=end)?;
        let simple = !inner.bytes().any(|byte| byte == b'\\' || byte < b' ');
        let text = if simple { inner.into() } else { serde_json::from_str::<String>(written).ok()?.into() };
        Some(Kind::Scalar { text, style: Style::Text, anchor: None })
    }

    fn literal(&mut self) -> Option<Kind<'t>> {
        let rest = self.cursor.text.get(self.cursor.at..)?;
        let ends = |letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '-' | '.');
        let written = rest.get(..rest.find(ends).unwrap_or(rest.len()))?;
        self.cursor.advance(written.len());
        serde_json::from_str::<IgnoredAny>(written).ok()?;
        Some(Kind::Scalar { text: written.into(), style: Style::Json, anchor: None })
    }
}

impl<'t> Iterator for Json<'t> {
    type Item = Next<'t>;

    fn next(&mut self) -> Option<Next<'t>> {
        self.read()
    }
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_white_space(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.advance(spaces);
    }

    fn advance(&mut self, bytes: usize) {
        let end = self.at.saturating_add(bytes);
        let passed = self.text.as_bytes().get(self.at..end).unwrap_or_default();
        // A line feed behind a carriage return ends no second line.
        let again = passed.starts_with(b"\n")
            && self.text.as_bytes().get(..self.at).is_some_and(|before| before.ends_with(b"\r"));
        self.place = self.place.after(passed.get(usize::from(again)..).unwrap_or_default());
        self.at = end;
    }
}

fn wrong(place: Place) -> Note {
    let hint = "compare the line with a working example: a comma, a bracket or a quote may be missing";
    Note::new(&codes::SYNTAX, place, "the text is not JSON here", hint)
}
