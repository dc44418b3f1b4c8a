//! Copies the assignment and all that it needs into the member's folder: a small ledger with the same keys.

use skiff_runtime::{
    Error,
    state::{Ledger, document::store_error, layout},
    store::{Condition, Key},
};
use skiff_wire::ReleaseArtifact;

use super::{Booted, Sources};

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
    replace(sources, &service.control()).await
}

/// Copies what is never changed; what is there already is the same.
async fn copy(sources: &Sources, key: &Key) -> Result<(), Error> {
    if sources.kept.store.get(key).await.map_err(store_error)?.is_some() {
        return Ok(());
    }
    put(&sources.kept, key, sources, &Condition::Absent).await
}

/// Copies the newest version.
async fn replace(sources: &Sources, key: &Key) -> Result<(), Error> {
    let there = sources.kept.store.get(key).await.map_err(store_error)?;
    let condition = there.map_or(Condition::Absent, |object| Condition::Matches(object.etag));
    put(&sources.kept, key, sources, &condition).await
}

async fn put(kept: &Ledger, key: &Key, sources: &Sources, condition: &Condition) -> Result<(), Error> {
    let Some(object) = sources.ledger.store.get(key).await.map_err(store_error)? else { return Ok(()) };
    kept.store.put(key, &object.body, condition).await.map(drop).map_err(store_error)
}
