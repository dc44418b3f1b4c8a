//! Regular expressions, as Elastic Load Balancing takes them: without look-around, back-references and Unicode classes.

use regex_syntax::{Error, ParserBuilder};

/// How many groups an expression has.
///
/// # Errors
/// Why it cannot be read, as one clause.
pub(super) fn groups(expression: &str) -> Result<usize, String> {
    if expression.is_empty() {
        return Err("an empty regular expression".into());
    }
    // The user guide excludes Unicode classes ("Listener rules", rule basics); without Unicode the parser does too.
    let read = ParserBuilder::new().unicode(false).utf8(false).build().parse(expression);
    let read = read.map_err(|error| match error {
        Error::Parse(error) => error.kind().to_string(),
        Error::Translate(error) => error.kind().to_string(),
        error => error.to_string().replace('\n', " "),
    })?;
    Ok(read.properties().explicit_captures_len())
}

/// A path as an expression that matches it and nothing else.
pub(super) fn literal(path: &str) -> String {
    let mut expression = String::with_capacity(path.len());
    for letter in path.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            expression.push('\\');
        }
        expression.push(letter);
    }
    expression
}

/// What is wrong with the references to groups in a replacement, if anything is.
pub(super) fn misreferred(replacement: &str, groups: usize) -> Option<String> {
    let mut parts = replacement.split('$');
    parts.next();
    parts.find_map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<usize>() {
            Ok(group) if (1..=groups).contains(&group) => None,
            Ok(group) => Some(format!("`${group}` is no group of the expression, which has {groups}")),
            Err(_) => Some("`$` is followed by the number of a group".into()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_and_what_is_not_taken_has_a_reason() {
        assert_eq!(groups("^/api/(v[0-9]+)/(?:a|b)/(.*)$"), Ok(2));
        assert_eq!(groups(r"^\/dp\/([A-Za-z0-9]+)\/?$"), Ok(1));
        assert!(groups("^/(?!admin)").expect_err("a look-ahead").contains("look"));
        assert!(groups(r"^/(a)\1").expect_err("a back-reference").contains("backreference"));
        assert!(groups(r"^/\p{L}").expect_err("a Unicode class").contains("Unicode"));
        assert!(groups("^/(a").is_err() && groups("").is_err());
    }

    #[test]
    fn a_literal_matches_itself() {
        assert_eq!(literal("/v1.0/a+b$"), r"/v1\.0/a\+b\$");
        assert_eq!(literal("/my-api_v2"), "/my-api_v2");
    }

    #[test]
    fn references_are_to_groups_that_exist() {
        assert_eq!(misreferred("/$2/x$1", 2), None);
        let wrong = |replacement, groups| misreferred(replacement, groups).expect("a problem");
        assert!(wrong("/$1", 0).contains("has 0"));
        assert!(wrong("/$3", 2).contains("has 2"));
        assert!(wrong("/a$", 2).contains("followed"));
    }
}
