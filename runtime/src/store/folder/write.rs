//! Writing: what happens under the lock of a key, in an order that a crash cannot spoil.

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::store::{
    Condition, Etag, Key, StoreError, StoreErrorKind,
    folder::{
        Folder, Found,
        disk::{Kind, Lock},
        list, place,
        trouble::{after_effect, before_effect, refusal},
        version,
    },
};

/// How often a write begins again because the folders around it changed.
const ATTEMPTS: u32 = 16;

/// How an attempt to write ended.
enum Attempt<T> {
    Done(T),
    /// This object is in the way of a folder, and must be moved aside first.
    InTheWay(Key),
    /// A folder went away meanwhile.
    Again,
}

impl Folder {
    pub(super) fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.prepare(key)?;
        for _ in 0..ATTEMPTS {
            match self.try_put(key, body, condition)? {
                Attempt::Done(etag) => return Ok(etag),
                Attempt::InTheWay(object) => self.move_aside(&object)?,
                // Whoever removed a folder by hand has made what was known of it untrue.
                Attempt::Again => self.durable().clear(),
            }
            self.prepare(key)?;
        }
        Err(refusal(StoreErrorKind::Conflict, key.as_str(), "the folders around it kept changing"))
    }

    pub(super) fn delete(&self, key: &Key, wanted: &Etag) -> Result<(), StoreError> {
        if self.find(key)?.is_none() {
            return Err(refusal(StoreErrorKind::Missing, key.as_str(), "it does not exist"));
        }
        self.prepare(key)?;
        let mut lock = self.lock_alone(key)?;
        let found = self.find(key)?;
        check(key, found.as_ref(), &Condition::Matches(wanted.clone()))?;
        let Some(found) = found else { return Ok(()) };
        let folder = found.path.parent().unwrap_or(&self.root);
        self.announce(&mut *lock, key, folder)?;
        let removed = self.remove_older(key, &found.path, folder).and_then(|()| self.disk.remove(&found.path));
        removed.map_err(|error| before_effect(key.as_str(), "delete", &error))?;
        self.finish(&mut *lock, key, folder)
    }

    fn try_put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Attempt<Etag>, StoreError> {
        let mut lock = self.lock_alone(key)?;
        let found = self.find(key)?;
        check(key, found.as_ref(), condition)?;
        let folder = match self.folder_to_write(key)? {
            Attempt::Done(folder) => folder,
            Attempt::InTheWay(object) => return Ok(Attempt::InTheWay(object)),
            Attempt::Again => return Ok(Attempt::Again),
        };
        let name = place::file(key);
        let path = found.map_or_else(|| folder.join(&name), |found| found.path);
        let fresh = self.write_fresh(key, body)?;
        self.announce(&mut *lock, key, &folder)?;
        let renamed = match self.disk.rename(&fresh, &path) {
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                self.disk.rename(&fresh, &folder.join(place::beside_folder(&name)))
            }
            result => result,
        };
        match renamed {
            Ok(()) => self.finish(&mut *lock, key, &folder).map(|()| Attempt::Done(version(body))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Attempt::Again),
            Err(error) => Err(before_effect(key.as_str(), "write", &error)),
        }
    }

    /// Writes a body beside everything else.
    ///
    /// What a killed writer left there is unlinked and not overwritten: its bytes may be an object's, under another name.
    fn write_fresh(&self, key: &Key, body: &[u8]) -> Result<PathBuf, StoreError> {
        let fresh = place::unfinished(&self.root, key);
        let failed = |error: io::Error| before_effect(key.as_str(), "write", &error);
        self.remove_if_there(&fresh).map_err(failed)?;
        self.disk.create(&fresh, body).map_err(|error| {
            // A disk that is full should not stay so because of us.
            let _ = self.remove_if_there(&fresh);
            failed(error)
        })?;
        Ok(fresh)
    }

    fn remove_if_there(&self, path: &Path) -> io::Result<()> {
        match self.disk.remove(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// Gives an object's file another name so that a folder can have its own.
    ///
    /// The other file is made and durable before the first one goes: a rename may be half there after a power failure. While
    /// both are there the first one counts.
    fn move_aside(&self, key: &Key) -> Result<(), StoreError> {
        let mut lock = self.lock_alone(key)?;
        let Some(found) = self.find(key)? else { return Ok(()) };
        let folder = found.path.parent().unwrap_or(&self.root);
        let aside = folder.join(place::beside_folder(&place::file(key)));
        if found.path == aside {
            return Ok(());
        }
        let failed = |error: io::Error| before_effect(key.as_str(), "move aside", &error);
        let fresh = self.write_fresh(key, &found.body)?;
        self.announce(&mut *lock, key, folder)?;
        self.disk.rename(&fresh, &aside).map_err(failed)?;
        self.disk.sync_folder(folder).map_err(failed)?;
        self.disk.remove(&found.path).map_err(failed)?;
        self.finish(&mut *lock, key, folder)
    }

    /// Removes what moving an object aside can have left beside it, durably, before the object itself goes.
    fn remove_older(&self, key: &Key, found: &Path, folder: &Path) -> io::Result<()> {
        let aside = folder.join(place::beside_folder(&place::file(key)));
        if found == aside || self.disk.kind(&aside)? != Some(Kind::File) {
            return Ok(());
        }
        self.disk.remove(&aside)?;
        self.disk.sync_folder(folder)
    }

    /// Notes which folder is about to change, for the case that this process is killed before the change is durable.
    fn announce(&self, lock: &mut dyn Lock, key: &Key, folder: &Path) -> Result<(), StoreError> {
        let below = folder.strip_prefix(&self.root).unwrap_or(folder);
        let note = format!("./{}", below.display());
        lock.leave(&note).map_err(|error| before_effect(key.as_str(), "write", &error))
    }

    /// Makes the change of a folder durable.
    fn finish(&self, lock: &mut dyn Lock, key: &Key, folder: &Path) -> Result<(), StoreError> {
        let synced = self.disk.sync_folder(folder).and_then(|()| lock.leave(""));
        synced.map_err(|error| after_effect(key.as_str(), "sync its folder", &error))
    }

    /// Does what a killed writer could not do any more.
    fn settle(&self, lock: &mut dyn Lock) -> io::Result<()> {
        let note = lock.note()?;
        if note.is_empty() {
            return Ok(());
        }
        match self.disk.sync_folder(&self.root.join(&note)) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(()),
            // Who may only read cannot make anything durable, and changes nothing either.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
            {
                Ok(())
            }
            result => result,
        }
    }

    /// The lock of a key beside other readers; none where there is no lock file: nothing was written since the folder was
    /// copied here.
    pub(super) fn lock_to_read(&self, key: &Key) -> Result<Option<Box<dyn Lock>>, StoreError> {
        match self.lock(key, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(before_effect(key.as_str(), "read", &error)),
            Ok(None) => Err(self.locked(key)),
            Ok(lock) => Ok(lock),
        }
    }

    fn lock_alone(&self, key: &Key) -> Result<Box<dyn Lock>, StoreError> {
        let lock = self.lock(key, true).map_err(|error| before_effect(key.as_str(), "lock", &error))?;
        lock.ok_or_else(|| self.locked(key))
    }

    /// Nothing was read or written, and nothing is known to have changed: it may be tried again.
    fn locked(&self, key: &Key) -> StoreError {
        let message = format!("another process has kept it locked for {:?}", self.patience);
        refusal(StoreErrorKind::Unavailable, key.as_str(), message)
    }

    fn lock(&self, key: &Key, alone: bool) -> io::Result<Option<Box<dyn Lock>>> {
        let path = place::lock(&self.root, key);
        let begun = Instant::now();
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(mut lock) = self.disk.lock(&path, alone)? {
                self.settle(&mut *lock)?;
                return Ok(Some(lock));
            }
            if begun.elapsed() > self.patience {
                return Ok(None);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(3));
        }
    }

    /// The folder for an object, made where it is not there, with every name on the way to it durable.
    fn folder_to_write(&self, key: &Key) -> Result<Attempt<PathBuf>, StoreError> {
        let failed = |error: &io::Error| before_effect(key.as_str(), "make its folder", error);
        let mut path = self.root.clone();
        for (depth, name) in place::folders(key).into_iter().enumerate() {
            let parent = path.clone();
            path.push(name);
            if self.durable().contains(&path) {
                continue;
            }
            match self.disk.kind(&path).map_err(|error| failed(&error))? {
                Some(Kind::Folder) => {}
                Some(Kind::File) => return Ok(beginning(key, depth).map_or(Attempt::Again, Attempt::InTheWay)),
                Some(Kind::Foreign) => return Err(failed(&list::foreign(&path))),
                None => match self.disk.make_folder(&path) {
                    Err(error) if trivial(&error) => return Ok(Attempt::Again),
                    result => result.map_err(|error| failed(&error))?,
                },
            }
            self.disk.sync_folder(&parent).map_err(|error| failed(&error))?;
            self.durable().insert(path.clone());
        }
        Ok(Attempt::Done(path))
    }

    /// Makes the root and the folder of the store's own files, durably, once for each process.
    fn prepare(&self, key: &Key) -> Result<(), StoreError> {
        let own = place::own(&self.root);
        if self.durable().contains(&own) {
            return Ok(());
        }
        let failed = |error: &io::Error| before_effect(key.as_str(), "make the folder of the ledger", error);
        self.make_all(&own).map_err(|error| failed(&error))?;
        self.durable().insert(own);
        Ok(())
    }

    fn make_all(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else { return Ok(()) };
        let is_ours = path.starts_with(&self.root);
        // The root may be a link, and is followed as what is above it.
        let there = if path == self.root { self.disk.entries(path).is_ok() } else { self.disk.kind(path)?.is_some() };
        if !there {
            self.make_all(parent)?;
            self.disk.make_folder(path)?;
            return self.disk.sync_folder(parent);
        }
        if !is_ours {
            return Ok(());
        }
        if path != self.root {
            self.make_all(parent)?;
        }
        match self.disk.sync_folder(parent) {
            // Another process has made it, and its parent is nothing that we may read.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            result => result,
        }
    }
}

fn check(key: &Key, found: Option<&Found>, condition: &Condition) -> Result<(), StoreError> {
    let refuse = |kind, message: &str| Err(refusal(kind, key.as_str(), message));
    match (condition, found) {
        (Condition::Absent, Some(_)) => refuse(StoreErrorKind::Precondition, "it exists already"),
        (Condition::Matches(_), None) => refuse(StoreErrorKind::Missing, "it does not exist"),
        (Condition::Matches(wanted), Some(found)) if version(&found.body) != *wanted => {
            refuse(StoreErrorKind::Precondition, "it was changed")
        }
        _ => Ok(()),
    }
}

/// The key made of the first segments of another one, up to and with the one at `depth`.
fn beginning(key: &Key, depth: usize) -> Option<Key> {
    let segments: Vec<&str> = key.as_str().split('/').take(depth + 1).collect();
    Key::parse(&segments.join("/"))
}

/// What another process's work on the same folders can cause.
fn trivial(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory)
}
