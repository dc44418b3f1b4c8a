//! Which releases there are, and which of them may be assigned: verification without signatures, for simulations.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use skiff_wire::{Artifact, Command, ReleaseManifest, ReleasePredicate, Workload};

use crate::{
    engine::{
        approval::{self, Expected},
        codes,
        verify::{Assignable, Floor, Verify},
    },
    error::{Error, ErrorKind},
    state::{Ledger, layout::ServiceScope},
    trust::VerifiedRelease,
};

/// A release of a simulation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimulatedRelease {
    /// Its sequence.
    pub sequence: u64,
    /// The release that it repeats.
    pub rollback_of: Option<String>,
    /// Whether it may not be assigned any more.
    pub revoked: bool,
    /// Whether its members never become ready.
    pub sick: bool,
    /// Whether its members refuse to run it.
    pub refused: bool,
    /// Of a thousand requests, how many it answers with an error.
    pub errors_permille: u32,
    /// How many times as long as usual its answers take; zero for the usual time.
    pub slowness: u32,
    /// How the command that it runs once before it serves ends; zero is well.
    pub before_ends_with: i32,
}

/// The releases of a simulation by their digest.
#[derive(Debug, Default)]
pub struct Registry {
    releases: Mutex<BTreeMap<String, SimulatedRelease>>,
}

impl Registry {
    fn releases(&self) -> MutexGuard<'_, BTreeMap<String, SimulatedRelease>> {
        self.releases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a release, or changes it; gives its digest.
    pub fn put(&self, name: &str, release: SimulatedRelease) -> String {
        let digest = crate::engine::step::sha256(name.as_bytes());
        self.insert(&digest, release);
        digest
    }

    /// Adds a release under its own digest, or changes it.
    pub fn insert(&self, digest: &str, release: SimulatedRelease) {
        self.releases().insert(digest.to_owned(), release);
    }

    /// The same releases once more.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { releases: Mutex::new(self.releases().clone()) }
    }

    /// A release, if it may be run.
    #[must_use]
    pub fn get(&self, digest: &str) -> Option<SimulatedRelease> {
        self.releases().get(digest).cloned()
    }
}

#[async_trait]
impl Verify for Registry {
    async fn assignable(
        &self,
        _ledger: &Ledger,
        service: &ServiceScope,
        release: &str,
        floor: Floor,
    ) -> Result<Assignable, Error> {
        let refuse = |why: &str| {
            let message = format!("release `{release}` {why}");
            Error::new(&codes::NO_RELEASE, ErrorKind::VerificationFailed, message)
        };
        let found = self.get(release).ok_or_else(|| refuse("is not there"))?;
        if found.revoked || found.sequence < floor.sequence {
            return Err(refuse("is revoked, or older than one that was assigned"));
        }
        let predicate = predicate(service, &found);
        let release = VerifiedRelease { id: release.to_owned(), predicate, signers: vec!["ci".into()] };
        Ok(Assignable { release, root_version: 1 })
    }

    async fn approval(&self, ledger: &Ledger, envelope: &[u8], expected: &Expected) -> Result<String, Error> {
        approval::verify(ledger, None, envelope, expected).await
    }
}

fn predicate(service: &ServiceScope, release: &SimulatedRelease) -> ReleasePredicate {
    ReleasePredicate {
        app: service.scope.app.clone(),
        environment: service.scope.environment.clone(),
        service: service.service.clone(),
        sequence: release.sequence,
        expires: Timestamp::MAX,
        artifacts: BTreeMap::new(),
        manifest: manifest(),
        label: None,
        previous: None,
        rollback_of: release.rollback_of.clone(),
    }
}

fn manifest() -> ReleaseManifest {
    ReleaseManifest {
        main: Workload {
            name: "main".into(),
            artifact: Artifact::Bundle { path: "app".into() },
            command: Command::default(),
            environment: BTreeMap::new(),
            files: BTreeMap::new(),
            ports: BTreeMap::new(),
            mounts: BTreeMap::new(),
            readiness: None,
            liveness: None,
            startup: None,
            security: None,
            limits: None,
            hooks: None,
            first: false,
        },
        init: Vec::new(),
        before: Vec::new(),
        sidecars: Vec::new(),
        volumes: BTreeMap::new(),
        dns: None,
        hosts: BTreeMap::new(),
        sysctls: BTreeMap::new(),
    }
}
