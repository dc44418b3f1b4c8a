//! Every store passes one suite, and a store that loses updates does not.

use std::sync::Arc;

use async_trait::async_trait;
use skiff_runtime::store::{
    Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, conformance, folder::FolderStore,
    memory::MemoryStore,
};

#[tokio::test]
async fn the_memory_conforms() {
    conformance::run_all(|| Arc::new(MemoryStore::new())).await.expect("it conforms");
}

#[tokio::test]
async fn a_folder_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    let make = || -> Arc<dyn Store> {
        number += 1;
        Arc::new(FolderStore::open(&folder.path().join(number.to_string()).join("ledger")).expect("a store"))
    };
    conformance::run_all(make).await.expect("it conforms");
}

/// Does everything right, one request at a time; and compares first, then writes.
struct Racy(MemoryStore);

impl Racy {
    async fn compare(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let refuse = |kind| Err(StoreError { kind, key: key.to_string(), message: "refused".into() });
        match (condition, self.0.get(key).await?) {
            (Condition::Absent, Some(_)) => refuse(StoreErrorKind::Precondition),
            (Condition::Matches(_), None) => refuse(StoreErrorKind::Missing),
            (Condition::Matches(etag), Some(object)) if object.etag != *etag => refuse(StoreErrorKind::Precondition),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Store for Racy {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.0.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.compare(key, condition).await?;
        tokio::task::yield_now().await;
        loop {
            let condition = self.0.get(key).await?.map_or(Condition::Absent, |object| Condition::Matches(object.etag));
            match self.0.put(key, body, &condition).await {
                Err(error) if error.kind == StoreErrorKind::Precondition => {}
                answer => return answer,
            }
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.0.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.0.delete(key, version).await
    }

    fn place(&self) -> String {
        "racy".into()
    }
}

#[tokio::test]
async fn a_store_that_compares_before_it_writes_does_not_conform() {
    let problem = conformance::run_all(|| Arc::new(Racy(MemoryStore::new()))).await.expect_err("it is noticed");
    assert!(problem.starts_with("one_creator_wins: "), "{problem}");
    let problem = conformance::loses_no_update(Arc::new(Racy(MemoryStore::new()))).await.expect_err("it is noticed");
    assert!(problem.contains("of 200 acknowledged increments"), "{problem}");
}
