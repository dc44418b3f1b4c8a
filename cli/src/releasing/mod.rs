//! Bringing releases into service: what `deploy` does.
//!
//! [`Deploying::all`] first refuses whatever would stop one of the services half-way: a shape that is not applied, a value
//! that this machine does not have, a service that another operation holds. Then [`one`](Deploying::all) service follows
//! the other: its release is found or made, and the saga of a deploy is carried out.

mod ready;
pub(crate) mod rollout;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    release::{self, NewRelease, codes::NO_RELEASE},
    saga::{Kind, Saga},
    state::{Ledger, layout::ServiceScope},
    trust::{TrustedRoot, load_root},
};
use skiff_wire::{OperationIntent, PlannedStep, ReleaseArtifact, ServiceControl};

use crate::{
    acting::{Acting, conclude::Words, steps},
    failure::Failure,
    outcome::Outcome,
    releasing::{ready::Ready, rollout::Choice},
    signing::{self, SigningArguments},
    standing::{self, ReleaseName, short},
    words,
};

/// Days until a release may not be assigned any more; `skiff release create --expires` sets another term.
const DAYS: i64 = 90;

/// Which release is wanted: one that there is, or a new one with a label.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Its id, the first digits of it, or its label.
    pub(crate) release: Option<&'a str>,
    /// The label of a new one.
    pub(crate) label: Option<&'a str>,
}

/// What a deploy has done, or would do.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deployed {
    /// The services in the order in which they are deployed.
    services: Vec<DeployedService>,
}

/// What a deploy has done, or would do, with one service.
#[derive(Debug, Serialize, JsonSchema)]
struct DeployedService {
    /// Its name.
    service: String,
    /// The release; null in a dry run that would make a new one.
    release: Option<ReleaseName>,
    /// The operation; null when the release is live already, and in a dry run of what is not on record yet.
    operation: Option<String>,
    /// What a new release would carry, by workload, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<BTreeMap<String, ReleaseArtifact>>,
    /// How it would be done, in a dry run.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    planned: Option<PlannedDeploy>,
}

/// How a deploy would be done.
#[derive(Debug, Serialize, JsonSchema)]
struct PlannedDeploy {
    /// The saga, such as `canary`.
    saga: String,
    /// SHA-256 of its steps' kinds and versions in their order.
    definition: String,
    /// SHA-256 of what is planned.
    plan: String,
    /// Its steps.
    steps: Vec<PlannedStep>,
    /// The way of the release in one sentence.
    rollout: String,
    /// Seconds for which stages are watched in all.
    watched_seconds: u64,
}

/// Services on their way into service.
pub(crate) struct Deploying<'a> {
    /// The ledger, the engine, the scope.
    pub(crate) acting: &'a Acting,
    /// Which release.
    pub(crate) wanted: Wanted<'a>,
    /// How it comes into service.
    pub(crate) choice: Choice,
    /// Whether another operation that holds a service is to give way.
    pub(crate) supersede: bool,
    /// Who signs a new one.
    pub(crate) signing: &'a SigningArguments,
    /// Whether it is only shown.
    pub(crate) dry_run: bool,
}

impl Deploying<'_> {
    /// Deploys services one after the other.
    pub(crate) async fn all(&self, services: &[String]) -> Result<Outcome, Failure> {
        let ready = self.ready(services).await?;
        if self.dry_run {
            return self.would(&ready).await;
        }
        let mut done: Vec<Outcome> = Vec::new();
        for (index, ready) in ready.iter().enumerate() {
            let key = self
                .acting
                .key
                .as_ref()
                .map(|key| if index == 0 { key.clone() } else { format!("{key}.{}", ready.name) });
            if services.len() > 1 {
                self.acting.say(&format!("{} ({} of {})", ready.name, index + 1, services.len()));
            }
            match self.one(ready, key).await {
                Ok(outcome) => done.push(outcome),
                Err(failure) => return Err(with_those_before(failure, &done, &services[index + 1..])),
            }
        }
        Ok(together(done))
    }

    async fn one(&self, ready: &Ready, key: Option<String>) -> Result<Outcome, Failure> {
        let name = ready.name.as_str();
        if let Some(before) = &ready.before {
            let saga = Saga::read(&before.saga, &before.parameters)?;
            let release = self.named(ready, release_of(&saga)).await?;
            let data = data(ready, &release, Some(&before.operation));
            if let Some(holder) = &ready.holder {
                self.acting.supersede(name, holder, &before.operation).await?;
            }
            return self.acting.see_through(&before.operation, &words_of(ready, &release, &saga), data).await;
        }
        if let Some(release) = &ready.live_already {
            let summary = format!("{} of `{name}` is live already", release.words());
            return Ok(Outcome::done("ALREADY_LIVE", summary).data(data(ready, release, None)));
        }
        let release = match &ready.release {
            Some(release) => release.clone(),
            None => self.make(ready).await?,
        };
        let (saga, words) = self.saga(ready, &release.id)?;
        self.acting.say(&words);
        let told = words_of(ready, &release, &saga);
        let operation = self.acting.start(saga, key).await?;
        if let Some(holder) = &ready.holder {
            self.acting.supersede(name, holder, &operation).await?;
        }
        self.acting.see_through(&operation, &told, data(ready, &release, Some(&operation))).await
    }

    /// The operation that brings a release into service, and what it means.
    fn saga(&self, ready: &Ready, release: &str) -> Result<(Saga, String), Failure> {
        let Some(way) = &ready.way else {
            return Err(Failure::defect(format!("nobody has said how `{}` comes into service", ready.name)));
        };
        let before = &self.acting.operating.motion(&ready.name)?.rollout.before;
        Ok((way.saga(&ready.service, release, before), way.words()))
    }

    /// Packs, numbers, signs and writes a release of what the spec says now.
    async fn make(&self, ready: &Ready) -> Result<ReleaseName, Failure> {
        let keys = signing::keys(self.signing)?;
        let (scope, ledger) = (self.acting.scope(&ready.name), &self.acting.operating.ledger);
        let label = self.wanted.label.map(str::to_owned);
        let new = NewRelease {
            label: label.clone(),
            trust_root: self.acting.operating.trust_pin(),
            ..NewRelease::new(scope, ready.manifest.clone(), self.acting.operating.base(), expires(ledger))
        };
        let created = release::create(ledger, &new, &keys).await?;
        let release = ReleaseName { id: created.id, sequence: created.sequence, label };
        self.acting.say(&format!("release {} is signed by {}", release.words(), words::list(&created.signers)));
        Ok(release)
    }

    async fn would(&self, ready: &[Ready]) -> Result<Outcome, Failure> {
        let (mut body, mut services, mut names) = (String::new(), Vec::new(), Vec::new());
        for ready in ready {
            let (service, lines) = match &ready.before {
                Some(before) => self.would_go_on(ready, before).await?,
                None => self.would_start(ready)?,
            };
            body += &lines;
            names.push(format!("`{}`", ready.name));
            services.push(service);
        }
        let summary = format!("{} would be deployed; nothing was written", words::list(&names));
        Ok(Outcome::done("WOULD_DEPLOY", summary).body(body).announced().data(json!(Deployed { services })))
    }

    /// What would be started for one service, for programs and for people.
    fn would_start(&self, ready: &Ready) -> Result<(DeployedService, String), Failure> {
        let release = ready.live_already.as_ref().or(ready.release.as_ref());
        let (saga, words) = self.saga(ready, release.map_or("new", |release| &release.id))?;
        let planned = if ready.live_already.is_some() { Vec::new() } else { saga.plan() };
        let what = match (&ready.live_already, release) {
            (Some(live), _) => format!("{} is live already", live.words()),
            (None, Some(release)) => format!("{} would be deployed; {words}", release.words()),
            (None, None) => format!("a new release would be made and deployed; {words}"),
        };
        let mut lines = format!("{}: {what}\n", ready.name);
        if let Some(holder) = &ready.holder {
            lines += &format!("  operation {holder} would give way first\n");
        }
        steps::lines(&planned).iter().for_each(|line| lines += &format!("  {line}\n"));
        let planned = PlannedDeploy {
            saga: saga.name().to_owned(),
            definition: saga.steps().definition(),
            plan: steps::digest(&saga)?,
            steps: planned,
            rollout: words,
            watched_seconds: ready.way.as_ref().map_or(0, rollout::Way::seconds),
        };
        let service = DeployedService {
            service: ready.name.clone(),
            release: release.cloned(),
            operation: None,
            artifacts: Some(ready.artifacts.clone()),
            planned: Some(planned),
        };
        Ok((service, lines))
    }

    /// The operation that the key stands for already, for programs and for people.
    async fn would_go_on(&self, ready: &Ready, before: &OperationIntent) -> Result<(DeployedService, String), Failure> {
        let saga = Saga::read(&before.saga, &before.parameters)?;
        let release = self.named(ready, release_of(&saga)).await?;
        let (id, name) = (&before.operation, &ready.name);
        let lines = format!("{name}: the key stands for the {} of {} `{id}`\n", before.saga, release.words());
        let service = DeployedService {
            service: name.clone(),
            release: Some(release),
            operation: Some(id.clone()),
            artifacts: None,
            planned: None,
        };
        Ok((service, lines))
    }
}

/// When a release that is made now may not be assigned any more.
pub(crate) fn expires(ledger: &Ledger) -> Timestamp {
    ledger.world.clock.now() + SignedDuration::from_hours(24 * DAYS)
}

fn words_of(ready: &Ready, release: &ReleaseName, saga: &Saga) -> Words {
    let (name, of) = (&ready.name, release.words());
    let (code, done) = match saga {
        Saga::Shadow(_) => ("SHADOWED", format!("{of} of `{name}` did well beside what serves; nothing of it is left")),
        _ if ready.service.kind == Kind::Job => {
            ("DEPLOYED", format!("{of} of `{name}` is assigned; its next run takes it"))
        }
        _ => ("DEPLOYED", format!("{of} of `{name}` is live")),
    };
    let what = format!("the {} of {} of `{name}`", saga.name(), short(&release.id));
    Words { code, saga: saga.name().into(), what, done, service: name.clone() }
}

fn data(ready: &Ready, release: &ReleaseName, operation: Option<&str>) -> Value {
    let (release, operation) = (Some(release.clone()), operation.map(str::to_owned));
    let service = DeployedService { service: ready.name.clone(), release, operation, artifacts: None, planned: None };
    json!(Deployed { services: vec![service] })
}

/// The release that a saga is about; empty for one that is about none.
fn release_of(saga: &Saga) -> &str {
    match saga {
        Saga::Deploy(parameters) => &parameters.release,
        Saga::Canary(parameters) => &parameters.release,
        Saga::Shadow(parameters) => &parameters.release,
        Saga::Rollback(parameters) => &parameters.deploy.release,
        _ => "",
    }
}

/// The services of several outcomes as one outcome.
fn together(done: Vec<Outcome>) -> Outcome {
    let changed = done.iter().find(|one| one.code != "ALREADY_LIVE").map(|one| one.code.clone());
    let (code, summary) = match (&*done, changed) {
        ([one], _) => (one.code.clone(), one.summary.clone()),
        (_, Some(code)) => (code, done.iter().map(|one| one.summary.clone()).collect::<Vec<_>>().join("; ")),
        _ => ("ALREADY_LIVE".into(), "every service is live already as the spec says".into()),
    };
    let services = services(&done);
    let actions: Vec<_> = done.iter().flat_map(|one| one.actions.clone()).collect();
    let operation = done.into_iter().filter_map(|one| one.operation).next_back();
    let outcome = Outcome::done(code, summary).data(json!({ "services": services })).actions(actions);
    match operation {
        Some(operation) => outcome.operation(operation),
        None => outcome,
    }
}

fn services(done: &[Outcome]) -> Vec<Value> {
    done.iter().filter_map(|one| one.data["services"].as_array()).flatten().cloned().collect()
}

/// A failure that also says which services had been deployed before it, and which were not begun.
fn with_those_before(failure: Failure, done: &[Outcome], rest: &[String]) -> Failure {
    if done.is_empty() && rest.is_empty() {
        return failure;
    }
    let mut lines: Vec<String> = done.iter().map(|one| one.summary.clone()).collect();
    lines.extend(rest.iter().map(|name| format!("`{name}` was not begun")));
    failure.more_details(lines, "services_before", json!(services(done)))
}

/// The slot's assigned release of a service that serves.
pub(crate) fn live_release(control: &ServiceControl) -> Option<&str> {
    let live = control.live.as_ref().filter(|_| !control.destroyed)?;
    control.slots.get(live)?.assignment.as_ref().map(|assignment| assignment.release.as_str())
}

/// A release of a service by its id, the first digits of it, or its label.
///
/// # Errors
/// There is none; or the one that claims that label is refused.
pub(crate) async fn find(acting: &Acting, name: &str, word: &str) -> Result<ReleaseName, Failure> {
    let (scope, operating) = (acting.scope(name), &acting.operating);
    let root = load_root(&operating.ledger, operating.trust_pin().as_deref(), 0).await?;
    let id = match release::find(&operating.ledger, &scope, word, &root).await {
        Ok(id) => id,
        Err(error) if error.code() == &NO_RELEASE => return Err(missing(acting, &scope, word, &root, error).await),
        Err(error) => return Err(error.into()),
    };
    let statement = standing::release::shown(&operating.ledger, &scope, &id).await?;
    let (sequence, label) = statement.map_or((0, None), |it| (it.predicate.sequence, it.predicate.label));
    Ok(ReleaseName { id, sequence, label })
}

/// Why a release was not found: one that claims to be it may be there, and refused.
async fn missing(acting: &Acting, scope: &ServiceScope, word: &str, root: &TrustedRoot, error: Error) -> Failure {
    let ledger = &acting.operating.ledger;
    let Ok(listed) = release::list(ledger, scope, root).await else { return error.into() };
    let refused = listed.into_iter().filter_map(|listed| Some((listed.id, listed.release.err()?)));
    for (id, refusal) in refused {
        if standing::release::claimed_label(ledger, scope, &id).await.ok().flatten().as_deref() == Some(word) {
            return refusal.into();
        }
    }
    error.into()
}
