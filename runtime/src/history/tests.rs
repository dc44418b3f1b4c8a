//! The newest events are found, however many there are and whatever the clock says.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use async_trait::async_trait;
use serde_json::Value;

use super::*;
use crate::{
    store::{Condition, Etag, Object, Page, Store, StoreError, memory::MemoryStore},
    world::World,
};

/// Counts what is asked of a store.
struct Counting {
    inner: MemoryStore,
    gets: AtomicUsize,
    lists: AtomicUsize,
}

#[async_trait]
impl Store for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.gets.fetch_add(1, Relaxed);
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.inner.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.lists.fetch_add(1, Relaxed);
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}

struct Past {
    store: Arc<Counting>,
    ledger: Ledger,
    scope: Scope,
}

impl Past {
    fn empty() -> Self {
        let counting = Counting { inner: MemoryStore::new(), gets: 0.into(), lists: 0.into() };
        let store = Arc::new(counting);
        let ledger = Ledger::new(Arc::<Counting>::clone(&store), World::real());
        Self { store, ledger, scope: Scope::new("shop", "prod") }
    }

    /// Events at moments (milliseconds after 2026-01-01); the number in their order is their summary.
    async fn with(moments: impl IntoIterator<Item = i64>) -> Self {
        let past = Self::empty();
        for (index, moment) in moments.into_iter().enumerate() {
            past.put(index, moment).await;
        }
        past
    }

    async fn put(&self, index: usize, moment: i64) {
        let at = Timestamp::from_millisecond(1_767_225_600_000 + moment).unwrap();
        let chance = [&(index as u64).to_be_bytes()[..], &[0; 2]].concat();
        let milliseconds = at.as_millisecond() as u64;
        let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, chance.as_slice().try_into().unwrap());
        let id = id.into_uuid().to_string();
        let event = LedgerEvent {
            schema: LedgerEvent::SCHEMA.into(),
            id: id.clone(),
            at,
            kind: "tested".into(),
            audit: index.is_multiple_of(10),
            actor: "tester".into(),
            service: Some(if index.is_multiple_of(2) { "even" } else { "odd" }.into()),
            operation: None,
            summary: index.to_string(),
            data: Value::Null,
        };
        self.ledger.put_once(&self.scope.event(at, &id), &event).await.unwrap();
    }

    async fn newest(&self, query: &EventQuery) -> EventPage {
        self.store.gets.store(0, Relaxed);
        self.store.lists.store(0, Relaxed);
        newest(&self.ledger, &self.scope, query).await.unwrap()
    }

    fn cost(&self) -> (usize, usize) {
        (self.store.gets.load(Relaxed), self.store.lists.load(Relaxed))
    }
}

fn numbers(page: &EventPage) -> Vec<usize> {
    page.events.iter().map(|event| event.summary.parse().unwrap()).collect()
}

fn limit(limit: usize) -> EventQuery {
    EventQuery { limit, ..EventQuery::default() }
}

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn nothing_is_found_where_nothing_is() {
    assert_eq!(Past::empty().newest(&limit(10)).await, EventPage::default());
}

#[tokio::test]
async fn the_newest_of_ten_thousand_cost_no_more_than_those_of_ten() {
    // Busy and quiet times, close together and far apart, and all of it long ago.
    for pace in [1, 1_000, HOUR] {
        let past = Past::with((0..10_000).map(|index| index * pace)).await;
        let page = past.newest(&limit(20)).await;
        assert_eq!(numbers(&page), (9_980..10_000).collect::<Vec<_>>(), "pace {pace}");
        assert!(page.older.is_some());
        let (gets, lists) = past.cost();
        assert_eq!((gets, page.objects_read), (20, 20));
        assert!(lists <= 60, "{lists} listings at pace {pace}");
    }
}

#[tokio::test]
async fn pages_lead_back_to_the_first_event_without_a_gap() {
    let past = Past::with((0..2_345).map(|index| index * 7_001)).await;
    let (mut query, mut all) = (limit(500), Vec::new());
    loop {
        let page = past.newest(&query).await;
        all.splice(0..0, numbers(&page));
        query.before = page.older;
        if query.before.is_none() {
            break;
        }
    }
    assert_eq!(all, (0..2_345).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_than_a_page_within_one_millisecond_is_walked_through() {
    let past = Past::with((0..2_500).map(|_| 5)).await;
    assert_eq!(numbers(&past.newest(&limit(3)).await), [2_497, 2_498, 2_499]);
}

#[tokio::test]
async fn events_of_a_clock_that_ran_ahead_are_found() {
    let century = 100 * 365 * 24 * HOUR;
    let past = Past::with([0, 1, century]).await;
    assert_eq!(numbers(&past.newest(&limit(2)).await), [1, 2]);
    let many = Past::with((0..1_500).map(|index| century + index)).await;
    assert_eq!(numbers(&many.newest(&limit(2)).await), [1_498, 1_499]);
}

#[tokio::test]
async fn filters_read_on_until_there_is_enough_or_it_is_too_much() {
    let past = Past::with((0..10_000).map(|index| index * 1_000)).await;
    let audit = EventQuery { audit: true, ..limit(3) };
    assert_eq!(numbers(&past.newest(&audit).await), [9_970, 9_980, 9_990]);
    let odd = EventQuery { service: Some("odd".into()), ..limit(2) };
    assert_eq!(numbers(&past.newest(&odd).await), [9_997, 9_999]);
    let nobody = EventQuery { service: Some("nobody".into()), ..limit(2) };
    let page = past.newest(&nobody).await;
    assert_eq!((page.events.len(), page.objects_read), (0, MOST_READ));
    assert!(page.older.is_some(), "there is more to look through");
}

#[tokio::test]
async fn a_page_of_matches_leaves_nothing_out() {
    let past = Past::with((0..1_000).map(|index| index * 1_000)).await;
    let (mut query, mut all) = (EventQuery { audit: true, ..limit(7) }, Vec::new());
    loop {
        let page = past.newest(&query).await;
        all.splice(0..0, numbers(&page));
        query.before = page.older;
        if query.before.is_none() {
            break;
        }
    }
    assert_eq!(all, (0..1_000).step_by(10).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_before_a_moment_is_given() {
    let past = Past::with((0..100).map(|index| index * HOUR)).await;
    let since = Timestamp::from_millisecond(1_767_225_600_000 + 90 * HOUR).unwrap();
    let page = past.newest(&EventQuery { since: Some(since), ..limit(50) }).await;
    assert_eq!(numbers(&page), (90..100).collect::<Vec<_>>());
    assert_eq!(page.older, None);
}

#[tokio::test]
async fn a_damaged_event_is_named_and_hides_no_other() {
    let past = Past::with([0, 1]).await;
    let at = Timestamp::from_millisecond(1_767_225_600_001).unwrap();
    let key = past.scope.event(at, "019b7000-0000-7000-8000-000000000000");
    past.ledger.store.put(&key, b"{", &Condition::Absent).await.unwrap();
    let page = past.newest(&limit(10)).await;
    assert_eq!((numbers(&page).len(), page.unreadable.len()), (2, 1));
    assert!(page.unreadable[0].contains(key.as_str()), "{:?}", page.unreadable);
}

#[tokio::test]
async fn a_token_of_somebody_else_is_refused() {
    let past = Past::empty();
    for wrong in ["", "../..", "2026-01-01", "a/b/c", "2026-01-01/ö"] {
        let query = EventQuery { before: Some(wrong.into()), ..limit(1) };
        let error = newest(&past.ledger, &past.scope, &query).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{wrong}");
    }
}

#[tokio::test]
async fn the_newest_operations_are_found_among_many() {
    let past = Past::empty();
    let at = |minutes: i64| Timestamp::now().as_millisecond() - 60_000 * minutes;
    let id = |minutes: i64| {
        let chance = [&minutes.to_be_bytes()[..], &[0; 2]].concat();
        let id = uuid::Builder::from_unix_timestamp_millis(at(minutes) as u64, chance.as_slice().try_into().unwrap());
        id.into_uuid().to_string()
    };
    let put = async |id: &str| {
        for key in [past.scope.intent(id), past.scope.operation(id), past.scope.log(id, 0)] {
            past.store.inner.put(&key, b"{}", &Condition::Absent).await.unwrap();
        }
    };
    let newest = async |most: usize| newest_operations(&past.ledger, &past.scope, most).await.unwrap();
    assert_eq!(newest(5).await, [] as [String; 0]);
    let forgotten = id(31 * 24 * 60);
    put(&forgotten).await;
    let old = id(29 * 24 * 60);
    put(&old).await;
    assert_eq!(newest(5).await, [old]);
    let ids: Vec<String> = (0..1_000).map(|number| id(90 + number)).collect();
    for id in &ids {
        put(id).await;
    }
    let listed = past.store.lists.load(Relaxed);
    assert_eq!(newest(5).await, ids[..5]);
    let listed = past.store.lists.load(Relaxed) - listed;
    assert!(listed < 20, "{listed} listings");
    assert_eq!(past.store.gets.load(Relaxed), 0, "only keys are looked at");
}
