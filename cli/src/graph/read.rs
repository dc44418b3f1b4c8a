//! Reads an operation from the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;
use skiff_runtime::{
    engine::{
        Engine, History,
        status::{StepProgress, StepStatus},
    },
    state::{Ledger, layout::Scope},
};
use skiff_wire::{Control, Event, LogEntry, OperationControl, OperationStatus, PlannedStep};

use crate::{
    acting::actor,
    evidence,
    failure::Failure,
    graph::{BROKEN_OFF, Graph, GraphStep, progress_word},
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
        Ok(self.read_with_history(operation).await?.0)
    }

    /// The same, and what it was made from.
    pub(crate) async fn read_with_history(&self, operation: &str) -> Result<(Graph, History), Failure> {
        let history = self.engine.history(self.scope, operation).await?;
        let control = self.control(operation).await?;
        let driven = control.as_ref().is_some_and(|control| self.is_driven(control));
        Ok((graph(&history, control.and_then(|control| control.holder), driven), history))
    }

    /// Whether somebody is at work on an operation: the driver's process where that can be seen from here, else its lease.
    pub(crate) async fn driven(&self, operation: &str) -> Result<bool, Failure> {
        Ok(self.control(operation).await?.is_some_and(|control| self.is_driven(&control)))
    }

    async fn control(&self, operation: &str) -> Result<Option<Control<OperationControl>>, Failure> {
        let read = self.ledger.read::<OperationControl>(&self.scope.operation(operation)).await?;
        Ok(read.map(|read| read.control))
    }

    fn is_driven(&self, control: &Control<OperationControl>) -> bool {
        is_driven(control, self.ledger.world.clock.now())
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
            Event::StepStarted { step, .. } | Event::CompensationStarted { step, .. } => {
                self.begun.insert(*step, entry.at);
                self.ended.remove(step);
            }
            // What was held has ended with that: the time until a person let it go on is not the step's.
            Event::StepSucceeded { step, .. }
            | Event::StepFailed { step, .. }
            | Event::StepHeld { step, .. }
            | Event::StepUnknown { step, .. }
            | Event::CompensationSucceeded { step }
            | Event::CompensationFailed { step, .. } => {
                self.ended.insert(*step, entry.at);
            }
            _ => {}
        }
    }
}

fn graph(history: &History, driver: Option<String>, driven: bool) -> Graph {
    let History { intent, entries, status } = history;
    let mut times = Times::default();
    entries.iter().for_each(|entry| times.take_in(entry));
    let numbered = intent.steps.iter().zip(status.steps.iter().cloned()).enumerate();
    Graph {
        operation: intent.operation.clone(),
        saga: intent.saga.clone(),
        service: intent.service.clone(),
        status: status.state,
        reason: status.reason.clone(),
        requested_by: intent.requested_by.clone(),
        requested_at: intent.requested_at,
        driver,
        driven,
        definition: intent.definition.clone(),
        last: times.last.unwrap_or(intent.requested_at),
        entries: u64::try_from(entries.len()).unwrap_or(u64::MAX),
        steps: numbered
            .map(|(index, (planned, own))| {
                let idle = !own.changes && matches!(own.progress, StepProgress::Started | StepProgress::Unknown);
                let progress = match idle && is_taken_back(status.state) {
                    true => BROKEN_OFF,
                    false => progress_word(own.progress, own.skipped_by.is_some()),
                };
                step(index, planned, own, progress, &times)
            })
            .collect(),
        live: None,
    }
}

/// Whether an operation goes back, or has gone.
fn is_taken_back(status: OperationStatus) -> bool {
    use OperationStatus as Status;
    matches!(status, Status::Compensating | Status::CompensationFailed | Status::Compensated | Status::Failed)
}

fn step(index: usize, planned: &PlannedStep, status: StepStatus, progress: &'static str, times: &Times) -> GraphStep {
    let at = u32::try_from(index).unwrap_or(u32::MAX);
    GraphStep {
        number: index + 1,
        kind: planned.kind.clone(),
        title: planned.title.clone(),
        risk: planned.risk,
        reversibility: planned.reversibility,
        progress,
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
