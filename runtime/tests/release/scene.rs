//! A ledger with a root, a key, and a folder that can be packed.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    Error, ErrorKind,
    release::{CreatedRelease, NewRelease, create},
    state::{
        Ledger,
        layout::{Scope, ServiceScope},
    },
    store::{Store, memory::MemoryStore},
    trust::{SigningKey, TrustedRoot, edit, edit::Enrolment, envelope, root},
    world::{Random, World},
};
use skiff_wire::{Artifact, PrincipalKind, ReleaseManifest, TrustRoot};
use tempfile::TempDir;

/// Bytes that look random and are the same in every run.
struct Seed(u8);

impl Random for Seed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.iter_mut().zip(0_u8..).for_each(|(byte, index)| *byte = self.0.wrapping_mul(31).wrapping_add(index));
    }
}

/// Where a release is made.
pub(crate) struct Scene {
    /// The folder of the spec.
    pub(crate) place: TempDir,
    /// The ledger, with a root.
    pub(crate) ledger: Ledger,
    /// The root.
    pub(crate) root: TrustedRoot,
    /// The key that counts.
    pub(crate) keys: [SigningKey; 1],
}

/// A key of its own for each seed.
pub(crate) fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::generate(name, &Seed(seed)).unwrap()
}

/// What waits, on one thread.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

impl Scene {
    /// A root that is good for a year, and `dist/run` to be packed.
    pub(crate) fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    /// The same on a store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        let place = tempfile::tempdir().unwrap();
        write(&place.path().join("dist/run"), "#!/bin/sh\n", 0o755);
        let ledger = Ledger::new(store, World::real());
        let key = key("ann", 1);
        let roles = ["root", "release"].map(str::to_owned).to_vec();
        let enrolment = Enrolment { name: "ann".into(), kind: PrincipalKind::Human, key: key.public(), roles };
        let root = edit::first(&enrolment, days(365)).unwrap();
        let keys = [key];
        let root = wait(root::publish(&ledger, None, &sealed(&root, &keys))).unwrap();
        Self { place, ledger, root, keys }
    }

    /// The service that is released.
    pub(crate) fn service(&self) -> ServiceScope {
        Scope::new("shop", "prod").service("web")
    }

    /// A release of `dist`.
    pub(crate) fn new_release(&self) -> NewRelease {
        NewRelease::new(self.service(), manifest(), self.place.path(), days(90))
    }

    /// Makes a release with a label.
    pub(crate) fn made(&self, label: &str) -> CreatedRelease {
        let new = NewRelease { label: Some(label.into()), ..self.new_release() };
        wait(create(&self.ledger, &new, &self.keys)).unwrap()
    }

    /// Puts the next root into the ledger.
    pub(crate) fn publish(&mut self, next: &TrustRoot) {
        let envelope = sealed(next, &self.keys);
        self.root = wait(root::publish(&self.ledger, Some(&self.root), &envelope)).unwrap();
    }
}

/// A root in its envelope.
fn sealed(root: &TrustRoot, keys: &[SigningKey]) -> Vec<u8> {
    envelope::sign(TrustRoot::PAYLOAD_TYPE, &serde_json::to_vec(root).unwrap(), keys).unwrap()
}

/// So many days from now.
pub(crate) fn days(number: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(24 * number)
}

/// A manifest whose main workload is the bundle `dist`.
pub(crate) fn manifest() -> ReleaseManifest {
    serde_json::from_value(serde_json::json!({
        "main": { "name": "main", "artifact": { "bundle": { "path": "dist" } }, "command": { "command": ["./run"] } },
    }))
    .unwrap()
}

/// The manifest with another artifact.
pub(crate) fn running(artifact: Artifact) -> ReleaseManifest {
    let mut manifest = manifest();
    manifest.main.artifact = artifact;
    manifest
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Asserts a failure of this very code and kind.
#[track_caller]
pub(crate) fn fails<T: std::fmt::Debug>(result: Result<T, Error>, code: &skiff_wire::Code, kind: ErrorKind) {
    let error = result.unwrap_err();
    assert_eq!((error.code().id, error.kind()), (code.id, kind), "{error}");
    assert!(error.advice().is_some(), "{error}: what to do next is missing");
}
