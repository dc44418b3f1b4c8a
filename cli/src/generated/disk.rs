//! The door to the file system: every change that a refresh makes goes through it.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// The changes that a refresh makes, each of them one step.
pub(crate) trait Disk {
    /// Makes one folder.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Writes a file that must not exist, with the permissions of another when that is a plain file.
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()>;
    /// Waits until a file, or the names in a folder, are on the disk.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Puts a file into the place of another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file or a link, never what a link leads to.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The real file system.
pub(crate) struct Real;

impl Disk for Real {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        match fs::symlink_metadata(like) {
            Ok(metadata) if metadata.is_file() => file.set_permissions(metadata.permissions()),
            _ => Ok(()),
        }
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        match File::open(path) {
            // Only Unix can open a folder as a file.
            Err(_) if cfg!(not(unix)) => Ok(()),
            file => file?.sync_all(),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}
