//! A verified bundle as files again.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink},
    path::{Component, Path, PathBuf},
};

use tar::{Archive, Entry, EntryType};

use crate::{
    error::{Error, ErrorKind},
    release::{bundle::check_link, codes},
    trust::VerifiedArtifact,
};

/// Unpacks a bundle into a new folder, from the very bytes that were verified.
///
/// # Errors
/// A folder that exists or cannot be written; an archive with anything that Skiff does not pack.
pub fn unpack(artifact: &VerifiedArtifact, folder: &Path) -> Result<(), Error> {
    fs::create_dir(folder).map_err(|error| unwritable(folder, &error))?;
    let mut seen = Seen::default();
    let mut archive = Archive::new(artifact.bytes());
    let damaged = |error: io::Error| unsafe_bundle(artifact, &format!("it cannot be read: {error}"));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = seen.take(&entry).map_err(|why| unsafe_bundle(artifact, &why))?;
        let place = folder.join(&path);
        place_entry(&mut entry, &path, &place)
            .map_err(|error| unwritable(&place, &error))?
            .map_err(|why| unsafe_bundle(artifact, &why))?;
    }
    Ok(())
}

/// What has been unpacked so far.
#[derive(Default)]
struct Seen {
    all: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl Seen {
    /// An entry's path: below the bundle, not taken, in a folder that is one. So nothing is ever written through a link.
    fn take<R: Read>(&mut self, entry: &Entry<'_, R>) -> Result<PathBuf, String> {
        let path = entry.path().map_err(|error| error.to_string())?;
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let shown = path.display();
        let plain = !path.as_os_str().is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain {
            return Err(format!("the path `{shown}` leads out of the bundle"));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if parent.is_some_and(|parent| !self.folders.contains(parent)) {
            return Err(format!("`{shown}` is in no folder of the bundle"));
        }
        if !self.all.insert(path.clone()) {
            return Err(format!("`{shown}` is in it twice"));
        }
        if entry.header().entry_type() == EntryType::Directory {
            self.folders.insert(path.clone());
        }
        Ok(path)
    }
}

/// Makes a folder, file or link. The outer error is the disk's, the inner one the bundle's.
fn place_entry<R: Read>(entry: &mut Entry<'_, R>, path: &Path, place: &Path) -> io::Result<Result<(), String>> {
    match entry.header().entry_type() {
        EntryType::Directory => {
            fs::create_dir(place)?;
            fs::set_permissions(place, fs::Permissions::from_mode(0o755))?;
        }
        EntryType::Regular => {
            let mode = if entry.header().mode()? & 0o100 == 0 { 0o644 } else { 0o755 };
            let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(place)?;
            io::copy(entry, &mut file)?;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
        }
        EntryType::Symlink => match entry.link_name()? {
            Some(target) => match check_link(path, &target) {
                Ok(()) => symlink(target, place)?,
                Err(why) => return Ok(Err(format!("`{}`: {why}", path.display()))),
            },
            None => return Ok(Err(format!("`{}` is a link to nothing", path.display()))),
        },
        other => return Ok(Err(format!("`{}` is neither a file nor a folder nor a link: {other:?}", path.display()))),
    }
    Ok(Ok(()))
}

fn unsafe_bundle(artifact: &VerifiedArtifact, why: &str) -> Error {
    let message = format!("the bundle {} is not unpacked: {why}", artifact.sha256());
    Error::new(&codes::UNSAFE_BUNDLE, ErrorKind::VerificationFailed, message)
        .hint("make the release again with `skiff release create`")
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Unavailable,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        io::ErrorKind::AlreadyExists => ErrorKind::Conflict,
        _ => ErrorKind::Internal,
    };
    let message = format!("could not unpack to `{}`: {error}", path.display());
    Error::new(&codes::UNPACK_FAILED, kind, message).hint("a bundle is unpacked into a new folder with room for it")
}
