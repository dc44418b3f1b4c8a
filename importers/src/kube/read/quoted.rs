//! Quoted texts of several lines that are not indented below their key.
//!
//! YAML 1.2, and so the parser, wants every line of such a text indented further than its key; YAML 1.1, and so kubectl,
//! does not care. White space at the beginning of those lines is no part of the text, so more of it changes nothing,
//! and behind the closing quote stands nothing whose place could be wrong.

/// How many spaces a line gets at most.
const MAX_INDENT: usize = 4096;

/// The text with every line of one quoted text indented far enough; `None` when that cannot help.
///
/// `after` is the offset in bytes at which the value before the quoted text ends, `refused` that of the refused line.
pub(super) fn indented(text: &str, after: usize, refused: usize) -> Option<String> {
    let opening = opening(text, after).filter(|opening| *opening < refused)?;
    let closing = closing(text, opening).filter(|closing| *closing >= refused)?;
    let line = text[..opening].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = text[line..].find(['"', '\''])? + 1;
    let begins = text[..refused].rfind('\n').map_or(0, |newline| newline + 1);
    if indent > MAX_INDENT || refused - begins >= indent {
        return None;
    }
    let spaces = " ".repeat(indent);
    let lines = text[opening..closing].replace('\n', &format!("\n{spaces}"));
    Some([&text[..opening], &lines, &text[closing..]].concat())
}

/// The first quote from an offset on that stands in no comment.
fn opening(text: &str, from: usize) -> Option<usize> {
    let mut comment = false;
    let mut blank = false;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'\n' => comment = false,
            b'#' if blank => comment = true,
            b'"' | b'\'' if !comment => return Some(at),
            _ => {}
        }
        blank = byte.is_ascii_whitespace();
    }
    None
}

/// The quote that closes the text which begins at `opening`.
pub(super) fn closing(text: &str, opening: usize) -> Option<usize> {
    let quote = *text.as_bytes().get(opening)?;
    let mut bytes = text.bytes().enumerate().skip(opening + 1).peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quote == b'"' => _ = bytes.next(),
            b'\'' if quote == b'\'' && bytes.next_if(|(_, next)| *next == b'\'').is_some() => {}
            _ if byte == quote => return Some(at),
            _ => {}
        }
    }
    None
}
