//! Watches a stage: takes looks in, lets every gate judge, and says what it comes to.

use skiff_wire::{Evidence, Verdict};

use super::{
    Asked, Gate, Groups, Observation, Sources, Standing,
    judge::Moment,
    seen::Seen,
    state::{Stand, State},
};
use crate::state::layout::ServiceScope;

/// Watches the gates of one stage.
#[derive(Debug, Clone)]
pub struct Watch {
    gates: Vec<State>,
    seen: Seen,
}

impl Watch {
    /// Begins to watch; everything is measured against this first look.
    #[must_use]
    pub fn begin(gates: &[Gate], groups: Groups, first: Observation) -> Self {
        let mut watch = Self { gates: gates.iter().map(State::new).collect(), seen: Seen::begin(groups, first) };
        for state in watch.gates.iter_mut().filter(|state| !matches!(state.gate.metric, super::Metric::Cpu)) {
            state.gather(&watch.seen);
        }
        watch
    }

    /// Takes a look into account. A stage fails here when a gate has failed more often than its limits tolerate; everything
    /// else is said at the end.
    pub async fn look(&mut self, seen: Observation, sources: &dyn Sources, service: &ServiceScope) -> Standing {
        self.seen.add(seen);
        for state in &mut self.gates {
            state.gather(&self.seen);
            let opinion = if state.gate.metric.is_outside() {
                let (groups, from, at) = (self.seen.groups(), self.seen.from, self.seen.latest.at);
                let asked = Asked { service, gate: &state.gate, groups, from, at };
                let answer = sources.read(&asked).await;
                state.hear(answer)
            } else {
                state.judge(&self.seen, Moment::Midway)
            };
            state.keep(opinion);
        }
        let failed = self.deciding().find(|state| state.has_failed());
        failed.map_or(Standing::Watching, |state| Standing::Failed(told(state)))
    }

    /// What the stage comes to when its time is over: passed only if every gate that decides says so. When it cannot say, more
    /// looks may follow, for which limits count anew.
    pub fn conclude(&mut self) -> Standing {
        let mut inconclusive = None;
        let mut failed = None;
        for state in &mut self.gates {
            let stand = state.conclude(&self.seen);
            match stand {
                _ if state.gate.dry_run => {}
                Stand::Holds => {}
                Stand::Fails(why) => failed = failed.or(Some(named(state, &why))),
                Stand::CannotSay(_, why) => inconclusive = inconclusive.or(Some(named(state, &why))),
            }
        }
        match (failed, inconclusive) {
            (Some(why), _) => Standing::Failed(why),
            (None, Some(why)) => Standing::Inconclusive(why),
            (None, None) => Standing::Passed,
        }
    }

    /// One line for people who wait.
    #[must_use]
    pub fn words(&self) -> String {
        let canary = self.seen.canary();
        let served = format!("{} requests, {} errors", canary.requests, canary.errors);
        let gates: Vec<String> = self.gates.iter().map(word).collect();
        match gates.is_empty() {
            true => format!("no gate is asked for, only time; {served}"),
            false => format!("{}; {served}", gates.join(", ")),
        }
    }

    /// What was seen and judged.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        Evidence {
            from: self.seen.from,
            until: self.seen.latest.at,
            canary: self.seen.groups().canary.clone(),
            baseline: self.seen.groups().baseline.clone(),
            points: self.seen.points(),
            gates: self.gates.iter().map(State::judgement).collect(),
        }
    }

    fn deciding(&self) -> impl Iterator<Item = &State> {
        self.gates.iter().filter(|state| !state.gate.dry_run)
    }
}

fn told(state: &State) -> String {
    named(state, state.opinion.as_ref().map_or("it was never asked", |opinion| &opinion.reason))
}

fn named(state: &State, why: &str) -> String {
    match &state.gate.bound {
        Some(bound) => format!("gate `{}` ({bound}): {why}", state.gate.name),
        None => format!("gate `{}`: {why}", state.gate.name),
    }
}

fn word(state: &State) -> String {
    let word = match state.opinion.as_ref().map(|opinion| opinion.verdict) {
        None => "not asked yet",
        Some(Verdict::Pass) => "holds",
        Some(Verdict::Fail) => "does not hold",
        Some(Verdict::Inconclusive) => "cannot say yet",
        Some(Verdict::Error) => "cannot be measured",
    };
    let aside = if state.gate.dry_run { " (reports only)" } else { "" };
    format!("{} {word}{aside}", state.gate.name)
}
