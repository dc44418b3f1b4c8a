//! A race for conditional writes, with a count of who won.

use serde::{Deserialize, Serialize};

use crate::{
    doctor::codes,
    error::{Error, ErrorKind},
    state::document::store_error,
    store::{Condition, Etag, Key, Store, StoreError, StoreErrorKind},
    world::World,
};

/// The prefix of all probes.
pub const PROBES: &str = "probe/";
/// How often a contestant tries again after it lost, before the store is said to make no progress.
const MOST_ATTEMPTS: u32 = 20_000;

/// A race that was prepared; its name is fresh, so that no two races meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Race {
    name: String,
}

/// What one contestant has to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Rounds of creating that the store said it won.
    pub created: u32,
    /// Increments that the store acknowledged.
    pub counted: u32,
    /// Writes of which nobody knows whether they happened.
    pub unknown: u32,
}

/// What it all adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Increments that were acknowledged, all contestants together.
    pub acknowledged: u32,
    /// Increments that the store has in the end.
    pub kept: u32,
    /// Rounds of creating.
    pub rounds: u32,
    /// How many winners they had, all together.
    pub winners: u32,
    /// Writes of which nobody knows whether they happened.
    pub unknown: u32,
}

impl Verdict {
    /// Whether no acknowledged write was lost and no round had two winners.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        let at_most = self.acknowledged + self.unknown;
        let winners = self.winners <= self.rounds && self.winners + self.unknown >= self.rounds;
        self.kept >= self.acknowledged && self.kept <= at_most && winners
    }
}

/// The object that is counted up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    count: u32,
    nonce: String,
}

impl Race {
    /// A race by its name, as another process was told it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.into() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn key(&self, what: &str) -> Key {
        Key::of(&["probe", &self.name, what])
    }
}

/// Makes the object that is counted up.
///
/// # Errors
/// A store that cannot be written.
pub async fn prepare(store: &dyn Store, world: &World) -> Result<Race, Error> {
    let race = Race { name: world.nonce() };
    let zero = Count { count: 0, nonce: world.nonce() };
    store.put(&race.key("count"), &print(&zero)?, &Condition::Absent).await.map_err(not_tried)?;
    Ok(race)
}

/// Takes part: wins as many rounds as it can, and counts up `increments` times.
///
/// # Errors
/// A store that fails in another way than a lost race may.
pub async fn contend(
    store: &dyn Store,
    world: &World,
    race: &Race,
    rounds: u32,
    increments: u32,
) -> Result<Told, Error> {
    let mut told = Told::default();
    for round in 0..rounds {
        create(store, world, race, round, &mut told).await?;
    }
    for _ in 0..increments {
        count_up(store, world, race, &mut told).await?;
    }
    Ok(told)
}

/// Counts what is there, and removes it.
///
/// # Errors
/// A store that fails, or a probe that cannot be read.
pub async fn judge(store: &dyn Store, race: &Race, rounds: u32, told: &[Told]) -> Result<Verdict, Error> {
    let (_, count) = read(store, race).await?;
    let sum = |part: fn(&Told) -> u32| told.iter().map(part).sum();
    let verdict = Verdict {
        acknowledged: sum(|told| told.counted),
        kept: count.count,
        rounds,
        winners: sum(|told| told.created),
        unknown: sum(|told| told.unknown),
    };
    clean(store, race).await?;
    Ok(verdict)
}

/// Removes the probe of a race.
///
/// # Errors
/// A store that fails.
pub async fn clean(store: &dyn Store, race: &Race) -> Result<(), Error> {
    let page = store.list(&format!("{PROBES}{}/", race.name), None, 1_000).await.map_err(not_tried)?;
    for key in page.keys {
        if let Some(object) = store.get(&key).await.map_err(not_tried)? {
            store.delete(&key, &object.etag).await.map_err(not_tried)?;
        }
    }
    Ok(())
}

/// One round: everybody makes the same object, and one may.
async fn create(store: &dyn Store, world: &World, race: &Race, round: u32, told: &mut Told) -> Result<(), Error> {
    tokio::task::yield_now().await;
    let mine = Count { count: round, nonce: world.nonce() };
    match store.put(&race.key(&format!("round-{round}")), &print(&mine)?, &Condition::Absent).await {
        Ok(_) => told.created += 1,
        Err(error) if error.kind == StoreErrorKind::Ambiguous => told.unknown += 1,
        Err(error) if is_loss(&error) => {}
        Err(error) => return Err(not_tried(error)),
    }
    Ok(())
}

/// Reads, adds one and writes on the condition that nobody else has, until it holds.
async fn count_up(store: &dyn Store, world: &World, race: &Race, told: &mut Told) -> Result<(), Error> {
    for _ in 0..MOST_ATTEMPTS {
        let (etag, seen) = read(store, race).await?;
        // Between reading and writing is where others come in: this lets the tasks of one thread do so as well.
        tokio::task::yield_now().await;
        let next = Count { count: seen.count + 1, nonce: world.nonce() };
        match store.put(&race.key("count"), &print(&next)?, &Condition::Matches(etag)).await {
            Ok(_) => {
                told.counted += 1;
                return Ok(());
            }
            Err(error) if error.kind == StoreErrorKind::Ambiguous => {
                if read(store, race).await?.1 == next {
                    told.counted += 1;
                    return Ok(());
                }
                told.unknown += 1;
            }
            Err(error) if is_loss(&error) => {}
            Err(error) => return Err(not_tried(error)),
        }
    }
    let message = format!("`{}` lets nobody win: {MOST_ATTEMPTS} attempts of one contestant failed", store.place());
    Err(Error::new(&codes::NOT_TRIED, ErrorKind::Unavailable, message).hint("run `skiff doctor` again"))
}

async fn read(store: &dyn Store, race: &Race) -> Result<(Etag, Count), Error> {
    let key = race.key("count");
    let gone = |what: &str| {
        let message = format!("the probe `{key}` in `{}` {what}", store.place());
        Error::new(&codes::LOSES_UPDATES, ErrorKind::Invalid, message).hint("use another store")
    };
    let object = store.get(&key).await.map_err(not_tried)?.ok_or_else(|| gone("has vanished"))?;
    let count = serde_json::from_slice(&object.body).map_err(|_| gone("is not what was written"))?;
    Ok((object.etag, count))
}

fn is_loss(error: &StoreError) -> bool {
    matches!(error.kind, StoreErrorKind::Precondition | StoreErrorKind::Conflict)
}

fn print(count: &Count) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(count).map_err(|error| Error::new(&codes::NOT_TRIED, ErrorKind::Internal, error.to_string()))
}

/// A store's failure, under the code that says that nothing is known.
fn not_tried(error: StoreError) -> Error {
    let known = store_error(error);
    let message = format!("the store could not be tried: {}", known.message());
    let failure = Error::new(&codes::NOT_TRIED, known.kind(), message);
    failure.hint(known.advice().unwrap_or("make it writable, and see that it has room").to_owned())
}
