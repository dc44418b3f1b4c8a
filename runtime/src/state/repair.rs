//! Mending what follows from the rest of the ledger; nothing that was there is lost.
//!
//! What is replaced or removed is copied below `quarantine/` first, under its own key and the SHA-256 of its bytes, so that
//! doing it twice leaves one copy.

use sha2::{Digest as _, Sha256};
use skiff_wire::{Control, OperationControl, OperationIntent};

use crate::{
    engine::{journal::Log, status::Status},
    error::{Error, ErrorKind},
    state::{
        Ledger,
        document::{print_for, store_error},
        layout::Scope,
        place::aside,
        strict,
        verify::{Finding, Mend, verify},
    },
    store::{Condition, Key, Object},
};

/// What a repair did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// What was mended, or would be.
    pub mended: Vec<Mended>,
    /// What is wrong and does not follow from the rest; it was left alone.
    pub left: Vec<Finding>,
}

/// One thing that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// What was wrong.
    pub finding: Finding,
    /// What was done about it, one clause.
    pub action: String,
    /// Where what was there before is now; absent when there was nothing.
    pub kept: Option<String>,
}

/// Verifies the ledger and mends what can be mended; with `dry_run` it only says what it would do.
///
/// # Errors
/// A store that fails; somebody else who writes the same document at the same moment.
pub async fn repair(ledger: &Ledger, dry_run: bool) -> Result<Repair, Error> {
    let mut done = Repair::default();
    for finding in verify(ledger).await?.findings {
        let mended = match &finding.mend {
            None => None,
            Some(Mend::ForgetMember) => forget_member(ledger, &finding, dry_run).await?,
            Some(Mend::PutBack { artifact }) => put_back(ledger, &finding, artifact, dry_run).await?,
            Some(Mend::RemakeControl { scope, operation }) => {
                remake_control(ledger, &finding, scope, operation, dry_run).await?
            }
        };
        match mended {
            Some(mended) => done.mended.push(mended),
            None => done.left.push(finding),
        }
    }
    Ok(done)
}

async fn forget_member(ledger: &Ledger, finding: &Finding, dry_run: bool) -> Result<Option<Mended>, Error> {
    let Some(key) = Key::parse(&finding.key) else { return Ok(None) };
    let Some(object) = ledger.store.get(&key).await.map_err(store_error)? else { return Ok(None) };
    let kept = set_aside(ledger, &key, &object, dry_run).await?;
    if !dry_run {
        ledger.store.delete(&key, &object.etag).await.map_err(store_error)?;
    }
    let action = "put aside; the member writes another one".to_owned();
    Ok(Some(Mended { finding: finding.clone(), action, kept: Some(kept) }))
}

async fn put_back(ledger: &Ledger, finding: &Finding, artifact: &Key, dry_run: bool) -> Result<Option<Mended>, Error> {
    let Some(object) = ledger.store.get(&aside(artifact)).await.map_err(store_error)? else { return Ok(None) };
    if !dry_run {
        ledger.put_bytes_once(artifact, &object.body).await?;
    }
    let action = format!("`{artifact}` put back from the quarantine");
    Ok(Some(Mended { finding: finding.clone(), action, kept: None }))
}

async fn remake_control(
    ledger: &Ledger,
    finding: &Finding,
    scope: &Scope,
    operation: &str,
    dry_run: bool,
) -> Result<Option<Mended>, Error> {
    let intent = match ledger.get::<OperationIntent>(&scope.intent(operation)).await {
        Ok(Some(intent)) if intent.operation == operation => intent,
        Err(error) if error.kind() != ErrorKind::Invalid => return Err(error),
        _ => return Ok(None),
    };
    let key = scope.operation(operation);
    let object = ledger.store.get(&key).await.map_err(store_error)?;
    let Some(mut control) = from_log(ledger, scope, &intent).await? else { return Ok(None) };
    let before = object.as_ref().and_then(|object| strict::value(&object.body).ok()).unwrap_or_default();
    let number = |name: &str| before.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
    control.revision = number("revision").max(control.body.entries) + 1;
    // A lower epoch would let an earlier driver go on.
    control.epoch = control.epoch.max(number("epoch"));
    let kept = match &object {
        Some(object) => Some(set_aside(ledger, &key, object, dry_run).await?),
        None => None,
    };
    if !dry_run {
        let condition = object.map_or(Condition::Absent, |object| Condition::Matches(object.etag));
        ledger.store.put(&key, &print_for(&key, &control)?, &condition).await.map_err(store_error)?;
    }
    let action = format!("made again from {} log entries", control.body.entries);
    Ok(Some(Mended { finding: finding.clone(), action, kept }))
}

/// The control document that a log adds up to; `None` when the log does not add up.
async fn from_log(
    ledger: &Ledger,
    scope: &Scope,
    intent: &OperationIntent,
) -> Result<Option<Control<OperationControl>>, Error> {
    let log = match Log::read(ledger, scope, intent).await {
        Err(error) if error.kind() == ErrorKind::Invalid => return Ok(None),
        log => log?,
    };
    let Status { state, step, reason, .. } = log.status;
    let body = OperationControl { status: state, entries: log.next, step, reason };
    let (schema, nonce) = (OperationControl::SCHEMA.to_owned(), ledger.world.nonce());
    Ok(Some(Control { schema, revision: 0, nonce, epoch: log.epoch, holder: None, lease_until: None, body }))
}

/// Copies what is there below the quarantine; gives the copy's key.
async fn set_aside(ledger: &Ledger, key: &Key, object: &Object, dry_run: bool) -> Result<String, Error> {
    let digest: String = Sha256::digest(&object.body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let aside = aside(&Key::of(&key.as_str().split('/').chain([&*digest]).collect::<Vec<_>>()));
    if !dry_run {
        ledger.put_bytes_once(&aside, &object.body).await?;
    }
    Ok(aside.to_string())
}
