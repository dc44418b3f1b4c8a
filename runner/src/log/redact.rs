//! Blacks out the values of secrets in what workloads write.

use std::sync::{Mutex, PoisonError};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use zeroize::Zeroizing;

/// Shorter values are parts of too many words to be blacked out.
const SHORTEST: usize = 4;
/// The shortest line of a value of several lines that is blacked out by itself.
const SHORTEST_LINE: usize = 8;
/// What stands in the place of a secret.
const MARK: &str = "[redacted]";

/// The values that must not be written, longest first.
#[derive(Default)]
pub(crate) struct Redactor {
    words: Mutex<Vec<Zeroizing<String>>>,
}

impl Redactor {
    /// Learns a value: as it is, its lines, what is in it when it is JSON, and all of that as base64 and inside JSON text.
    pub(crate) fn learn(&self, value: &[u8]) {
        let mut words = Vec::new();
        forms(value, &mut words);
        if let Ok(text) = std::str::from_utf8(value) {
            text.lines().filter(|line| line.len() >= SHORTEST_LINE).for_each(|line| forms(line.as_bytes(), &mut words));
            if let Ok(json) = serde_json::from_str::<Value>(text) {
                leaves(&json, &mut words);
            }
        }
        let mut known = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        for word in words {
            if word.len() >= SHORTEST && !known.contains(&word) {
                known.push(word);
            }
        }
        known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }

    /// A text without the values.
    pub(crate) fn redact(&self, text: &str) -> String {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let mut result = text.to_owned();
        for word in words.iter() {
            if result.contains(word.as_str()) {
                result = result.replace(word.as_str(), MARK);
            }
        }
        result
    }

    /// The length in bytes of the longest value.
    pub(crate) fn longest(&self) -> usize {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).first().map_or(0, |word| word.len())
    }
}

/// A value as it may appear in a line.
fn forms(value: &[u8], words: &mut Vec<Zeroizing<String>>) {
    if value.len() < SHORTEST {
        return;
    }
    if let Ok(text) = std::str::from_utf8(value) {
        words.push(Zeroizing::new(text.to_owned()));
        let trimmed = text.trim();
        words.push(Zeroizing::new(trimmed.to_owned()));
        let quoted = serde_json::to_string(trimmed).unwrap_or_default();
        words.push(Zeroizing::new(quoted.trim_matches('"').to_owned()));
    }
    let trimmed = value.trim_ascii();
    for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        words.push(Zeroizing::new(engine.encode(value)));
        words.push(Zeroizing::new(engine.encode(trimmed)));
    }
}

fn leaves(json: &Value, words: &mut Vec<Zeroizing<String>>) {
    match json {
        Value::String(text) => forms(text.as_bytes(), words),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, words)),
        Value::Object(fields) => fields.values().for_each(|item| leaves(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowing(value: &str) -> Redactor {
        let redactor = Redactor::default();
        redactor.learn(value.as_bytes());
        redactor
    }

    #[test]
    fn a_value_and_its_base64_are_blacked_out() {
        let redactor = knowing("hunter2!");
        assert_eq!(redactor.redact("password=hunter2!;"), "password=[redacted];");
        assert_eq!(redactor.redact(&format!("basic {}", STANDARD.encode("hunter2!"))), "basic [redacted]");
        assert_eq!(redactor.redact("hunter3"), "hunter3");
    }

    #[test]
    fn values_inside_json_and_lines_of_a_key_are_too() {
        let redactor = knowing(r#"{"user": "app", "password": "pa\"ss-word"}"#);
        assert_eq!(redactor.redact(r#"got pa"ss-word"#), "got [redacted]");
        assert_eq!(redactor.redact(r#"{"p":"pa\"ss-word"}"#), r#"{"p":"[redacted]"}"#);
        let redactor = knowing("-----BEGIN KEY-----\nMIIEvgIBADANBg\n-----END KEY-----\n");
        assert_eq!(redactor.redact("line MIIEvgIBADANBg"), "line [redacted]");
    }

    #[test]
    fn what_is_shorter_than_four_bytes_stays() {
        assert_eq!(knowing("abc").redact("abc"), "abc");
    }
}
