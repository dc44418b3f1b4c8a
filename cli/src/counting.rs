//! A store that counts what is asked of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use async_trait::async_trait;
use skiff_runtime::store::{Condition, Etag, Key, Object, Page, Store, StoreError};

/// Counts the reads of another store.
pub(crate) struct CountingStore {
    inner: Arc<dyn Store>,
    counts: Arc<Counts>,
}

/// How often a store was read.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    objects: AtomicU64,
    listings: AtomicU64,
}

impl Counts {
    /// Objects that were read, those that were not there included.
    pub(crate) fn objects(&self) -> u64 {
        self.objects.load(Relaxed)
    }

    /// Pages of keys that were listed.
    pub(crate) fn listings(&self) -> u64 {
        self.listings.load(Relaxed)
    }
}

impl CountingStore {
    /// A store around another, and its counts.
    pub(crate) fn around(inner: Arc<dyn Store>) -> (Self, Arc<Counts>) {
        let counts = Arc::new(Counts::default());
        (Self { inner, counts: Arc::clone(&counts) }, counts)
    }
}

#[async_trait]
impl Store for CountingStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.counts.objects.fetch_add(1, Relaxed);
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.inner.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.counts.listings.fetch_add(1, Relaxed);
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}
