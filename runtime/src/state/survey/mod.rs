//! Everything that is in the ledger, read once: what verify, repair and gc decide from.
//!
//! Documents come and go while they are read. So nothing is missing because a listing did not have it: whoever misses
//! something looks for it once more.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::{LogEntry, MemberState, OperationControl, OperationIntent, ReleaseArtifact, ServiceControl};

use crate::{
    error::Error,
    state::{
        Ledger,
        document::store_error,
        layout::{Scope, ServiceScope},
        verify::Finding,
    },
    store::Key,
};

mod read;

/// How many keys are asked for at once.
const PAGE: usize = 1000;

/// What a survey looks into; the rest is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Whether events are read.
    pub(crate) events: bool,
    /// Whether the bytes of artifacts are compared with their names.
    pub(crate) artifacts: bool,
}

/// What is in the ledger.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Every object.
    pub(crate) objects: u64,
    pub(crate) roots: BTreeSet<u64>,
    pub(crate) artifacts: BTreeSet<Key>,
    pub(crate) services: BTreeMap<ServiceScope, Service>,
    pub(crate) operations: BTreeMap<(Scope, String), Operation>,
    /// Idempotency records: their key, and the operation they stand for.
    pub(crate) records: Vec<(Key, Scope, String)>,
    /// Events: their key and their day.
    pub(crate) events: Vec<(Key, String)>,
    /// Artifacts on their way out.
    pub(crate) leaving: Vec<Key>,
    /// What is wrong with single documents.
    pub(crate) findings: Vec<Finding>,
}

/// What is there of a service.
#[derive(Debug, Default)]
pub(crate) struct Service {
    pub(crate) control: Option<ServiceControl>,
    pub(crate) releases: BTreeMap<String, Release>,
    /// Attestations: the release's id and their key.
    pub(crate) attestations: Vec<(String, Key)>,
    pub(crate) members: Vec<(Key, MemberState)>,
}

/// A release, as far as a survey reads it; its signatures are not verified.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) sequence: u64,
    /// The SHA-256 of each of its bundles.
    pub(crate) bundles: Vec<String>,
}

/// What is there of an operation.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) intent: Option<OperationIntent>,
    pub(crate) control: Option<OperationControl>,
    /// A control document is there that cannot be read.
    pub(crate) control_unreadable: bool,
    pub(crate) log: BTreeMap<u64, LogEntry>,
    /// A log entry is there that cannot be read.
    pub(crate) log_unreadable: bool,
}

impl Operation {
    /// Whether it may still need what it names.
    pub(crate) fn is_open(&self) -> bool {
        self.control.as_ref().is_none_or(|control| !control.status.is_final())
    }
}

impl Survey {
    /// Reads the ledger.
    pub(crate) async fn of(ledger: &Ledger, depth: Depth) -> Result<Self, Error> {
        let mut survey = Self::default();
        let mut after: Option<Key> = None;
        loop {
            let page = ledger.store.list("", after.as_ref(), PAGE).await.map_err(store_error)?;
            for key in &page.keys {
                survey.objects += 1;
                read::object(&mut survey, ledger, key, depth).await?;
            }
            after = page.keys.last().cloned();
            if !page.more || after.is_none() {
                return Ok(survey);
            }
        }
    }

    pub(crate) fn service(&mut self, scope: ServiceScope) -> &mut Service {
        self.services.entry(scope).or_default()
    }

    pub(crate) fn operation(&mut self, scope: Scope, operation: String) -> &mut Operation {
        self.operations.entry((scope, operation)).or_default()
    }
}

/// The bundles of a release by their SHA-256.
fn bundles<'a>(artifacts: impl Iterator<Item = &'a ReleaseArtifact>) -> Vec<String> {
    let bundle = |artifact: &ReleaseArtifact| match artifact {
        ReleaseArtifact::Bundle { sha256, .. } => Some(sha256.clone()),
        ReleaseArtifact::Image { .. } => None,
    };
    artifacts.filter_map(bundle).collect()
}

/// Whether an object is there now, whatever a listing said.
pub(crate) async fn is_there(ledger: &Ledger, key: &Key) -> Result<bool, Error> {
    let page = ledger.store.list(key.as_str(), None, 1).await.map_err(store_error)?;
    Ok(page.keys.first() == Some(key))
}
