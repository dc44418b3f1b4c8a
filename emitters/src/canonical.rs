//! The one spelling of a document, and the line-by-line difference of two of them.

use serde::Serialize;
use similar::TextDiff;

/// Canonical JSON: two spaces, fields in the order of the type, keys of maps sorted, a final newline.
///
/// # Errors
/// A defect of Skiff: a value that has no JSON form.
pub fn to_json<T: Serialize>(document: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}

/// The unified diff of two texts with three lines of context; empty when they are the same.
#[must_use]
pub fn text_diff(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    diff.unified_diff().context_radius(3).header("before", "after").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_ends_with_a_newline() {
        assert_eq!(to_json(&serde_json::json!({"b": 1, "a": []})).unwrap(), "{\n  \"a\": [],\n  \"b\": 1\n}\n");
    }

    #[test]
    fn the_diff_is_unified_and_empty_for_the_same_text() {
        assert_eq!(text_diff("a\nb\n", "a\nb\n"), "");
        assert_eq!(text_diff("a\nb\n", "a\nc\n"), "--- before\n+++ after\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
    }
}
