//! A store in a folder: one file for each object, safe between processes, through `kill -9` and through a power failure.
//!
//! `place` says which file an object is. A write is, under the lock of its key: compare → write a file beside → fsync it →
//! rename it into its place → fsync the folder. The operating system gives the lock back when a process dies.
//!
//! **What was acknowledged is durable, and what was read is.** Before the rename, the folder's name is noted in the lock
//! file, and taken out after the fsync. Who gets the lock next and finds a note, because the writer was killed in between,
//! does that fsync before anything else. **An object's version is the SHA-256 of its bytes**, as people expect it of S3: an
//! edit by hand changes it, a copy of the folder keeps it. Two equal bodies have one version, so whatever must be told
//! apart carries a nonce.
//!
//! `disk` is the file system as a trait; the tests put one in its place that forgets what was not synced.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind};
use disk::{Disk, Kind, MachineDisk};

#[cfg(test)]
mod crash;
mod disk;
mod list;
mod place;
#[cfg(test)]
mod simulated;
mod trouble;
mod write;

use trouble::{before_effect, refusal};

/// How long a lock is waited for when nothing else is said: longer than any write takes on a disk that works.
const PATIENCE: Duration = Duration::from_secs(10);

/// Objects as files below a folder.
#[derive(Debug, Clone)]
pub struct FolderStore {
    folder: Arc<Folder>,
}

#[derive(Debug)]
struct Folder {
    root: PathBuf,
    disk: Box<dyn Disk>,
    patience: Duration,
    /// Folders whose names this process knows to be durable; none is ever removed.
    durable: Mutex<BTreeSet<PathBuf>>,
}

impl FolderStore {
    /// Opens a folder; it is made with the first write.
    ///
    /// # Errors
    /// A path that is no folder, or that may not be read.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Self::open_patiently(root, PATIENCE)
    }

    /// Opens a folder as [`FolderStore::open`] does; what waits for another process's lock longer than this is not available.
    ///
    /// # Errors
    /// As [`FolderStore::open`].
    pub fn open_patiently(root: &Path, patience: Duration) -> Result<Self, StoreError> {
        let failed = |error: &io::Error| before_effect(&root.display().to_string(), "open the folder", error);
        let root = std::path::absolute(root).map_err(|error| failed(&error))?;
        match std::fs::read_dir(&root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(Self::on(root, Box::new(MachineDisk), patience)),
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.folder.root
    }

    fn on(root: PathBuf, disk: Box<dyn Disk>, patience: Duration) -> Self {
        let folder = Folder { root, disk, patience, durable: Mutex::default() };
        Self { folder: Arc::new(folder) }
    }

    /// Does what blocks beside the event loop, where there is one.
    async fn blocking<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Folder) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Arc::clone(&self.folder);
        match tokio::runtime::Handle::try_current() {
            Err(_) => work(&folder),
            Ok(handle) => handle.spawn_blocking(move || work(&folder)).await.unwrap_or_else(|error| {
                Err(refusal(StoreErrorKind::Ambiguous, key, format!("the work on the file ended early: {error}")))
            }),
        }
    }
}

#[async_trait]
impl Store for FolderStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        let wanted = key.clone();
        self.blocking(key.as_str(), move |folder| folder.get(&wanted)).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let (wanted, body, condition) = (key.clone(), body.to_vec(), condition.clone());
        self.blocking(key.as_str(), move |folder| folder.put(&wanted, &body, &condition)).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        let (wanted, after) = (prefix.to_owned(), after.cloned());
        self.blocking(prefix, move |folder| folder.list(&wanted, after.as_ref(), limit)).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        let (wanted, version) = (key.clone(), version.clone());
        self.blocking(key.as_str(), move |folder| folder.delete(&wanted, &version)).await
    }

    fn place(&self) -> String {
        self.folder.root.display().to_string()
    }
}

impl Folder {
    fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        let lock = self.lock_to_read(key)?;
        let mut found = self.find(key)?;
        if lock.is_none()
            && found.is_some()
            && let Some(_lock) = self.lock_to_read(key)?
        {
            // The first writer came meanwhile, and what was seen may not be durable yet.
            found = self.find(key)?;
        }
        Ok(found.map(|found| Object { etag: version(&found.body), body: found.body }))
    }

    fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        let wanted = list::Wanted { prefix, after, limit };
        list::list(&*self.disk, &self.root, wanted).map_err(|error| before_effect(prefix, "list", &error))
    }

    /// The object's file and its bytes; `None` when there is none.
    fn find(&self, key: &Key) -> Result<Option<Found>, StoreError> {
        let failed = |error: &io::Error| before_effect(key.as_str(), "read", error);
        let Some(folder) = self.folder_to_read(key).map_err(|error| failed(&error))? else { return Ok(None) };
        let name = place::file(key);
        for path in [folder.join(&name), folder.join(place::beside_folder(&name))] {
            match self.disk.kind(&path).map_err(|error| failed(&error))? {
                Some(Kind::File) => {
                    let body = self.disk.read(&path).map_err(|error| failed(&error))?;
                    return Ok(Some(Found { path, body }));
                }
                Some(Kind::Foreign) => return Err(failed(&list::foreign(&path))),
                Some(Kind::Folder) | None => {}
            }
        }
        Ok(None)
    }

    /// The folder that the object would be in; `None` when it is not there.
    fn folder_to_read(&self, key: &Key) -> io::Result<Option<PathBuf>> {
        let mut path = self.root.clone();
        for name in place::folders(key) {
            path.push(name);
            match self.disk.kind(&path)? {
                Some(Kind::Folder) => {}
                Some(Kind::Foreign) => return Err(list::foreign(&path)),
                Some(Kind::File) | None => return Ok(None),
            }
        }
        Ok(Some(path))
    }

    fn durable(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        // A panic elsewhere cannot leave the set half changed.
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object's file.
struct Found {
    path: PathBuf,
    body: Vec<u8>,
}

fn version(body: &[u8]) -> Etag {
    let digest = Sha256::digest(body);
    Etag(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
