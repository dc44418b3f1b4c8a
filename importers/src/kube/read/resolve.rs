//! What a plain scalar means: YAML 1.1 as go-yaml v2 reads it, and what its JSON form makes of numbers.
//!
//! Source: `resolve.go` of go-yaml 2.4 and `yaml.go` of sigs.k8s.io/yaml, which kubectl calls. Numbers in base 60 are
//! text there, `0o17` and `017` are both fifteen, `08` is the decimal eight, and dates stay text.

use super::node::Meaning;

/// A scalar before JSON: what go-yaml would hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    Null,
    Boolean(bool),
    Integer(i64),
    /// A whole number that only an unsigned one can hold.
    Large(u64),
    /// Also infinite, or not a number.
    Float(f64),
    Text,
}

/// What a plain scalar without a tag means.
pub(super) fn plain(text: &str) -> Resolved {
    if let Some(resolved) = word(text) {
        return resolved;
    }
    match text.as_bytes().first() {
        Some(b'.') if !text.contains('_') => float(text),
        Some(b'+' | b'-' | b'0'..=b'9') => number(text),
        _ => Resolved::Text,
    }
}

/// The words that are not text.
fn word(text: &str) -> Option<Resolved> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Boolean(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Boolean(false)
        }
        ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// Underscores may stand anywhere after the first character.
fn number(text: &str) -> Resolved {
    let digits: String = text.chars().filter(|letter| *letter != '_').collect();
    let negative = digits.starts_with('-');
    let magnitude = magnitude(digits.strip_prefix(['+', '-']).unwrap_or(&digits));
    let signed = digits.starts_with(['+', '-']);
    match magnitude {
        Some(magnitude) if negative => match 0_i64.checked_sub_unsigned(magnitude) {
            Some(integer) => Resolved::Integer(integer),
            None => float(&digits),
        },
        Some(magnitude) => match i64::try_from(magnitude) {
            Ok(integer) => Resolved::Integer(integer),
            Err(_) if signed => float(&digits),
            Err(_) => Resolved::Large(magnitude),
        },
        None => float(&digits),
    }
}

/// A whole number without sign, in the base that its first characters name.
fn magnitude(digits: &str) -> Option<u64> {
    let (digits, base) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'o' | b'O', ..] => (&digits[2..], 8),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    let well_formed = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if well_formed { u64::from_str_radix(digits, base).ok() } else { None }
}

/// A decimal number with a point or an exponent; text when it is none, or too large.
fn float(text: &str) -> Resolved {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (decimal, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((decimal, exponent)) => (decimal, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let well_formed = digits(whole) && digits(fraction) && digits(exponent) && !exponent.is_empty();
    let any = !whole.is_empty() || !fraction.is_empty();
    match text.parse::<f64>() {
        Ok(float) if well_formed && any && float.is_finite() => Resolved::Float(float),
        _ => Resolved::Text,
    }
}

/// What a scalar means with a tag of YAML's own, given by its short name.
///
/// # Errors
/// The value does not fit the tag, which go-yaml refuses.
pub(super) fn tagged(name: &str, text: &str) -> Result<Resolved, ()> {
    match (name, plain(text)) {
        ("str", _) => Ok(Resolved::Text),
        ("timestamp", _) if is_date(text) => Ok(Resolved::Text),
        ("bool", resolved @ Resolved::Boolean(_))
        | ("int", resolved @ (Resolved::Integer(_) | Resolved::Large(_)))
        | ("null", resolved @ Resolved::Null)
        | ("float", resolved @ Resolved::Float(_)) => Ok(resolved),
        #[expect(clippy::cast_precision_loss, reason = "go-yaml converts in the same way")]
        ("float", Resolved::Integer(integer)) => Ok(Resolved::Float(integer as f64)),
        ("bool" | "int" | "null" | "float" | "timestamp", _) => Err(()),
        _ => Ok(Resolved::Text),
    }
}

/// Begins like a date: four digits and a dash.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

/// What JSON has for it, and Kubernetes reads from that JSON; `None` for what JSON cannot say.
pub(super) fn meaning(resolved: Resolved) -> Option<Meaning> {
    Some(match resolved {
        Resolved::Null => Meaning::Null,
        Resolved::Boolean(boolean) => Meaning::Boolean(boolean),
        Resolved::Integer(integer) => Meaning::Integer(integer),
        #[expect(clippy::cast_precision_loss, reason = "Kubernetes reads it as a float")]
        Resolved::Large(large) => Meaning::Float(large as f64),
        Resolved::Float(float) if !float.is_finite() => return None,
        // JSON writes a float below 1e21 without exponent, and so `1e3` arrives as a whole number.
        Resolved::Float(float) => float.to_string().parse().map_or(Meaning::Float(float), Meaning::Integer),
        Resolved::Text => Meaning::Text,
    })
}

/// What a JSON literal or number means; `None` for a number that JSON cannot hold.
pub(super) fn json(text: &str) -> Option<Resolved> {
    match text {
        "null" => Some(Resolved::Null),
        "true" => Some(Resolved::Boolean(true)),
        "false" => Some(Resolved::Boolean(false)),
        number => match number.parse::<i64>() {
            Ok(integer) => Some(Resolved::Integer(integer)),
            Err(_) => number.parse::<f64>().ok().filter(|float| float.is_finite()).map(Resolved::Float),
        },
    }
}

/// What is not text as a key of JSON; `None` for what sigs.k8s.io/yaml refuses as a key.
pub(super) fn key(resolved: Resolved) -> Option<String> {
    match resolved {
        Resolved::Null | Resolved::Large(_) | Resolved::Text => None,
        Resolved::Boolean(boolean) => Some(boolean.to_string()),
        Resolved::Integer(integer) => Some(integer.to_string()),
        Resolved::Float(float) => Some(float_key(float)),
    }
}

/// A float as a key: single precision, and an exponent below 1e-4 and from 1e6 on (Go's `%g` with the shortest digits).
fn float_key(float: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "sigs.k8s.io/yaml writes float keys in single precision")]
    let single = float as f32;
    if single.is_nan() {
        return ".nan".into();
    }
    if single.is_infinite() {
        return if single > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let scientific = format!("{single:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>().unwrap_or_default() {
        -4..6 => single.to_string(),
        exponent => format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()),
    }
}
