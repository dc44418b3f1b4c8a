//! Releases by what people call them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use skiff_runtime::state::{Ledger, layout::ServiceScope};
use skiff_wire::{ReleaseStatement, SignedEnvelope};

use crate::{failure::Failure, operating::store_failure, standing::ReleaseName};

/// What a release says of itself, for showing: its id is checked, its signatures are not.
pub(crate) async fn shown(
    ledger: &Ledger,
    service: &ServiceScope,
    id: &str,
) -> Result<Option<ReleaseStatement>, Failure> {
    let object = ledger.store.get(&service.release(id)).await.map_err(store_failure)?;
    Ok(object.and_then(|object| statement(&object.body, id)))
}

/// The release by its id, sequence, and label where it can be read.
pub(crate) async fn named(
    ledger: &Ledger,
    service: &ServiceScope,
    id: &str,
    sequence: u64,
) -> Result<ReleaseName, Failure> {
    let label = shown(ledger, service, id).await?.and_then(|statement| statement.predicate.label);
    Ok(ReleaseName { id: id.into(), sequence, label })
}

/// The label that an envelope claims, whether or not anything in it is true: good for refusing it by that name, for nothing else.
pub(crate) async fn claimed_label(
    ledger: &Ledger,
    service: &ServiceScope,
    id: &str,
) -> Result<Option<String>, Failure> {
    let object = ledger.store.get(&service.release(id)).await.map_err(store_failure)?;
    let label = |body: &[u8]| {
        let envelope: SignedEnvelope = serde_json::from_slice(body).ok()?;
        let payload: Value = serde_json::from_slice(&STANDARD.decode(envelope.payload).ok()?).ok()?;
        payload["predicate"]["label"].as_str().map(str::to_owned)
    };
    Ok(object.and_then(|object| label(&object.body)))
}

fn statement(body: &[u8], id: &str) -> Option<ReleaseStatement> {
    let envelope: SignedEnvelope = serde_json::from_slice(body).ok()?;
    let payload = STANDARD.decode(envelope.payload).ok()?;
    let digest = Sha256::digest(&payload).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (digest == id).then(|| serde_json::from_slice(&payload).ok()).flatten()
}
