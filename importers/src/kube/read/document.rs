//! The documents of one file: each is read by itself, so that a bad one costs one finding and not the file.

use std::{borrow::Cow, sync::Arc};

use super::{
    codes,
    compose::{Keys, compose},
    finding::Note,
    json::Json,
    limits::MAX_REREAD_BYTES,
    node::{Node, Place, Value},
    recognise,
    split::{self, Chunk},
    yaml::Yaml,
};

/// One document that is more than null.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The file it stands in, by the name it was given.
    pub file: Arc<str>,
    /// Its root value.
    pub root: Node,
}

/// What is being read of a file.
pub(super) struct Reader<'f> {
    file: &'f Arc<str>,
    keys: Keys,
    values: usize,
    pub(super) documents: Vec<Document>,
    pub(super) notes: Vec<Note>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(file: &'f Arc<str>, keys: Keys) -> Self {
        Self { file, keys, values: 0, documents: Vec::new(), notes: Vec::new() }
    }

    /// Reads a file of UTF-8: a stream of JSON when it begins with `{`, and YAML from the first value that is no JSON.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        let begins_like_json = bytes.trim_ascii_start().starts_with(b"{");
        let text = if begins_like_json { str::from_utf8(bytes).ok() } else { None };
        let (at, start) = text.map_or((0, Place::START), |text| self.json(text));
        for chunk in split::split(bytes.get(at..).unwrap_or_default(), start) {
            self.yaml(&chunk);
        }
    }

    /// Reads JSON values; gives where the first begins that is none.
    fn json(&mut self, text: &str) -> (usize, Place) {
        let mut json = Json::new(text);
        while let Some(next) = json.next_value() {
            match compose(&mut json, &mut self.values, self.keys, &mut self.notes) {
                Ok(root) => self.add(root),
                Err(note) if note.code == &codes::SYNTAX => return next,
                Err(note) => {
                    self.notes.push(note);
                    break;
                }
            }
        }
        (text.len(), Place::START)
    }

    fn yaml(&mut self, chunk: &Chunk<'_>) {
        if chunk.bad_separator {
            self.notes.push(bad_separator(chunk.start));
            return;
        }
        let text = match text_of(&chunk.bytes, chunk.start) {
            Ok(text) => text,
            Err(note) => return self.notes.push(note),
        };
        match self.compose(text, chunk.start) {
            Ok(root) => {
                self.notes.extend(line_separator(text, chunk.start));
                self.add(root);
            }
            Err(note) => self.refuse(note, text, chunk.start),
        }
    }

    /// Reads a document, again whenever the parser could not and the text can be repaired.
    fn compose(&mut self, text: &str, start: Place) -> Result<Option<Node>, Note> {
        let (mut text, mut left, values) = (Cow::Borrowed(text), MAX_REREAD_BYTES, self.values);
        loop {
            self.values = values;
            let mut yaml = Yaml::new(&text, start);
            match compose(&mut yaml, &mut self.values, self.keys, &mut self.notes) {
                Ok(root) => return self.check_rest(root, yaml.rest()),
                Err(note) => {
                    left = left.saturating_sub(text.len());
                    let repaired = if left > 0 { yaml.repaired() } else { None };
                    text = Cow::Owned(repaired.ok_or(note)?);
                }
            }
        }
    }

    /// kubectl ignores what follows a list or a mapping; after a single value it stumbles over what is no YAML.
    fn check_rest(&mut self, root: Option<Node>, rest: Option<Result<Place, Note>>) -> Result<Option<Node>, Note> {
        let single = root.as_ref().is_none_or(|root| matches!(root.value, Value::Scalar(_)));
        match rest {
            Some(Err(note)) if single => return Err(note),
            Some(Ok(place) | Err(Note { place, .. })) => self.notes.push(text_after_end(place)),
            None => {}
        }
        Ok(root)
    }

    fn add(&mut self, root: Option<Node>) {
        if let Some(root) = root.filter(|root| !root.is_null()) {
            self.documents.push(Document { file: Arc::clone(self.file), root });
        }
    }

    /// Says why a document cannot be read; that it is a template is said once in a file.
    fn refuse(&mut self, note: Note, text: &str, start: Place) {
        match recognise::template(text, start) {
            Some(_) if self.notes.iter().any(|other| other.code == &codes::TEMPLATE) => {}
            Some(template) => self.notes.push(template),
            None => self.notes.push(note),
        }
    }
}

/// The text of a document: UTF-8 without control characters.
fn text_of(bytes: &[u8], start: Place) -> Result<&str, Note> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let place = start.after(&bytes[..error.valid_up_to()]);
        let hint = "save the file as UTF-8";
        Note::new(&codes::NOT_UTF8, place, "the bytes here are not UTF-8; the document is left out", hint)
    })?;
    let strange = |byte: &u8| !matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let Some(first) = bytes.iter().position(strange) else { return Ok(text) };
    let rest = text.get(first..).unwrap_or_default();
    match rest.char_indices().map(|(at, letter)| (first + at, letter)).find(|(_, letter)| !is_printable(*letter)) {
        None => Ok(text),
        Some((at, letter)) => {
            let message = format!("the control character U+{:04X} may not stand in a document", u32::from(letter));
            let hint = "remove it, or write it as an escape in double quotes, such as \"\\x07\"";
            Err(Note::new(&codes::CONTROL_CHARACTER, start.after(&bytes[..at]), message, hint))
        }
    }
}

/// YAML 1.1, 4.1.1, as go-yaml has it.
fn is_printable(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && letter != '\u{feff}'
}

/// Says of the first character that ends a line for YAML 1.1 and for nothing else.
fn line_separator(text: &str, start: Place) -> Option<Note> {
    if text.is_ascii() {
        return None;
    }
    let (at, letter) = text.char_indices().find(|(_, letter)| matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}'))?;
    let message =
        format!("the character U+{:04X} ends a line for kubectl; Skiff reads it as a letter", u32::from(letter));
    let hint = "remove it, or write it as an escape in double quotes, such as \"\\u2028\"";
    Some(Note::new(&codes::LINE_SEPARATOR, start.after(&text.as_bytes()[..at]), message, hint))
}

fn bad_separator(start: Place) -> Note {
    let place = Place { line: start.line.saturating_sub(1).max(1), column: 1 };
    let message =
        "only a comment may follow `---`; kubectl reads nothing from here on, Skiff goes on at the next `---`";
    Note::new(&codes::SEPARATOR, place, message, "begin the document on the next line")
}

fn text_after_end(place: Place) -> Note {
    let message = Cow::Borrowed("this text stands after the end of its document, and kubectl reads nothing of it");
    Note::new(&codes::TEXT_AFTER_END, place, message, "begin a new document with `---`, or remove the text")
}
