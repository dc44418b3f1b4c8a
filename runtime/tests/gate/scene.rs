//! A service with two groups whose counters the tests move.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    gate::{Gate, Groups, NoSources, Observation, Standing, Watch},
    provider::{LogLine, MemberView, SlotTraffic},
    state::layout::{Scope, ServiceScope},
};

pub(crate) fn service() -> ServiceScope {
    Scope::new("shop", "prod").service("web")
}

pub(crate) fn groups() -> Groups {
    Groups { canary: "b".into(), baseline: Some("a".into()) }
}

pub(crate) fn gate(text: &str) -> Gate {
    Gate::parse(text).unwrap()
}

pub(crate) fn member(instance: &str, slot: &str, health: &str) -> MemberView {
    MemberView {
        instance: instance.into(),
        slot: slot.into(),
        lifecycle: "in-service".into(),
        target_health: health.into(),
        reason: None,
        in_flight: None,
        cpu_permille: None,
    }
}

/// Counters and members of both groups at a moment; `a` serves and `b` is judged.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) now: Observation,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let at: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let counted = || SlotTraffic { since: Some(at - SignedDuration::from_hours(1)), ..SlotTraffic::default() };
        let members = |slot: &str| {
            vec![member(&format!("{slot}-1"), slot, "healthy"), member(&format!("{slot}-2"), slot, "healthy")]
        };
        let traffic = BTreeMap::from([("a".to_owned(), counted()), ("b".to_owned(), counted())]);
        let weights = BTreeMap::from([("a".to_owned(), 50), ("b".to_owned(), 50)]);
        let members = BTreeMap::from([("a".to_owned(), members("a")), ("b".to_owned(), members("b"))]);
        Self { now: Observation { at, traffic, weights, members, lines: Vec::new() } }
    }

    pub(crate) fn pass(&mut self, seconds: i64) -> &mut Self {
        self.now.at += SignedDuration::from_secs(seconds);
        self.now.lines.clear();
        self
    }

    /// Answers of a group, all as slow as said, of which some are errors.
    pub(crate) fn serve(&mut self, group: &str, answers: u64, errors: u64, microseconds: u64) -> &mut Self {
        let traffic = self.now.traffic.get_mut(group).unwrap();
        traffic.requests += answers;
        *traffic.answers.entry("2xx".into()).or_default() += answers - errors;
        *traffic.answers.entry("5xx".into()).or_default() += errors;
        *traffic.latency.entry(microseconds).or_default() += answers;
        self
    }

    pub(crate) fn members(&mut self, group: &str, members: Vec<MemberView>) -> &mut Self {
        self.now.members.insert(group.into(), members);
        self
    }

    pub(crate) fn weigh(&mut self, group: &str, weight: u32) -> &mut Self {
        self.now.weights.insert(group.into(), weight);
        self
    }

    pub(crate) fn write(&mut self, instance: &str, text: &str) -> &mut Self {
        self.now.lines.push(LogLine {
            at: self.now.at,
            instance: instance.into(),
            workload: "main".into(),
            stream: "stdout".into(),
            text: text.into(),
        });
        self
    }

    pub(crate) fn watch(&self, gates: &[Gate]) -> Watch {
        Watch::begin(gates, groups(), self.now.clone())
    }
}

/// Shows the watch what there is to see, without any source outside.
pub(crate) fn look(watch: &mut Watch, scene: &Scene) -> Standing {
    wait(watch.look(scene.now.clone(), &NoSources, &service()))
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}
