//! Is a store fit to be a ledger? Several writers race on one object, and nothing may be lost.

use std::{sync::Arc, time::Duration};

use crate::{
    error::{Error, ErrorKind},
    state::document::store_error,
    store::{Condition, Key, Store, StoreErrorKind, codes},
    world::World,
};

/// How many write at once.
const WRITERS: u64 = 6;
/// How many increments each of them must be told to be written.
const WRITES: u64 = 5;
/// How often one writer may be told that it lost.
const PATIENCE: u64 = 2_000;

/// How a race went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Race {
    /// How many wrote at once.
    pub writers: u64,
    /// How many writes were acknowledged, and found afterwards.
    pub writes: u64,
    /// How many were refused because somebody else was first.
    pub refused: u64,
}

/// Races real conditional writes on an object of its own below `doctor/`, and removes it afterwards.
///
/// The writers are tasks of one event loop; a folder does its work on threads, a bucket in requests of their own.
///
/// # Errors
/// A store that loses an update or lets two create one object ([`codes::UNFIT`]), or one that fails.
pub async fn race(store: &Arc<dyn Store>, world: &World) -> Result<Race, Error> {
    let key = Key::of(&["doctor", &world.nonce()]);
    let creators: Vec<_> = (0..WRITERS).map(|_| spawn(store, |store| create(store, key.clone()))).collect();
    let created = sum(creators).await?;
    let writers: Vec<_> =
        (0..WRITERS).map(|_| spawn(store, |store| write(store, world.clone(), key.clone()))).collect();
    let refused = sum(writers).await;
    let found = remove(&**store, &key).await?;
    if created != 1 || found != WRITERS * WRITES {
        let message = format!(
            "`{}` is not fit to be a ledger: {created} of {WRITERS} writers created one object, and of {} acknowledged \
             writes {found} were there afterwards",
            store.place(),
            WRITERS * WRITES
        );
        return Err(Error::new(&codes::UNFIT, ErrorKind::Invalid, message)
            .hint("put the ledger on a local disk, or in a bucket of Amazon S3"));
    }
    Ok(Race { writers: WRITERS, writes: found, refused: refused? })
}

fn spawn<F: Future<Output = Result<u64, Error>> + Send + 'static>(
    store: &Arc<dyn Store>,
    work: impl FnOnce(Arc<dyn Store>) -> F,
) -> tokio::task::JoinHandle<Result<u64, Error>> {
    tokio::spawn(work(Arc::clone(store)))
}

async fn sum(tasks: Vec<tokio::task::JoinHandle<Result<u64, Error>>>) -> Result<u64, Error> {
    let mut sum = 0;
    for task in tasks {
        let ended =
            |error| Error::new(&codes::UNAVAILABLE, ErrorKind::Internal, format!("a race ended early: {error}"));
        sum += task.await.map_err(ended)??;
    }
    Ok(sum)
}

/// One if the object was created by this one.
async fn create(store: Arc<dyn Store>, key: Key) -> Result<u64, Error> {
    match store.put(&key, b"0", &Condition::Absent).await {
        Ok(_) => Ok(1),
        Err(error) if matches!(error.kind, StoreErrorKind::Precondition | StoreErrorKind::Conflict) => Ok(0),
        Err(error) => Err(store_error(error)),
    }
}

/// Increments until enough were acknowledged; how often it was refused.
async fn write(store: Arc<dyn Store>, world: World, key: Key) -> Result<u64, Error> {
    let (mut done, mut refused) = (0, 0);
    while done < WRITES {
        let Some(object) = store.get(&key).await.map_err(store_error)? else { return Ok(refused) };
        let body = (count(&object.body) + 1).to_string();
        match store.put(&key, body.as_bytes(), &Condition::Matches(object.etag)).await {
            Ok(_) => done += 1,
            Err(error) if !matches!(error.kind, StoreErrorKind::Precondition | StoreErrorKind::Conflict) => {
                return Err(store_error(error));
            }
            Err(error) if refused > PATIENCE => return Err(store_error(error)),
            Err(_) => {
                refused += 1;
                world.clock.sleep(Duration::from_millis(world.below(5))).await;
            }
        }
    }
    Ok(refused)
}

/// The number that is there in the end; the object goes.
async fn remove(store: &dyn Store, key: &Key) -> Result<u64, Error> {
    let Some(object) = store.get(key).await.map_err(store_error)? else { return Ok(0) };
    store.delete(key, &object.etag).await.map_err(store_error)?;
    Ok(count(&object.body))
}

fn count(body: &[u8]) -> u64 {
    std::str::from_utf8(body).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
