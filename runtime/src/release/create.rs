//! Making a release: pack, number, sign, verify, write.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use skiff_wire::{ReleaseArtifact, ReleaseManifest, ReleasePredicate, ReleaseStatement, ServiceControl};

use crate::{
    error::{Error, ErrorKind},
    release::{
        Content, bundle, codes, content,
        materials::{self, Materials},
        provenance, shelf,
    },
    state::{Ledger, document::store_error, event::NewEvent, layout, layout::ServiceScope},
    store::{Condition, Key},
    trust::{
        Purpose, SigningKey, TrustedRoot, VerifiedRelease, envelope, load_root,
        verify::{subject, verify_release},
    },
};

/// A release that is to be made.
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// The service.
    pub scope: ServiceScope,
    /// How it is run; no value may be missing.
    pub manifest: ReleaseManifest,
    /// The folder of the spec: bundles are named relative to it.
    pub base: PathBuf,
    /// What people call it.
    pub label: Option<String>,
    /// After this it may not be assigned any more.
    pub expires: Timestamp,
    /// The release whose content it repeats; [`rollback_release`] sets it.
    pub rollback_of: Option<String>,
    /// The release that is the newest now; looked up when it is not given.
    pub previous: Option<String>,
    /// A bill of materials, when it is not to be made from the bundles.
    pub sbom: Option<Vec<u8>>,
    /// The digest of the trust root to start from (`sha256:…`), `None` for version 1 of the ledger's.
    pub trust_root: Option<String>,
}

impl NewRelease {
    /// A release without label, bill of materials or pin.
    #[must_use]
    pub fn new(scope: ServiceScope, manifest: ReleaseManifest, base: impl Into<PathBuf>, expires: Timestamp) -> Self {
        Self {
            scope,
            manifest,
            base: base.into(),
            label: None,
            expires,
            rollback_of: None,
            previous: None,
            sbom: None,
            trust_root: None,
        }
    }
}

/// A release that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedRelease {
    /// SHA-256 of the signed payload, 64 hexadecimal digits.
    pub id: String,
    /// Higher than that of every release before it.
    pub sequence: u64,
    /// As it is in the ledger.
    pub envelope: Vec<u8>,
    /// The principals whose signatures count, sorted.
    pub signers: Vec<String>,
}

/// Makes a release: packs, signs, and writes it with its artifacts and attestations.
///
/// # Errors
/// Content that cannot be released; keys that do not count; a store that fails.
pub async fn create(ledger: &Ledger, new: &NewRelease, keys: &[SigningKey]) -> Result<CreatedRelease, Error> {
    let content = content::prepare(&new.manifest, &new.base)?;
    let materials = match &new.sbom {
        Some(bytes) => materials::given(bytes)?,
        None => materials::of(&new.scope, &content),
    };
    write(ledger, new, &content, Some(&materials), keys).await
}

/// Makes a release that repeats the content of an older one, with a higher sequence: the only way back.
///
/// # Errors
/// A release that cannot be verified any more, or whose artifacts are gone; else as [`create`].
pub async fn rollback_release(
    ledger: &Ledger,
    scope: &ServiceScope,
    old: &str,
    expires: Timestamp,
    trust_root: Option<&str>,
    keys: &[SigningKey],
) -> Result<CreatedRelease, Error> {
    let root = load_root(ledger, trust_root, 0).await?;
    let old = shelf::read_verified(ledger, scope, old, &root, Purpose::Boot { sequence: 0 }).await?;
    for artifact in old.predicate.artifacts.values() {
        if let ReleaseArtifact::Bundle { sha256, .. } = artifact {
            shelf::check_present(ledger, sha256).await?;
        }
    }
    let new = NewRelease {
        label: old.predicate.label.clone(),
        rollback_of: Some(old.id.clone()),
        trust_root: trust_root.map(str::to_owned),
        ..NewRelease::new(scope.clone(), old.predicate.manifest.clone(), "", expires)
    };
    let content = Content { artifacts: old.predicate.artifacts, ..Content::default() };
    write(ledger, &new, &content, None, keys).await
}

async fn write(
    ledger: &Ledger,
    new: &NewRelease,
    content: &Content,
    materials: Option<&Materials>,
    keys: &[SigningKey],
) -> Result<CreatedRelease, Error> {
    if keys.is_empty() {
        let message = "no key is named to sign the release with";
        return Err(Error::new(&codes::NO_SIGNER, ErrorKind::Usage, message).hint("`--key NAME`; `skiff keys list`"));
    }
    let started = ledger.world.clock.now();
    let control = ledger.read::<ServiceControl>(&new.scope.control()).await?.map(|seen| seen.control.body);
    let (assigned, floor) = control.map_or((0, 0), |control| (control.sequence, control.root_version));
    let root = load_root(ledger, new.trust_root.as_deref(), floor).await?;
    let newest = shelf::newest(ledger, &new.scope, &root, assigned).await?;
    let sequence = newest.as_ref().map_or(0, |newest| newest.predicate.sequence).max(assigned) + 1;
    let statement = state(new, content, sequence, newest);
    let envelope = sign(&statement, keys)?;
    let purpose = Purpose::Assign { now: started, sequence: assigned };
    let release = verify_release(&envelope, &root, &super::binding(&new.scope), purpose)?;
    store_bundles(ledger, content).await?;
    let provenance = provenance::of(ledger, new, content, started);
    let attestations = [materials.map(|materials| ("sbom", materials)), Some(("provenance", &provenance))];
    for (what, attestation) in attestations.into_iter().flatten() {
        let bytes = sign(&attest(content, attestation), keys)?;
        put(ledger, &new.scope.attestation(&release.id, what), &bytes).await?;
    }
    put(ledger, &new.scope.release(&release.id), &envelope).await?;
    keep_bundles(ledger, content).await?;
    record(ledger, new, &release, &root).await?;
    Ok(CreatedRelease { id: release.id, sequence, envelope, signers: release.signers })
}

fn state(new: &NewRelease, content: &Content, sequence: u64, newest: Option<VerifiedRelease>) -> ReleaseStatement {
    ReleaseStatement {
        statement_type: ReleaseStatement::STATEMENT_TYPE.into(),
        subject: subject(&content.artifacts),
        predicate_type: ReleaseStatement::PREDICATE_TYPE.into(),
        predicate: ReleasePredicate {
            app: new.scope.scope.app.clone(),
            environment: new.scope.scope.environment.clone(),
            service: new.scope.service.clone(),
            sequence,
            expires: new.expires,
            artifacts: content.artifacts.clone(),
            manifest: new.manifest.clone(),
            label: new.label.clone(),
            previous: new.previous.clone().or_else(|| newest.map(|newest| newest.id)),
            rollback_of: new.rollback_of.clone(),
        },
    }
}

/// An in-toto statement of another predicate about the same artifacts.
fn attest(content: &Content, materials: &Materials) -> serde_json::Value {
    json!({
        "_type": ReleaseStatement::STATEMENT_TYPE,
        "subject": subject(&content.artifacts),
        "predicateType": materials.predicate_type,
        "predicate": materials.predicate,
    })
}

fn sign<S: Serialize>(statement: &S, keys: &[SigningKey]) -> Result<Vec<u8>, Error> {
    let payload = serde_json::to_vec(statement).map_err(|error| {
        Error::new(&codes::UNRESOLVED, ErrorKind::Internal, format!("the release could not be written: {error}"))
    })?;
    envelope::sign(ReleaseStatement::PAYLOAD_TYPE, &payload, keys)
}

async fn store_bundles(ledger: &Ledger, content: &Content) -> Result<(), Error> {
    for (workload, bundle::Bundle { bytes, .. }) in &content.bundles {
        if let Some(ReleaseArtifact::Bundle { sha256, .. }) = content.artifacts.get(workload) {
            put(ledger, &layout::artifact(sha256), bytes).await?;
        }
    }
    Ok(())
}

/// Looks again for what a release needs, once the release is there: a collection that had listed the releases before may have
/// taken an artifact away since. Whoever collects after this sees the release.
async fn keep_bundles(ledger: &Ledger, content: &Content) -> Result<(), Error> {
    for (workload, artifact) in &content.artifacts {
        let ReleaseArtifact::Bundle { sha256, .. } = artifact else { continue };
        match (shelf::check_present(ledger, sha256).await, content.bundles.get(workload)) {
            (Err(error), Some(bundle)) if error.kind() == ErrorKind::NotFound => {
                put(ledger, &layout::artifact(sha256), &bundle.bytes).await?;
            }
            (looked, _) => looked?,
        }
    }
    Ok(())
}

/// Writes an object that is named by its content: whoever was first has written the same.
async fn put(ledger: &Ledger, key: &Key, bytes: &[u8]) -> Result<(), Error> {
    let Err(error) = ledger.store.put(key, bytes, &Condition::Absent).await else { return Ok(()) };
    match ledger.store.get(key).await.map_err(store_error)? {
        Some(object) if object.body == bytes => Ok(()),
        _ => Err(store_error(error)),
    }
}

async fn record(ledger: &Ledger, new: &NewRelease, release: &VerifiedRelease, root: &TrustedRoot) -> Result<(), Error> {
    let called = release.predicate.label.as_ref().map_or(String::new(), |label| format!(" `{label}`"));
    let event = NewEvent {
        kind: "release-created",
        audit: true,
        actor: release.signers.join(", "),
        service: Some(new.scope.service.clone()),
        operation: None,
        summary: format!("release {}{called} of `{}` was made", short(&release.id), new.scope.service),
        data: json!({
            "release": release.id,
            "sequence": release.predicate.sequence,
            "rollback_of": release.predicate.rollback_of,
            "root_version": root.root.version,
        }),
    };
    ledger.event(&new.scope.scope, event).await.map(drop)
}

/// The first digits of an id, for sentences.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
