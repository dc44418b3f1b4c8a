//! What a refresh would change, for people and for programs: the account of `--check` and `--dry-run`.

use std::{fs, path::Path};

use serde_json::{Value, json};
use similar::TextDiff;

use super::{
    Wanted, path,
    survey::{Entry, State, Survey},
};

/// Lines of difference that are shown.
const MOST_LINES: usize = 400;
/// A file beyond this many bytes is not compared line by line.
const LARGEST: u64 = 1024 * 1024;

/// A difference as unified diff, cut at a bound.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// The lines that are shown.
    pub(crate) text: String,
    /// How many lines are not.
    pub(crate) left_out: usize,
}

/// The paths in each state but the current one.
pub(crate) fn by_state(survey: &Survey) -> Value {
    let paths = |state| survey.with(state).map(|entry| entry.path.as_str()).collect::<Vec<_>>();
    json!({
        "stale": paths(State::Stale),
        "missing": paths(State::Missing),
        "superfluous": paths(State::Superfluous),
        "edited": paths(State::Edited),
        "in_the_way": survey.entries.iter().filter(|entry| blocks(entry)).map(|entry| &*entry.path).collect::<Vec<_>>(),
        "current": survey.with(State::Current).count(),
        "list_current": survey.list_current,
    })
}

fn blocks(entry: &Entry) -> bool {
    matches!(entry.state, State::Foreign | State::Blocked | State::LedAway)
}

/// One line for each path that is not as it should be.
pub(crate) fn lines(survey: &Survey) -> impl Iterator<Item = String> {
    survey.entries.iter().filter_map(|entry| {
        let word = match entry.state {
            State::Current | State::Gone => return None,
            State::Missing => "missing",
            State::Stale => "stale",
            State::Superfluous => "superfluous",
            State::Edited => "edited",
            State::Foreign | State::Blocked | State::LedAway => "in the way",
        };
        Some(format!("{word:11}  {}", entry.path))
    })
}

/// How what is there differs from what is wanted, for the files that have changed.
pub(crate) fn difference(root: &Path, wanted: &Wanted, survey: &Survey) -> Difference {
    let mut difference = Difference::default();
    let changed = survey.to_write().filter(|entry| entry.found.is_some());
    for (entry, text) in changed.filter_map(|entry| Some((entry, wanted.files.get(&entry.path)?))) {
        difference.add(&of_one(root, &entry.path, text));
    }
    difference
}

impl Difference {
    fn add(&mut self, text: &str) {
        let shown = self.text.lines().count();
        for (number, line) in text.lines().enumerate() {
            if shown + number < MOST_LINES {
                self.text.push_str(&format!("{line}\n"));
            } else {
                self.left_out += 1;
            }
        }
    }
}

fn of_one(root: &Path, path: &str, wanted: &str) -> String {
    let place = path::below(root, path);
    let readable = fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
    let present = if readable { fs::read(&place).ok().and_then(|bytes| String::from_utf8(bytes).ok()) } else { None };
    match present {
        Some(present) => TextDiff::from_lines(&present, wanted)
            .unified_diff()
            .context_radius(3)
            .header(&place.display().to_string(), "as it would be generated")
            .to_string(),
        None => format!("{} cannot be compared line by line\n", place.display()),
    }
}
