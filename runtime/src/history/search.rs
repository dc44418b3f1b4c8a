//! Finds the keys of the newest events, or of the newest operations, without listing all of them.
//!
//! A key is `<app>/<env>/events/<day>/<id>.json` or `<app>/<env>/operations/<id>/…`, and an id of version 7 begins with its
//! milliseconds, so keys sort by time and a moment has a place among them. A store lists only forward: to find the last keys, a moment is looked for that has
//! enough keys after it, and not more than one page of them.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::{
    error::{Error, ErrorKind},
    state::{Ledger, codes, document::store_error, layout::Scope},
    store::Key,
};

/// Keys of one listing; Amazon S3 gives at most this many.
const PAGE: usize = 1_000;
/// Where to look first: this long before the end.
const FIRST_SPAN: i64 = 3_600_000;
/// How much further back each step looks.
const STRIDE: i64 = 4;

/// A search among the keys of one application in one environment; moments are milliseconds since 1970.
pub(super) struct Search<'a> {
    ledger: &'a Ledger,
    scope: &'a Scope,
    among: Among,
    prefix: String,
    earliest: i64,
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Events, by day and id.
    Events,
    /// Documents of operations, by id.
    Operations,
}

/// The keys after a moment.
struct Window {
    keys: Vec<Key>,
    /// Whether these are all of them.
    whole: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(ledger: &'a Ledger, scope: &'a Scope, among: Among, since: Option<Timestamp>) -> Self {
        let earliest = since.map_or(0, Timestamp::as_millisecond).max(0);
        let folder = match among {
            Among::Events => "events",
            Among::Operations => "operations",
        };
        Self { ledger, scope, among, prefix: format!("{}{folder}/", scope.prefix()), earliest }
    }

    /// What is below the folder in a key.
    pub(super) fn name<'key>(&self, key: &'key Key) -> &'key str {
        let text = key.as_str();
        text.strip_prefix(&self.prefix).unwrap_or(text)
    }

    /// The key that a token stands for.
    pub(super) fn place(&self, token: &str) -> Result<Key, Error> {
        let plausible = token.matches('/').count() == 1;
        Key::parse(&format!("{}{token}.json", self.prefix)).filter(|_| plausible).ok_or_else(|| {
            Error::new(&codes::MALFORMED, ErrorKind::Usage, format!("`{token}` is no place among the events"))
                .hint("take what an earlier page gave as `older`")
        })
    }

    /// A key as a token.
    pub(super) fn token(&self, key: &Key) -> String {
        let name = self.name(key);
        name.strip_suffix(".json").unwrap_or(name).to_owned()
    }

    /// Whether there are events before a key, and not before the earliest that is wanted.
    pub(super) async fn any_before(&self, upper: &Key) -> Result<bool, Error> {
        let page = self.ledger.store.list(&self.prefix, Some(&self.key_at(self.earliest)), 1).await;
        Ok(page.map_err(store_error)?.keys.first().is_some_and(|first| first < upper))
    }

    /// The last `wanted` keys before `upper`, in their order.
    pub(super) async fn newest(&self, upper: Option<&Key>, wanted: usize) -> Result<Vec<Key>, Error> {
        let wanted = wanted.min(PAGE);
        let end = self.ledger.world.clock.now().as_millisecond();
        let (mut span, mut late) = (FIRST_SPAN, None);
        loop {
            let from = end.saturating_sub(span).max(self.earliest);
            let window = self.window(from, upper).await?;
            if !window.whole {
                let late = match late {
                    Some(late) => late,
                    None => self.beyond(end, upper, wanted).await?,
                };
                return self.between(from, late, upper, wanted).await;
            }
            if window.keys.len() >= wanted || from <= self.earliest {
                return Ok(last(window.keys, wanted));
            }
            late = Some(from);
            span = span.saturating_mul(STRIDE);
        }
    }

    /// A moment with fewer keys after it than are wanted: soon, unless somebody's clock was far ahead.
    async fn beyond(&self, end: i64, upper: Option<&Key>, wanted: usize) -> Result<i64, Error> {
        let soon = end.saturating_add(FIRST_SPAN);
        let window = self.window(soon, upper).await?;
        Ok(if window.whole && window.keys.len() < wanted { soon } else { Timestamp::MAX.as_millisecond() })
    }

    /// Bisects between a moment with too many keys after it and one with too few.
    async fn between(&self, early: i64, late: i64, upper: Option<&Key>, wanted: usize) -> Result<Vec<Key>, Error> {
        let (mut early, mut late) = (early, late);
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            let window = self.window(middle, upper).await?;
            match (window.whole, window.keys.len() >= wanted) {
                (true, true) => return Ok(last(window.keys, wanted)),
                (true, false) => late = middle,
                (false, _) => early = middle,
            }
        }
        self.forward(early, upper, wanted).await
    }

    /// More than a page of keys within one millisecond: nothing is left but to walk through them.
    async fn forward(&self, from: i64, upper: Option<&Key>, wanted: usize) -> Result<Vec<Key>, Error> {
        let mut after = self.key_at(from);
        let mut kept = VecDeque::new();
        loop {
            let window = self.after(&after, upper).await?;
            after = window.keys.last().cloned().unwrap_or(after);
            kept.extend(window.keys);
            kept.drain(..kept.len().saturating_sub(wanted));
            if window.whole {
                return Ok(kept.into());
            }
        }
    }

    async fn window(&self, from: i64, upper: Option<&Key>) -> Result<Window, Error> {
        self.after(&self.key_at(from), upper).await
    }

    async fn after(&self, after: &Key, upper: Option<&Key>) -> Result<Window, Error> {
        let page = self.ledger.store.list(&self.prefix, Some(after), PAGE).await.map_err(store_error)?;
        let below = |key: &Key| upper.is_none_or(|upper| key < upper);
        let reached = page.keys.last().is_some_and(|key| !below(key));
        let keys = page.keys.into_iter().filter(below).collect();
        Ok(Window { keys, whole: !page.more || reached })
    }

    /// What sorts before every key of a moment, and after every key of an earlier one.
    fn key_at(&self, milliseconds: i64) -> Key {
        let at = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let digits = format!("{:012x}", at.as_millisecond().max(0));
        let id = format!("{}-{}", &digits[..8], &digits[8..]);
        if self.among == Among::Operations {
            return Key::of(&[&self.scope.app, &self.scope.environment, "operations", &id]);
        }
        let key = self.scope.event(at, &id);
        // The ending goes: `<digits>` sorts before `<digits>-7…`, and `<digits>.json` would not.
        Key::parse(key.as_str().trim_end_matches(".json")).unwrap_or(key)
    }
}

fn last(mut keys: Vec<Key>, wanted: usize) -> Vec<Key> {
    keys.drain(..keys.len().saturating_sub(wanted));
    keys
}
