//! A store that counts what is asked of it, so that a command can say how much it read, and a test can bound it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;

use crate::store::{Condition, Etag, Key, Object, Page, Store, StoreError};

/// What was asked of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Objects that were read, or asked for.
    pub gets: u64,
    /// Puts, whatever became of them.
    pub puts: u64,
    /// Pages of listings.
    pub lists: u64,
    /// Deletes, whatever became of them.
    pub deletes: u64,
}

/// Another store, with a count.
pub struct CountingStore {
    inner: Arc<dyn Store>,
    gets: AtomicU64,
    puts: AtomicU64,
    lists: AtomicU64,
    deletes: AtomicU64,
}

impl CountingStore {
    /// Counts what is asked of `inner` from here on.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        let zero = AtomicU64::default;
        Self { inner, gets: zero(), puts: zero(), lists: zero(), deletes: zero() }
    }

    /// What was asked so far.
    #[must_use]
    pub fn count(&self) -> Count {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Count { gets: read(&self.gets), puts: read(&self.puts), lists: read(&self.lists), deletes: read(&self.deletes) }
    }
}

#[async_trait]
impl Store for CountingStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.inner.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.lists.fetch_add(1, Ordering::Relaxed);
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.deletes.fetch_add(1, Ordering::Relaxed);
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}
