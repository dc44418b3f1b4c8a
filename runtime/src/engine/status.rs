//! What an operation's log adds up to: one pure, total function from what was to what is.
//!
//! ```text
//!             StepStarted            last StepSucceeded, Finished
//! planned ───────────────► running ────────────────────────────────► succeeded
//!    │                     │ ▲ │ ▲ ▲
//!    │   ApprovalRequested │ │ │ │ └── StepStarted ── unknown ◄── StepUnknown
//!    │                     │ │ │ │     ResumeRequested           PauseRequested
//!    │                     ▼ │ │ └──── or StepSkipped ── paused ◄── or StepHeld
//!    │     awaiting-approval ┘ │
//!    │              │ Rejected │ StepFailed, AbortRequested (also from the other three)
//!    │              ▼          ▼
//!    └─────────► compensating ◄──────────► compensation-failed
//!                   │ Finished
//!                   ├──► compensated    something was taken back
//!                   └──► failed         nothing had been done
//! ```

use serde_json::Value;
use skiff_wire::{Event, ExitCode, OperationStatus, PlannedStep};

use crate::engine::{codes, request::Failure};

mod step;

pub use step::{StepProgress, StepStatus};

/// An operation as its log adds up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Where it stands.
    pub state: OperationStatus,
    /// The step that is worked on or was last, from zero.
    pub step: u32,
    /// What each step came to.
    pub steps: Vec<StepStatus>,
    /// Whether somebody asked to stop before the next step.
    pub pause: bool,
    /// The failure that everything is taken back for.
    pub failure: Option<Failure>,
    /// What a step that judges could not say, while a person must.
    pub held: Option<Failure>,
    /// Whether somebody accepts that those who get the requests back are not healthy.
    pub health_waived: bool,
    /// Why it stands where it stands, for people.
    pub reason: Option<String>,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Begin a step, or begin it again.
    Start {
        /// Which.
        step: u32,
        /// Which attempt it is, from one.
        attempt: u32,
    },
    /// Ask for an approval.
    AskApproval {
        /// Of which step.
        step: u32,
    },
    /// Take a step back.
    Compensate {
        /// Which.
        step: u32,
        /// Which attempt it is, from one.
        attempt: u32,
    },
    /// Say that everything is done, or taken back.
    Finish,
    /// Nothing, until somebody asks for something.
    Rest,
}

/// An event that cannot happen to an operation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// As it stands.
    pub state: OperationStatus,
    /// Why it cannot, one clause.
    pub why: &'static str,
}

type Outcome = Result<(), Refused>;

impl Status {
    /// An operation of which nothing was done.
    #[must_use]
    pub fn planned(steps: &[PlannedStep]) -> Self {
        Self {
            state: OperationStatus::Planned,
            step: 0,
            steps: steps.iter().map(StepStatus::waiting).collect(),
            pause: false,
            failure: None,
            held: None,
            health_waived: false,
            reason: None,
        }
    }

    /// What it is after an event.
    ///
    /// # Errors
    /// An event that cannot happen to it.
    pub fn next(mut self, event: &Event) -> Result<Self, Refused> {
        if self.state.is_final() {
            return Err(self.refuse("the operation is finished"));
        }
        self.apply(event)?;
        Ok(self)
    }

    fn apply(&mut self, event: &Event) -> Outcome {
        match event {
            Event::Claimed { .. } => Ok(()),
            Event::StepStarted { step, kind, input, attempt } => self.started(*step, kind, input, *attempt),
            Event::EffectAccepted { step, provider_operation } => self.accepted(*step, provider_operation),
            Event::StepSucceeded { step, output } => self.succeeded(*step, output),
            Event::StepFailed { step, code, message, exit, evidence } => {
                self.failed(*step, Failure::new(*step, code, message, *exit), evidence)
            }
            Event::StepHeld { step, code, message, evidence } => {
                let exit = ExitCode::GateFailed as u8;
                self.held_up(*step, Failure::new(*step, code, message, exit), evidence)
            }
            Event::StepSkipped { step, principal, reason, .. } => self.skipped(*step, principal, reason),
            Event::StepUnknown { step, message } => self.unknown(*step, message),
            Event::ApprovalRequested { step, .. } => self.approval_requested(*step),
            Event::Approved { step, principal, .. } => self.approved(*step, principal),
            Event::Rejected { step, principal, reason } => self.rejected(*step, principal, reason),
            Event::PauseRequested { by } => self.pause_requested(by),
            Event::ResumeRequested { .. } => self.resume_requested(),
            Event::AbortRequested { by, superseded_by } => self.abort_requested(by, superseded_by.as_deref()),
            Event::HealthWaived { by, reason } => self.health_waived(by, reason),
            Event::CompensationStarted { step, attempt } => self.compensation_started(*step, *attempt),
            Event::CompensationSucceeded { step } => self.compensation_succeeded(*step),
            Event::CompensationFailed { step, message, .. } => self.compensation_failed(*step, message),
            Event::Finished => self.finished(),
        }
    }

    /// What is to be done next.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.state {
            OperationStatus::Planned | OperationStatus::Running | OperationStatus::Unknown => self.forward(),
            OperationStatus::Compensating | OperationStatus::CompensationFailed => self.backward(),
            OperationStatus::AwaitingApproval
            | OperationStatus::Paused
            | OperationStatus::Succeeded
            | OperationStatus::Compensated
            | OperationStatus::Failed => Action::Rest,
        }
    }

    /// The outputs of the steps that are done, by their place.
    #[must_use]
    pub fn outputs(&self) -> Vec<Option<Value>> {
        self.steps.iter().map(|step| step.output.clone()).collect()
    }

    fn forward(&self) -> Action {
        match self.first_open() {
            None => Action::Finish,
            Some((step, status)) if !status.is_approved() => Action::AskApproval { step },
            Some((step, status)) => Action::Start { step, attempt: status.attempts + 1 },
        }
    }

    fn backward(&self) -> Action {
        match self.last_to_compensate() {
            None => Action::Finish,
            Some((step, status)) => Action::Compensate { step, attempt: status.compensations + 1 },
        }
    }

    fn numbered(&self) -> impl DoubleEndedIterator<Item = (u32, &StepStatus)> {
        self.steps.iter().enumerate().map(|(index, step)| (u32::try_from(index).unwrap_or(u32::MAX), step))
    }

    fn first_open(&self) -> Option<(u32, &StepStatus)> {
        self.numbered().find(|(_, step)| step.progress != StepProgress::Succeeded)
    }

    fn last_to_compensate(&self) -> Option<(u32, &StepStatus)> {
        self.numbered().rev().find(|(_, step)| step.changes && step.progress.may_have_effect())
    }

    fn refuse(&self, why: &'static str) -> Refused {
        Refused { state: self.state, why }
    }

    fn demand(&self, holds: bool, why: &'static str) -> Outcome {
        if holds { Ok(()) } else { Err(self.refuse(why)) }
    }

    fn is(&self, states: &[OperationStatus]) -> Outcome {
        self.demand(states.contains(&self.state), "the operation does not stand there")
    }

    fn at(&mut self, step: u32) -> Result<&mut StepStatus, Refused> {
        let missing = self.refuse("there is no such step");
        usize::try_from(step).ok().and_then(|index| self.steps.get_mut(index)).ok_or(missing)
    }

    fn open(&self, step: u32) -> Result<StepStatus, Refused> {
        match self.first_open() {
            Some((open, status)) if open == step => Ok(status.clone()),
            _ => Err(self.refuse("it is not this step's turn")),
        }
    }

    fn started(&mut self, step: u32, kind: &str, input: &str, attempt: u32) -> Outcome {
        self.is(&[OperationStatus::Planned, OperationStatus::Running, OperationStatus::Unknown])?;
        let open = self.open(step)?;
        self.demand(open.kind == kind, "the step is of another kind")?;
        self.demand(open.input.as_deref().is_none_or(|known| known == input), "the step has another input")?;
        self.demand(attempt == open.attempts + 1, "the attempt is out of its order")?;
        self.demand(open.is_approved(), "the step is not approved")?;
        self.demand(!self.pause || open.progress != StepProgress::Waiting, "the operation is to pause")?;
        let status = self.at(step)?;
        status.progress = StepProgress::Started;
        status.attempts = attempt;
        status.input = Some(input.to_owned());
        (self.state, self.step, self.reason) = (OperationStatus::Running, step, None);
        Ok(())
    }

    /// The step, when its result is still to come.
    fn in_flight(&mut self, step: u32) -> Result<&mut StepStatus, Refused> {
        let idle = self.refuse("the step is not being done");
        let status = self.at(step)?;
        if matches!(status.progress, StepProgress::Started | StepProgress::Unknown) { Ok(status) } else { Err(idle) }
    }

    fn accepted(&mut self, step: u32, provider_operation: &str) -> Outcome {
        self.in_flight(step)?.provider_operation = Some(provider_operation.to_owned());
        Ok(())
    }

    fn succeeded(&mut self, step: u32, output: &Value) -> Outcome {
        let status = self.in_flight(step)?;
        status.progress = StepProgress::Succeeded;
        status.output = Some(output.clone());
        if self.state != OperationStatus::Compensating {
            let rest = self.pause && self.first_open().is_some();
            self.state = if rest { OperationStatus::Paused } else { OperationStatus::Running };
        }
        Ok(())
    }

    fn failed(&mut self, step: u32, failure: Failure, evidence: &Value) -> Outcome {
        let status = self.in_flight(step)?;
        status.progress = StepProgress::Failed;
        status.evidence = evidence.clone();
        (self.state, self.reason) = (OperationStatus::Compensating, Some(failure.message.clone()));
        self.failure = Some(failure);
        Ok(())
    }

    fn held_up(&mut self, step: u32, why: Failure, evidence: &Value) -> Outcome {
        let status = self.in_flight(step)?;
        if !status.gate {
            return Err(self.refuse("the step judges nothing"));
        }
        status.progress = StepProgress::Held;
        status.evidence = evidence.clone();
        // Whoever asked to take it back does not wait for what a gate says, and that is why it ends.
        if self.state != OperationStatus::Compensating {
            (self.state, self.reason) = (OperationStatus::Paused, Some(why.message.clone()));
            self.held = Some(why);
        }
        Ok(())
    }

    fn skipped(&mut self, step: u32, principal: &str, reason: &str) -> Outcome {
        self.is(&[OperationStatus::Paused])?;
        let open = self.open(step)?;
        self.demand(open.progress == StepProgress::Held, "the step is not held")?;
        let status = self.at(step)?;
        status.progress = StepProgress::Succeeded;
        status.output = Some(Value::Null);
        status.skipped_by = Some(principal.to_owned());
        self.reason = Some(format!("`{principal}` approved to go on: {reason}"));
        let rest = self.pause && self.first_open().is_some();
        (self.state, self.held) = (if rest { OperationStatus::Paused } else { OperationStatus::Running }, None);
        Ok(())
    }

    fn unknown(&mut self, step: u32, message: &str) -> Outcome {
        self.in_flight(step)?.progress = StepProgress::Unknown;
        if self.state != OperationStatus::Compensating {
            (self.state, self.reason) = (OperationStatus::Unknown, Some(message.to_owned()));
        }
        Ok(())
    }

    fn approval_requested(&mut self, step: u32) -> Outcome {
        self.is(&[OperationStatus::Planned, OperationStatus::Running])?;
        let open = self.open(step)?;
        self.demand(!open.is_approved(), "the step needs no approval")?;
        self.state = OperationStatus::AwaitingApproval;
        self.step = step;
        let needed = open.approvals;
        let who = if needed == 1 { "a second principal".to_owned() } else { format!("{needed} other principals") };
        self.reason = Some(format!("it waits for the approval of {who}"));
        Ok(())
    }

    fn approved(&mut self, step: u32, principal: &str) -> Outcome {
        self.is(&[OperationStatus::AwaitingApproval])?;
        self.demand(step == self.step, "another step waits")?;
        let status = self.at(step)?;
        if status.approved_by.iter().any(|known| known == principal) {
            return Err(self.refuse("this principal has approved it already"));
        }
        status.approved_by.push(principal.to_owned());
        let (enough, count, needed) = (status.is_approved(), status.approved_by.len(), status.approvals);
        if enough {
            (self.state, self.reason) = (OperationStatus::Running, Some(format!("`{principal}` approved")));
        } else {
            self.reason = Some(format!("`{principal}` approved; {count} of {needed} have"));
        }
        Ok(())
    }

    fn rejected(&mut self, step: u32, principal: &str, reason: &str) -> Outcome {
        self.is(&[OperationStatus::AwaitingApproval])?;
        self.demand(step == self.step, "another step waits")?;
        let message = format!("`{principal}` refused: {reason}");
        self.reason = Some(message.clone());
        let exit = ExitCode::NotAuthorised as u8;
        self.failure = Some(Failure { step, code: codes::REJECTED.id.to_owned(), message, exit });
        self.state = OperationStatus::Compensating;
        Ok(())
    }

    fn pause_requested(&mut self, by: &str) -> Outcome {
        self.is(&[OperationStatus::Planned, OperationStatus::Running, OperationStatus::Paused])?;
        let open = self.first_open().map(|(_, step)| step.progress);
        self.demand(open.is_some(), "its steps are done")?;
        self.pause = true;
        if open == Some(StepProgress::Waiting) {
            self.state = OperationStatus::Paused;
        }
        self.reason = Some(format!("`{by}` asked to pause"));
        Ok(())
    }

    fn resume_requested(&mut self) -> Outcome {
        self.pause = false;
        if self.state == OperationStatus::Paused {
            (self.state, self.reason, self.held) = (OperationStatus::Running, None, None);
        }
        Ok(())
    }

    fn abort_requested(&mut self, by: &str, superseded_by: Option<&str>) -> Outcome {
        if matches!(self.state, OperationStatus::Compensating | OperationStatus::CompensationFailed) {
            return Ok(());
        }
        // The last step lets go of what the operation holds; behind it, others may be at work already.
        let begun = self.steps.last().is_some_and(|step| step.attempts > 0);
        self.demand(!begun, "its last step has begun; run the opposite operation instead")?;
        self.state = OperationStatus::Compensating;
        self.reason = Some(match superseded_by {
            Some(other) => format!("`{by}` let operation `{other}` take its place"),
            None => format!("`{by}` asked to take it back"),
        });
        self.held = None;
        Ok(())
    }

    fn health_waived(&mut self, by: &str, reason: &str) -> Outcome {
        self.is(&[OperationStatus::Compensating, OperationStatus::CompensationFailed])?;
        self.health_waived = true;
        self.reason = Some(format!("`{by}` accepts members that are not healthy: {reason}"));
        Ok(())
    }

    fn compensation_started(&mut self, step: u32, attempt: u32) -> Outcome {
        self.is(&[OperationStatus::Compensating, OperationStatus::CompensationFailed])?;
        let turn = self.last_to_compensate().filter(|(last, _)| *last == step).map(|(_, status)| status.compensations);
        self.demand(turn.is_some(), "it is not this step's turn to be taken back")?;
        self.demand(turn == attempt.checked_sub(1), "the attempt is out of its order")?;
        let status = self.at(step)?;
        status.progress = StepProgress::Compensating;
        status.compensations = attempt;
        (self.state, self.step) = (OperationStatus::Compensating, step);
        Ok(())
    }

    fn being_compensated(&mut self, step: u32) -> Result<&mut StepStatus, Refused> {
        let idle = self.refuse("the step is not being taken back");
        let status = self.at(step)?;
        if status.progress == StepProgress::Compensating { Ok(status) } else { Err(idle) }
    }

    fn compensation_succeeded(&mut self, step: u32) -> Outcome {
        self.being_compensated(step)?.progress = StepProgress::Compensated;
        Ok(())
    }

    fn compensation_failed(&mut self, step: u32, message: &str) -> Outcome {
        self.being_compensated(step)?.progress = StepProgress::CompensationFailed;
        self.state = OperationStatus::CompensationFailed;
        self.reason = Some(message.to_owned());
        Ok(())
    }

    fn finished(&mut self) -> Outcome {
        let forward = matches!(self.state, OperationStatus::Planned | OperationStatus::Running);
        if forward {
            self.demand(self.first_open().is_none(), "a step is not done")?;
            (self.state, self.reason) = (OperationStatus::Succeeded, None);
            return Ok(());
        }
        self.is(&[OperationStatus::Compensating])?;
        self.demand(self.last_to_compensate().is_none(), "a step is not taken back")?;
        let taken_back = self.steps.iter().any(|step| step.progress == StepProgress::Compensated);
        self.state = if taken_back { OperationStatus::Compensated } else { OperationStatus::Failed };
        Ok(())
    }
}
