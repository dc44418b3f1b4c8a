//! Made-up stages: requests of two groups, watched by the real thing.

use std::{collections::BTreeMap, future::Future, pin::pin, task};

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    gate::{Gate, Groups, Metric, NoSources, Observation, Standing, Watch},
    local::balancer::bounds,
    provider::SlotTraffic,
    state::layout::{Scope, ServiceScope},
};

use super::chance::Chance;

/// Looks at a stage.
const LOOKS: u32 = 10;
/// The average time until an answer of the other group, in microseconds.
const AVERAGE: f64 = 50_000.0;

/// The requests of a stage.
pub(super) struct Requests {
    pub(super) canary: u32,
    pub(super) baseline: u32,
    /// How many times as long the canary's answers take.
    pub(super) slower: f64,
    /// The share of the canary's requests that fails.
    pub(super) errors: f64,
    /// Likewise of the other group.
    pub(super) baseline_errors: f64,
}

/// What many stages came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdicts {
    /// Stages that failed.
    pub(super) failed: u32,
    /// Stages that could not say.
    pub(super) inconclusive: u32,
    /// Stages that passed.
    pub(super) passed: u32,
}

/// Watches so many stages, each with chance of its own.
pub(super) fn many(gate: &Gate, requests: &Requests, stages: u32, seed: u64) -> Verdicts {
    let mut verdicts = Verdicts::default();
    for stage in 0..stages {
        match one(gate, requests, Chance::new(seed, u64::from(stage))) {
            Standing::Failed(_) => verdicts.failed += 1,
            Standing::Passed => verdicts.passed += 1,
            Standing::Inconclusive(_) | Standing::Watching => verdicts.inconclusive += 1,
        }
    }
    verdicts
}

fn one(gate: &Gate, requests: &Requests, mut chance: Chance) -> Standing {
    let service = Scope::new("shop", "prod").service("web");
    let mut seen = first();
    let groups = Groups { canary: "b".into(), baseline: Some("a".into()) };
    // Times are only made up where somebody looks at them.
    let average = if matches!(gate.metric, Metric::Latency { .. }) { AVERAGE } else { 0.0 };
    let mut watch = Watch::begin(std::slice::from_ref(gate), groups, seen.clone());
    for look in 0..LOOKS {
        let part = |all: u32| all / LOOKS + u32::from(look < all % LOOKS);
        seen.at += SignedDuration::from_secs(30);
        serve(&mut seen, "b", part(requests.canary), (average * requests.slower, requests.errors), &mut chance);
        serve(&mut seen, "a", part(requests.baseline), (average, requests.baseline_errors), &mut chance);
        let standing = looked(&mut watch, &seen, &service);
        if standing != Standing::Watching {
            return standing;
        }
    }
    watch.conclude()
}

fn first() -> Observation {
    let group =
        |slot: &str| (slot.to_owned(), SlotTraffic { since: Some(Timestamp::UNIX_EPOCH), ..SlotTraffic::default() });
    Observation {
        at: Timestamp::UNIX_EPOCH,
        traffic: ["a", "b"].map(group).into(),
        weights: BTreeMap::from([("a".into(), 50), ("b".into(), 50)]),
        members: BTreeMap::new(),
        lines: Vec::new(),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds of seconds")]
fn serve(seen: &mut Observation, group: &str, requests: u32, (average, errors): (f64, f64), chance: &mut Chance) {
    let traffic = seen.traffic.entry(group.to_owned()).or_default();
    let bounds = bounds();
    let timed = if average > 0.0 { requests } else { 0 };
    for _ in 0..timed {
        let time = chance.time(average).ceil() as u64;
        let bound = bounds.get(bounds.partition_point(|bound| *bound < time)).copied().unwrap_or(u64::MAX);
        *traffic.latency.entry(bound).or_default() += 1;
    }
    let failed = chance.of(requests, errors);
    traffic.requests += u64::from(requests);
    *traffic.answers.entry("5xx".into()).or_default() += u64::from(failed);
    *traffic.answers.entry("2xx".into()).or_default() += u64::from(requests - failed);
}

/// A look without any source outside waits for nothing, so one poll is all of it.
fn looked(watch: &mut Watch, seen: &Observation, service: &ServiceScope) -> Standing {
    let future = pin!(watch.look(seen.clone(), &NoSources, service));
    match future.poll(&mut task::Context::from_waker(task::Waker::noop())) {
        task::Poll::Ready(standing) => standing,
        task::Poll::Pending => Standing::Watching,
    }
}
