//! `$NAME` and `${NAME…}` in values, as Compose fills them in; an import knows none of the variables.

use crate::{compose::codes, kube::object::Field};

/// A text after its variables were filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// The text.
    pub(super) text: String,
    /// The variables whose default was taken.
    pub(super) defaults: Vec<String>,
    /// The variables without a default; nothing stands for them.
    pub(super) missing: Vec<String>,
}

/// The text of a scalar with its variables filled in; what was taken or is missing is said of the field.
pub(super) fn text(field: Field<'_>) -> Option<String> {
    let filled = fill(field.written()?);
    say(field, &filled);
    Some(filled.text)
}

/// Says of a field what was taken or is missing.
pub(super) fn say(field: Field<'_>, filled: &Filled) {
    if !filled.missing.is_empty() {
        let reason = format!("nothing says what `{}` is", filled.missing.join("`, `"));
        field.say(&codes::VARIABLE_MISSING, reason, "fill it in: `docker compose config | skiff import compose -`");
    } else if !filled.defaults.is_empty() {
        let reason = format!("the default of `{}` was taken", filled.defaults.join("`, `"));
        field.say(&codes::VARIABLE_DEFAULT, reason, "check it, or fill in all variables with `docker compose config`");
    }
}

/// The one variable that a text consists of, `${NAME}` or `$NAME`, when it has no default.
pub(super) fn alone(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| text.strip_prefix('$'))?;
    let inner = inner.split_once(":?").or_else(|| inner.split_once('?')).map_or(inner, |(name, _)| name);
    is_name(inner).then_some(inner)
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(inner) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// Fills in defaults; `$$` is a dollar sign.
pub(super) fn fill(text: &str) -> Filled {
    let mut filled = Filled::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.text.push_str(before);
        rest = filled.variable(after);
    }
    filled.text.push_str(rest);
    filled
}

impl Filled {
    /// Takes what follows a dollar sign; gives what comes after.
    fn variable<'t>(&mut self, after: &'t str) -> &'t str {
        if let Some(rest) = after.strip_prefix('$') {
            self.text.push('$');
            return rest;
        }
        if let Some((inner, rest)) = after.strip_prefix('{').and_then(closed) {
            self.braces(inner);
            return rest;
        }
        let end = after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(after.len());
        let (name, rest) = after.split_at(end);
        if is_name(name) {
            self.missing.push(name.to_owned());
            return rest;
        }
        self.text.push('$');
        after
    }

    fn braces(&mut self, inner: &str) {
        let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'));
        match default {
            Some(default) => {
                let inner = fill(default);
                self.text.push_str(&inner.text);
                self.missing.extend(inner.missing);
                self.defaults.push(name.to_owned());
            }
            // A replacement stands only where the variable has a value.
            None if rest.starts_with('+') || rest.starts_with(":+") => self.defaults.push(name.to_owned()),
            None => self.missing.push(name.to_owned()),
        }
    }
}

/// What stands up to the closing brace, and what comes after it; braces may stand inside each other.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> (String, Vec<String>, Vec<String>) {
        let filled = fill(text);
        (filled.text, filled.defaults, filled.missing)
    }

    #[test]
    fn variables_are_filled_in_as_compose_does() {
        let none: Vec<String> = Vec::new();
        assert_eq!(after("plain"), ("plain".into(), none.clone(), none.clone()));
        assert_eq!(after("$$5 and $$"), ("$5 and $".into(), none.clone(), none.clone()));
        assert_eq!(after("redis:${TAG:-7}"), ("redis:7".into(), vec!["TAG".into()], none.clone()));
        assert_eq!(after("${A-${B:-x}}y"), ("xy".into(), vec!["A".into()], none.clone()));
        assert_eq!(after("${TAG}-$OS/x"), ("-/x".into(), none.clone(), vec!["TAG".into(), "OS".into()]));
        assert_eq!(after("${TAG:?needed}"), (String::new(), none.clone(), vec!["TAG".into()]));
        assert_eq!(after("${DEBUG:+yes}"), (String::new(), vec!["DEBUG".into()], none.clone()));
        assert_eq!(after("cost: $5, ${open"), ("cost: $5, ${open".into(), none.clone(), none));
    }

    #[test]
    fn a_variable_alone_is_recognised() {
        assert_eq!(alone("${PASSWORD}"), Some("PASSWORD"));
        assert_eq!(alone("$PASSWORD"), Some("PASSWORD"));
        assert_eq!(alone("${PASSWORD:?must be set}"), Some("PASSWORD"));
        assert_eq!(["${A:-x}", "x${A}", "$A$B", "$$A", "$1"].map(alone), [None; 5]);
    }
}
