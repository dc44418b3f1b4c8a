//! Dollar signs of texts that the runner takes: it puts in `$(NAME)`, and reads `$$` as one sign.

/// A text that the runner gives on as it is: what it would take for a variable is written with two signs.
pub(crate) fn literal(text: &str) -> String {
    let mut written = String::new();
    let mut letters = text.chars().peekable();
    let mut after_dollar = false;
    while let Some(letter) = letters.next() {
        let begins = letter == '$' && (after_dollar || matches!(letters.peek(), Some('$' | '(')));
        written.push_str(if begins { "$" } else { "" });
        written.push(letter);
        after_dollar = letter == '$';
    }
    written
}

/// Puts a variable of the runner behind a text that is literal already: a sign at its end stays one.
pub(crate) fn push_variable(written: &mut String, name: &str) {
    let signs = written.bytes().rev().take_while(|byte| *byte == b'$').count();
    written.push_str(if signs % 2 == 1 { "$" } else { "" });
    written.push_str(&format!("$({name})"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runner_would_take_for_more_is_doubled() {
        assert_eq!(literal("echo $HOME"), "echo $HOME");
        assert_eq!(literal("echo $(date)"), "echo $$(date)");
        assert_eq!(literal("kill $$"), "kill $$$$");
    }

    #[test]
    fn a_sign_before_a_variable_stays_one() {
        for (before, after) in [("a", "a$(B)"), ("a$", "a$$$(B)"), ("a$$$$", "a$$$$$(B)")] {
            let mut written = before.to_owned();
            push_variable(&mut written, "B");
            assert_eq!(written, after);
        }
    }
}
