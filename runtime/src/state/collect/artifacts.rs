//! Artifacts that no release needs: put aside, looked at again, then removed or put back.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    state::{
        Ledger,
        collect::{Collected, remove},
        document::store_error,
        layout,
        place::{Place, QUARANTINE, aside},
        survey::{Depth, Survey},
    },
    store::Key,
};

/// Removes what no release of the ledger needs.
///
/// Whoever makes a release writes its artifacts first. So the releases are listed again once an artifact is out of the way:
/// a release that is there by then gets it back, and one that comes later finds it missing and writes it.
pub(super) async fn collect(
    ledger: &Ledger,
    survey: &Survey,
    dry_run: bool,
    collected: &mut Collected,
) -> Result<(), Error> {
    let needed = needed(survey, collected);
    let spare: Vec<&Key> = survey.artifacts.iter().filter(|key| is_artifact(key) && !needed.contains(*key)).collect();
    if dry_run {
        for key in spare {
            collected.artifact_bytes += remove(ledger, key, true).await?.unwrap_or_default();
            collected.artifacts.push(key.to_string());
        }
        return Ok(());
    }
    let mut aside: BTreeSet<Key> = survey.leaving.iter().cloned().collect();
    for key in spare {
        aside.extend(put_aside(ledger, key).await?);
    }
    if aside.is_empty() {
        return Ok(());
    }
    let again = Survey::of(ledger, Depth { events: false, artifacts: false }).await?;
    let needed = needed_by(&again, &BTreeSet::new());
    for key in aside {
        settle(ledger, &key, &needed, collected).await?;
    }
    Ok(())
}

/// Puts back what an earlier run had put aside, and what a release needs by now.
pub(super) async fn put_back(ledger: &Ledger, survey: &Survey, collected: &mut Collected) -> Result<(), Error> {
    for artifact in needed_by(survey, &BTreeSet::new()) {
        let aside = aside(&artifact);
        if survey.artifacts.contains(&artifact) || !survey.leaving.contains(&aside) {
            continue;
        }
        if let Some(object) = ledger.store.get(&aside).await.map_err(store_error)? {
            ledger.put_bytes_once(&artifact, &object.body).await?;
            collected.restored.push(artifact.to_string());
        }
    }
    Ok(())
}

/// What runners are started with is no release's; it stays.
fn is_artifact(key: &Key) -> bool {
    key.as_str().starts_with(layout::ARTIFACTS)
}

fn needed(survey: &Survey, collected: &Collected) -> BTreeSet<Key> {
    needed_by(survey, &collected.releases.iter().cloned().collect())
}

/// The artifacts of all releases but those that were removed.
fn needed_by(survey: &Survey, removed: &BTreeSet<String>) -> BTreeSet<Key> {
    let releases = survey.services.iter().flat_map(|(scope, service)| {
        service.releases.iter().filter(|(id, _)| !removed.contains(scope.release(id).as_str()))
    });
    releases.flat_map(|(_, release)| release.bundles.iter().map(|sha256| layout::artifact(sha256))).collect()
}

/// Moves an artifact below the quarantine; gives its key there.
async fn put_aside(ledger: &Ledger, key: &Key) -> Result<Option<Key>, Error> {
    let Some(object) = ledger.store.get(key).await.map_err(store_error)? else { return Ok(None) };
    let aside = aside(key);
    ledger.put_bytes_once(&aside, &object.body).await?;
    remove(ledger, key, false).await?;
    Ok(Some(aside))
}

/// Removes an artifact that was put aside, or puts it back.
async fn settle(ledger: &Ledger, aside: &Key, needed: &BTreeSet<Key>, collected: &mut Collected) -> Result<(), Error> {
    let Some(key) = aside.as_str().strip_prefix(QUARANTINE).and_then(Key::parse) else { return Ok(()) };
    // What a repair has put aside is evidence, and has another name.
    if !matches!(Place::of(&key), Place::Artifact(_)) {
        return Ok(());
    }
    if needed.contains(&key) {
        if let Some(object) = ledger.store.get(aside).await.map_err(store_error)? {
            ledger.put_bytes_once(&key, &object.body).await?;
            collected.restored.push(key.to_string());
        }
        remove(ledger, aside, false).await?;
        return Ok(());
    }
    if let Some(size) = remove(ledger, aside, false).await? {
        collected.artifact_bytes += size;
        collected.artifacts.push(key.to_string());
    }
    Ok(())
}
