//! One supervisor for each state folder: a file lock that lasts as long as its process.

use std::{
    fs::{self, File, OpenOptions},
    io,
};

use rustix::fs::{FlockOperation, flock};

use crate::{
    error::{Error, ErrorKind},
    local::{Place, codes, desired::ProcessRecord, file, place::cannot_write},
};

/// The right to be the supervisor of a state folder; it goes when this is dropped, or its process dies in whatever way.
#[derive(Debug)]
pub(super) struct SupervisorLock {
    _file: File,
}

impl SupervisorLock {
    /// Takes the lock at once or not at all.
    pub(super) fn take(place: &Place) -> Result<Self, Error> {
        let path = place.lock();
        fs::create_dir_all(place.local()).map_err(|error| cannot_write(&place.local(), &error))?;
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| cannot_write(&path, &error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(second(place)),
            Err(error) => Err(cannot_write(&path, &io::Error::from(error))),
        }
    }
}

fn second(place: &Place) -> Error {
    let who = file::read::<ProcessRecord>(&place.supervisor()).ok().flatten();
    let who = who.map_or_else(String::new, |record| format!(", process {}", record.process.pid));
    let message = format!("another supervisor{who} works on `{}`", place.state().display());
    Error::new(&codes::SECOND_SUPERVISOR, ErrorKind::Conflict, message)
        .hint("use the one that runs, or name another folder with `--state`")
}
