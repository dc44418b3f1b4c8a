//! Tabs that indent lines in brackets or in a quoted text.
//!
//! They are white space like any other there, and YAML 1.1, and so kubectl, takes them; the parser takes none that could
//! be meant to indent. A space for each tab changes neither a value nor a column.

use std::ops::Range;

use super::quoted;

/// The text with spaces for the tabs that indent the refused line and those after it; `None` when that cannot help.
///
/// `after` is the offset at which the last value that was read ends, inside `brackets` flow brackets.
pub(super) fn replaced(text: &str, after: usize, brackets: usize, refused: usize) -> Option<String> {
    let first = first_indented_by_tab(text, refused)?;
    if !is_free(text, after..first.start, brackets) {
        return None;
    }
    let mut fixed = String::with_capacity(text.len());
    fixed.push_str(&text[..first.start]);
    let mut lines = text[first.start..].split_inclusive('\n');
    for line in lines.by_ref() {
        let (indent, rest) = line.split_at(indentation(line));
        if !indent.contains('\t') {
            fixed.push_str(line);
            break;
        }
        fixed.push_str(&indent.replace('\t', " "));
        fixed.push_str(rest);
    }
    lines.for_each(|line| fixed.push_str(line));
    Some(fixed)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The indentation of the first line from `at` on that has a tab in it.
fn first_indented_by_tab(text: &str, at: usize) -> Option<Range<usize>> {
    let mut start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    for line in text[start..].split_inclusive('\n') {
        let end = start + indentation(line);
        if text[start..end].contains('\t') {
            return Some(start..end);
        }
        start += line.len();
    }
    None
}

/// Whether the end of a piece of the text stands in brackets or quotes; its beginning stands in `open` brackets.
fn is_free(text: &str, piece: Range<usize>, mut open: usize) -> bool {
    let bytes = text.as_bytes();
    let mut at = piece.start;
    let mut blank = true;
    while at < piece.end {
        let byte = bytes[at];
        match byte {
            b'"' | b'\'' => match quoted::closing(text, at) {
                Some(closing) if closing < piece.end => at = closing,
                _ => return true,
            },
            b'#' if blank => at += text[at..].find('\n').unwrap_or(text.len() - at) - 1,
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        blank = byte.is_ascii_whitespace();
        at += 1;
    }
    open > 0
}
