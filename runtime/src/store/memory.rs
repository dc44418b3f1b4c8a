//! A store in memory, for tests and simulations.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind};

/// Objects in memory; they go with the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<Content>,
}

#[derive(Debug, Clone, Default)]
struct Content {
    objects: BTreeMap<Key, Object>,
    writes: u64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same objects once more, from here on apart from the first.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { content: Mutex::new(self.content().clone()) }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // A panic elsewhere cannot leave the map half changed.
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        Ok(self.content().objects.get(key).cloned())
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let mut content = self.content();
        let refuse = |kind, message: &str| Err(StoreError { kind, key: key.to_string(), message: message.into() });
        match (condition, content.objects.get(key)) {
            (Condition::Absent, Some(_)) => return refuse(StoreErrorKind::Precondition, "it exists already"),
            (Condition::Matches(_), None) => return refuse(StoreErrorKind::Missing, "it does not exist"),
            (Condition::Matches(version), Some(object)) if object.etag != *version => {
                return refuse(StoreErrorKind::Precondition, "it was changed");
            }
            _ => {}
        }
        content.writes += 1;
        let etag = Etag(format!("{:016x}", content.writes));
        content.objects.insert(key.clone(), Object { body: body.to_vec(), etag: etag.clone() });
        Ok(etag)
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        let content = self.content();
        let matching = content
            .objects
            .keys()
            .filter(|key| key.as_str().starts_with(prefix) && after.is_none_or(|after| *key > after));
        let keys: Vec<Key> = matching.take(limit + 1).cloned().collect();
        Ok(Page { more: keys.len() > limit, keys: keys.into_iter().take(limit).collect() })
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        let mut content = self.content();
        let refuse = |kind, message: &str| Err(StoreError { kind, key: key.to_string(), message: message.into() });
        match content.objects.get(key) {
            None => return refuse(StoreErrorKind::Missing, "it does not exist"),
            Some(object) if object.etag != *version => return refuse(StoreErrorKind::Precondition, "it was changed"),
            Some(_) => {}
        }
        content.objects.remove(key);
        Ok(())
    }

    fn place(&self) -> String {
        "memory".into()
    }
}
