//! Small pieces of sentences.

/// A number and its noun, such as `1 resource` and `3 resources`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Text that others wrote, as one line: what could move the cursor or forge another line becomes a space.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Words as an enumeration, such as `a, b and c`.
pub(crate) fn list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The first of many lines, and how many more there are.
pub(crate) fn first(lines: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    let mut lines: Vec<_> = lines.into_iter().collect();
    let more = lines.len().saturating_sub(most);
    if more > 0 {
        lines.truncate(most);
        lines.push(format!("… and {more} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_are_counted() {
        let lines = |number: usize| (1..=number).map(|line| line.to_string());
        assert_eq!(first(lines(2), 2), ["1", "2"]);
        assert_eq!(first(lines(4), 2), ["1", "2", "… and 2 more"]);
    }

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
