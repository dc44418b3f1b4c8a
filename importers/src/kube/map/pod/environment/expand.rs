//! `$(NAME)` in variables, commands and arguments, exactly as the kubelet expands it.
//!
//! `$(NAME)` is the value of a variable that is known, `$$` a dollar sign; anything else stays as it is. What is known only
//! on the member stays `$(NAME)`, for the runner, which goes by the same rules. So a dollar sign that the runner would
//! take for more is written twice.

/// A part of an expanded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it is.
    Text(String),
    /// A variable that only the member knows.
    Variable(String),
}

/// Expands a text; `known` gives what a variable holds, `None` for one that does not exist.
pub(super) fn expand<'p>(text: &str, known: impl Fn(&str) -> Option<&'p [Piece]>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        push(&mut pieces, &rest[..at]);
        let after = &rest[at + 1..];
        rest = match after.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((name, behind)) => {
                match known(name) {
                    Some(held) => held.iter().for_each(|piece| push_piece(&mut pieces, piece)),
                    None => push(&mut pieces, &format!("$({name})")),
                }
                behind
            }
            None => {
                push(&mut pieces, "$");
                after.strip_prefix('$').unwrap_or(after)
            }
        };
    }
    push(&mut pieces, rest);
    pieces
}

fn push_piece(pieces: &mut Vec<Piece>, piece: &Piece) {
    match piece {
        Piece::Text(text) => push(pieces, text),
        Piece::Variable(_) => pieces.push(piece.clone()),
    }
}

fn push(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// The text for the runner; `exists` says of which variables it would fill in the value.
pub(super) fn written(pieces: &[Piece], exists: impl Fn(&str) -> bool) -> String {
    let mut written = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Variable(name) => written.push_str(&format!("$({name})")),
            Piece::Text(text) => {
                let last = matches!(pieces.get(index + 1), Some(Piece::Variable(_)));
                push_escaped(&mut written, text, last, &exists);
            }
        }
    }
    written
}

/// Doubles each dollar sign that would mean more: before another, before a variable that exists.
fn push_escaped(written: &mut String, text: &str, before_variable: bool, exists: &impl Fn(&str) -> bool) {
    for (at, letter) in text.char_indices() {
        written.push(letter);
        if letter != '$' {
            continue;
        }
        let after = &text[at + 1..];
        let name = after.strip_prefix('(').and_then(|inner| inner.split_once(')')).map(|(name, _)| name);
        if after.starts_with('$') || name.is_some_and(exists) || after.is_empty() && before_variable {
            written.push('$');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, expand, written};

    /// `A` is `one`, `S` is known only to the member.
    fn through(text: &str) -> String {
        let (one, secret) = ([Piece::Text("one".into())], [Piece::Variable("S".into())]);
        let known = |name: &str| match name {
            "A" => Some(&one[..]),
            "S" => Some(&secret[..]),
            _ => None,
        };
        written(&expand(text, known), |name| matches!(name, "A" | "S"))
    }

    #[test]
    fn what_is_known_is_filled_in() {
        assert_eq!(through("x-$(A)-y"), "x-one-y");
        assert_eq!(through("$(A)$(A)"), "oneone");
    }

    #[test]
    fn secrets_are_left_to_the_runner() {
        assert_eq!(through("u:$(S)@h"), "u:$(S)@h");
    }

    #[test]
    fn the_unknown_and_the_incomplete_stay() {
        for text in ["$(NONE)", "$(date)", "$(A", "$A", "a$", "$", "$()"] {
            assert_eq!(through(text), text);
        }
    }

    #[test]
    fn a_doubled_sign_is_one_and_no_variable() {
        assert_eq!(through("$$(NONE)"), "$(NONE)");
        assert_eq!(through("$$(A)"), "$$(A)");
        assert_eq!(through("$$x"), "$x");
        assert_eq!(through("$$$(A)"), "$one");
        assert_eq!(through("$$$(S)"), "$$$(S)");
        assert_eq!(through("$$$$"), "$$$");
    }
}
