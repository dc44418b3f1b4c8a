//! Writes below a folder and never outside of it, whatever links a workload has put there.

use std::{
    fs::File,
    io::{self, Write as _},
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid, fchmod, fchown, mkdirat, openat, renameat, unlinkat},
    io::Errno,
};

/// Who owns a file and who may read it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights {
    /// Permissions.
    pub(super) mode: u32,
    /// The owner, `None` for the runner's user.
    pub(super) user: Option<u32>,
    /// The group, `None` for the runner's.
    pub(super) group: Option<u32>,
}

/// Writes a whole file at a relative path, beside its target first; folders on the way are made.
pub(super) fn write(base: &Path, relative: &Path, content: &[u8], rights: Rights) -> io::Result<()> {
    let mut folder = openat(CWD, base, FOLDER, Mode::empty())?;
    for part in relative.parent().into_iter().flat_map(Path::iter) {
        folder = enter(&folder, Path::new(part))?;
    }
    let Some(name) = relative.file_name() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut beside = std::ffi::OsString::from(".skiff-");
    beside.push(name);
    put(&folder, Path::new(&beside), content, rights)?;
    renameat(&folder, &beside, &folder, name)?;
    Ok(())
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn enter(folder: &OwnedFd, name: &Path) -> io::Result<OwnedFd> {
    match mkdirat(folder, name, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => Ok(openat(folder, name, FOLDER, Mode::empty())?),
        Err(error) => Err(error.into()),
    }
}

fn put(folder: &OwnedFd, name: &Path, content: &[u8], rights: Rights) -> io::Result<()> {
    match unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(openat(folder, name, flags, Mode::from_raw_mode(0o600))?);
    file.write_all(content)?;
    if rights.user.is_some() || rights.group.is_some() {
        fchown(file.as_fd(), rights.user.map(Uid::from_raw), rights.group.map(Gid::from_raw))?;
    }
    fchmod(file.as_fd(), Mode::from_raw_mode(rights.mode))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    const PLAIN: Rights = Rights { mode: 0o640, user: None, group: None };

    #[test]
    fn folders_are_made_and_a_file_is_replaced_whole() {
        use std::os::unix::fs::MetadataExt as _;
        let place = tempfile::tempdir().unwrap();
        write(place.path(), Path::new("etc/app/a.conf"), b"one", PLAIN).unwrap();
        write(place.path(), Path::new("etc/app/a.conf"), b"two", PLAIN).unwrap();
        let path = place.path().join("etc/app/a.conf");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_that_was_put_in_the_way_leads_nowhere() {
        let (place, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(outside.path(), place.path().join("etc")).unwrap();
        write(place.path(), Path::new("etc/passwd"), b"x", PLAIN).unwrap_err();
        symlink(outside.path().join("target"), place.path().join("file")).unwrap();
        write(place.path(), Path::new("file"), b"x", PLAIN).unwrap();
        assert!(!outside.path().join("target").exists() && !outside.path().join("passwd").exists());
    }
}
