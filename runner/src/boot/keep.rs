//! Copies the assignment and all that it needs into the member's folder: a small ledger with the same keys.

use std::collections::BTreeMap;

use skiff_runtime::{
    Error, ErrorKind,
    state::{control::Next, layout},
    store::{Condition, Key, StoreError},
};
use skiff_wire::{ReleaseArtifact, ServiceControl, SlotControl};

use super::{Booted, Sources};
use crate::codes;

/// Keeps roots, release, artifacts, and last the control document that names them.
pub(super) async fn all(sources: &Sources, booted: &Booted) -> Result<(), Error> {
    let service = sources.configuration.service();
    for version in 1..=booted.root_version {
        copy(sources, &layout::root(version)).await?;
    }
    copy(sources, &service.release(&booted.release.id)).await?;
    for artifact in booted.release.predicate.artifacts.values() {
        if let ReleaseArtifact::Bundle { sha256, .. } = artifact {
            copy(sources, &layout::artifact(sha256)).await?;
        }
    }
    let body = control(sources, booted);
    let next = Next { epoch: 0, holder: None, lease_until: None, body };
    sources.kept.update::<ServiceControl>(&service.control(), |_| Ok(Some(next.clone()))).await.map(drop)
}

/// The control document as far as this member is concerned.
fn control(sources: &Sources, booted: &Booted) -> ServiceControl {
    let slot = SlotControl { assignment: Some(booted.assignment.clone()), ..SlotControl::default() };
    ServiceControl {
        slots: BTreeMap::from([(sources.configuration.document.slot.clone(), slot)]),
        sequence: booted.release.predicate.sequence,
        root_version: booted.root_version,
        ..ServiceControl::default()
    }
}

/// Copies what is never changed; what is there already is the same.
async fn copy(sources: &Sources, key: &Key) -> Result<(), Error> {
    if sources.kept.store.get(key).await.map_err(untouched)?.is_some() {
        return Ok(());
    }
    let Some(object) = sources.ledger.store.get(key).await.map_err(untouched)? else { return Ok(()) };
    sources.kept.store.put(key, &object.body, &Condition::Absent).await.map(drop).map_err(untouched)
}

#[allow(clippy::needless_pass_by_value, reason = "the signature that `map_err` asks for")]
fn untouched(error: StoreError) -> Error {
    Error::new(&codes::FOLDER_TROUBLE, ErrorKind::Unavailable, error.to_string())
}
