//! The member's folder: where everything is, who may use it, and what must not be forgotten.
//!
//! ```text
//! runner.lock      held by the runner and its guard
//! seen.json        the highest root version and sequence that this member has seen
//! kept/            a small ledger: the last assignment that was verified, with everything it needs
//! bundles/         unpacked bundles, each in a fresh folder
//! root/<workload>/ files and mounts of a workload that shares the machine with others ($SKIFF_ROOT)
//! home/<workload>/ $HOME and, below it, $TMPDIR
//! volumes/<name>/  volumes
//! before.begun     that the `before` command was begun, and `before.json`: how it ended
//! logs/            <workload>.log, and older parts as .1 to .4
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use skiff_runtime::{Error, ErrorKind};

use crate::codes;

/// How long a runner waits for the guard of the one before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A member's folder; private to the runner's user.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

/// The highest versions that a member has seen; lower ones are replays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// Of the trust root.
    pub(crate) root_version: u64,
    /// Of a release.
    pub(crate) sequence: u64,
}

impl Folder {
    /// Makes the folder and what is always in it.
    pub(crate) fn make(root: &Path) -> Result<Self, Error> {
        let folder = Self { root: root.to_owned() };
        for part in ["", "kept", "bundles", "root", "home", "volumes", "logs"] {
            private_folder(&root.join(part)).map_err(|error| trouble(&root.join(part), &error))?;
        }
        Ok(folder)
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A part of it.
    pub(crate) fn part(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Takes the lock; waits a little for a guard that still ends what a killed runner left.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let path = self.part("runner.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(|error| trouble(&path, &error))?;
        let until = Instant::now() + PATIENCE;
        while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
            if error != rustix::io::Errno::WOULDBLOCK {
                return Err(trouble(&path, &error.into()));
            }
            if Instant::now() > until {
                return Err(in_use(&path));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(file)
    }

    /// What this member has seen before.
    pub(crate) fn seen(&self) -> Result<Seen, Error> {
        let path = self.part("seen.json");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| damaged(&path, &error.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Seen::default()),
            Err(error) => Err(trouble(&path, &error)),
        }
    }

    /// Remembers what was seen, durably, and never less than before.
    pub(crate) fn remember(&self, seen: Seen) -> Result<(), Error> {
        let before = self.seen()?;
        let next = Seen {
            root_version: seen.root_version.max(before.root_version),
            sequence: seen.sequence.max(before.sequence),
        };
        if next == before {
            return Ok(());
        }
        let path = self.part("seen.json");
        let text = serde_json::to_vec(&next).map_err(|error| trouble(&path, &error.into()))?;
        write_durably(&path, &text).map_err(|error| trouble(&path, &error))
    }
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a whole file beside its target, then renames it; both survive a power cut.
pub(crate) fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// A failure of the operating system at a path of the folder.
pub(crate) fn trouble(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        _ => ErrorKind::Unavailable,
    };
    Error::new(&codes::FOLDER_TROUBLE, kind, format!("could not use `{}`: {error}", path.display()))
        .hint("the member's folder must be on a disk with free space, and writable by the runner's user")
}

/// A memory that cannot be read is no memory to begin anew with: it keeps an old root or release from being run again.
fn damaged(path: &Path, why: &str) -> Error {
    Error::new(&codes::FOLDER_TROUBLE, ErrorKind::Invalid, format!("`{}` is damaged: {why}", path.display()))
        .hint("launch another member, which begins with a folder of its own")
}

fn in_use(path: &Path) -> Error {
    let message = format!("`{}` is locked by another runner or its guard", path.display());
    Error::new(&codes::FOLDER_IN_USE, ErrorKind::Conflict, message)
        .hint("wait until the other one has ended, or end it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_never_falls() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::make(place.path()).unwrap();
        assert_eq!(folder.seen().unwrap(), Seen::default());
        folder.remember(Seen { root_version: 2, sequence: 9 }).unwrap();
        folder.remember(Seen { root_version: 3, sequence: 4 }).unwrap();
        assert_eq!(folder.seen().unwrap(), Seen { root_version: 3, sequence: 9 });
    }

    #[test]
    fn a_damaged_memory_is_trouble_and_not_a_fresh_start() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::make(place.path()).unwrap();
        fs::write(folder.part("seen.json"), "{").unwrap();
        let error = folder.seen().unwrap_err();
        assert_eq!((error.code(), error.kind()), (&codes::FOLDER_TROUBLE, ErrorKind::Invalid));
    }
}
