//! Which ports the release of a slot declares.
//!
//! The supervisor verifies nothing: what it reads here decides which free ports a member is given, and nothing else. The
//! runner verifies the release before it believes a word of it.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use skiff_wire::{ReleaseManifest, ReleaseStatement, ServiceControl, SignedEnvelope};

use crate::{provider::SlotAddress, state::Ledger};

/// The ports that the assigned release of a slot declares; none when there is no assignment or it cannot be read.
pub(super) async fn declared_ports(ledger: &Ledger, slot: &SlotAddress) -> BTreeSet<u16> {
    assigned(ledger, slot).await.map(|manifest| ports(&manifest)).unwrap_or_default()
}

async fn assigned(ledger: &Ledger, slot: &SlotAddress) -> Option<ReleaseManifest> {
    let control = ledger.read::<ServiceControl>(&slot.service.control()).await.ok()??.control.body;
    let assignment = control.slots.get(&slot.slot)?.assignment.as_ref()?;
    let object = ledger.store.get(&slot.service.release(&assignment.release)).await.ok()??;
    let envelope: SignedEnvelope = serde_json::from_slice(&object.body).ok()?;
    let payload = STANDARD.decode(envelope.payload).ok()?;
    let statement: ReleaseStatement = serde_json::from_slice(&payload).ok()?;
    Some(statement.predicate.manifest)
}

fn ports(manifest: &ReleaseManifest) -> BTreeSet<u16> {
    let workloads = [&manifest.main].into_iter().chain(&manifest.init).chain(&manifest.sidecars);
    workloads.flat_map(|workload| workload.ports.values().copied()).collect()
}
