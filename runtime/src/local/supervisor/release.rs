//! Which ports the release of a slot declares.
//!
//! The supervisor verifies nothing: what it reads here decides which free ports a member is given, and nothing else. The
//! runner verifies the release before it believes a word of it.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use skiff_wire::{ReleaseManifest, ReleaseStatement, ServiceControl, SignedEnvelope};

use crate::{error::Error, provider::SlotAddress, state::Ledger, state::document::store_error};

/// The ports that the assigned release of a slot declares; none when there is no assignment, or one that no runner will run.
///
/// # Errors
/// A ledger that cannot be read now: a member without the ports of its release would take those of others.
pub(super) async fn declared_ports(ledger: &Ledger, slot: &SlotAddress) -> Result<BTreeSet<u16>, Error> {
    let control = ledger.read::<ServiceControl>(&slot.service.control()).await?.map(|seen| seen.control.body);
    let assigned = control.and_then(|control| control.slots.get(&slot.slot)?.assignment.clone());
    let Some(assignment) = assigned else { return Ok(BTreeSet::new()) };
    let object = ledger.store.get(&slot.service.release(&assignment.release)).await.map_err(store_error)?;
    Ok(object.and_then(|object| manifest(&object.body)).map(|manifest| ports(&manifest)).unwrap_or_default())
}

fn manifest(envelope: &[u8]) -> Option<ReleaseManifest> {
    let envelope: SignedEnvelope = serde_json::from_slice(envelope).ok()?;
    let payload = STANDARD.decode(envelope.payload).ok()?;
    let statement: ReleaseStatement = serde_json::from_slice(&payload).ok()?;
    Some(statement.predicate.manifest)
}

fn ports(manifest: &ReleaseManifest) -> BTreeSet<u16> {
    let workloads = [&manifest.main].into_iter().chain(&manifest.init).chain(&manifest.sidecars);
    workloads.flat_map(|workload| workload.ports.values().copied()).collect()
}
