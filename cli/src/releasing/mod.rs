//! Bringing releases into service: what `deploy` does.
//!
//! [`Deploying::all`] first refuses whatever would stop one of the services half-way: a shape that is not applied, a value
//! that this machine does not have, a service that another operation holds. Then [`one`](Deploying::all) service follows
//! the other: its release is found or made, and the saga of a deploy is carried out.

mod ready;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    release::{self, NewRelease, codes::NO_RELEASE},
    saga::{Kind, Saga, deploy},
    state::{Ledger, layout::ServiceScope},
    trust::{TrustedRoot, load_root},
};
use skiff_wire::{PlannedStep, ReleaseArtifact, ServiceControl};

use crate::{
    acting::{Acting, conclude, conclude::Words, steps},
    failure::Failure,
    outcome::Outcome,
    releasing::ready::Ready,
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
    /// The operation; null when the release is live already, and in a dry run.
    operation: Option<String>,
    /// What a new release would carry, by workload, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<BTreeMap<String, ReleaseArtifact>>,
    /// The steps of the operation, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<PlannedStep>>,
}

/// Services on their way into service.
pub(crate) struct Deploying<'a> {
    /// The ledger, the engine, the scope.
    pub(crate) acting: &'a Acting,
    /// Which release.
    pub(crate) wanted: Wanted<'a>,
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
            return self.would(&ready);
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
            let parameters = deploy_parameters(&before.parameters)?;
            let release = self.named(ready, &parameters.release).await?;
            let finished = self.acting.drive(&before.operation).await?;
            return conclude::conclude(
                &finished,
                &deployed(ready, &release),
                data(ready, &release, Some(&before.operation)),
                &self.acting.place,
            );
        }
        if let Some(release) = &ready.live_already {
            let summary = format!("{} of `{name}` is live already", release.words());
            return Ok(Outcome::done("ALREADY_LIVE", summary).data(data(ready, release, None)));
        }
        let release = match &ready.release {
            Some(release) => release.clone(),
            None => self.make(ready).await?,
        };
        let parameters = deploy::Parameters { service: ready.service.clone(), release: release.id.clone() };
        let operation = self.acting.start(Saga::Deploy(parameters), key).await?;
        let finished = self.acting.drive(&operation).await?;
        let data = data(ready, &release, Some(&operation));
        conclude::conclude(&finished, &deployed(ready, &release), data, &self.acting.place)
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

    fn would(&self, ready: &[Ready]) -> Result<Outcome, Failure> {
        let (mut body, mut services, mut names) = (String::new(), Vec::new(), Vec::new());
        for ready in ready {
            let release = ready.live_already.as_ref().or(ready.release.as_ref());
            let id = release.map_or("new", |release| &release.id);
            let parameters = deploy::Parameters { service: ready.service.clone(), release: id.into() };
            let planned = if ready.live_already.is_some() { Vec::new() } else { Saga::Deploy(parameters).plan() };
            let what = match (&ready.live_already, release) {
                (Some(live), _) => format!("{} is live already", live.words()),
                (None, Some(release)) => format!("{} would be deployed", release.words()),
                (None, None) => "a new release would be made and deployed".into(),
            };
            body += &format!("{}: {what}\n", ready.name);
            steps::lines(&planned).iter().for_each(|line| body += &format!("  {line}\n"));
            names.push(format!("`{}`", ready.name));
            services.push(DeployedService {
                service: ready.name.clone(),
                release: release.cloned(),
                operation: None,
                artifacts: Some(ready.artifacts.clone()),
                steps: Some(planned),
            });
        }
        let summary = format!("{} would be deployed; nothing was written", words::list(&names));
        Ok(Outcome::done("WOULD_DEPLOY", summary).body(body).announced().data(json!(Deployed { services })))
    }
}

/// When a release that is made now may not be assigned any more.
pub(crate) fn expires(ledger: &Ledger) -> Timestamp {
    ledger.world.clock.now() + SignedDuration::from_hours(24 * DAYS)
}

fn deployed(ready: &Ready, release: &ReleaseName) -> Words {
    let name = &ready.name;
    let done = match ready.service.kind {
        Kind::Job => format!("{} of `{name}` is assigned; its next run takes it", release.words()),
        _ => format!("{} of `{name}` is live", release.words()),
    };
    Words {
        code: "DEPLOYED",
        what: format!("the deploy of {} of `{name}`", short(&release.id)),
        done,
        service: name.clone(),
    }
}

fn data(ready: &Ready, release: &ReleaseName, operation: Option<&str>) -> Value {
    let (release, operation) = (Some(release.clone()), operation.map(str::to_owned));
    let service = DeployedService { service: ready.name.clone(), release, operation, artifacts: None, steps: None };
    json!(Deployed { services: vec![service] })
}

fn deploy_parameters(parameters: &Value) -> Result<deploy::Parameters, Failure> {
    match Saga::read(deploy::NAME, parameters)? {
        Saga::Deploy(parameters) => Ok(parameters),
        other => Err(Failure::defect(format!("a deploy was read as {}", other.name()))),
    }
}

/// The services of several outcomes as one outcome.
fn together(done: Vec<Outcome>) -> Outcome {
    let changed = done.iter().any(|one| one.code == "DEPLOYED");
    let (code, summary) = match &*done {
        [one] => (one.code.clone(), one.summary.clone()),
        _ if changed => ("DEPLOYED".into(), done.iter().map(|one| one.summary.clone()).collect::<Vec<_>>().join("; ")),
        _ => ("ALREADY_LIVE".into(), "every service is live already as the spec says".into()),
    };
    let services = services(&done);
    let operation = done.into_iter().filter_map(|one| one.operation).next_back();
    let outcome = Outcome::done(code, summary).data(json!({ "services": services }));
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
