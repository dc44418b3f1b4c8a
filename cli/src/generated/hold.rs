//! Keeps two runs out of one folder: an advisory lock that the system lets go of when a process ends, however it ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use skiff_wire::ExitCode;

use crate::failure::Failure;

/// The lock, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold(#[expect(dead_code, reason = "an open file is the lock; nobody needs to look at it")] File);

/// Takes a folder: alone to write, with others to read; `None` when there is no such folder.
///
/// A file system that cannot lock gives a warning instead.
///
/// # Errors
/// Exit 6 while another run has it.
pub(crate) fn take(root: &Path, write: bool) -> Result<(Option<Hold>, Option<String>), Failure> {
    let file = match handle(root) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, None)),
        Err(error) => return Err(Failure::file("open", root, &error)),
    };
    match if write { file.try_lock() } else { file.try_lock_shared() } {
        Ok(()) => Ok((Some(Hold(file)), None)),
        Err(TryLockError::WouldBlock) => Err(taken(root)),
        Err(TryLockError::Error(error)) => {
            let warning = format!("`{}` cannot be locked ({error}): let no second run write there", root.display());
            Ok((Some(Hold(file)), Some(warning)))
        }
    }
}

fn taken(root: &Path) -> Failure {
    let message = format!("another `skiff generate` is at work in `{}`", root.display());
    Failure::new("CONFLICT", ExitCode::Conflict, message).hint("run it again when that has finished")
}

/// A folder can be locked itself, so no marker is left behind.
#[cfg(unix)]
fn handle(root: &Path) -> io::Result<File> {
    File::open(root)
}

/// Elsewhere a folder cannot be opened as a file; an empty one beside the list takes its place.
#[cfg(not(unix))]
fn handle(root: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(root.join(".skiff-lock"))
}
