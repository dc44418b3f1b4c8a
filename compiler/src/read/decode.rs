//! Bytes to text.

use super::{codes, report::Report};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{SourceFile, Span},
};

const MARK: &str = "\u{feff}";

/// Makes a source file of bytes: UTF-8, with or without a byte-order mark.
///
/// # Errors
/// When the bytes are not UTF-8: the text with `�` in each wrong place, for display, and a diagnostic for each of them.
pub fn decode_utf8(name: &str, bytes: Vec<u8>) -> Result<SourceFile, Box<(SourceFile, Diagnostics)>> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(source(name, without_mark(text))),
        Err(error) => Err(Box::new(refuse(name, error.as_bytes()))),
    }
}

fn source(name: &str, text: String) -> SourceFile {
    SourceFile { name: name.to_owned(), text }
}

fn without_mark(mut text: String) -> String {
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    text
}

/// Replaces what is not UTF-8 and reports each place.
fn refuse(name: &str, bytes: &[u8]) -> (SourceFile, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut report = Report::new(&mut diagnostics);
    let mut text = String::with_capacity(bytes.len());
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let bytes = bytes.strip_prefix(MARK.as_bytes()).unwrap_or(bytes);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let start = text.len();
            text.push(char::REPLACEMENT_CHARACTER);
            if !utf16 || start == 0 {
                report.add(mistake(Span::new(start, text.len()), chunk.invalid(), utf16));
            }
        }
    }
    (source(name, text), diagnostics)
}

fn mistake(span: Span, bytes: &[u8], utf16: bool) -> Diagnostic {
    let written: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let message = if utf16 {
        "the file is UTF-16, not UTF-8".into()
    } else {
        format!("the bytes `{}` are not UTF-8", written.join(" "))
    };
    let hint = Some("save the file in the encoding UTF-8".into());
    Diagnostic { code: &codes::NOT_UTF8, message, span, hint, related: None }
}
