//! Events and operations found again: the newest first, at a cost that does not grow with their number.
//!
//! [`newest`] finds the last events by time ([`search`](self) bisects the keys, which sort by time) and reads only what it
//! gives, plus what a filter turns away, at most [`MOST_READ`] objects. **No clock decides what is found**: it only says where
//! to look first, so events of a time that lies ahead are found as well. [`newest_operations`] finds operations in the same way.

use std::collections::VecDeque;

use jiff::Timestamp;
use skiff_wire::LedgerEvent;

use crate::{
    error::{Error, ErrorKind},
    state::{Ledger, layout::Scope},
    store::Key,
};

mod operations;
mod search;
#[cfg(test)]
mod tests;

pub use operations::{LOOKED_BACK, newest_operations, operations_of_late};
use search::{Among, Search};

/// The most events that one call reads, whatever the filter.
pub const MOST_READ: usize = 2_000;
/// The most events that one call gives.
pub const MOST_GIVEN: usize = 1_000;
/// How many are read at a time when a filter turns some away.
const BATCH: usize = 200;

/// Which events are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// At most this many, the newest; at most [`MOST_GIVEN`].
    pub limit: usize,
    /// None that happened before.
    pub since: Option<Timestamp>,
    /// None from this one on: what [`EventPage::older`] said.
    pub before: Option<String>,
    /// Only those of a service.
    pub service: Option<String>,
    /// Only those that someone caused on purpose.
    pub audit: bool,
}

/// Events, the newest last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventPage {
    /// In the order of their keys, which is that of their time.
    pub events: Vec<LedgerEvent>,
    /// Where to go on to older ones; `None` when there are none that could match.
    pub older: Option<String>,
    /// Why entries were left out: documents that cannot be read, each as a sentence.
    pub unreadable: Vec<String>,
    /// How many objects were read.
    pub objects_read: usize,
}

/// The newest events that a query asks for.
///
/// # Errors
/// A store that fails, or a `before` that is no place.
pub async fn newest(ledger: &Ledger, scope: &Scope, query: &EventQuery) -> Result<EventPage, Error> {
    let search = Search::new(ledger, scope, Among::Events, query.since);
    let mut upper = query.before.as_deref().map(|before| search.place(before)).transpose()?;
    let limit = query.limit.min(MOST_GIVEN);
    let mut found = Found { query, limit, events: VecDeque::new(), page: EventPage::default() };
    let filtered = query.audit || query.service.is_some();
    while found.events.len() < limit && found.page.objects_read < MOST_READ {
        let missing = limit - found.events.len();
        let wanted = if filtered { BATCH } else { missing }.min(MOST_READ - found.page.objects_read);
        let keys = search.newest(upper.as_ref(), wanted).await?;
        let Some(first) = keys.first().cloned() else { break };
        let reached = found.read(ledger, &keys).await?;
        upper = Some(reached.unwrap_or(first));
    }
    if let Some(upper) = &upper
        && search.any_before(upper).await?
    {
        found.page.older = Some(search.token(upper));
    }
    Ok(EventPage { events: found.events.into(), ..found.page })
}

/// What was found so far.
struct Found<'a> {
    query: &'a EventQuery,
    limit: usize,
    events: VecDeque<LedgerEvent>,
    page: EventPage,
}

impl Found<'_> {
    /// Reads documents from the newest on until enough match; gives the key of the last one read when some are left.
    async fn read(&mut self, ledger: &Ledger, keys: &[Key]) -> Result<Option<Key>, Error> {
        for key in keys.iter().rev() {
            self.page.objects_read += 1;
            match ledger.get::<LedgerEvent>(key).await {
                Ok(Some(event)) if self.matches(&event) => self.events.push_front(event),
                // It was there when the keys were listed: events are only ever removed by a person's hand.
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Invalid => self.page.unreadable.push(error.to_string()),
                Err(error) => return Err(error),
            }
            if self.events.len() == self.limit {
                return Ok(Some(key.clone()));
            }
        }
        Ok(None)
    }

    fn matches(&self, event: &LedgerEvent) -> bool {
        let query = self.query;
        (!query.audit || event.audit)
            && query.service.as_ref().is_none_or(|service| event.service.as_ref() == Some(service))
            && query.since.is_none_or(|since| event.at >= since)
    }
}
