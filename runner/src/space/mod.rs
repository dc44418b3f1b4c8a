//! What a workload finds on its machine: a home, its volumes, its files.
//!
//! A VM is the member's own, so files and mounts are at the paths that the manifest names. A machine that is shared with its
//! user and with other members keeps its own `/etc`: there all of it is below `$SKIFF_ROOT`, and a container sees it at the
//! named paths again.

mod beneath;
mod file;
mod volume;

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use rustix::process::geteuid;
use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{Artifact, Workload};

use crate::{codes, configuration::Configuration, folder::Folder};
pub(crate) use file::write_all;
pub(crate) use volume::Volumes;

/// The places of one workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Space {
    /// Its home; `tmp` is below it.
    pub(crate) home: PathBuf,
    /// Where its files and mounts are; `None` when they are at their own paths.
    pub(crate) root: Option<PathBuf>,
}

/// A directory that a workload sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mounted {
    /// Where it sees it.
    pub(crate) path: PathBuf,
    /// What it sees there.
    pub(crate) source: PathBuf,
    /// Whether it cannot be written.
    pub(crate) read_only: bool,
}

impl Space {
    /// Makes the places of a workload.
    pub(crate) fn make(configuration: &Configuration, folder: &Folder, workload: &Workload) -> Result<Self, Error> {
        let home = folder.part("home").join(&workload.name);
        let apart = configuration.is_local() || matches!(workload.artifact, Artifact::Image { .. });
        let root = apart.then(|| folder.part("root").join(&workload.name));
        let made = [Some(home.clone()), Some(home.join("tmp")), root.clone()];
        for path in made.iter().flatten() {
            fs::create_dir_all(path).map_err(|error| unwritable(path, &error))?;
            own(path, workload).map_err(|error| unwritable(path, &error))?;
        }
        Ok(Self { home, root })
    }

    /// Where a path of the manifest is on this machine.
    pub(crate) fn place(&self, path: &str) -> Result<PathBuf, Error> {
        let relative = relative(path)?;
        Ok(self.root.as_deref().unwrap_or(Path::new("/")).join(relative))
    }
}

/// Gives a path to the user that the workload runs as, where the runner may.
pub(super) fn own(path: &Path, workload: &Workload) -> io::Result<()> {
    let Some(security) = &workload.security else { return Ok(()) };
    if !geteuid().is_root() || (security.user.is_none() && security.group.is_none()) {
        return Ok(());
    }
    std::os::unix::fs::chown(path, security.user, security.group)
}

/// A path of a manifest without its first `/`.
pub(super) fn relative(path: &str) -> Result<PathBuf, Error> {
    let path = Path::new(path);
    let relative: PathBuf =
        path.components().filter(|part| !matches!(part, Component::RootDir | Component::CurDir)).collect();
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if plain && relative.components().next().is_some() {
        return Ok(relative);
    }
    let message = format!("the path `{}` leads out of where the workload's files are", path.display());
    Err(Error::new(&codes::FILE_TROUBLE, ErrorKind::Invalid, message).hint("name a path without `..`"))
}

/// A place that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        _ => ErrorKind::Unavailable,
    };
    Error::new(&codes::FILE_TROUBLE, kind, format!("could not write `{}`: {error}", path.display()))
        .hint("it needs a disk with free space, and a path that the runner's user may write")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_refused() {
        assert_eq!(relative("/etc/app/a.conf").unwrap(), Path::new("etc/app/a.conf"));
        for path in ["/", "", "/etc/../shadow", "../x"] {
            assert_eq!(relative(path).unwrap_err().code(), &codes::FILE_TROUBLE, "{path}");
        }
    }
}
