//! A service that can be deployed: everything that would stop it half-way has been looked at.

use std::collections::BTreeMap;

use skiff_runtime::{
    Error, ErrorKind,
    local::{
        codes::SHAPE_DIFFERS,
        secret::{SecretStore, default_key_file},
        shape_differs,
    },
    release,
    saga::{Saga, Service},
    trust::{VerifiedRelease, load_root},
};
use skiff_wire::{ExitCode, OperationIntent, ReleaseArtifact, ReleaseManifest};

use crate::{
    acting::{Acting, conclude, repetition::reused},
    failure::Failure,
    operating::manifest::{local_manifest, secret_names},
    releasing::{Deploying, find, live_release, release_of, rollout::Way},
    standing::{self, ReleaseName},
    words,
};

/// A service that can be deployed.
pub(super) struct Ready {
    /// Its name.
    pub(super) name: String,
    /// What the saga needs to know of it.
    pub(super) service: Service,
    /// What a new release would carry.
    pub(super) manifest: ReleaseManifest,
    /// The artifacts that it would name, by workload; empty when an existing release was named.
    pub(super) artifacts: BTreeMap<String, ReleaseArtifact>,
    /// The existing release that was named, or that an earlier run has left.
    pub(super) release: Option<ReleaseName>,
    /// The release that is wanted, when it is the live one.
    pub(super) live_already: Option<ReleaseName>,
    /// The operation that the idempotency key stands for already.
    pub(super) before: Option<OperationIntent>,
    /// How it comes into service; absent when that operation goes on, or nothing is to be done.
    pub(super) way: Option<Way>,
    /// The operation that is to give way.
    pub(super) holder: Option<String>,
}

impl Deploying<'_> {
    /// Looks at everything that would stop a deploy half-way; nothing is written.
    pub(super) async fn ready(&self, services: &[String]) -> Result<Vec<Ready>, Failure> {
        applied(self.acting).await?;
        let mut ready = Vec::new();
        for (index, name) in services.iter().enumerate() {
            ready.push(self.one_ready(name, index).await?);
        }
        Ok(ready)
    }

    async fn one_ready(&self, name: &str, index: usize) -> Result<Ready, Failure> {
        let acting = self.acting;
        let key = acting.key.as_ref().map(|key| if index == 0 { key.clone() } else { format!("{key}.{name}") });
        let (manifest, service) = (&acting.operating.motion(name)?.release, acting.moved(name)?);
        let mut ready = Ready {
            name: name.into(),
            service,
            manifest: manifest.clone(),
            artifacts: BTreeMap::new(),
            release: None,
            live_already: None,
            before: acting.asked_before(key.as_deref(), self.choice.sagas(), name, |_| true).await?,
            way: None,
            holder: None,
        };
        let (control, holder) = acting.held(name).await?;
        if let Some(before) = &ready.before {
            self.same_release(&ready, before).await?;
            self.choice.same_as(&Saga::read(&before.saga, &before.parameters)?).map_err(|what| {
                let key = key.as_deref().unwrap_or_default();
                reused(format!("the key `{key}` was used for the {} of `{name}` with other {what}", before.saga))
            })?;
            // Whoever asked first may have died before the other one gave way.
            ready.holder = holder.filter(|holder| self.supersede && *holder != before.operation);
            return Ok(ready);
        }
        match holder {
            Some(holder) if !self.supersede => return Err(self.held_by(name, &holder).await),
            holder => ready.holder = holder,
        }
        let live = control.as_ref().and_then(live_release);
        match self.wanted.release {
            Some(word) => ready.release = Some(find(acting, name, word).await?),
            None => {
                ready.manifest = local_manifest(name, manifest, &acting.operating.compiled.ir.local)?;
                secrets_are_set(acting, name, &ready.manifest)?;
                ready.artifacts = release::prepare(&ready.manifest, &acting.operating.base())?.artifacts;
            }
        }
        // While another operation holds the service, what is live is about to change.
        if let Some(live) = live.filter(|_| ready.holder.is_none()) {
            ready.live_already = self.same_as_live(&ready, live).await?;
        }
        if key.is_some() && ready.release.is_none() {
            ready.release = self.unused(&ready, control.as_ref().map_or(0, |control| control.sequence)).await?;
        }
        ready.way = Some(self.choice.way(acting, &ready.service, control.as_ref()).await?);
        Ok(ready)
    }

    /// The failure of a service that another operation holds, with the same command as a way out where it has one.
    async fn held_by(&self, name: &str, holder: &str) -> Failure {
        let busy = self.acting.busy(name, holder).await;
        let Some(mut again) = self.choice.words(name) else { return busy };
        again.extend(self.wanted.release.iter().flat_map(|release| ["--release", release]));
        again.extend(self.wanted.label.iter().flat_map(|label| ["--label", label]));
        again.extend(self.signing.keys.iter().flat_map(|key| ["--key", key.as_str()]));
        conclude::or_supersede(busy, &again, &self.acting.place)
    }

    /// The live release, when it is what is wanted.
    async fn same_as_live(&self, ready: &Ready, live: &str) -> Result<Option<ReleaseName>, Failure> {
        let release = self.named(ready, live).await?;
        if let Some(wanted) = &ready.release {
            return Ok((wanted.id == release.id).then_some(release));
        }
        let (scope, ledger) = (self.acting.scope(&ready.name), &self.acting.operating.ledger);
        let Some(statement) = standing::release::shown(ledger, &scope, live).await? else { return Ok(None) };
        let same = statement.predicate.manifest == ready.manifest && statement.predicate.artifacts == ready.artifacts;
        let called = self.wanted.label.is_none_or(|label| release.label.as_deref() == Some(label));
        Ok(Some(release).filter(|_| same && called))
    }

    /// The release that an earlier run of the same command has made before it died: never assigned, and the same to the last
    /// byte. What its operation was asked with names it, so the idempotency key stands for this one.
    async fn unused(&self, ready: &Ready, assigned: u64) -> Result<Option<ReleaseName>, Failure> {
        let (scope, operating) = (self.acting.scope(&ready.name), &self.acting.operating);
        let root = load_root(&operating.ledger, operating.trust_pin().as_deref(), 0).await?;
        let now = operating.ledger.world.clock.now();
        let same = |release: &VerifiedRelease| {
            let it = &release.predicate;
            let wanted = (&ready.manifest, &ready.artifacts, self.wanted.label, None);
            let has = (&it.manifest, &it.artifacts, it.label.as_deref(), it.rollback_of.as_deref());
            it.sequence > assigned && it.expires > now && has == wanted
        };
        let listed = release::list(&operating.ledger, &scope, &root).await?;
        let found = listed.into_iter().filter_map(|listed| listed.release.ok()).find(same);
        Ok(found.map(|VerifiedRelease { id, predicate, .. }| ReleaseName {
            id,
            sequence: predicate.sequence,
            label: predicate.label,
        }))
    }

    /// A release of a service by its id.
    pub(super) async fn named(&self, ready: &Ready, id: &str) -> Result<ReleaseName, Failure> {
        find(self.acting, &ready.name, id).await
    }

    /// Whether the operation of an idempotency key is for the release that is wanted now.
    async fn same_release(&self, ready: &Ready, before: &OperationIntent) -> Result<(), Failure> {
        let saga = Saga::read(&before.saga, &before.parameters)?;
        let then = self.named(ready, release_of(&saga)).await?;
        let now = match self.wanted.release {
            Some(word) => find(self.acting, &ready.name, word).await?.id == then.id,
            None => self.wanted.label == then.label.as_deref(),
        };
        if now {
            return Ok(());
        }
        let key = self.acting.key.as_deref().unwrap_or_default();
        let message = format!("the key `{key}` was used to deploy {} of `{}`", then.words(), ready.name);
        Err(reused(message))
    }
}

/// Refuses while nothing is up, and while the shape of the spec is not what was applied.
async fn applied(acting: &Acting) -> Result<(), Failure> {
    acting.up().await?;
    let differs = shape_differs(&acting.operating.ledger, &acting.operating.compiled.plan).await?;
    if differs.is_empty() {
        return Ok(());
    }
    let lines = words::first(differs.iter().cloned(), 5);
    let up = conclude::mutating("local-up", &["local", "up"], &acting.place, "applies the shape to this machine");
    let message = "the shape of the spec is not what was last applied";
    let error = Error::new(&SHAPE_DIFFERS, ErrorKind::Conflict, message);
    Err(Failure::from(error.hint("apply it first: a deploy moves releases and changes no resource"))
        .details(lines, serde_json::json!({ "differs": differs }))
        .action(up))
}

/// Refuses while a secret that the manifest needs has no value on this machine.
fn secrets_are_set(acting: &Acting, service: &str, manifest: &ReleaseManifest) -> Result<(), Failure> {
    let mut needed = secret_names(manifest);
    if needed.is_empty() {
        return Ok(());
    }
    let store = SecretStore::open(acting.cloud.place().secrets(), default_key_file()?);
    let set = store.list(&acting.operating.scope)?;
    needed.retain(|name| !set.iter().any(|entry| entry.name == *name));
    if needed.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = needed.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "`{service}` needs {} that nobody has set on this machine: {}",
        words::count(needed.len(), "secret"),
        words::list(&names)
    );
    let set = needed.iter().map(|name| {
        conclude::mutating(
            &format!("secret-set-{name}"),
            &["secret", "set", name],
            &acting.place,
            "reads the value from standard input",
        )
    });
    Err(Failure::new("SECRETS_MISSING", ExitCode::InputErrors, message)
        .hint("a value comes from a file or from standard input, never from the command line")
        .details(Vec::new(), serde_json::json!({ "service": service, "missing": needed }))
        .actions(set))
}
