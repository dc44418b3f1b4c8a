//! Stores that are used, or that answer, in a wrong way.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use skiff_runtime::store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind};

use super::Bug;

/// A store with a mistake.
pub(super) struct Wrong {
    bug: Bug,
    store: Arc<dyn Store>,
    /// What was read of an object before, and how often.
    earlier: Mutex<BTreeMap<Key, (Object, u64)>>,
}

impl Wrong {
    pub(super) fn new(bug: Bug, store: Arc<dyn Store>) -> Self {
        Self { bug, store, earlier: Mutex::default() }
    }

    fn earlier(&self) -> MutexGuard<'_, BTreeMap<Key, (Object, u64)>> {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read before, with the version that is there now.
    fn stale(&self, key: &Key, there: Object) -> Object {
        let mut earlier = self.earlier();
        let known = earlier.get(key).cloned();
        let reads = known.as_ref().map_or(0, |(_, reads)| *reads) + 1;
        earlier.insert(key.clone(), (there.clone(), reads));
        match known {
            Some((before, _)) if reads % 3 == 0 => Object { body: before.body, etag: there.etag },
            _ => there,
        }
    }

    async fn on_what_is_there(&self, key: &Key, body: &[u8]) -> Result<Etag, StoreError> {
        let condition = match self.store.get(key).await? {
            Some(there) => Condition::Matches(there.etag),
            None => Condition::Absent,
        };
        self.store.put(key, body, &condition).await
    }

    /// Sends the same again; that it is refused then counts as somebody else's write.
    async fn once_more(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let refused = |error: &StoreError| error.kind == StoreErrorKind::Precondition;
        let again = self.store.put(key, body, condition).await;
        if again.as_ref().is_err_and(refused) {
            self.earlier().insert(key.clone(), (Object { body: Vec::new(), etag: Etag(String::new()) }, 0));
        }
        again
    }
}

/// Whether the document is one that is changed again and again.
fn is_control(key: &Key) -> bool {
    key.as_str().ends_with("/control.json")
}

/// The document as if nobody held it.
fn unheld(mut there: Object) -> Object {
    if let Ok(mut document) = serde_json::from_slice::<Value>(&there.body) {
        if let Some(fields) = document.as_object_mut() {
            fields.remove("holder");
        }
        there.body = serde_json::to_vec(&document).unwrap_or(there.body);
    }
    there
}

/// The document with a nonce that is nobody's.
fn anothers(mut there: Object) -> Object {
    if let Ok(mut document) = serde_json::from_slice::<Value>(&there.body) {
        if let Some(fields) = document.as_object_mut() {
            fields.insert("nonce".into(), "00000000000000000000000000000000".into());
        }
        there.body = serde_json::to_vec(&document).unwrap_or(there.body);
    }
    there
}

impl Wrong {
    /// A member's document as if the member ran what its slot is assigned.
    async fn as_assigned(&self, key: &Key, mut there: Object) -> Result<Object, StoreError> {
        let service =
            key.as_str().split("/members/").next().and_then(|prefix| Key::parse(&format!("{prefix}/control.json")));
        let control = match service {
            Some(key) => self.store.get(&key).await?,
            None => None,
        };
        let control: Value = control.and_then(|there| serde_json::from_slice(&there.body).ok()).unwrap_or_default();
        let Ok(mut document) = serde_json::from_slice::<Value>(&there.body) else { return Ok(there) };
        let slot = document["body"]["slot"].as_str().unwrap_or_default().to_owned();
        let assignment = &control["body"]["slots"][&slot]["assignment"];
        if assignment.is_object() && document["body"].is_object() {
            document["body"]["release"] = assignment["release"].clone();
            document["body"]["generation"] = assignment["generation"].clone();
            there.body = serde_json::to_vec(&document).unwrap_or(there.body);
        }
        Ok(there)
    }
}

#[async_trait]
impl Store for Wrong {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        let Some(there) = self.store.get(key).await? else { return Ok(None) };
        Ok(Some(match self.bug {
            Bug::StaleRead if is_control(key) => self.stale(key, there),
            Bug::IgnoreHold if key.as_str().contains("/services/") && is_control(key) => unheld(there),
            Bug::RefusedIsLost if self.earlier().remove(key).is_some() => anothers(there),
            Bug::NoDigest if key.as_str().contains("/members/") => self.as_assigned(key, there).await?,
            _ => there,
        }))
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let put = self.store.put(key, body, condition).await;
        match (self.bug, put.as_ref().map_err(|error| error.kind)) {
            (Bug::RetryAnew, Err(StoreErrorKind::Ambiguous)) => self.on_what_is_there(key, body).await,
            (Bug::LeaseOnly, Err(StoreErrorKind::Precondition)) if is_control(key) => {
                self.on_what_is_there(key, body).await
            }
            (Bug::NoCondition, Err(StoreErrorKind::Precondition)) if *condition == Condition::Absent => {
                self.on_what_is_there(key, body).await
            }
            (Bug::RefusedIsLost, Err(StoreErrorKind::Ambiguous)) if is_control(key) => {
                self.once_more(key, body, condition).await
            }
            _ => put,
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.store.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.store.delete(key, version).await
    }

    fn place(&self) -> String {
        self.store.place()
    }
}
