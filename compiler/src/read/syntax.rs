//! What the parser could not read, in our words.

use granit_parser::{ErrorKind, ScanError};

use super::{MAX_DEPTH, codes};
use crate::{
    diagnostic::{Code, Diagnostic},
    source::Span,
};

/// What is wrong and what to do.
type Words = (&'static str, &'static str);

/// Explains an error; `open` is the innermost bracket that is open.
pub(super) fn explain(error: &ScanError, text: &str, open: Option<Span>) -> Diagnostic {
    let at = place(error, text);
    if let Some(tab) = tab(error.kind(), text, at) {
        return diagnostic(
            &codes::TAB,
            character_at(text, tab),
            "a tab stands where only spaces may indent".into(),
            TAB_HINT,
        );
    }
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            let message = format!("lists and mappings stand more than {MAX_DEPTH} deep here");
            diagnostic(&codes::TOO_DEEP, character_at(text, at), message, "check the brackets and the indentation")
        }
        ErrorKind::UnexpectedCharacter { character } if is_control(*character) => {
            control_character(*character, text, at)
        }
        kind => {
            let (message, hint) = words(kind);
            let mut mistake = diagnostic(&codes::SYNTAX, character_at(text, at), message, hint);
            mistake.related =
                open.filter(|open| open.start as usize != at).map(|open| (open, "inside this bracket".into()));
            mistake
        }
    }
}

const TAB_HINT: &str = "indent with spaces, two for each level; most editors can do that for every `.yaml` file";

/// The byte offset of an error. The parser marks the beginning of a scalar when it means a character in it.
fn place(error: &ScanError, text: &str) -> usize {
    let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(text.len()));
    match error.kind() {
        ErrorKind::UnexpectedCharacter { character } => text[at..].find(*character).map_or(at, |ahead| at + ahead),
        _ => at,
    }
}

/// A character that no YAML text may hold.
pub(super) fn control_character(character: char, text: &str, at: usize) -> Diagnostic {
    let message = format!("the control character U+{:04X} may not stand in a text", u32::from(character));
    let hint = "remove it, or write it as an escape in double quotes, such as \"\\x07\"";
    diagnostic(&codes::CONTROL_CHARACTER, character_at(text, at), message, hint)
}

fn is_control(character: char) -> bool {
    character.is_control() && character != '\t'
}

fn diagnostic(code: &'static Code, span: Span, message: String, hint: &str) -> Diagnostic {
    Diagnostic { code, message, span, hint: Some(hint.into()), related: None }
}

fn character_at(text: &str, at: usize) -> Span {
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(at, at + width)
}

/// The tab that indents the line of the error or, within a plain scalar, a line after it.
fn tab(kind: &ErrorKind, text: &str, at: usize) -> Option<usize> {
    use ErrorKind as E;
    match kind {
        E::TabInPlainScalar => tab_after(text, at).or(Some(at)),
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart => {
            tab_before(text, at).or_else(|| tab_after(text, at)).or(Some(at))
        }
        E::UnexpectedCharacter { character: '\t' } => Some(at),
        E::InvalidIndentation | E::ExpectedBlockMappingKey | E::MappingValueNotAllowed | E::SimpleKeyExpected => {
            tab_before(text, at)
        }
        _ => None,
    }
}

/// A tab in what indents the line of `at`.
fn tab_before(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    tab_in_indentation(bytes, start)
}

/// A tab in what indents a line after the one of `at`.
fn tab_after(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let newlines = (at..bytes.len()).filter(|&index| bytes[index] == b'\n');
    newlines.into_iter().find_map(|newline| tab_in_indentation(bytes, newline + 1))
}

fn tab_in_indentation(bytes: &[u8], start: usize) -> Option<usize> {
    let spaces = bytes.get(start..)?.iter().take_while(|byte| **byte == b' ').count();
    (bytes.get(start + spaces) == Some(&b'\t')).then_some(start + spaces)
}

/// The message and the hint for a kind of error.
fn words(kind: &ErrorKind) -> (String, &'static str) {
    match kind {
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("this `{open}` is never closed"), "add the closing bracket; the file may have been cut off")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            (format!("this `{open}` is closed by `{close}`"), "close each bracket with its own kind")
        }
        ErrorKind::UnexpectedCharacter { character } => {
            (format!("a value cannot begin with `{}`", character.escape_debug()), "put the value in quotes")
        }
        kind => {
            let known = indentation(kind).or_else(|| brackets(kind)).or_else(|| quotes(kind));
            let (message, hint) = known
                .or_else(|| rest(kind))
                .unwrap_or(("the text is not YAML here", "compare the line with a working example"));
            (message.into(), hint)
        }
    }
}

fn indentation(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as E;
    Some(match kind {
        E::MappingValueNotAllowed | E::MappingKeyNotAllowed => (
            "a key cannot stand here",
            "check the indentation of this line against its neighbours; quote a text that holds `: `",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            "a key without its `:`",
            "write `key: value` with a space after the colon; a key fits on one line, in 1024 characters",
        ),
        E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::InvalidIndentation
        | E::ExpectedDocumentStart => (
            "the line is not indented like its neighbours",
            "let all keys, or all `-`, of one level begin in the same column",
        ),
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection | E::InvalidBlockEntryWhitespace => {
            ("a `-` item cannot stand here", "begin each item on its own line, below its key")
        }
        E::ZeroBlockScalarIndent | E::InvalidBlockScalarHeader => {
            ("after `|` or `>` only `+`, `-`, a digit or a comment may follow", "begin the text on the next line")
        }
        E::InvalidBlockScalarIndent => {
            ("a line of this block of text is indented wrongly", "indent every line at least as far as the first")
        }
        _ => return None,
    })
}

fn brackets(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as E;
    Some(match kind {
        E::MisplacedFlowCollectionEnd => ("a closing bracket without its opening one", "remove it, or open it before"),
        E::ExpectedFlowMappingSeparator | E::UnexpectedEofFlowMapping => {
            ("`,` or `}` is missing", "separate the entries with commas and close the `{`")
        }
        E::ExpectedFlowSequenceSeparator | E::UnexpectedEofFlowSequence => {
            ("`,` or `]` is missing", "separate the items with commas and close the `[`")
        }
        E::InvalidColonPlacement | E::FlowMappingValueAdjacentCollection | E::UnexpectedEofImplicitFlowMapping => {
            ("a `:` cannot stand here", "close the bracket before the next key, or put a space after the colon")
        }
        E::InvalidFlowScalarIndent | E::PlainScalarStartsWithDashFlowIndicator => {
            ("this text cannot stand inside brackets as it is", "quote it, or indent it further than the key")
        }
        _ => return None,
    })
}

fn quotes(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar => ("this quote is never closed", "add the closing quote"),
        E::InvalidQuotedScalarIndent | E::DocumentIndicatorInQuotedScalar => (
            "a quoted text is not closed before this line",
            "close the quote; if the text goes on, indent the line further than its key",
        ),
        E::InvalidTrailingSingleQuotedScalar => {
            ("text follows the closing quote", "quote the whole value; a `'` inside single quotes is written twice")
        }
        E::InvalidTrailingDoubleQuotedScalar => {
            ("text follows the closing quote", "quote the whole value; a `\"` inside double quotes is written `\\\"`")
        }
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => (
            "this text holds an escape that YAML does not know",
            "write a backslash as `\\\\`, or use single quotes, in which it is only a backslash",
        ),
        _ => return None,
    })
}

fn rest(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as E;
    Some(match kind {
        E::CommentNotSeparated => ("a comment needs a space before its `#`", "add the space, or quote the text"),
        E::CommentInterceptedScalar => ("a comment cuts a text of several lines", "move the comment above the key"),
        E::InvalidDocumentEnd => ("text follows the `...` that ends the document", "remove it"),
        E::MissingAnchorOrAliasName => ("a `&` or `*` without a name", "quote a text that begins with `&` or `*`"),
        E::BomInsideDocument => {
            ("a byte-order mark stands inside the text", "remove it: it often comes with a pasted text")
        }
        E::UndeclaredTagHandle
        | E::ExpectedTagBang
        | E::InvalidGlobalTagCharacter
        | E::InvalidTagTerminator
        | E::MissingTagUri
        | E::UnclosedVerbatimTag
        | E::InvalidTagEscape
        | E::InvalidTagUtf8LeadingByte
        | E::InvalidTagUtf8TrailingByte
        | E::InvalidTagUtf8 => ("this tag cannot be read", "remove it; quote a text that begins with `!`"),
        E::UnexpectedEof | E::UnexpectedEofBlockMapping | E::UnexpectedEofBlockSequence | E::ExpectedNodeContent => {
            ("a value is missing here", "the file may have been cut off")
        }
        E::UnsupportedYamlMajorVersion
        | E::MissingDocumentEndBeforeDirective
        | E::MissingDirectiveName
        | E::InvalidDirectiveName
        | E::InvalidDirectiveTerminator
        | E::DuplicateVersionDirective
        | E::MissingYamlVersion
        | E::MissingYamlVersionSeparator
        | E::DuplicateTagDirective => {
            ("this `%` directive cannot be read", "remove the line: Skiff needs no directive")
        }
        _ => return None,
    })
}
