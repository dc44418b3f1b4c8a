//! What an operation has seen on its way: what its gates measured, as facts, and what that suggests, as hypotheses.
//!
//! [`Seen`] is read from the steps of an operation; [`mod@line`] says in one line what came out of a single step. **A hypothesis
//! is never a verdict: it says what is likely, and how sure that is.**

mod belief;
pub(crate) mod line;

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_runtime::{
    engine::{Operation, status::StepStatus},
    saga::step::rehearse::Rehearsed,
};
use skiff_wire::{Evidence, Fact, GroupPoint, Judgement, Verdict};

use crate::failure::Failure;

/// What an operation has seen that did not go well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Seen {
    facts: Vec<Fact>,
    hypotheses: Vec<String>,
    evidence: Value,
}

/// What one group has served while a stage was watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Served {
    /// Requests.
    pub(crate) requests: u64,
    /// Of these, those that were answered by 5xx or not at all.
    pub(crate) errors: u64,
    /// The worst 99th percentile of the latency at any moment, in microseconds.
    pub(crate) slowest: Option<u64>,
    /// Members that were not healthy in the end.
    pub(crate) sick: u32,
}

impl Seen {
    /// What the step of an operation that failed or was held has seen; nothing where it has seen nothing.
    pub(crate) fn of(operation: &Operation) -> Self {
        let Some(failure) = &operation.failure else { return Self::default() };
        let step = usize::try_from(failure.step).ok().and_then(|step| operation.steps.get(step));
        step.map(Self::of_step).unwrap_or_default()
    }

    fn of_step(step: &StepStatus) -> Self {
        let evidence = step.evidence.clone();
        if let Some(seen) = watched(&evidence) {
            return Self { facts: facts(&seen), hypotheses: belief::of_watched(&seen), evidence };
        }
        if let Some(seen) = rehearsed(&evidence) {
            let hypotheses = belief::of_rehearsed(&seen).into_iter().collect();
            return Self { facts: facts_of_rehearsal(&seen), hypotheses, evidence };
        }
        Self { evidence, ..Self::default() }
    }

    /// A failure that says this as well.
    pub(crate) fn told(self, failure: Failure) -> Failure {
        failure.seen(self.facts, self.hypotheses, self.evidence)
    }

    /// The facts, the hypotheses, and the evidence in full.
    pub(crate) fn into_parts(self) -> (Vec<Fact>, Vec<String>, Value) {
        (self.facts, self.hypotheses, self.evidence)
    }
}

/// The evidence of a stage that was watched, when a value is that.
pub(crate) fn watched(value: &Value) -> Option<Evidence> {
    serde_json::from_value(value.clone()).ok()
}

/// What a rehearsal has seen, when a value is that: its output, or what a failed one leaves behind.
pub(crate) fn rehearsed(value: &Value) -> Option<Rehearsed> {
    let inner = value.get("rehearsal").unwrap_or(value);
    inner.get("sent")?;
    serde_json::from_value(inner.clone()).ok()
}

/// What each group has served over a whole stage.
pub(crate) fn served(evidence: &Evidence) -> BTreeMap<&str, Served> {
    let mut groups: BTreeMap<&str, Served> = BTreeMap::new();
    for (group, point) in evidence.points.iter().flat_map(|point| &point.groups) {
        groups.entry(group).or_default().take_in(point);
    }
    groups
}

impl Served {
    fn take_in(&mut self, point: &GroupPoint) {
        self.requests += point.requests;
        self.errors += point.errors;
        self.slowest = self.slowest.max(point.latency_p99);
        self.sick = point.members.saturating_sub(point.healthy);
    }

    /// Errors of all requests, 0 to 1; nothing without a request.
    pub(crate) fn error_share(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        (self.requests > 0).then(|| self.errors as f64 / self.requests as f64)
    }
}

/// The word of a verdict, as in JSON.
pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Error => "error",
    }
}

/// A gate's verdict with its reason, such as `error-rate fail: 4.1% of 310 requests, at most 1%`.
pub(crate) fn judgement_words(judgement: &Judgement) -> String {
    let only_told = if judgement.dry_run { " (only told)" } else { "" };
    format!("{} {}{only_told}: {}", judgement.gate, verdict_word(judgement.verdict), judgement.reason)
}

fn facts(evidence: &Evidence) -> Vec<Fact> {
    let mut facts = vec![fact("watched", format!("{} to {}", evidence.from, evidence.until))];
    for (group, seen) in served(evidence) {
        facts.push(fact(&format!("requests_{group}"), seen.requests.to_string()));
        facts.push(fact(&format!("errors_{group}"), seen.errors.to_string()));
    }
    facts.extend(evidence.gates.iter().map(|gate| fact(&format!("gate_{}", gate.gate), judgement_words(gate))));
    facts
}

fn facts_of_rehearsal(seen: &Rehearsed) -> Vec<Fact> {
    let mut facts = vec![
        fact("requests_sent", seen.sent.to_string()),
        fact("requests_failed", seen.failed.to_string()),
        fact("requests_differed", seen.differed.to_string()),
    ];
    if let Some(bodies) = &seen.bodies {
        facts.push(fact("bodies_compared", bodies.compared.to_string()));
        facts.push(fact("bodies_differed", bodies.differed.to_string()));
        facts.push(fact("requests_varying", bodies.varying.to_string()));
    }
    facts.extend(seen.latency.iter().map(|latency| fact("latency", judgement_words(latency))));
    facts
}

fn fact(name: &str, value: String) -> Fact {
    Fact { name: name.into(), value }
}
