//! Small files that are replaced whole: written beside their target, made durable, then renamed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Error, ErrorKind},
    local::{codes, place::cannot_write},
};

/// Writes a document so that a reader, and whoever comes after a crash, sees the old one or the new one.
pub(crate) fn write<D: Serialize>(path: &Path, document: &D) -> Result<(), Error> {
    let mut bytes = serde_json::to_vec_pretty(document).map_err(|error| damaged(path, &error.to_string()))?;
    bytes.push(b'\n');
    write_bytes(path, &bytes)
}

/// Writes bytes likewise.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, bytes).map_err(|error| cannot_write(path, &error))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// Reads a document, `None` when there is none.
pub(crate) fn read<D: DeserializeOwned>(path: &Path) -> Result<Option<D>, Error> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(path, &error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Reads every document of a folder, by the order of their names; an absent folder has none.
pub(crate) fn read_all<D: DeserializeOwned>(folder: &Path) -> Result<Vec<D>, Error> {
    let mut documents = Vec::new();
    for path in names(folder)? {
        // One that is gone by now was removed on purpose.
        documents.extend(read(&path)?);
    }
    Ok(documents)
}

fn names(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(|error| unreadable(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    Ok(paths)
}

/// Removes a file; nothing happens when it is gone.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_write(path, &error)),
        _ => Ok(()),
    }
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => ErrorKind::NotAuthorised,
        _ => ErrorKind::Unavailable,
    };
    let message = format!("could not read `{}`: {error}", path.display());
    Error::new(&codes::DAMAGED, kind, message).hint("make it readable for you, then run the same command again")
}

fn damaged(path: &Path, what: &str) -> Error {
    let message = format!("`{}` cannot be read: {what}", path.display());
    Error::new(&codes::DAMAGED, ErrorKind::Invalid, message)
        .hint("move that file aside, then apply the shape again with `skiff local up`")
}
