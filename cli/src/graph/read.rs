//! Reads an operation from the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use skiff_runtime::{
    engine::{Engine, Operation, status::StepStatus},
    state::{Ledger, layout::Scope},
};
use skiff_wire::{Control, Event, LogEntry, OperationControl, PlannedStep};

use crate::{
    acting::actor,
    evidence,
    failure::Failure,
    graph::{Graph, GraphStep, progress_word},
};

/// What is read from.
pub(crate) struct Reader<'a> {
    /// Reads what a log adds up to.
    pub(crate) engine: &'a Engine,
    /// The ledger.
    pub(crate) ledger: &'a Ledger,
    /// Application and environment.
    pub(crate) scope: &'a Scope,
}

/// When a step was begun and ended, by its place.
#[derive(Debug, Default)]
struct Times {
    begun: BTreeMap<u32, Timestamp>,
    ended: BTreeMap<u32, Timestamp>,
    last: Option<Timestamp>,
}

impl Reader<'_> {
    /// Reads an operation with all of its log.
    pub(crate) async fn read(&self, operation: &str) -> Result<Graph, Failure> {
        let seen = self.engine.look(self.scope, operation).await?;
        let times = self.times(operation, seen.control.entries).await?;
        let driven = self.driven(operation).await?;
        Ok(graph(seen, &times, driven))
    }

    async fn times(&self, operation: &str, entries: u64) -> Result<Times, Failure> {
        let mut times = Times::default();
        for index in 0..entries {
            let Some(entry) = self.ledger.get::<LogEntry>(&self.scope.log(operation, index)).await? else { break };
            times.take_in(&entry);
        }
        Ok(times)
    }

    /// Whether somebody is at work on an operation: the driver's process where that can be seen from here, else its lease.
    pub(crate) async fn driven(&self, operation: &str) -> Result<bool, Failure> {
        let read = self.ledger.read::<OperationControl>(&self.scope.operation(operation)).await?;
        Ok(read.is_some_and(|read| is_driven(&read.control, self.ledger.world.clock.now())))
    }
}

/// Whether a driver is at work, by what the operation's control document says.
pub(crate) fn is_driven(control: &Control<OperationControl>, now: Timestamp) -> bool {
    let leased = control.lease_until.is_some_and(|until| until > now);
    control.holder.as_deref().is_some_and(|holder| actor::lives(holder).unwrap_or(leased))
}

impl Times {
    fn take_in(&mut self, entry: &LogEntry) {
        self.last = Some(entry.at);
        match &entry.event {
            Event::StepStarted { step, .. } => {
                self.begun.entry(*step).or_insert(entry.at);
                self.ended.remove(step);
            }
            Event::StepSucceeded { step, .. }
            | Event::StepFailed { step, .. }
            | Event::StepHeld { step, .. }
            | Event::StepSkipped { step, .. }
            | Event::CompensationSucceeded { step }
            | Event::CompensationFailed { step, .. } => {
                self.ended.insert(*step, entry.at);
            }
            _ => {}
        }
    }
}

fn graph(seen: Operation, times: &Times, driven: bool) -> Graph {
    let Operation { intent, control, steps, holder, .. } = seen;
    let numbered = intent.steps.iter().zip(steps).enumerate();
    Graph {
        operation: intent.operation,
        saga: intent.saga,
        service: intent.service,
        status: control.status,
        reason: control.reason,
        requested_by: intent.requested_by,
        requested_at: intent.requested_at,
        driver: holder,
        driven,
        definition: intent.definition,
        last: times.last.unwrap_or(intent.requested_at),
        entries: control.entries,
        steps: numbered.map(|(index, (planned, status))| step(index, planned, status, times)).collect(),
        live: None,
    }
}

fn step(index: usize, planned: &PlannedStep, status: StepStatus, times: &Times) -> GraphStep {
    let at = u32::try_from(index).unwrap_or(u32::MAX);
    GraphStep {
        number: index + 1,
        kind: planned.kind.clone(),
        title: planned.title.clone(),
        risk: planned.risk,
        reversibility: planned.reversibility,
        progress: progress_word(status.progress, status.skipped_by.is_some()),
        attempts: status.attempts,
        approvals_needed: status.approvals,
        approved_by: status.approved_by,
        skipped_by: status.skipped_by,
        begun: times.begun.get(&at).copied(),
        ended: times.ended.get(&at).copied(),
        seen: evidence::line::of(status.output.as_ref(), &status.evidence),
        output: status.output,
        evidence: status.evidence,
    }
}
