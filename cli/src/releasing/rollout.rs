//! Which way a release comes into service: at once, share by share, or beside what serves without any request of a user.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use skiff_runtime::{
    gate::Gate,
    provider::{LEGACY, Motion as _},
    saga::{
        Kind, Saga, Service,
        canary::{self, Stage},
        deploy, shadow,
    },
    shadow::{Aspect, Request},
};
use skiff_wire::ServiceControl;

use crate::{acting::Acting, failure::Failure, graph::text::duration, rehearsal, words};

/// How a release is to come into service, when not as the spec says.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RolloutArguments {
    /// Give it all requests at once: no share is watched, and no gate is asked
    #[arg(long, conflicts_with = "shadow", help_heading = "Rollout")]
    pub(crate) at_once: bool,
    /// Let another operation that holds the service give way: it is taken back first
    #[arg(long, help_heading = "Rollout")]
    pub(crate) supersede: bool,
    /// Only try the release beside what serves: no user sees it, and it is taken down again
    #[arg(long, help_heading = "Rollout")]
    pub(crate) shadow: bool,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArguments,
}

/// What a release is tried with that no user sees.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RehearsalArguments {
    /// Requests to send to old and new: a HAR file, or JSON lines
    #[arg(long, value_name = "FILE", help_heading = "Shadow")]
    pub(crate) requests: Option<PathBuf>,
    /// One request to send to old and new, such as 'GET /orders?limit=10'
    #[arg(long = "request", value_name = "REQUEST", help_heading = "Shadow")]
    pub(crate) request: Vec<String>,
    /// How often all of them are sent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Shadow")]
    pub(crate) rounds: Option<u32>,
    /// Of a thousand requests, how many may be answered in another way
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1000), help_heading = "Shadow")]
    pub(crate) tolerate: Option<u32>,
    /// What may refuse the release beside statuses: its bodies, its latency, or both. Otherwise they are only told
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = aspect, help_heading = "Shadow")]
    pub(crate) decide: Vec<Aspect>,
    /// Of a hundred idempotent requests of users, how many the new release gets a copy of
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=100), help_heading = "Shadow")]
    pub(crate) mirror: Option<u32>,
    /// How long it is watched, with what is mirrored
    #[arg(long = "for", value_name = "TIME", value_parser = crate::span::parse, help_heading = "Shadow")]
    pub(crate) watch: Option<Duration>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    /// As the spec says.
    Spec,
    /// All requests at once.
    AtOnce,
    /// Share by share, whatever the spec says.
    Staged(Vec<Stage>, Vec<Gate>),
    /// Beside what serves.
    Shadow(Box<Trial>),
}

/// How a release is tried beside what serves.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    requests: Vec<Request>,
    rounds: u32,
    tolerated_permille: u32,
    deciding: Vec<Aspect>,
    mirror_percent: u32,
    watch_seconds: u32,
    /// What was left out of the requests.
    pub(crate) warnings: Vec<String>,
}

/// How one service's release comes into service.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// All requests at once, and why.
    AtOnce(&'static str),
    /// Share by share.
    Staged(Vec<Stage>, Vec<Gate>),
    /// Beside what serves.
    Shadow(Box<Trial>, Vec<Gate>),
}

const AS_ASKED: &str = "it gets all requests at once, as was asked for: no share is watched, and no gate is asked";
const AS_SPECIFIED: &str = "it gets all requests at once, as the spec says";
const NOTHING_LIVE: &str = "it gets all requests at once: nothing is live that it could be compared with";
const LEGACY_HAS_ALL: &str = "it is not watched: the old way of serving has all requests; \
                              `skiff saga start traffic-cutover` moves them";

impl RolloutArguments {
    /// What was asked for.
    pub(crate) fn choice(&self) -> Result<Choice, Failure> {
        if !self.shadow && !self.rehearsal.is_empty() {
            return Err(Failure::usage("requests, rounds, mirroring and a time to watch belong to a shadow deploy")
                .hint("add `--shadow`"));
        }
        match (self.at_once, self.shadow) {
            (true, _) => Ok(Choice::AtOnce),
            (_, true) => Ok(Choice::Shadow(Box::new(self.rehearsal.trial()?))),
            _ => Ok(Choice::Spec),
        }
    }
}

impl RehearsalArguments {
    /// Whether none of it was given.
    pub(crate) fn is_empty(&self) -> bool {
        let sends = self.requests.is_some() || !self.request.is_empty() || self.rounds.is_some();
        !sends && self.tolerate.is_none() && self.decide.is_empty() && self.mirror.is_none() && self.watch.is_none()
    }

    fn trial(&self) -> Result<Trial, Failure> {
        let rehearsal::Read { requests, warnings } = rehearsal::read(self.requests.as_deref(), &self.request)?;
        if self.mirror.is_some() && self.watch.is_none() {
            return Err(Failure::usage("how long requests are mirrored was not said").hint("say it with `--for 10m`"));
        }
        if !self.decide.is_empty() && requests.is_empty() {
            return Err(Failure::usage("there is no request whose answers could decide")
                .hint("give some with `--request` or `--requests`"));
        }
        let mut deciding = self.decide.clone();
        deciding.sort_unstable();
        deciding.dedup();
        let watch = self.watch.map_or(0, |watch| watch.as_secs().max(1));
        Ok(Trial {
            requests,
            rounds: self.rounds.unwrap_or(1),
            tolerated_permille: self.tolerate.unwrap_or(0),
            deciding,
            mirror_percent: self.mirror.unwrap_or(0),
            watch_seconds: u32::try_from(watch).unwrap_or(u32::MAX),
            warnings,
        })
    }
}

fn aspect(word: &str) -> Result<Aspect, String> {
    match word {
        "bodies" => Ok(Aspect::Bodies),
        "latency" => Ok(Aspect::Latency),
        _ => Err("expected `bodies` or `latency`".into()),
    }
}

impl Choice {
    /// The sagas that it may come to.
    pub(crate) fn sagas(&self) -> &'static [&'static str] {
        match self {
            Self::Spec => &[deploy::NAME, canary::NAME],
            Self::AtOnce => &[deploy::NAME],
            Self::Staged(..) => &[canary::NAME, deploy::NAME],
            Self::Shadow(_) => &[shadow::NAME],
        }
    }

    /// The command line of a deploy in this way; `None` for one that another command starts, or that takes more words.
    pub(crate) fn words<'a>(&self, service: &'a str) -> Option<Vec<&'a str>> {
        match self {
            Self::Spec => Some(vec!["deploy", service]),
            Self::AtOnce => Some(vec!["deploy", service, "--at-once"]),
            Self::Staged(..) | Self::Shadow(_) => None,
        }
    }

    /// Whether an operation that was started before is what is asked for now.
    ///
    /// # Errors
    /// What is different, in a word.
    pub(crate) fn same_as(&self, saga: &Saga) -> Result<(), &'static str> {
        let same = |same: bool, what: &'static str| if same { Ok(()) } else { Err(what) };
        match (self, saga) {
            (Self::Staged(stages, gates), Saga::Canary(then)) => {
                same(*stages == then.stages, "shares or times").and(same(*gates == then.gates, "gates"))
            }
            // What has nothing to be compared with goes at once, whatever was asked for.
            (Self::Spec | Self::Staged(..), Saga::Deploy(_)) | (Self::AtOnce, Saga::Deploy(_)) => Ok(()),
            (Self::Spec, Saga::Canary(_)) => Ok(()),
            (Self::Shadow(trial), Saga::Shadow(then)) => trial.same_as(then),
            _ => Err("ways to bring it into service"),
        }
    }

    /// What was left out of what was given.
    pub(crate) fn warnings(&self) -> Vec<String> {
        match self {
            Self::Shadow(trial) => trial.warnings.clone(),
            _ => Vec::new(),
        }
    }

    /// What it comes to for a service as it stands.
    pub(crate) async fn way(
        &self,
        acting: &Acting,
        service: &Service,
        control: Option<&ServiceControl>,
    ) -> Result<Way, Failure> {
        let rollout = &acting.operating.motion(&service.name)?.rollout;
        let live = control.is_some_and(|control| control.live.is_some() && !control.destroyed);
        match self {
            Self::AtOnce => Ok(Way::AtOnce(AS_ASKED)),
            Self::Shadow(trial) => {
                two_groups(service, "tried beside what serves")?;
                Ok(Way::Shadow(trial.clone(), Gate::all(&rollout.gates)?))
            }
            Self::Staged(..) | Self::Spec if !live => Ok(Way::AtOnce(NOTHING_LIVE)),
            Self::Staged(..) | Self::Spec if legacy_has_all(acting, service).await? => Ok(Way::AtOnce(LEGACY_HAS_ALL)),
            Self::Staged(stages, gates) => {
                two_groups(service, "rolled out share by share")?;
                Ok(Way::Staged(stages.clone(), gates.clone()))
            }
            Self::Spec if rollout.strategy == "canary" && service.kind == Kind::Web => {
                Ok(Way::Staged(Stage::of(rollout), Gate::all(&rollout.gates)?))
            }
            Self::Spec => Ok(Way::AtOnce(AS_SPECIFIED)),
        }
    }
}

/// Refuses a service that has no second group beside the live one, or no requests to give it.
fn two_groups(service: &Service, what: &str) -> Result<(), Failure> {
    if service.kind == Kind::Web && service.slots.len() > 1 && !service.recreate {
        return Ok(());
    }
    let message = format!("`{}` cannot be {what}: only a web service with two slots can", service.name);
    Err(Failure::usage(message).hint("deploy it as the spec says: `skiff deploy`"))
}

/// Whether what a service takes over from still has every request.
async fn legacy_has_all(acting: &Acting, service: &Service) -> Result<bool, Failure> {
    if !service.legacy {
        return Ok(false);
    }
    let read = acting.cloud.weights(&acting.scope(&service.name)).await?;
    Ok(read.effective.by_slot.get(LEGACY).is_some_and(|weight| *weight >= 100))
}

impl Way {
    /// The operation that brings a release into service in this way.
    pub(crate) fn saga(&self, service: &Service, release: &str, before: &[String]) -> Saga {
        let (service, release, before) = (service.clone(), release.to_owned(), before.to_vec());
        match self.clone() {
            Self::AtOnce(_) => Saga::Deploy(deploy::Parameters { service, release, before }),
            Self::Staged(stages, gates) => Saga::Canary(canary::Parameters { service, release, stages, gates, before }),
            Self::Shadow(trial, gates) => Saga::Shadow(shadow::Parameters {
                service,
                release,
                percent: 0,
                requests: trial.requests,
                rounds: trial.rounds,
                tolerated_permille: trial.tolerated_permille,
                deciding: trial.deciding,
                mirror_percent: trial.mirror_percent,
                watch_seconds: trial.watch_seconds,
                gates: if trial.watch_seconds > 0 { gates } else { Vec::new() },
                before,
            }),
        }
    }

    /// What it means, in one sentence, with how long it takes at least.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::AtOnce(why) => (*why).to_owned(),
            Self::Staged(stages, gates) => staged(stages, gates.iter().filter(|gate| !gate.dry_run).count()),
            Self::Shadow(trial, _) => trial.words(),
        }
    }

    /// Seconds that it is watched.
    pub(crate) fn seconds(&self) -> u64 {
        match self {
            Self::AtOnce(_) => 0,
            Self::Staged(stages, _) => stages.iter().map(|stage| u64::from(stage.bake_seconds)).sum(),
            Self::Shadow(trial, _) => u64::from(trial.watch_seconds),
        }
    }
}

/// A rollout share by share, in one sentence.
pub(crate) fn staged(stages: &[Stage], gates: usize) -> String {
    let total: u64 = stages.iter().map(|stage| u64::from(stage.bake_seconds)).sum();
    let shares: Vec<String> = stages.iter().map(|stage| stage.percent.to_string()).collect();
    let gates = match gates {
        0 => "no gate judges it".to_owned(),
        1 => "1 gate must hold at each share".to_owned(),
        number => format!("{number} gates must hold at each share"),
    };
    let total = duration(jiff::SignedDuration::from_secs(i64::try_from(total).unwrap_or(i64::MAX)));
    let shares = words::list(&shares);
    format!("it gets {shares} of 100 requests, and is watched for {total} in all; {gates}")
}

impl Trial {
    /// Whether a shadow deploy that was started before tries the same.
    fn same_as(&self, then: &shadow::Parameters) -> Result<(), &'static str> {
        if self.requests != then.requests {
            return Err("requests");
        }
        let tried = (self.rounds, self.tolerated_permille, self.mirror_percent, self.watch_seconds);
        let then = (then.rounds, then.tolerated_permille, then.mirror_percent, then.watch_seconds);
        if tried == then { Ok(()) } else { Err("rounds, tolerance, mirroring or time to watch") }
    }

    fn words(&self) -> String {
        let mut said = Vec::new();
        if !self.requests.is_empty() {
            let requests = words::count(self.requests.len(), "request");
            let rounds = words::count(self.rounds as usize, "time");
            said.push(format!("{requests} sent {rounds} to the live release and to the new one"));
        }
        if self.mirror_percent > 0 {
            said.push(format!("a copy of {} of 100 idempotent requests of users", self.mirror_percent));
        }
        if self.watch_seconds > 0 {
            let time = duration(jiff::SignedDuration::from_secs(i64::from(self.watch_seconds)));
            said.push(format!("watched for {time}"));
        }
        let with = if said.is_empty() { "only started and seen to be healthy".to_owned() } else { said.join(", ") };
        format!("no user sees it, and it is taken down again: {with}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_takes_is_said_before() {
        let stage = |percent| Stage { percent, bake_seconds: 300 };
        let way = Way::Staged([5, 25, 50, 100].map(stage).into(), Vec::new());
        assert_eq!(way.seconds(), 1200);
        assert_eq!(
            way.words(),
            "it gets 5, 25, 50 and 100 of 100 requests, and is watched for 20 min in all; no gate judges it"
        );
    }

    #[test]
    fn only_the_same_way_again_is_the_same_operation() {
        let stage = |percent| Stage { percent, bake_seconds: 300 };
        let service: Service = serde_json::from_value(serde_json::json!({
            "name": "web", "kind": "web", "slots": ["a", "b"], "minimum": 1, "maximum": 4, "deadline_seconds": 60,
            "drain_seconds": 1, "grace_seconds": 1, "recreate": false,
        }))
        .unwrap();
        let canary = |shares: &[u32]| {
            let stages = shares.iter().copied().map(stage).collect();
            Way::Staged(stages, Vec::new()).saga(&service, "1", &[])
        };
        let staged = |shares: &[u32]| Choice::Staged(shares.iter().copied().map(stage).collect(), Vec::new());
        assert_eq!(staged(&[5, 100]).same_as(&canary(&[5, 100])), Ok(()));
        assert_eq!(staged(&[5, 100]).same_as(&canary(&[25, 100])), Err("shares or times"));
        let gates = Choice::Staged(vec![stage(100)], vec![Gate::parse("error-rate<=1%").unwrap()]);
        assert_eq!(gates.same_as(&canary(&[100])), Err("gates"));
        assert_eq!(Choice::Spec.same_as(&canary(&[5, 100])), Ok(()), "the spec may say something else by now");
        assert!(Choice::AtOnce.same_as(&canary(&[100])).is_err());
    }

    #[test]
    fn what_belongs_to_a_shadow_deploy_needs_one() {
        let rehearsal = RehearsalArguments { request: vec!["GET /".into()], ..RehearsalArguments::default() };
        let arguments = RolloutArguments { rehearsal, ..RolloutArguments::default() };
        assert_eq!(arguments.choice().unwrap_err().into_outcome().code, "USAGE");
        let arguments = RolloutArguments { shadow: true, ..arguments };
        let Choice::Shadow(trial) = arguments.choice().unwrap() else { panic!("{arguments:?}") };
        assert_eq!((trial.requests.len(), trial.rounds, trial.watch_seconds), (1, 1, 0));
        assert!(trial.words().contains("1 request sent 1 time"), "{}", trial.words());
    }
}
