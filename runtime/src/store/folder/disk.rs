//! The little that a folder store needs of a file system, so that a simulated one can stand in its place.

use std::{
    fmt, fs,
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
};

use rustix::fs::{FlockOperation, OFlags};

/// A file system that may forget, at a crash, whatever was not synced.
pub(super) trait Disk: Send + Sync + fmt::Debug {
    /// What is at a path; a symbolic link is not followed.
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>>;

    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Makes a file that is not there yet, fills it, and waits until its content is durable; its name is not, yet.
    fn create(&self, path: &Path, body: &[u8]) -> io::Result<()>;

    /// Gives a file another name, in the place of what had that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes one folder; one that is there already is fine.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// The names in a folder with what they are, in no order.
    fn entries(&self, path: &Path) -> io::Result<Vec<(String, Kind)>>;

    /// Locks a file, alone (it is made when it is not there) or beside other readers; `None` when another has it.
    ///
    /// The lock goes with the value, and with the process.
    fn lock(&self, path: &Path, alone: bool) -> io::Result<Option<Box<dyn Lock>>>;
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, a device, a socket: nothing of ours.
    Foreign,
}

/// A lock that is held, with a few bytes that outlive the process but need not outlive the machine.
pub(super) trait Lock: Send {
    /// The note that the last holder left.
    fn note(&mut self) -> io::Result<String>;

    /// Leaves another note; only for a lock that is held alone.
    fn leave(&mut self, note: &str) -> io::Result<()>;
}

/// The file system of the machine.
#[derive(Debug)]
pub(super) struct MachineDisk;

impl Disk for MachineDisk {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(kind_of(metadata.file_type()))),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        open(path, OFlags::RDONLY | OFlags::NOFOLLOW)?.read_to_end(&mut body)?;
        Ok(body)
    }

    fn create(&self, path: &Path, body: &[u8]) -> io::Result<()> {
        let mut file = open(path, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW)?;
        file.write_all(body)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            result => result,
        }
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        fs::File::open(path)?.sync_all()
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(String, Kind)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            // A name that is not UTF-8 is no key's.
            if let Ok(name) = entry.file_name().into_string() {
                found.push((name, kind_of(entry.file_type()?)));
            }
        }
        Ok(found)
    }

    fn lock(&self, path: &Path, alone: bool) -> io::Result<Option<Box<dyn Lock>>> {
        let flags = if alone { OFlags::RDWR | OFlags::CREATE } else { OFlags::RDONLY };
        let file = open(path, flags | OFlags::NOFOLLOW)?;
        let wanted =
            if alone { FlockOperation::NonBlockingLockExclusive } else { FlockOperation::NonBlockingLockShared };
        match rustix::fs::flock(&file, wanted) {
            Ok(()) => Ok(Some(Box::new(LockedFile { file }))),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_file() {
        Kind::File
    } else if file_type.is_dir() {
        Kind::Folder
    } else {
        Kind::Foreign
    }
}

/// Opens a file for its owner, the group and others as far as the process's mask lets them.
fn open(path: &Path, flags: OFlags) -> io::Result<fs::File> {
    let mode = rustix::fs::Mode::from_raw_mode(0o666);
    Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, mode)?.into())
}

/// A lock file; closing it, as the end of the process does, gives the lock back.
#[derive(Debug)]
struct LockedFile {
    file: fs::File,
}

impl Lock for LockedFile {
    fn note(&mut self) -> io::Result<String> {
        let mut note = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut note)?;
        Ok(String::from_utf8(note).unwrap_or_default())
    }

    fn leave(&mut self, note: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(note.as_bytes())
    }
}
