//! Stores that keep their word pass, and those that do not are found out.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use async_trait::async_trait;

use super::{
    codes,
    race::{Race, Told, Verdict, contend, judge, prepare},
};
use crate::{
    error::ErrorKind,
    store::{
        Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, folder::FolderStore, memory::MemoryStore,
    },
    world::World,
};

const TASKS: u32 = 4;
const ROUNDS: u32 = 5;
const INCREMENTS: u32 = 25;

async fn raced(store: Arc<dyn Store>) -> Verdict {
    let world = World::real();
    let race = prepare(&*store, &world).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let (store, world, race) = (Arc::clone(&store), world.clone(), race.clone());
        tasks.push(tokio::spawn(async move { contend(&*store, &world, &race, ROUNDS, INCREMENTS).await.unwrap() }));
    }
    let mut told: Vec<Told> = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    let verdict = judge(&*store, &race, ROUNDS, &told).await.unwrap();
    assert_eq!(store.list("probe/", None, 10).await.unwrap().keys, [], "the probe is removed");
    verdict
}

/// A memory store that misbehaves in one way.
struct Bad {
    inner: MemoryStore,
    vice: Vice,
    puts: AtomicU32,
}

#[derive(Clone, Copy, PartialEq)]
enum Vice {
    IgnoresMatches,
    IgnoresAbsence,
    ForgetsSome,
    SaysUnknown,
    Refuses,
}

impl Bad {
    fn with(vice: Vice) -> Arc<dyn Store> {
        Arc::new(Self { inner: MemoryStore::new(), vice, puts: 0.into() })
    }

    async fn force(&self, key: &Key, body: &[u8]) -> Result<Etag, StoreError> {
        match self.inner.get(key).await? {
            Some(object) => self.inner.put(key, body, &Condition::Matches(object.etag)).await,
            None => self.inner.put(key, body, &Condition::Absent).await,
        }
    }
}

#[async_trait]
impl Store for Bad {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let number = self.puts.fetch_add(1, Relaxed);
        let error = |kind| StoreError { kind, key: key.to_string(), message: "it is what it is".into() };
        match (self.vice, condition) {
            (Vice::Refuses, _) => Err(error(StoreErrorKind::Denied)),
            (Vice::IgnoresMatches, Condition::Matches(_)) | (Vice::IgnoresAbsence, Condition::Absent) => {
                self.force(key, body).await
            }
            (Vice::ForgetsSome, Condition::Matches(etag)) if number.is_multiple_of(7) => Ok(etag.clone()),
            (Vice::SaysUnknown, Condition::Matches(_)) if number.is_multiple_of(5) => {
                self.inner.put(key, body, condition).await?;
                Err(error(StoreErrorKind::Ambiguous))
            }
            _ => self.inner.put(key, body, condition).await,
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        "a bad store".into()
    }
}

#[tokio::test]
async fn memory_and_folder_keep_every_update() {
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Store>; 2] =
        [Arc::new(MemoryStore::new()), Arc::new(FolderStore::open(folder.path()).unwrap())];
    for store in stores {
        let verdict = raced(store).await;
        assert!(verdict.is_safe(), "{verdict:?}");
        assert_eq!((verdict.kept, verdict.winners), (TASKS * INCREMENTS, ROUNDS));
    }
}

#[tokio::test]
async fn stores_that_break_their_word_are_found_out() {
    for vice in [Vice::IgnoresMatches, Vice::IgnoresAbsence, Vice::ForgetsSome] {
        let verdict = raced(Bad::with(vice)).await;
        assert!(!verdict.is_safe(), "{verdict:?}");
    }
}

#[tokio::test]
async fn an_ambiguous_answer_is_no_lost_update() {
    let verdict = raced(Bad::with(Vice::SaysUnknown)).await;
    assert!(verdict.is_safe(), "{verdict:?}");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_not_tried() {
    let error = prepare(&*Bad::with(Vice::Refuses), &World::real()).await.unwrap_err();
    assert_eq!((error.code().id, error.kind()), (codes::NOT_TRIED.id, ErrorKind::NotAuthorised));
}

#[tokio::test]
async fn a_probe_that_vanishes_is_a_lost_update() {
    let error = contend(&MemoryStore::new(), &World::real(), &Race::named("gone"), 0, 1).await.unwrap_err();
    assert_eq!(error.code().id, codes::LOSES_UPDATES.id);
}
