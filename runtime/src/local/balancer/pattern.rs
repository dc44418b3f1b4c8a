//! Patterns with `*` and `?`, as the conditions of rules have them.

/// Whether a text is like a pattern: `*` is any characters or none, `?` is exactly one.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at_pattern, mut at_text) = (0, 0);
    // Where the last star was, and how much of the text it stands for so far: the only place worth returning to.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at_text) {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                star = Some((at_pattern, at_text));
                at_pattern += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == letter => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at_pattern = place + 1;
                at_text = taken + 1;
            }
        }
    }
    pattern.iter().skip(at_pattern).all(|left| *left == b'*')
}

/// The same whatever the case of ASCII letters; the pattern is in small letters already.
pub(super) fn matches_any_case(pattern: &str, text: &[u8]) -> bool {
    if text.iter().any(u8::is_ascii_uppercase) {
        return matches(pattern.as_bytes(), &text.to_ascii_lowercase());
    }
    matches(pattern.as_bytes(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_what_they_should() {
        let yes = [
            ("*", ""),
            ("*", "a"),
            ("a*", "a"),
            ("a*c", "abbc"),
            ("*.b", "a.b.b"),
            ("?", "x"),
            ("a?c*", "abcdef"),
            ("**", "x"),
        ];
        let no =
            [("", "a"), ("?", ""), ("a", "ab"), ("*.b", "a.c"), ("a?c", "ac"), ("/shop/*", "/shop"), ("a*b*c", "acb")];
        assert!(yes.iter().all(|(pattern, text)| matches(pattern.as_bytes(), text.as_bytes())));
        assert!(no.iter().all(|(pattern, text)| !matches(pattern.as_bytes(), text.as_bytes())));
        assert!(matches_any_case("*curl*", b"xCURLx") && !matches_any_case("curl", b"curl/8"));
    }

    #[test]
    fn a_pattern_of_many_stars_does_not_take_forever() {
        let pattern = "*a".repeat(60);
        assert!(!matches(format!("{pattern}b").as_bytes(), "a".repeat(20_000).as_bytes()));
    }
}
