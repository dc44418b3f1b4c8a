//! Reading the logs of members from their files, newest file last, from any place on.
//!
//! A member's runner writes `logs/<workload>.log` and renames full files to `<workload>.log.1`, `.2` and so on. A place in
//! the stream is a time with the line's number within it, so it survives a rotation and members that come and go.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    error::{Error, ErrorKind},
    local::{LocalCloud, codes},
    provider::{LogLine, LogPage, LogQuery},
    state::layout::ServiceScope,
    world::World,
};

/// How old a line is until a reader that goes on gets it. Members write at their own pace, and a line that comes late, with a time
/// before the reader's place, would never be given.
const UNSETTLED: SignedDuration = SignedDuration::from_millis(200);

/// Where a reader stands: the time of the last line that was given, and how many of that very time were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    nanoseconds: i128,
    given: usize,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (time, given) = text.split_once('.')?;
        Some(Self { nanoseconds: time.parse().ok()?, given: given.parse().ok()? })
    }

    fn print(self) -> String {
        format!("{}.{}", self.nanoseconds, self.given)
    }
}

impl LocalCloud {
    pub(super) fn read_logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        let after =
            query.after.as_deref().map(|text| Cursor::parse(text).ok_or_else(|| bad_cursor(text))).transpose()?;
        let mut lines = Vec::new();
        for folder in self.log_folders(service, query)? {
            read_folder(&folder, after, &mut lines)?;
        }
        lines.sort_by(|one, other| order(one).cmp(&order(other)));
        if after.is_some() {
            let settled = World::real().clock.now().checked_sub(UNSETTLED).unwrap_or(Timestamp::MIN);
            lines.retain(|line| line.at <= settled);
        }
        Ok(page(lines, after, query))
    }

    /// The folders of the members that are wanted, also of those that have ended, as long as their logs are kept.
    fn log_folders(&self, service: &ServiceScope, query: &LogQuery) -> Result<Vec<PathBuf>, Error> {
        let names = match fs::read_dir(self.place().local().join("members")) {
            Ok(entries) => entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unreadable(&self.place().local().join("members"), &error)),
        };
        let mut wanted: Vec<String> = names.into_iter().filter(|name| self.is_wanted(name, service, query)).collect();
        wanted.sort();
        Ok(wanted.iter().map(|instance| self.place().member(instance).join("logs")).collect())
    }

    fn is_wanted(&self, instance: &str, service: &ServiceScope, query: &LogQuery) -> bool {
        let Some(owner) = self.owner_of(instance) else { return false };
        owner.0 == *service
            && query.slot.as_ref().is_none_or(|slot| *slot == owner.1)
            && query.instance.as_ref().is_none_or(|wanted| wanted == instance)
    }

    /// Service and slot of a member, from the configuration that its runner was given.
    fn owner_of(&self, instance: &str) -> Option<(ServiceScope, String)> {
        let text = fs::read(self.place().member(instance).join("runner.json")).ok()?;
        let configuration: skiff_wire::MemberConfiguration = serde_json::from_slice(&text).ok()?;
        let scope = crate::state::layout::Scope::new(&configuration.app, &configuration.environment);
        Some((scope.service(&configuration.service), configuration.slot))
    }
}

/// The order in which lines are given: by time, and within one time in an order that does not change.
fn order(line: &LogLine) -> (Timestamp, &str, &str) {
    (line.at, &line.instance, &line.workload)
}

/// The lines that were not given yet: the first ones when a reader goes on, the last ones when it begins.
fn page(mut lines: Vec<LogLine>, after: Option<Cursor>, query: &LogQuery) -> LogPage {
    if let Some(cursor) = after {
        let same = lines.iter().filter(|line| line.at.as_nanosecond() == cursor.nanoseconds).count();
        lines.drain(..cursor.given.min(same));
        lines.truncate(query.limit);
    } else {
        lines.drain(..lines.len().saturating_sub(query.limit));
    }
    let next = next(&lines, after).map(Cursor::print).or_else(|| query.after.clone());
    LogPage { lines, next }
}

fn next(lines: &[LogLine], after: Option<Cursor>) -> Option<Cursor> {
    let nanoseconds = lines.last()?.at.as_nanosecond();
    let given = lines.iter().filter(|line| line.at.as_nanosecond() == nanoseconds).count();
    let before = after.filter(|cursor| cursor.nanoseconds == nanoseconds).map_or(0, |cursor| cursor.given);
    Some(Cursor { nanoseconds, given: given + before })
}

/// Adds the lines of a member from a time on; a line that is being written is left for the next reading.
fn read_folder(folder: &Path, after: Option<Cursor>, lines: &mut Vec<LogLine>) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let is_log = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".log"));
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_log).collect();
    // A higher number is older, and the file without one is the newest.
    files.sort_by_key(|path| std::cmp::Reverse(path.extension().and_then(|text| text.to_str()?.parse::<u32>().ok())));
    for file in files {
        read_file(&file, after, lines)?;
    }
    Ok(())
}

fn read_file(path: &Path, after: Option<Cursor>, lines: &mut Vec<LogLine>) -> Result<(), Error> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        // It was rotated away meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let mut reader = BufReader::new(file);
    let mut text = Vec::new();
    while reader.read_until(b'\n', &mut text).map_err(|error| unreadable(path, &error))? > 0 {
        if let Ok(line) = serde_json::from_slice::<LogLine>(&text)
            && after.is_none_or(|cursor| line.at.as_nanosecond() >= cursor.nanoseconds)
        {
            lines.push(line);
        }
        text.clear();
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(&codes::DAMAGED, ErrorKind::Unavailable, format!("could not read `{}`: {error}", path.display()))
}

fn bad_cursor(text: &str) -> Error {
    let message = format!("`{text}` is no place in a log");
    Error::new(&codes::BAD_CURSOR, ErrorKind::Usage, message).hint("give back what the page before said, or nothing")
}
