//! How the walk reads on a terminal of 80 columns.

use super::load::Tally;
use crate::{
    stream::{self, Reader},
    words,
};

/// How many letters of a command's line fit behind its margin.
const WIDTH: usize = 75;
/// How many letters the picture of a load has.
const PICTURE: usize = 48;

/// Says what happens, or keeps still for a program that reads JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Teller {
    silent: bool,
    color: bool,
}

impl Teller {
    pub(super) fn new(silent: bool, color: bool) -> Self {
        Self { silent, color }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Says a line.
    pub(super) fn line(&self, text: &str) {
        // Who has closed the pipe has seen enough; the walk goes on to its end, so that it cleans up.
        let _: Reader = if self.silent { Reader::There } else { stream::say(&format!("{text}\n")) };
    }

    /// Says what comes next.
    pub(super) fn heading(&self, number: usize, text: &str) {
        self.line(&format!("\n{}", self.bold(&format!("{number}  {text}"))));
    }

    /// Says something about what happens.
    pub(super) fn remark(&self, text: &str) {
        self.line(&format!("   {text}"));
    }

    /// Says what a user would type.
    pub(super) fn typed(&self, words: &[&str]) {
        self.shell(&format!("skiff {}", words.join(" ")));
    }

    /// Says what a user would type of another program.
    pub(super) fn shell(&self, line: &str) {
        self.line(&format!("   {} {}", self.dim("$"), self.bold(line)));
    }

    /// Passes on a line of a command, broken where it is too long.
    pub(super) fn relayed(&self, line: &str) {
        for part in broken(line.trim_end()) {
            self.line(format!("   {}", self.dim(&format!("│ {part}"))).trim_end());
        }
    }

    /// Says what a load got.
    pub(super) fn load(&self, tally: &Tally) {
        let versions: Vec<_> =
            tally.versions.iter().map(|(version, number)| format!("{number} by {version}")).collect();
        let requests = words::count(usize::try_from(tally.requests).unwrap_or(usize::MAX), "request");
        let outcome = match tally.failed {
            0 => self.good("0 failed"),
            failed => self.bad(&format!("{failed} failed")),
        };
        self.line("");
        self.remark(&format!("{requests} meanwhile: {outcome}, slowest {} ms", tally.slowest_ms));
        self.remark(&format!("answered {}", words::list(&versions)));
        self.remark(&picture(tally));
        for failure in &tally.failures {
            self.remark(&format!("failed: {failure}"));
        }
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn good(&self, text: &str) -> String {
        self.paint("1;32", text)
    }

    fn bad(&self, text: &str) -> String {
        self.paint("1;31", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A line in parts that fit, broken at spaces; what comes after the first is indented. A word that is too long stays whole.
fn broken(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let fits = |part: &String| part.chars().count() + word.trim_end().chars().count() <= WIDTH;
        if parts.last().is_some_and(|part| part.trim().is_empty() || fits(part)) {
            parts.last_mut().into_iter().for_each(|part| part.push_str(word));
        } else {
            parts.push(format!("    {word}"));
        }
    }
    parts
}

/// The time from left to right, with the version that answered: `v1 ····▒▒▓▓▓▓ v2`.
fn picture(tally: &Tally) -> String {
    let (Some((_, first)), Some((end, last))) = (tally.seen.first(), tally.seen.last()) else { return String::new() };
    let part = |index: usize| {
        let bound = |index: usize| end.mul_f64(index as f64 / PICTURE as f64);
        let within = tally.seen.iter().filter(|(at, _)| *at > bound(index) && *at <= bound(index + 1));
        let (mut old, mut new) = (0_usize, 0_usize);
        for (_, version) in within {
            *(if version == first { &mut old } else { &mut new }) += 1;
        }
        match (old, new) {
            (0, 0) => ' ',
            (_, 0) => '░',
            (0, _) => '█',
            _ => '▓',
        }
    };
    let line: String = (0..PICTURE).map(part).collect();
    if first == last { format!("{first} {line}") } else { format!("{first} {line} {last}") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_picture_shows_when_the_version_changed() {
        let seen = (0..96).map(|index| {
            let version = if index < 60 || index == 71 { "v1" } else { "v2" };
            (Duration::from_millis(index * 10 + 10), version.to_owned())
        });
        let tally = Tally { seen: seen.collect(), ..Tally::default() };
        let picture = picture(&tally);
        assert_eq!(picture.chars().count(), PICTURE + 6);
        assert!(picture.starts_with("v1 ░░░░") && picture.ends_with("████ v2") && picture.contains('▓'), "{picture}");
    }

    #[test]
    fn long_lines_are_broken_at_spaces() {
        assert_eq!(broken(""), [""]);
        assert_eq!(broken("  as it is"), ["  as it is"]);
        let long = format!("{} {}", "a".repeat(70), "b".repeat(70));
        assert_eq!(broken(&long), [format!("{} ", "a".repeat(70)), format!("    {}", "b".repeat(70))]);
        assert_eq!(broken(&"c".repeat(100)), ["c".repeat(100)]);
    }

    #[test]
    fn nothing_seen_is_no_picture() {
        assert_eq!(picture(&Tally::default()), "");
    }
}
