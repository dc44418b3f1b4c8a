//! How one text is written: plain where that is safe, in double quotes, or as a block of lines.

use std::fmt::Write as _;

use crate::report::is_visible;

/// A text on one line, as it may stand behind a key or a `-`.
pub(super) fn inline(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A text inside brackets, where a comma and a bracket end it.
pub(super) fn in_brackets(text: &str) -> String {
    let ends = |letter: char| matches!(letter, ',' | '[' | ']' | '{' | '}');
    if is_plain(text) && !text.contains(ends) && !text.ends_with(':') { text.to_owned() } else { quoted(text) }
}

/// Whether a text means itself without quotes. The decision is serde_yaml's, but for characters that it trusts and the
/// reader of specs does not.
fn is_plain(text: &str) -> bool {
    let written = serde_yaml::to_string(text).unwrap_or_default();
    written.strip_suffix('\n') == Some(text) && text.chars().all(is_visible) && !text.contains(['\n', '\t'])
}

/// In double quotes, with escapes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if is_visible(letter) => quoted.push(letter),
            letter => escape(letter, &mut quoted),
        }
    }
    quoted.push('"');
    quoted
}

fn escape(letter: char, into: &mut String) {
    let code = u32::from(letter);
    // Writing into a text cannot fail.
    let _ = match code {
        0..=0xff => write!(into, "\\x{code:02x}"),
        0x100..=0xffff => write!(into, "\\u{code:04x}"),
        _ => write!(into, "\\U{code:08x}"),
    };
}

/// The header and the lines of a block, when the text has several lines and a block gives every sign of it back: no
/// carriage return, nothing that cannot be seen, and blank lines neither first nor made of spaces.
pub(super) fn block(text: &str) -> Option<(&'static str, std::str::Lines<'_>)> {
    let seen = |letter: char| matches!(letter, '\n' | '\t') || is_visible(letter);
    let begins_with_text = text.starts_with(|first: char| !matches!(first, '\n' | '\t'));
    let blank = |line: &str| !line.is_empty() && line.chars().all(char::is_whitespace);
    if !text.contains('\n') || !begins_with_text || !text.chars().all(seen) || text.lines().any(blank) {
        return None;
    }
    let header = match (text.starts_with(' '), text.ends_with('\n'), text.ends_with("\n\n")) {
        (false, false, _) => "|-",
        (false, true, false) => "|",
        (false, true, true) => "|+",
        (true, false, _) => "|2-",
        (true, true, false) => "|2",
        (true, true, true) => "|2+",
    };
    Some((header, text.lines()))
}
