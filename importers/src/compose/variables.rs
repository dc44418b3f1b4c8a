//! `$NAME` and `${NAME…}` in values, as Compose fills them in; an import knows none of the variables.

use crate::{compose::codes, dollar, kube::object::Field};

/// A text after its variables were filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pieces: Vec<Piece>,
    /// The variables whose default was taken.
    pub(super) defaults: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A variable without a default.
    Missing(String),
}

/// The text of a scalar with its variables filled in; what was taken or is missing is said of the field.
pub(super) fn text(field: Field<'_>) -> Option<String> {
    filled(field).map(|filled| filled.text())
}

/// The text of a scalar, as [`text`], when no variable is missing in it.
pub(super) fn whole(field: Field<'_>) -> Option<String> {
    filled(field).filter(|filled| filled.missing().next().is_none()).map(|filled| filled.text())
}

/// A scalar with its variables filled in; what was taken or is missing is said of the field.
pub(super) fn filled(field: Field<'_>) -> Option<Filled> {
    let filled = fill(field.written()?);
    let missing: Vec<_> = filled.missing().collect();
    if missing.is_empty() {
        say_defaults(field, &filled);
    } else {
        let reason = format!("nothing says what `{}` is", missing.join("`, `"));
        field.say(&codes::VARIABLE_MISSING, reason, "fill it in: `docker compose config | skiff import compose -`");
    }
    Some(filled)
}

/// Says of a field which defaults were taken.
pub(super) fn say_defaults(field: Field<'_>, filled: &Filled) {
    if !filled.defaults.is_empty() {
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
        filled.push(before);
        rest = filled.variable(after);
    }
    filled.push(rest);
    filled
}

impl Filled {
    /// The text; nothing stands for what is missing.
    pub(super) fn text(&self) -> String {
        let text = |piece: &Piece| if let Piece::Text(text) = piece { text.clone() } else { String::new() };
        self.pieces.iter().map(text).collect()
    }

    /// The text for the runner, which puts the variable of this name in where one is missing.
    pub(super) fn for_runner(&self, named: impl Fn(&str) -> String) -> String {
        let mut written = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => written.push_str(&dollar::literal(text)),
                Piece::Missing(name) => dollar::push_variable(&mut written, &named(name)),
            }
        }
        written
    }

    /// The variables without a default.
    pub(super) fn missing(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| if let Piece::Missing(name) = piece { Some(name.as_str()) } else { None })
    }

    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn miss(&mut self, name: &str) {
        self.pieces.push(Piece::Missing(name.to_owned()));
    }

    /// Takes over what a default holds.
    fn append(&mut self, inner: &Self) {
        for piece in &inner.pieces {
            match piece {
                Piece::Text(text) => self.push(text),
                Piece::Missing(name) => self.miss(name),
            }
        }
    }

    /// Takes what follows a dollar sign; gives what comes after.
    fn variable<'t>(&mut self, after: &'t str) -> &'t str {
        if let Some(rest) = after.strip_prefix('$') {
            self.push("$");
            return rest;
        }
        if let Some((inner, rest)) = after.strip_prefix('{').and_then(closed) {
            self.braces(inner);
            return rest;
        }
        let end = after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(after.len());
        let (name, rest) = after.split_at(end);
        if is_name(name) {
            self.miss(name);
            return rest;
        }
        self.push("$");
        after
    }

    fn braces(&mut self, inner: &str) {
        let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        let default = rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-'));
        match default {
            Some(default) => {
                self.append(&fill(default));
                self.defaults.push(name.to_owned());
            }
            // A replacement stands only where the variable has a value.
            None if rest.starts_with('+') || rest.starts_with(":+") => self.defaults.push(name.to_owned()),
            None => self.miss(name),
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
        (filled.text(), filled.defaults.clone(), filled.missing().map(str::to_owned).collect())
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
    fn the_runner_puts_in_what_is_missing_and_nothing_else() {
        let runner = |text: &str| fill(text).for_runner(str::to_owned);
        assert_eq!(runner("postgres://app:${PASSWORD}@db/"), "postgres://app:$(PASSWORD)@db/");
        assert_eq!(runner("$$(date)$$${A}"), "$$(date)$$$(A)");
    }

    #[test]
    fn a_variable_alone_is_recognised() {
        assert_eq!(alone("${PASSWORD}"), Some("PASSWORD"));
        assert_eq!(alone("$PASSWORD"), Some("PASSWORD"));
        assert_eq!(alone("${PASSWORD:?must be set}"), Some("PASSWORD"));
        assert_eq!(["${A:-x}", "x${A}", "$A$B", "$$A", "$1"].map(alone), [None; 5]);
    }
}
