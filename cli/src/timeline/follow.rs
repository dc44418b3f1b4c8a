//! Goes on with what is added.

use std::{collections::BTreeSet, time::Duration};

use jiff::SignedDuration;
use skiff_runtime::history::{self, EventPage, EventQuery, MOST_GIVEN};

use super::text::Lines;
use crate::{
    failure::Failure,
    operating::Operating,
    outcome::Outcome,
    stream::{self, Reader},
};

/// How often the ledger is asked.
const PAUSE: Duration = Duration::from_millis(500);
/// How much later than a newer one an event may become visible: its writer took its time before, and then wrote.
const OVERLAP: SignedDuration = SignedDuration::from_secs(10);

/// Prints a page and then what is added, until Ctrl-C or until nobody reads any more.
pub(super) async fn follow(
    operating: &Operating,
    query: EventQuery,
    page: EventPage,
    lines: &mut Lines,
) -> Result<Outcome, Failure> {
    let mut newest = page.events.last().map_or_else(|| operating.ledger.world.clock.now(), |event| event.at);
    let mut seen: BTreeSet<String> = page.events.iter().map(|event| event.id.clone()).collect();
    stream::say(&lines.of(&page.events));
    until_interrupted(async {
        loop {
            tokio::time::sleep(PAUSE).await;
            let since = Some(newest.checked_sub(OVERLAP).unwrap_or(newest));
            let query = EventQuery { since, limit: MOST_GIVEN, ..query.clone() };
            let added = history::newest(&operating.ledger, &operating.scope, &query).await?.events;
            let in_reach: BTreeSet<String> = added.iter().map(|event| event.id.clone()).collect();
            let fresh: Vec<_> = added.iter().filter(|event| !seen.contains(&event.id)).collect();
            newest = fresh.iter().map(|event| event.at).fold(newest, Ord::max);
            if stream::say(&lines.of(fresh)) == Reader::Gone {
                return Ok(());
            }
            // What has left the overlap cannot come again.
            seen = in_reach;
        }
    })
    .await?;
    Ok(Outcome::done("FOLLOWED", "stopped following").body(""))
}

/// Runs something until it ends or Ctrl-C is pressed, which is then no failure.
pub(crate) async fn until_interrupted(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
