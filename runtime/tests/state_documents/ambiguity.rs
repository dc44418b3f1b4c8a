//! Answers that are lost: won, lost or unknown, told by the nonce.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use skiff_runtime::{
    Error, ErrorKind,
    state::{
        Ledger,
        control::{Next, Versioned},
        layout::Scope,
    },
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, memory::MemoryStore},
    world::World,
};
use skiff_wire::{IdempotencyRecord, ServiceControl};

/// What becomes of one put.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is carried out and acknowledged.
    Plain,
    /// It is carried out, and the answer is another one.
    Applied(StoreErrorKind),
    /// It is not carried out, and the answer says this.
    Dropped(StoreErrorKind),
    /// It is carried out, somebody else builds on it, and the answer is lost.
    Overtaken,
    /// Somebody else was first, and the answer is lost.
    Beaten,
}

/// A store whose next puts have these fates; afterwards all is plain.
#[derive(Default)]
struct Fateful {
    inner: MemoryStore,
    fates: Mutex<VecDeque<Fate>>,
    puts: Mutex<u32>,
}

impl Fateful {
    /// Another one's change of the same document, on top of what is there.
    async fn intrude(&self, key: &Key) {
        let object = self.inner.get(key).await.expect("a read").expect("it is there");
        let mut value: serde_json::Value = serde_json::from_slice(&object.body).expect("JSON");
        value["revision"] = (value["revision"].as_u64().expect("a number") + 1).into();
        value["nonce"] = "another".into();
        let body = serde_json::to_vec(&value).expect("JSON");
        self.inner.put(key, &body, &Condition::Matches(object.etag)).await.expect("a write");
    }
}

#[async_trait]
impl Store for Fateful {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        *self.puts.lock().expect("a lock") += 1;
        let fate = self.fates.lock().expect("a lock").pop_front().unwrap_or(Fate::Plain);
        let answer = |kind| Err(StoreError { kind, key: key.to_string(), message: "so it was decided".into() });
        match fate {
            Fate::Plain => self.inner.put(key, body, condition).await,
            Fate::Dropped(kind) => answer(kind),
            Fate::Applied(kind) => {
                self.inner.put(key, body, condition).await?;
                answer(kind)
            }
            Fate::Overtaken => {
                self.inner.put(key, body, condition).await?;
                self.intrude(key).await;
                answer(StoreErrorKind::Ambiguous)
            }
            Fate::Beaten => {
                self.intrude(key).await;
                answer(StoreErrorKind::Ambiguous)
            }
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        "fateful".into()
    }
}

fn key() -> Key {
    Scope::new("shop", "prod").service("web").control()
}

fn next(sequence: u64) -> Next<ServiceControl> {
    Next { epoch: 1, holder: None, lease_until: None, body: ServiceControl { sequence, ..ServiceControl::default() } }
}

/// Writes the second revision with these fates; the answer, what is there, and how many puts it took.
async fn second(fates: &[Fate]) -> (Result<Versioned<ServiceControl>, Error>, Versioned<ServiceControl>, u32) {
    let store = Arc::new(Fateful::default());
    let ledger = Ledger::new(Arc::clone(&store) as Arc<dyn Store>, World::real());
    let first = ledger.write(&key(), None, next(1)).await.expect("the first one");
    *store.fates.lock().expect("a lock") = fates.iter().copied().collect();
    let answer = ledger.write(&key(), Some(&first), next(2)).await;
    let there = ledger.read(&key()).await.expect("a read").expect("it is there");
    let puts = *store.puts.lock().expect("a lock") - 1;
    (answer, there, puts)
}

#[tokio::test]
async fn what_was_applied_without_an_answer_is_won() {
    for kind in [StoreErrorKind::Ambiguous, StoreErrorKind::Precondition, StoreErrorKind::Conflict] {
        let (answer, there, puts) = second(&[Fate::Applied(kind)]).await;
        assert_eq!((answer.expect("won"), puts), (there, 1));
    }
}

#[tokio::test]
async fn what_was_not_applied_is_sent_again() {
    for kind in [StoreErrorKind::Ambiguous, StoreErrorKind::Conflict, StoreErrorKind::Unavailable] {
        let (answer, there, puts) = second(&[Fate::Dropped(kind)]).await;
        assert_eq!((answer.expect("won"), puts), (there.clone(), 2));
        assert_eq!((there.control.revision, there.control.body.sequence), (2, 2));
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_twice_is_won_all_the_same() {
    let fates = [Fate::Dropped(StoreErrorKind::Ambiguous), Fate::Applied(StoreErrorKind::Ambiguous)];
    let (answer, there, puts) = second(&fates).await;
    assert_eq!((answer.expect("won"), puts), (there, 2));
}

#[tokio::test]
async fn who_was_beaten_has_lost() {
    let (answer, there, puts) = second(&[Fate::Beaten]).await;
    let lost = answer.expect_err("lost");
    assert_eq!((lost.kind(), lost.code().id), (ErrorKind::Conflict, "SK2003"));
    assert_eq!((there.control.nonce.as_str(), puts), ("another", 1));
}

#[tokio::test]
async fn what_somebody_built_on_is_unknown() {
    let (answer, there, puts) = second(&[Fate::Overtaken]).await;
    let unknown = answer.expect_err("unknown");
    assert_eq!((unknown.code().id, unknown.kind()), ("SK2007", ErrorKind::OutcomeUnknown));
    assert_eq!((there.control.revision, puts), (3, 1));
}

#[tokio::test]
async fn what_is_never_answered_is_unknown_and_what_is_refused_is_not() {
    let (answer, ..) = second(&[Fate::Dropped(StoreErrorKind::Ambiguous); 20]).await;
    assert_eq!(answer.expect_err("unknown").code().id, "SK2007");
    for (kind, code) in [
        (StoreErrorKind::Unavailable, "SK2006"),
        (StoreErrorKind::Full, "SK2005"),
        (StoreErrorKind::Denied, "SK2004"),
        (StoreErrorKind::Damaged, "SK2008"),
        (StoreErrorKind::Conflict, "SK2003"),
    ] {
        let (answer, there, _) = second(&[Fate::Dropped(kind); 20]).await;
        assert_eq!((answer.expect_err("refused").code().id, there.control.revision), (code, 1));
    }
}

#[tokio::test]
async fn a_document_that_is_gone_is_told() {
    let ledger = Ledger::new(Arc::new(MemoryStore::new()), World::real());
    let first = ledger.write(&key(), None, next(1)).await.expect("the first one");
    ledger.store.delete(&key(), &first.etag).await.expect("it is deleted");
    let gone = ledger.write(&key(), Some(&first), next(2)).await.expect_err("gone");
    assert_eq!((gone.code().id, gone.kind()), ("SK2002", ErrorKind::NotFound));
}

#[tokio::test]
async fn who_is_always_second_gives_up() {
    let store = Arc::new(Fateful::default());
    let ledger = Ledger::new(Arc::clone(&store) as Arc<dyn Store>, quick());
    ledger.write(&key(), None, next(1)).await.expect("the first one");
    *store.fates.lock().expect("a lock") = std::iter::repeat_n(Fate::Beaten, 1000).collect();
    let raise = |control: Option<&skiff_wire::Control<ServiceControl>>| Ok(control.map(Next::of));
    let contended = ledger.update::<ServiceControl>(&key(), raise).await.expect_err("never first");
    assert_eq!((contended.code().id, contended.kind()), ("SK2024", ErrorKind::Conflict));
}

#[tokio::test]
async fn a_document_that_is_written_once_survives_a_lost_answer() {
    let record = IdempotencyRecord {
        schema: IdempotencyRecord::SCHEMA.into(),
        key: "k".into(),
        arguments: "0".into(),
        operation: "1".into(),
        entries: None,
    };
    for fate in [
        Fate::Applied(StoreErrorKind::Ambiguous),
        Fate::Dropped(StoreErrorKind::Ambiguous),
        Fate::Dropped(StoreErrorKind::Unavailable),
        Fate::Dropped(StoreErrorKind::Conflict),
    ] {
        let store = Arc::new(Fateful::default());
        store.fates.lock().expect("a lock").push_back(fate);
        let ledger = Ledger::new(Arc::clone(&store) as Arc<dyn Store>, World::real());
        ledger.put_once(&key(), &record).await.expect("it is written");
        assert_eq!(ledger.get(&key()).await, Ok(Some(record.clone())));
    }
}

/// The real world without waiting.
fn quick() -> World {
    struct Quick;
    #[async_trait]
    impl skiff_runtime::world::Clock for Quick {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }
        async fn sleep(&self, _: std::time::Duration) {}
    }
    World { clock: Arc::new(Quick), ..World::real() }
}
