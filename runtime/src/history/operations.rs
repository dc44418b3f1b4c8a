//! The newest operations, found by their keys: an operation that waits for somebody holds nothing that names it.

use jiff::SignedDuration;

use crate::{
    error::Error,
    history::search::{Among, Search},
    state::{Ledger, layout::Scope},
    store::Key,
};

/// How far back operations are looked for.
pub const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many keys are looked through: an operation has one for each entry of its log, and two more.
const KEYS: usize = 400;

/// The ids of the newest operations, the newest first: at most `most`, none older than [`LOOKED_BACK`], and none beyond the
/// newest four hundred documents. Only keys are listed; how many depends neither on the events nor on older operations.
///
/// # Errors
/// A store that fails.
pub async fn newest_operations(ledger: &Ledger, scope: &Scope, most: usize) -> Result<Vec<String>, Error> {
    newest(ledger, scope, most, 1).await
}

/// The ids of the newest operations, the newest first: at most `most`, none older than [`LOOKED_BACK`], however many documents
/// they have.
///
/// # Errors
/// A store that fails.
pub async fn operations_of_late(ledger: &Ledger, scope: &Scope, most: usize) -> Result<Vec<String>, Error> {
    newest(ledger, scope, most, usize::MAX).await
}

/// The newest operations on so many pages of keys.
async fn newest(ledger: &Ledger, scope: &Scope, most: usize, pages: usize) -> Result<Vec<String>, Error> {
    let since = ledger.world.clock.now().checked_sub(LOOKED_BACK).ok();
    let search = Search::new(ledger, scope, Among::Operations, since);
    let (mut ids, mut upper): (Vec<String>, Option<Key>) = (Vec::new(), None);
    for _ in 0..pages {
        let keys = search.newest(upper.as_ref(), KEYS).await?;
        ids.extend(keys.iter().rev().filter_map(|key| Some(search.name(key).split_once('/')?.0.to_owned())));
        ids.dedup();
        if ids.len() >= most || keys.len() < KEYS {
            break;
        }
        upper = keys.into_iter().next();
    }
    ids.truncate(most);
    Ok(ids)
}
