//! Events as lines, for people: a heading for each day, then one line each.

use skiff_wire::LedgerEvent;

use super::{
    Kind,
    moment::{clock_time, day},
};
use crate::words;

/// Draws events, and knows which day it has announced.
pub(super) struct Lines {
    kind: Kind,
    color: bool,
    day: Option<String>,
}

impl Lines {
    pub(super) fn new(kind: Kind, color: bool) -> Self {
        Self { kind, color, day: None }
    }

    /// The lines of some events that follow those before.
    pub(super) fn of<'a>(&mut self, events: impl IntoIterator<Item = &'a LedgerEvent>) -> String {
        events.into_iter().map(|event| self.line(event)).collect()
    }

    fn line(&mut self, event: &LedgerEvent) -> String {
        let today = day(event.at);
        let heading = if self.day.as_ref() == Some(&today) { String::new() } else { format!("{today} (UTC)\n") };
        self.day = Some(today);
        let (time, kind) = (clock_time(event.at), self.dim(&format!("{:19}", event.kind)));
        // A newline or an escape in a summary must not pass for an entry of its own.
        let summary = words::plain(&event.summary);
        let by = match self.kind {
            Kind::Events => String::new(),
            Kind::Audit => format!("  ({})", event.actor.escape_debug()),
        };
        format!("{heading}  {time}  {kind} {summary}{by}\n")
    }

    fn dim(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn event(at: &str, summary: &str) -> LedgerEvent {
        LedgerEvent {
            schema: LedgerEvent::SCHEMA.into(),
            id: "1".into(),
            at: at.parse().unwrap(),
            kind: "secret-set".into(),
            audit: true,
            actor: "ana@laptop".into(),
            service: None,
            operation: None,
            summary: summary.into(),
            data: Value::Null,
        }
    }

    #[test]
    fn days_are_headings_and_entries_are_one_line() {
        let events = [
            event("2026-11-21T23:59:59Z", "one"),
            event("2026-11-22T00:00:00Z", "two\n  00:00:00  forged"),
            event("2026-11-22T00:00:01Z", "three"),
        ];
        assert_eq!(
            Lines::new(Kind::Audit, false).of(&events),
            "2026-11-21 (UTC)\n  23:59:59  secret-set          one  (ana@laptop)\n\
             2026-11-22 (UTC)\n  00:00:00  secret-set          two   00:00:00  forged  (ana@laptop)\n  \
             00:00:01  secret-set          three  (ana@laptop)\n"
        );
    }
}
