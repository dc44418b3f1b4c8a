//! Small pieces of sentences.

/// A number and its noun, such as `1 resource` and `3 resources`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Words as an enumeration, such as `a, b and c`.
pub(crate) fn list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_enumerations_read_well() {
        assert_eq!(
            (count(0, "error"), count(1, "error"), count(2, "error")),
            ("0 errors".into(), "1 error".into(), "2 errors".into())
        );
        let words = |all: &[&str]| list(&all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            (words(&[]), words(&["a"]), words(&["a", "b", "c"])),
            (String::new(), "a".into(), "a, b and c".into())
        );
    }
}
