//! The releases in the ledger: found, read, verified.

use skiff_wire::ReleaseArtifact;

use crate::{
    error::{Error, ErrorKind},
    release::{binding, codes},
    state::{Ledger, document::store_error, layout, layout::ServiceScope},
    store::Key,
    trust::{
        self, Purpose, TrustedRoot, VerifiedArtifact, VerifiedRelease,
        verify::{FARTHEST_STEP, verify_release},
    },
};

/// How many keys are asked for at once.
const PAGE: usize = 1000;
const SUFFIX: &str = ".dsse.json";

/// A release in the ledger, and whether it still stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The name it lies under.
    pub id: String,
    /// What it says, or why it is refused.
    pub release: Result<VerifiedRelease, Error>,
}

/// Every release of a service, the newest first; those that are refused come last.
///
/// # Errors
/// A store that fails.
pub async fn list(ledger: &Ledger, scope: &ServiceScope, root: &TrustedRoot) -> Result<Vec<Listed>, Error> {
    let mut all = Vec::new();
    for id in ids(ledger, scope, "").await? {
        let envelope = read(ledger, scope, &id).await?;
        let release = stands(&envelope, scope, &id, root, Purpose::Boot { sequence: 0 });
        all.push(Listed { id, release });
    }
    let sequence = |listed: &Listed| listed.release.as_ref().map_or(0, |release| release.predicate.sequence);
    all.sort_by(|left, right| sequence(right).cmp(&sequence(left)).then_with(|| left.id.cmp(&right.id)));
    Ok(all)
}

/// The release with the highest sequence that could still be assigned. What is not signed as it must be, or is out of
/// reach, counts for nothing: who can only write to the store must not be able to use the sequences up.
pub(super) async fn newest(
    ledger: &Ledger,
    scope: &ServiceScope,
    root: &TrustedRoot,
    assigned: u64,
) -> Result<Option<VerifiedRelease>, Error> {
    let reachable = |release: &VerifiedRelease| release.predicate.sequence < assigned.saturating_add(FARTHEST_STEP);
    let standing = list(ledger, scope, root).await?.into_iter().filter_map(|listed| listed.release.ok());
    Ok(standing.into_iter().find(reachable))
}

/// The id of a release by its id, by the first digits of it (four at least), or by its label (the newest that has it).
///
/// # Errors
/// None, or several.
pub async fn find(ledger: &Ledger, scope: &ServiceScope, name: &str, root: &TrustedRoot) -> Result<String, Error> {
    let digits = name.len() >= 4 && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut ids = if digits { ids(ledger, scope, &name.to_ascii_lowercase()).await? } else { Vec::new() };
    if let (1, Some(id)) = (ids.len(), ids.pop()) {
        return Ok(id);
    }
    let labelled =
        |listed: &Listed| listed.release.as_ref().is_ok_and(|release| release.predicate.label.as_deref() == Some(name));
    match list(ledger, scope, root).await?.into_iter().find(labelled) {
        Some(listed) => Ok(listed.id),
        None if digits && !ids.is_empty() => Err(none(scope, name, "several releases begin so")),
        None => Err(none(scope, name, "none has this id or label")),
    }
}

/// The envelope of a release, not verified.
///
/// # Errors
/// No such release; a store that fails.
pub async fn read(ledger: &Ledger, scope: &ServiceScope, id: &str) -> Result<Vec<u8>, Error> {
    let object = ledger.store.get(&scope.release(id)).await.map_err(store_error)?;
    object.map(|object| object.body).ok_or_else(|| none(scope, id, "it is not in the ledger"))
}

/// An attestation beside a release (`sbom` or `provenance`), not verified; `None` when there is none.
///
/// # Errors
/// A store that fails.
pub async fn attestation(
    ledger: &Ledger,
    scope: &ServiceScope,
    id: &str,
    what: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let object = ledger.store.get(&scope.attestation(id, what)).await.map_err(store_error)?;
    Ok(object.map(|object| object.body))
}

/// The refusal of an attestation that is about something else than its release.
#[must_use]
pub fn foreign(id: &str, what: &str) -> Error {
    let message = format!("the {what} beside release {id} is about other artifacts");
    Error::new(&trust::codes::SUBJECT_MISMATCH, ErrorKind::VerificationFailed, message)
        .hint("somebody exchanged it in the ledger; bring the right one back")
}

/// Reads a release and verifies it, also that it is the one under whose name it lies.
///
/// # Errors
/// No such release, or one that is refused.
pub async fn read_verified(
    ledger: &Ledger,
    scope: &ServiceScope,
    id: &str,
    root: &TrustedRoot,
    purpose: Purpose,
) -> Result<VerifiedRelease, Error> {
    stands(&read(ledger, scope, id).await?, scope, id, root, purpose)
}

fn stands(
    envelope: &[u8],
    scope: &ServiceScope,
    id: &str,
    root: &TrustedRoot,
    purpose: Purpose,
) -> Result<VerifiedRelease, Error> {
    let release = verify_release(envelope, root, &binding(scope), purpose)?;
    if release.id == id {
        return Ok(release);
    }
    let message = format!("under the name of release {id} lies release {}", release.id);
    Err(Error::new(&trust::codes::WRONG_RELEASE, ErrorKind::VerificationFailed, message)
        .hint("somebody exchanged it in the ledger; bring the right one back"))
}

/// Reads a bundle's bytes once, and verifies those.
///
/// # Errors
/// A bundle that is gone, or that is another one; a store that fails.
pub async fn fetch_artifact(ledger: &Ledger, artifact: &ReleaseArtifact) -> Result<VerifiedArtifact, Error> {
    let (ReleaseArtifact::Bundle { sha256, .. } | ReleaseArtifact::Image { sha256, .. }) = artifact;
    let object = ledger.store.get(&layout::artifact(sha256)).await.map_err(store_error)?;
    VerifiedArtifact::check(object.ok_or_else(|| absent(ledger, sha256))?.body, sha256)
}

/// Whether a bundle is there, without reading it.
pub(super) async fn check_present(ledger: &Ledger, sha256: &str) -> Result<(), Error> {
    let key = layout::artifact(sha256);
    let page = ledger.store.list(key.as_str(), None, 1).await.map_err(store_error)?;
    if page.keys.contains(&key) { Ok(()) } else { Err(absent(ledger, sha256)) }
}

async fn ids(ledger: &Ledger, scope: &ServiceScope, beginning: &str) -> Result<Vec<String>, Error> {
    let folder = scope.prefix("releases");
    let (prefix, mut after, mut ids): (_, Option<Key>, _) = (format!("{folder}{beginning}"), None, Vec::new());
    loop {
        let page = ledger.store.list(&prefix, after.as_ref(), PAGE).await.map_err(store_error)?;
        let names = page.keys.iter().filter_map(|key| key.as_str().strip_prefix(&folder)?.strip_suffix(SUFFIX));
        // An attestation has its kind between the id and the suffix.
        ids.extend(names.filter(|name| !name.contains('.')).map(str::to_owned));
        after = page.keys.last().cloned();
        if !page.more || after.is_none() {
            return Ok(ids);
        }
    }
}

fn none(scope: &ServiceScope, name: &str, why: &str) -> Error {
    Error::new(&codes::NO_RELEASE, ErrorKind::NotFound, format!("no release `{name}` of `{}`: {why}", scope.service))
        .hint("`skiff release list` shows those that there are")
}

fn absent(ledger: &Ledger, sha256: &str) -> Error {
    let message = format!("the artifact {sha256} is not in `{}`", ledger.store.place());
    Error::new(&codes::NO_ARTIFACT, ErrorKind::NotFound, message).hint("make the release again from its source")
}
