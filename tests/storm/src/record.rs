//! What drivers see of a store, written down: for each object the calls, in a form that can be judged.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use skiff_runtime::store::{
    Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, memory::MemoryStore,
};

use crate::register::{Action, Answer, Call, Content, is_linearizable};

/// What all drivers of one world have seen.
pub struct Record {
    truth: Arc<MemoryStore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    now: u64,
    objects: BTreeMap<Key, Register>,
    acknowledged: Vec<(Key, Vec<u8>)>,
}

/// One object.
#[derive(Default)]
struct Register {
    initial: Content,
    contents: BTreeMap<Vec<u8>, u64>,
    versions: BTreeMap<String, Content>,
    calls: Vec<Call>,
}

impl Register {
    fn content(&mut self, body: &[u8]) -> u64 {
        let next = self.contents.len() as u64 + 1;
        *self.contents.entry(body.to_vec()).or_insert(next)
    }

    fn version(&mut self, object: &Object) -> u64 {
        let content = self.content(&object.body);
        self.versions.insert(object.etag.0.clone(), Some(content));
        content
    }

    /// What a condition expects; a version that nobody ever saw is a content of its own.
    fn expected(&mut self, condition: &Condition) -> Content {
        match condition {
            Condition::Absent => None,
            Condition::Matches(etag) => self.versions.get(&etag.0).copied().unwrap_or(Some(u64::MAX)),
        }
    }
}

impl Record {
    /// Nothing was seen yet; what is in the store is what there was before.
    #[must_use]
    pub fn of(truth: Arc<MemoryStore>) -> Arc<Self> {
        Arc::new(Self { truth, state: Mutex::default() })
    }

    /// A driver's store, written down.
    #[must_use]
    pub fn seen_by(self: &Arc<Self>, store: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Recorded { record: self.clone(), store })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes that a driver has heard are done, in the order in which it heard.
    #[must_use]
    pub fn acknowledged(&self) -> Vec<(Key, Vec<u8>)> {
        self.state().acknowledged.clone()
    }

    /// The objects whose calls no order explains, of those that are judged: all that drivers alone write and never remove.
    #[must_use]
    pub fn impossible(&self) -> Vec<Key> {
        let state = self.state();
        let judged = state.objects.iter().filter(|(key, _)| is_judged(key));
        let impossible = judged.filter(|(_, object)| !is_linearizable(&object.calls, object.initial));
        impossible.map(|(key, _)| key.clone()).collect()
    }

    /// Begins a call; gives its place.
    async fn begin(&self, key: &Key, action: impl FnOnce(&mut Register) -> Action) -> usize {
        let known = self.state().objects.contains_key(key);
        let there = if known { None } else { self.truth.get(key).await.ok().flatten() };
        let mut state = self.state();
        state.now += 1;
        let begun = state.now;
        let object = state.objects.entry(key.clone()).or_insert_with(|| {
            let mut object = Register::default();
            object.initial = there.map(|there| object.version(&there));
            object
        });
        let action = action(object);
        object.calls.push(Call { begun, ended: None, action, answer: Answer::Unknown });
        object.calls.len() - 1
    }

    fn end(&self, key: &Key, place: usize, answer: impl FnOnce(&mut Register) -> Option<Answer>) {
        let mut state = self.state();
        state.now += 1;
        let now = state.now;
        let Some(object) = state.objects.get_mut(key) else { return };
        let Some(answer) = answer(object) else { return };
        if let Some(call) = object.calls.get_mut(place) {
            (call.ended, call.answer) = (Some(now), answer);
        }
    }

    /// Forgets a call that certainly had no effect and says nothing.
    fn drop_call(&self, key: &Key, place: usize) {
        self.end(key, place, |object| {
            if let Some(call) = object.calls.get_mut(place) {
                call.action = Action::Read;
            }
            None
        });
    }
}

/// Members write their own documents without a driver, and markers come and go.
fn is_judged(key: &Key) -> bool {
    !["/members/", "/open/", "/events/"].iter().any(|part| key.as_str().contains(part))
}

struct Recorded {
    record: Arc<Record>,
    store: Arc<dyn Store>,
}

#[async_trait]
impl Store for Recorded {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        let place = self.record.begin(key, |_| Action::Read).await;
        let got = self.store.get(key).await;
        if let Ok(there) = &got {
            self.record
                .end(key, place, |object| Some(Answer::Holds(there.as_ref().map(|there| object.version(there)))));
        }
        got
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let swap = |object: &mut Register| {
            let (expected, new) = (object.expected(condition), Some(object.content(body)));
            Action::Swap { expected, new }
        };
        let place = self.record.begin(key, swap).await;
        let put = self.store.put(key, body, condition).await;
        match &put {
            Ok(etag) => {
                self.record.state().acknowledged.push((key.clone(), body.to_vec()));
                self.record.end(key, place, |object| {
                    let content = object.content(body);
                    object.versions.insert(etag.0.clone(), Some(content));
                    Some(Answer::Done)
                });
            }
            Err(error) => self.failed(key, place, error.kind),
        }
        put
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.store.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        let condition = Condition::Matches(version.clone());
        let swap = |object: &mut Register| Action::Swap { expected: object.expected(&condition), new: None };
        let place = self.record.begin(key, swap).await;
        let deleted = self.store.delete(key, version).await;
        match &deleted {
            Ok(()) => self.record.end(key, place, |_| Some(Answer::Done)),
            Err(error) => self.failed(key, place, error.kind),
        }
        deleted
    }

    fn place(&self) -> String {
        self.store.place()
    }
}

impl Recorded {
    fn failed(&self, key: &Key, place: usize, kind: StoreErrorKind) {
        match kind {
            StoreErrorKind::Precondition | StoreErrorKind::Missing => {
                self.record.end(key, place, |_| Some(Answer::Refused));
            }
            StoreErrorKind::Ambiguous => {}
            _ => self.record.drop_call(key, place),
        }
    }
}
