//! The one place that decides whether a release may run.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use skiff_wire::{Code, ReleaseArtifact, ReleasePredicate, ReleaseStatement, StatementSubject};

use crate::{
    error::{Error, ErrorKind},
    trust::{
        Binding, Purpose, TrustedRoot, VerifiedRelease, codes,
        envelope::{Opened, VerifiedPayload},
        json,
        keys::hex,
        root,
    },
};

/// How far a sequence may be above the last one that was assigned: a release every half minute for a year, without one
/// of them being assigned.
pub const FARTHEST_STEP: u64 = 1_000_000;

/// Verifies a release: root → signatures → statement → binding → artifacts → expiry, sequence, revocation.
///
/// # Errors
/// Each refusal has its own code, and [`ErrorKind::VerificationFailed`].
pub fn verify_release(
    envelope: &[u8],
    root: &TrustedRoot,
    binding: &Binding,
    purpose: Purpose,
) -> Result<VerifiedRelease, Error> {
    if let Purpose::Assign { now, .. } = purpose {
        root::check_fresh(&root.root, now)?;
    }
    let signed = verify_payload(envelope, root, "release", ReleaseStatement::PAYLOAD_TYPE)?;
    let statement = read_statement(&signed.bytes)?;
    check_binding(&statement.predicate, binding)?;
    check_subject(&statement)?;
    let id = digest(&signed.bytes);
    check_standing(&id, &statement.predicate, root, purpose)?;
    Ok(VerifiedRelease { id, predicate: statement.predicate, signers: signed.signers })
}

/// Verifies any envelope by the keys of a role: releases, attestations, approvals.
///
/// # Errors
/// Too few signatures that count, or another payload type.
pub fn verify_payload(
    envelope: &[u8],
    root: &TrustedRoot,
    role: &str,
    payload_type: &str,
) -> Result<VerifiedPayload, Error> {
    let quorum = root::check(&root.root)?.quorum(role)?;
    Opened::read(envelope)?.verify(payload_type, &quorum, role)
}

/// The statement in verified bytes, parsed from these very bytes.
fn read_statement(bytes: &[u8]) -> Result<ReleaseStatement, Error> {
    json::check(bytes, "the release")?;
    // What it claims to be comes first: of another kind of document it would be idle to say which field is unknown.
    let claims: Claims = serde_json::from_slice(bytes).unwrap_or_default();
    if claims.statement_type.as_deref() != Some(ReleaseStatement::STATEMENT_TYPE) {
        let message = format!("its `_type` is {}", quoted(claims.statement_type.as_deref()));
        return Err(refuse(&codes::WRONG_STATEMENT, message));
    }
    if claims.predicate_type.as_deref() != Some(ReleaseStatement::PREDICATE_TYPE) {
        let message = format!("its `predicateType` is {}", quoted(claims.predicate_type.as_deref()));
        return Err(refuse(&codes::WRONG_PREDICATE, message));
    }
    json::read(bytes, "the release")
}

/// What any document may claim to be.
#[derive(Default, serde::Deserialize)]
struct Claims {
    #[serde(rename = "_type", default)]
    statement_type: Option<String>,
    #[serde(rename = "predicateType", default)]
    predicate_type: Option<String>,
}

fn quoted(text: Option<&str>) -> String {
    text.map_or("missing".into(), |text| format!("`{text}`"))
}

fn check_binding(predicate: &ReleasePredicate, binding: &Binding) -> Result<(), Error> {
    let bound: [(&'static Code, &str, &str, &str); 3] = [
        (&codes::WRONG_APP, "application", &predicate.app, &binding.app),
        (&codes::WRONG_ENVIRONMENT, "environment", &predicate.environment, &binding.environment),
        (&codes::WRONG_SERVICE, "service", &predicate.service, &binding.service),
    ];
    match bound.into_iter().find(|(_, _, said, wanted)| said != wanted) {
        Some((code, what, said, wanted)) => {
            Err(refuse(code, format!("the release is for the {what} `{said}`, and this is `{wanted}`")))
        }
        None => Ok(()),
    }
}

/// The subject of a release: its artifacts by workload, sorted.
#[must_use]
pub fn subject(artifacts: &BTreeMap<String, ReleaseArtifact>) -> Vec<StatementSubject> {
    let one = |(name, artifact): (&String, &ReleaseArtifact)| {
        let (ReleaseArtifact::Bundle { sha256, .. } | ReleaseArtifact::Image { sha256, .. }) = artifact;
        StatementSubject { name: name.clone(), digest: BTreeMap::from([("sha256".into(), sha256.clone())]) }
    };
    artifacts.iter().map(one).collect()
}

fn check_subject(statement: &ReleaseStatement) -> Result<(), Error> {
    let predicate = &statement.predicate;
    let mut stated = statement.subject.clone();
    stated.sort_by(|left, right| left.name.cmp(&right.name));
    if stated != subject(&predicate.artifacts) {
        return Err(refuse(&codes::SUBJECT_MISMATCH, "the subject is not exactly the release's artifacts"));
    }
    let manifest = &predicate.manifest;
    let mut workloads: Vec<&str> =
        manifest.init.iter().chain(&manifest.sidecars).chain([&manifest.main]).map(|one| &*one.name).collect();
    workloads.sort_unstable();
    if !predicate.artifacts.keys().map(String::as_str).eq(workloads) {
        return Err(refuse(
            &codes::SUBJECT_MISMATCH,
            "the artifacts are not exactly those of the manifest's workloads",
        ));
    }
    match statement.subject.iter().flat_map(|one| one.digest.values()).find(|digest| !is_digest(digest)) {
        Some(digest) => Err(refuse(&codes::SUBJECT_MISMATCH, format!("`{digest}` is no SHA-256"))),
        None => Ok(()),
    }
}

fn check_standing(id: &str, predicate: &ReleasePredicate, root: &TrustedRoot, purpose: Purpose) -> Result<(), Error> {
    if root.root.revoked_releases.iter().any(|revoked| revoked == id) {
        let message = format!("release {id} was revoked by version {} of the trust root", root.root.version);
        return Err(refuse(&codes::REVOKED, message).hint("deploy another release"));
    }
    let sequence = predicate.sequence;
    match purpose {
        Purpose::Assign { now, .. } if predicate.expires <= now => {
            let message = format!("release {id} expired at {}", predicate.expires);
            Err(refuse(&codes::EXPIRED, message).hint("make a new one with `skiff release create`"))
        }
        Purpose::Assign { sequence: last, .. } if sequence <= last => Err(replayed(id, sequence, last)),
        Purpose::Assign { sequence: last, .. } if sequence - last > FARTHEST_STEP => {
            let message = format!("release {id} has sequence {sequence}, and {last} was the last one assigned");
            Err(refuse(&codes::FAST_FORWARD, message).hint("make another release; find out who made this one"))
        }
        Purpose::Boot { sequence: last } if sequence < last => Err(replayed(id, sequence, last)),
        _ => Ok(()),
    }
}

fn replayed(id: &str, sequence: u64, last: u64) -> Error {
    let message = format!("release {id} has sequence {sequence}, and {last} was reached already");
    refuse(&codes::REPLAYED, message).hint("to go back on purpose: `skiff rollback --to RELEASE`")
}

/// An artifact's bytes, verified: what was hashed is what is unpacked and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedArtifact {
    bytes: Vec<u8>,
    sha256: String,
}

impl VerifiedArtifact {
    /// Takes bytes that were read once, when they are those that a release names.
    ///
    /// # Errors
    /// [`codes::WRONG_ARTIFACT`].
    pub fn check(bytes: Vec<u8>, sha256: &str) -> Result<Self, Error> {
        check_artifact(&bytes, sha256)?;
        Ok(Self { bytes, sha256: sha256.into() })
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Their SHA-256, 64 hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// Compares an artifact's bytes with the digest that a release names (64 hexadecimal digits).
///
/// # Errors
/// Another digest.
pub fn check_artifact(bytes: &[u8], sha256: &str) -> Result<(), Error> {
    let found = digest(bytes);
    if found == sha256 {
        return Ok(());
    }
    let message = format!("the artifact has the SHA-256 {found}, and the release names {sha256}");
    Err(refuse(&codes::WRONG_ARTIFACT, message).hint("it is not run; find out who changed it"))
}

/// The SHA-256 of bytes, 64 hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn refuse(code: &'static Code, message: impl Into<String>) -> Error {
    Error::new(code, ErrorKind::VerificationFailed, message)
}
