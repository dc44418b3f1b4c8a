//! What the parser could not read, in our words.

use granit_parser::{ErrorKind, Marker, ScanError};

use super::{codes, finding::Note, node::Place};

/// Explains an error in a text that begins at `start` in its file.
pub(super) fn explain(error: &ScanError, start: Place) -> Note {
    let (message, hint) = words(error.kind());
    let too_deep = matches!(error.kind(), ErrorKind::RecursionLimitExceeded);
    let code = if too_deep { &codes::TOO_DEEP } else { &codes::SYNTAX };
    Note::new(code, in_file(error.marker(), start), message, hint)
}

/// A place in a text as one in its file. The parser counts lines from 1 and columns from 0.
pub(super) fn in_file(marker: &Marker, start: Place) -> Place {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let below = number(marker.line().saturating_sub(1));
    let before = if below == 0 { start.column } else { 1 };
    Place { line: start.line.saturating_add(below), column: before.saturating_add(number(marker.col())) }
}

/// What is wrong, and what to do.
fn words(kind: &ErrorKind) -> (&'static str, &'static str) {
    use ErrorKind as E;
    match kind {
        E::TabInPlainScalar
        | E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::UnexpectedCharacter { character: '\t' } => {
            ("a tab stands where only spaces may indent", "indent with spaces, two for each level")
        }
        E::UnexpectedCharacter { .. } => ("a value cannot begin with this character", "put the value in quotes"),
        E::UnclosedFlowCollection { .. } | E::MismatchedFlowCollectionEnd { .. } | E::MisplacedFlowCollectionEnd => {
            ("the brackets do not match", "close each bracket with its own kind; the file may have been cut off")
        }
        E::ExpectedFlowMappingSeparator
        | E::UnexpectedEofFlowMapping
        | E::ExpectedFlowSequenceSeparator
        | E::UnexpectedEofFlowSequence => {
            ("a `,` or a closing bracket is missing", "separate what is in brackets with commas and close them")
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            ("this quote is never closed", "add the closing quote")
        }
        E::MappingValueNotAllowed | E::MappingKeyNotAllowed | E::InvalidColonPlacement => (
            "a key cannot stand here",
            "check the indentation of this line against its neighbours; quote a text that holds `: `",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => {
            ("a key without its `:`", "write `key: value` with a space after the colon, on one line")
        }
        E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::InvalidIndentation
        | E::InvalidBlockScalarIndent
        | E::BlockSequenceEntryNotAllowed => (
            "the line is not indented like its neighbours",
            "let all keys, or all `-`, of one level begin in the same column",
        ),
        E::RecursionLimitExceeded => ("brackets stand too deep inside each other", "check the brackets"),
        _ => (
            "the text is not YAML here",
            "compare the line with a working example; quote a text with special characters",
        ),
    }
}
