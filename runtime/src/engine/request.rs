//! What is asked of the engine, what it tells on the way, and what comes out.

use std::time::Duration;

use skiff_wire::{ExitCode, LogEntry, OperationControl, OperationIntent, OperationStatus};

use crate::{engine::status::Status, saga::Saga, state::layout::Scope};

/// What is to be done, by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Application and environment.
    pub scope: Scope,
    /// What to do.
    pub saga: Saga,
    /// Who asks: a principal's name, or `user@host`.
    pub requested_by: String,
    /// The key that makes asking twice one operation.
    pub idempotency_key: Option<String>,
    /// Whether two people must agree to each step of high risk.
    pub two_party: bool,
}

/// An operation that is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its id.
    pub operation: String,
    /// Whether the idempotency key found one that was asked for before; driving it goes on with it.
    pub again: bool,
}

/// What a person asks of an operation that somebody else may be driving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// To stop between two steps.
    Pause,
    /// To go on.
    Resume,
    /// To take everything back.
    Abort,
    /// To take everything back, because another operation is to take its place.
    GiveWayTo(String),
    /// To go on with the way back although those who get the requests back are not healthy, for this reason.
    WaiveHealth(String),
}

/// An operation as the ledger has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What was meant.
    pub intent: OperationIntent,
    /// Where it stands.
    pub control: OperationControl,
    /// What each step came to, in their order.
    pub steps: Vec<crate::engine::status::StepStatus>,
    /// Who drives it, or did last.
    pub holder: Option<String>,
    /// Why it failed, when it did.
    pub failure: Option<Failure>,
}

/// All that happened to an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// What was meant.
    pub intent: OperationIntent,
    /// What happened, in its order.
    pub entries: Vec<LogEntry>,
    /// What it adds up to.
    pub status: Status,
}

/// Why a step failed, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The step, from zero.
    pub step: u32,
    /// A code that `skiff explain` knows.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The exit code of a command that ends with it.
    pub exit: u8,
}

/// What is told while an operation is driven. Steps are counted from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The operation was taken up.
    Claimed {
        /// The epoch it is driven with.
        epoch: u64,
        /// Whether somebody had driven it before.
        again: bool,
    },
    /// A step begins.
    StepStarted {
        /// Which.
        step: u32,
        /// How many there are.
        of: u32,
        /// What it does.
        title: String,
        /// Which attempt this is, from one.
        attempt: u32,
    },
    /// A step waits for something.
    Waiting {
        /// Which.
        step: u32,
        /// For what, and how far it is.
        message: String,
    },
    /// The provider was not available; the step is tried again.
    Retrying {
        /// Which.
        step: u32,
        /// What happened.
        message: String,
        /// After how long.
        after: Duration,
    },
    /// A step that judges cannot say; a person must.
    StepHeld {
        /// Which.
        step: u32,
        /// Its code.
        code: String,
        /// Why.
        message: String,
    },
    /// A step is done.
    StepSucceeded {
        /// Which.
        step: u32,
    },
    /// A step failed; what was done is taken back.
    StepFailed {
        /// Which.
        step: u32,
        /// Its code.
        code: String,
        /// Why.
        message: String,
    },
    /// A step is taken back.
    Compensating {
        /// Which.
        step: u32,
        /// What it did.
        title: String,
    },
    /// A step is taken back.
    Compensated {
        /// Which.
        step: u32,
    },
    /// A step waits for an approval.
    ApprovalNeeded {
        /// Which.
        step: u32,
        /// SHA-256 of the intent: what is approved.
        plan: String,
    },
}

/// What driving an operation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// The operation.
    pub operation: String,
    /// Succeeded, taken back, or waiting for somebody.
    pub status: OperationStatus,
    /// Why it did not succeed, or what a gate could not say; absent when it did, or when somebody asked for it.
    pub failure: Option<Failure>,
    /// One sentence on why it stands where it stands, for people.
    pub reason: Option<String>,
    /// What its unfinished step sees, when somebody must look.
    pub doctor: Vec<String>,
}

impl Failure {
    pub(crate) fn new(step: u32, code: &str, message: &str, exit: u8) -> Self {
        Self { step, code: code.to_owned(), message: message.to_owned(), exit }
    }
}

impl Finished {
    /// The exit code of a command that ends with it.
    #[must_use]
    pub fn exit(&self) -> u8 {
        let code = match self.status {
            OperationStatus::Succeeded => ExitCode::Done,
            OperationStatus::AwaitingApproval => ExitCode::ApprovalNeeded,
            OperationStatus::Paused => {
                return self.failure.as_ref().map_or(ExitCode::Attention as u8, |failure| failure.exit);
            }
            OperationStatus::Compensated | OperationStatus::Failed => {
                return self.failure.as_ref().map_or(ExitCode::Interrupted as u8, |failure| failure.exit);
            }
            OperationStatus::Unknown
            | OperationStatus::CompensationFailed
            | OperationStatus::Planned
            | OperationStatus::Running
            | OperationStatus::Compensating => ExitCode::OutcomeUnknown,
        };
        code as u8
    }
}
