//! A file to documents, by lines, as kubectl does it before any YAML is read.
//!
//! A line that begins with `---` ends a document, also inside a block of text; only spaces or a comment may follow it.
//! Source: `YAMLReader` of k8s.io/apimachinery `pkg/util/yaml/decoder.go`.

use std::borrow::Cow;

use super::node::{self, Place};

/// A piece of a file that is one document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunk<'b> {
    /// Where it begins in the file.
    pub(super) start: Place,
    /// Its bytes: lines end with a line feed alone; the last of a file may have none.
    pub(super) bytes: Cow<'b, [u8]>,
    /// Whether the line before it is a separator with something behind it, which kubectl refuses.
    pub(super) bad_separator: bool,
}

/// The documents of a text that begins at `first` in its file; those without a byte are left out.
pub(super) fn split(bytes: &[u8], first: Place) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let (mut start, mut place, mut bad) = (0, first, false);
    let (mut at, mut line) = (0, first.line);
    for text in bytes.split_inclusive(|byte| *byte == b'\n') {
        let end = at + text.len();
        line = line.saturating_add(u32::try_from(node::line_ends(text)).unwrap_or(u32::MAX));
        if let Some(after) = text.strip_prefix(b"---") {
            push(&mut chunks, &bytes[start..at], place, bad);
            (start, place, bad) = (end, Place { line, column: 1 }, !is_blank_or_comment(after));
        }
        at = end;
    }
    push(&mut chunks, &bytes[start..], place, bad);
    chunks
}

fn push<'b>(chunks: &mut Vec<Chunk<'b>>, bytes: &'b [u8], start: Place, bad_separator: bool) {
    if !bytes.is_empty() || bad_separator {
        chunks.push(Chunk { start, bytes: with_plain_line_ends(bytes), bad_separator });
    }
}

/// Nothing but white space, or a comment.
fn is_blank_or_comment(after: &[u8]) -> bool {
    matches!(after.trim_ascii_start().first(), None | Some(b'#'))
}

/// A carriage return before a line feed goes.
fn with_plain_line_ends(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.windows(2).any(|pair| pair == b"\r\n") {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => plain.extend(text.iter().chain(b"\n")),
            None => plain.extend_from_slice(line),
        }
    }
    Cow::Owned(plain)
}
