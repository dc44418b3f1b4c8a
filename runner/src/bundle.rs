//! Unpacked bundles: made from verified bytes, and compared with them before every start.
//!
//! Each is in a fresh folder whose name nobody can guess. Before a start the folder is packed again, which gives the same
//! bytes on every machine, and their digest is compared with the one that was signed. What differs is thrown away and
//! unpacked again.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use skiff_runtime::{
    Error, ErrorKind,
    release::{bundle::pack, fetch_artifact, unpack},
    trust::{VerifiedArtifact, verify::digest},
};
use skiff_wire::ReleaseArtifact;
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::{boot::Sources, codes, folder::trouble, log::Logs};

/// The unpacked bundles of a member.
pub(crate) struct Bundles {
    sources: Sources,
    logs: Logs,
    /// Bundles that were verified and are not unpacked yet.
    fresh: Mutex<BTreeMap<String, Arc<VerifiedArtifact>>>,
    unpacked: Mutex<BTreeMap<String, PathBuf>>,
}

impl Bundles {
    /// Begins without any; throws away what an earlier run has left.
    pub(crate) fn new(
        sources: &Sources,
        logs: &Logs,
        fresh: BTreeMap<String, Arc<VerifiedArtifact>>,
    ) -> Result<Self, Error> {
        let place = sources.folder.part("bundles");
        for entry in fs::read_dir(&place).map_err(|error| trouble(&place, &error))?.flatten() {
            fs::remove_dir_all(entry.path()).map_err(|error| trouble(&entry.path(), &error))?;
        }
        Ok(Self { sources: sources.clone(), logs: logs.clone(), fresh: Mutex::new(fresh), unpacked: Mutex::default() })
    }

    /// The folder of a bundle, whose files are those that were verified; `shared` when another user must read it.
    pub(crate) async fn ready(&self, artifact: &ReleaseArtifact, shared: bool) -> Result<Option<PathBuf>, Error> {
        let ReleaseArtifact::Bundle { sha256, .. } = artifact else { return Ok(None) };
        let mut unpacked = self.unpacked.lock().await;
        if let Some(folder) = unpacked.remove(sha256) {
            if is_unchanged(folder.clone(), sha256.clone()).await {
                unpacked.insert(sha256.clone(), folder.clone());
                return Ok(Some(folder));
            }
            let id = codes::BUNDLE_CHANGED.id;
            self.logs
                .say(None, &format!("the files of the bundle {sha256} were changed, and are unpacked again [{id}]"));
            // What cannot be removed lies in a folder that nothing refers to any more.
            let _ = fs::remove_dir_all(&folder);
        }
        let folder = self.unpack(artifact, sha256, shared).await?;
        unpacked.insert(sha256.clone(), folder.clone());
        Ok(Some(folder))
    }

    async fn unpack(&self, artifact: &ReleaseArtifact, sha256: &str, shared: bool) -> Result<PathBuf, Error> {
        let fresh = self.fresh.lock().await.remove(sha256);
        let verified = match fresh {
            Some(verified) => verified,
            None => Arc::new(self.fetch(artifact).await?),
        };
        let short = &sha256[..sha256.len().min(12)];
        let place = self.sources.folder.part("bundles");
        let folder = place.join(format!("{short}-{}", self.sources.ledger.world.nonce()));
        let root = self.sources.folder.root().to_owned();
        let made = folder.clone();
        let unpacking = spawn_blocking(move || {
            unpack(&verified, &made)?;
            open_up(&[&made], if shared { 0o755 } else { 0o700 })?;
            if shared { open_up(&[&root, &place], 0o711) } else { Ok(()) }
        });
        unpacking.await.map_err(|error| ended(&error))??;
        Ok(folder)
    }

    /// From what was kept first: the ledger is no dependency of a running member.
    async fn fetch(&self, artifact: &ReleaseArtifact) -> Result<VerifiedArtifact, Error> {
        match fetch_artifact(&self.sources.kept, artifact).await {
            Ok(verified) => Ok(verified),
            Err(_) => fetch_artifact(&self.sources.ledger, artifact).await,
        }
    }
}

async fn is_unchanged(folder: PathBuf, sha256: String) -> bool {
    let packed = spawn_blocking(move || pack(&folder).is_ok_and(|bundle| digest(&bundle.bytes) == sha256));
    packed.await.unwrap_or(false)
}

fn open_up(paths: &[&Path], mode: u32) -> Result<(), Error> {
    let set = |path: &&Path| {
        let done: io::Result<()> = fs::set_permissions(path, fs::Permissions::from_mode(mode));
        done.map_err(|error| trouble(path, &error))
    };
    paths.iter().try_for_each(set)
}

fn ended(error: &tokio::task::JoinError) -> Error {
    Error::new(&codes::FOLDER_TROUBLE, ErrorKind::Internal, format!("the unpacking ended by itself: {error}"))
}
