//! `skiff state gc`: remove what nothing needs any more.

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use skiff_runtime::state::collect::{Collected, NEWEST_KEPT, Wanted, collect};

use super::LedgerArguments;
use crate::{failure::Failure, operating::wait_for, outcome::Outcome, words};

/// Remove releases and artifacts that nothing needs any more
///
/// Kept are releases that are assigned, that can be rolled back to, that an open operation names, that were never assigned
/// yet, and the newest of the others. Artifacts go when no release needs them. Events and documents of members go only when
/// that is asked. It may run beside everything else. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff state gc --dry-run\n  skiff state gc --keep 20 --events-older-than 90")]
pub(super) struct GcArguments {
    #[command(flatten)]
    place: LedgerArguments,
    /// How many of the newest releases of each service stay in addition to those in use
    #[arg(long, value_name = "NUMBER", default_value_t = NEWEST_KEPT)]
    keep: usize,
    /// Also remove events of days that ended this many days ago
    #[arg(long, value_name = "DAYS")]
    events_older_than: Option<u32>,
    /// Also remove documents of members that are gone, last written this many days ago
    #[arg(long, value_name = "DAYS")]
    members_older_than: Option<u32>,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

/// Cleans a ledger up.
pub(super) fn run(arguments: &GcArguments) -> Result<Outcome, Failure> {
    let (_, ledger) = arguments.place.open()?;
    let now = ledger.world.clock.now();
    let before = |days: Option<u32>| days.map(|days| ago(now, days));
    let wanted = Wanted {
        keep: arguments.keep,
        events_before: before(arguments.events_older_than),
        members_before: before(arguments.members_older_than),
        dry_run: arguments.dry_run,
    };
    let done = wait_for(async { Ok(collect(&ledger, &wanted).await?) })?;
    let outcome = Outcome::done(word(&done, arguments.dry_run), summary(&done, arguments.dry_run))
        .body(text(&done, arguments.dry_run))
        .data(json!({
            "dry_run": arguments.dry_run,
            "releases": done.releases,
            "attestations": done.attestations,
            "artifacts": done.artifacts,
            "artifact_bytes": done.artifact_bytes,
            "events": done.events,
            "members": done.members,
            "restored": done.restored,
            "kept": done.kept,
        }));
    if arguments.dry_run && done.removed() > 0 {
        let again = arguments.again();
        let words: Vec<&str> = again.iter().map(String::as_str).collect();
        return Ok(outcome.action(arguments.place.write("gc", &words, "removes it")));
    }
    Ok(outcome)
}

impl GcArguments {
    /// The same command without `--dry-run`.
    fn again(&self) -> Vec<String> {
        let keep = (self.keep != NEWEST_KEPT).then(|| self.keep.to_string());
        let events = self.events_older_than.map(|days| days.to_string());
        let members = self.members_older_than.map(|days| days.to_string());
        let flags = [("--keep", keep), ("--events-older-than", events), ("--members-older-than", members)];
        let flags = flags.into_iter().filter_map(|(flag, value)| value.map(|value| [flag.to_owned(), value])).flatten();
        ["state", "gc"].into_iter().map(str::to_owned).chain(flags).collect()
    }
}

/// The moment that many days ago.
fn ago(now: Timestamp, days: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MIN)
}

fn word(done: &Collected, dry_run: bool) -> &'static str {
    match (done.removed(), dry_run) {
        (0, _) => "NOTHING_TO_REMOVE",
        (_, true) => "GC_PLANNED",
        (_, false) => "COLLECTED",
    }
}

fn summary(done: &Collected, dry_run: bool) -> String {
    let verb = if dry_run { "would be removed" } else { "removed" };
    match done.removed() {
        0 => "nothing can be removed".into(),
        _ => format!(
            "{}, {} ({}) {verb}",
            words::count(done.releases.len(), "release"),
            words::count(done.artifacts.len(), "artifact"),
            size(done.artifact_bytes)
        ),
    }
}

fn text(done: &Collected, dry_run: bool) -> String {
    let heading = format!("{:<13} {:>8}\n", "", if dry_run { "to go" } else { "removed" });
    let artifacts = format!("{:<13} {:>8}   {}\n", "artifacts", done.artifacts.len(), size(done.artifact_bytes));
    let row = |(name, keys): (&str, &Vec<String>)| format!("{name:<13} {:>8}\n", keys.len());
    let rows = [("releases", &done.releases), ("attestations", &done.attestations)].map(row).concat();
    let more = [("events", &done.events), ("members", &done.members)].map(row).concat();
    let mut text = heading + &rows + &artifacts + &more;
    for key in done.releases.iter().chain(&done.artifacts) {
        text.push_str(&format!("\n{} {key}", if dry_run { "would go" } else { "removed" }));
    }
    text.push_str(if done.releases.len() + done.artifacts.len() > 0 { "\n" } else { "" });
    let restored = done.restored.iter().map(|key| format!("kept     {key}: a release needs it by now\n"));
    text + &restored.collect::<String>()
}

/// Bytes in the largest unit of which there is one.
fn size(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        None => words::count(usize::try_from(bytes).unwrap_or(usize::MAX), "byte"),
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let sizes = [0, 1, 1023, 1024, 1_600_000, 3 << 30].map(size);
        assert_eq!(sizes, ["0 bytes", "1 byte", "1023 bytes", "1.0 KiB", "1.5 MiB", "3.0 GiB"]);
    }

    #[test]
    fn a_day_is_24_hours() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(ago(now, 2).to_string(), "2026-11-19T12:00:00Z");
        assert_eq!(ago(now, u32::MAX), Timestamp::MIN);
    }
}
