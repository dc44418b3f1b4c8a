//! Releases of a service by what people call them: an id, a prefix of one, or a label.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use skiff_runtime::{
    state::{Ledger, layout::ServiceScope},
    store::Key,
};
use skiff_wire::{ReleaseStatement, SignedEnvelope};

use crate::{
    action,
    failure::Failure,
    operating::store_failure,
    standing::{ReleaseName, short},
    words,
};

/// What a release says of itself, for showing: its id is checked, its signatures are not.
pub(crate) async fn shown(
    ledger: &Ledger,
    service: &ServiceScope,
    id: &str,
) -> Result<Option<ReleaseStatement>, Failure> {
    let object = ledger.store.get(&service.release(id)).await.map_err(|error| store_failure(&error))?;
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

fn statement(body: &[u8], id: &str) -> Option<ReleaseStatement> {
    let envelope: SignedEnvelope = serde_json::from_slice(body).ok()?;
    let payload = STANDARD.decode(envelope.payload).ok()?;
    let digest = Sha256::digest(&payload).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (digest == id).then(|| serde_json::from_slice(&payload).ok()).flatten()
}

/// The fewest digits of an id that name a release.
const FEWEST_DIGITS: usize = 6;
/// How many releases a listing gives at once.
const PAGE: usize = 500;

/// The release that a word names: an id, a prefix of one that only it has, or a label.
///
/// A label that several releases have names the one with the highest sequence, which is what people mean by it.
///
/// # Errors
/// Not found; or a prefix that several releases have.
pub(crate) async fn find(ledger: &Ledger, service: &ServiceScope, word: &str) -> Result<ReleaseName, Failure> {
    let mut found = Vec::new();
    if word.len() >= FEWEST_DIGITS && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        found = ids(ledger, service, &word.to_ascii_lowercase()).await?;
    }
    if found.is_empty() {
        return labelled(ledger, service, word).await;
    }
    if let [id] = &*found {
        if let Some(release) = shown(ledger, service, id).await? {
            let (sequence, label) = (release.predicate.sequence, release.predicate.label);
            return Ok(ReleaseName { id: id.clone(), sequence, label });
        }
        let message = format!("the release `{id}` of `{}` cannot be read", service.service);
        return Err(Failure::unusable(message).hint("`skiff state verify` says what is wrong with it"));
    }
    let shown = words::first(found.into_iter().map(|id| format!("`{}`", short(&id))), 3);
    let message = format!("`{word}` begins the ids of several releases of `{}`", service.service);
    Err(Failure::usage(message).hint(format!("write more of it: {}", words::list(&shown))))
}

/// The release with a label, the newest when there are several.
async fn labelled(ledger: &Ledger, service: &ServiceScope, label: &str) -> Result<ReleaseName, Failure> {
    let mut newest: Option<ReleaseName> = None;
    for id in ids(ledger, service, "").await? {
        let Some(release) = shown(ledger, service, &id).await? else { continue };
        let sequence = release.predicate.sequence;
        let higher = newest.as_ref().is_none_or(|newest| newest.sequence < sequence);
        if release.predicate.label.as_deref() == Some(label) && higher {
            newest = Some(ReleaseName { id, sequence, label: release.predicate.label });
        }
    }
    newest.ok_or_else(|| {
        Failure::not_found(format!("`{}` has no release `{label}`", service.service))
            .hint("name one by its label, its id, or at least six digits of its id")
            .action(action::look("release-list", &["release", "list", &service.service], "lists them"))
    })
}

/// The ids that begin with some digits, sorted.
async fn ids(ledger: &Ledger, service: &ServiceScope, digits: &str) -> Result<Vec<String>, Failure> {
    let prefix = service.prefix("releases");
    let (mut ids, mut after): (Vec<String>, Option<Key>) = (Vec::new(), None);
    loop {
        let page = ledger.store.list(&format!("{prefix}{digits}"), after.as_ref(), PAGE).await;
        let page = page.map_err(|error| store_failure(&error))?;
        let names = page.keys.iter().filter_map(|key| key.as_str()[prefix.len()..].strip_suffix(".dsse.json"));
        ids.extend(names.filter(|name| name.len() == 64).map(str::to_owned));
        after = page.keys.last().cloned();
        if !page.more || after.is_none() {
            return Ok(ids);
        }
    }
}
