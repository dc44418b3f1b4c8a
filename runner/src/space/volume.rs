//! Directories that the workloads of a member share.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use rustix::{
    mount::{MountFlags, mount},
    process::geteuid,
};
use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{Artifact, Mount, ReleaseManifest, Volume, Workload};

use super::{Mounted, Space, relative, unwritable};
use crate::{codes, configuration::Configuration, folder::Folder, log::Logs};

/// The name of the volume that outlives a stateful member.
const LASTING: &str = "volume";
/// Where a VM has that volume once it is attached.
const VM_LASTING: &str = "/var/lib/skiff/volume";

/// The volumes of a member, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Volumes {
    folders: std::collections::BTreeMap<String, PathBuf>,
}

impl Volumes {
    /// Makes the volumes of a release.
    pub(crate) fn make(
        configuration: &Configuration,
        folder: &Folder,
        manifest: &ReleaseManifest,
        logs: &Logs,
    ) -> Result<Self, Error> {
        let mut folders = std::collections::BTreeMap::new();
        for (name, volume) in &manifest.volumes {
            let path = folder.part("volumes").join(name);
            fs::create_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
            if let Err(why) = medium(configuration, &path, volume) {
                let id = codes::NOT_HONOURED.id;
                logs.say(None, &format!("the volume `{name}` is kept on the disk: {why} [{id}]"));
            }
            folders.insert(name.clone(), path);
        }
        let lasting = match &configuration.document.local {
            Some(local) => local.volume.as_ref().map(PathBuf::from),
            None => Some(PathBuf::from(VM_LASTING)),
        };
        folders.extend(lasting.map(|path| (LASTING.to_owned(), path)));
        Ok(Self { folders })
    }

    /// Gives a workload the directories that it mounts: by links, or, to a container, as mounts of its own.
    pub(crate) fn mount(&self, workload: &Workload, space: &Space) -> Result<Vec<Mounted>, Error> {
        let mut mounted = Vec::new();
        for (path, wanted) in &workload.mounts {
            let source = self.source(workload, path, wanted)?;
            mounted.push(Mounted { path: PathBuf::from(path), source, read_only: wanted.read_only });
        }
        if matches!(workload.artifact, Artifact::Bundle { .. }) {
            mounted.iter().try_for_each(|mounted| link(mounted, space))?;
        }
        Ok(mounted)
    }

    fn source(&self, workload: &Workload, path: &str, wanted: &Mount) -> Result<PathBuf, Error> {
        let folder = self.folders.get(&wanted.volume).ok_or_else(|| {
            let message = format!(
                "`{}` mounts `{}` at `{path}`, and the member has no such volume",
                workload.name, wanted.volume
            );
            Error::new(&codes::FILE_TROUBLE, ErrorKind::Invalid, message)
        })?;
        let source = match &wanted.path {
            Some(part) => folder.join(relative(part)?),
            None => folder.clone(),
        };
        if !source.exists() {
            fs::create_dir_all(&source).map_err(|error| unwritable(&source, &error))?;
        }
        super::own(&source, workload).map_err(|error| unwritable(&source, &error))?;
        share(&source, workload).map_err(|error| unwritable(&source, &error))?;
        Ok(source)
    }
}

/// Gives a volume to the group that the workload is a member of.
fn share(source: &Path, workload: &Workload) -> std::io::Result<()> {
    let group = workload.security.as_ref().and_then(|security| security.volume_group);
    let (Some(group), true) = (group, geteuid().is_root()) else { return Ok(()) };
    std::os::unix::fs::chown(source, None, Some(group))?;
    // The group of what is made in it is the same (the set-group-ID bit of a directory, inode(7)).
    fs::set_permissions(source, fs::Permissions::from_mode(0o2775))
}

/// Memory where it is asked for: a file system of its own on a VM, which ends with it. Gives why not.
fn medium(configuration: &Configuration, path: &Path, volume: &Volume) -> Result<(), String> {
    if volume.medium != "memory" {
        return Ok(());
    }
    if configuration.is_local() {
        return Err("what is mounted on a shared machine would outlive the member".into());
    }
    let size = volume.size_mib.map_or(String::new(), |size| format!("size={size}m"));
    let options = std::ffi::CString::new(size).map_err(|error| error.to_string())?;
    mount("tmpfs", path, "tmpfs", MountFlags::NODEV | MountFlags::NOSUID, Some(options.as_c_str()))
        .map_err(|error| error.to_string())
}

/// A process sees a volume at a path by a link; one of an earlier start leads to the same place.
fn link(mounted: &Mounted, space: &Space) -> Result<(), Error> {
    let place = space.place(&mounted.path.to_string_lossy())?;
    if fs::read_link(&place).is_ok_and(|target| target == mounted.source) {
        return Ok(());
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
    }
    std::os::unix::fs::symlink(&mounted.source, &place).map_err(|error| unwritable(&place, &error))
}
