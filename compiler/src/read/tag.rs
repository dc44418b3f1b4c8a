//! Tags: the seven of YAML's core schema are understood, where they fit; nothing else is.

use granit_parser::{ScalarStyle, Tag};

use crate::node::shorten;

/// Which kind of value a tag stands before.
#[derive(Clone, Copy)]
pub(super) enum Tagged<'t> {
    /// A scalar: its text and whether it was written plain.
    Scalar(&'t str, ScalarStyle),
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

/// Why a tag cannot stand: the clause of the message, and what to do.
pub(super) struct Misfit {
    pub(super) message: String,
    pub(super) hint: &'static str,
}

/// Whether a tag makes a scalar text: `!!str`, or YAML's non-specific `!`.
pub(super) fn makes_text(tag: &Tag) -> bool {
    is_nonspecific(tag) || tag.is_yaml_core_schema_tag("str")
}

/// Checks that a tag is known and fits its value.
pub(super) fn check(tag: &Tag, value: Tagged<'_>) -> Result<(), Misfit> {
    if is_nonspecific(tag) {
        return Ok(());
    }
    let Some(name) = tag.core_suffix() else {
        return Err(Misfit {
            message: format!("the tag `{}` means nothing here", shorten(&tag.original())),
            hint: "remove the tag: values are written plainly, and secrets and references have keys of their own",
        });
    };
    if fits(name, value) {
        return Ok(());
    }
    Err(Misfit {
        message: format!("the tag `!!{name}` does not fit its value"),
        hint: "remove the tag, or write a value of that kind",
    })
}

fn is_nonspecific(tag: &Tag) -> bool {
    tag.parts() == ("", "!")
}

fn fits(name: &str, value: Tagged<'_>) -> bool {
    match (name, value) {
        ("seq", Tagged::Sequence) | ("map", Tagged::Mapping) | ("str", Tagged::Scalar(..)) => true,
        ("null", Tagged::Scalar(text, ScalarStyle::Plain)) => matches!(text, "" | "~" | "null" | "Null" | "NULL"),
        ("bool", Tagged::Scalar(text, ScalarStyle::Plain)) => {
            matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
        }
        ("int", Tagged::Scalar(text, ScalarStyle::Plain)) => is_integer(text),
        ("float", Tagged::Scalar(text, ScalarStyle::Plain)) => is_float(text),
        _ => false,
    }
}

/// YAML 1.2.2, 10.3.2: `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
fn is_integer(text: &str) -> bool {
    let all = |digits: &str, radix| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, 16);
    }
    all(unsigned(text), 10)
}

/// YAML 1.2.2, 10.3.2: a decimal number, `.inf` or `.nan`.
fn is_float(text: &str) -> bool {
    let number = unsigned(text);
    matches!(number, ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
        || (number.starts_with(|first: char| first.is_ascii_digit() || first == '.') && number.parse::<f64>().is_ok())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}
