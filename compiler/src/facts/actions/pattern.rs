//! IAM's wildcards: `*` for any run of characters, `?` for one, without regard to case.

/// What a pattern begins with before its first wildcard.
pub(super) fn literal_start(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

/// Whether `text` is what `pattern` stands for.
///
/// Walks both once; after a mismatch it lets the latest star take one character more.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(seen) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((position, taken)) = star else { return false };
                star = Some((position, taken + 1));
                at = position + 1;
                seen = taken + 1;
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_runs_and_single_characters() {
        for (pattern, text) in
            [("s3:Get*", "s3:getObject"), ("*", ""), ("a*b*c", "aXbXbc"), ("a?c", "abc"), ("a**", "a")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("s3:Get*", "s3:PutObject"), ("", "a"), ("a*b", "ab1"), ("a?", "a"), ("a?c", "ac")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn the_literal_start_ends_at_the_first_wildcard() {
        assert_eq!(literal_start("ssm:Get*"), "ssm:Get");
        assert_eq!(literal_start("s?m:*"), "s");
        assert_eq!(literal_start("ssm:GetParameter"), "ssm:GetParameter");
    }
}
