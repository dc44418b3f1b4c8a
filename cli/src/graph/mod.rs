//! An operation as a graph: each step with its status, its risk, what it has seen and how long it took.
//!
//! [`read::Reader`] gives a [`Graph`], [`live`] adds what both groups of a rollout serve right now, and [`text`] draws it.
//! **Reading changes nothing: whoever looks on never disturbs whoever drives.**

pub(crate) mod live;
pub(crate) mod read;
#[cfg(test)]
mod tests;
pub(crate) mod text;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use skiff_runtime::engine::status::StepProgress;
use skiff_wire::{OperationStatus, Reversibility, Risk};

use crate::graph::live::Live;

/// An operation with all of its steps.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub(crate) struct Graph {
    /// Its id.
    pub(crate) operation: String,
    /// The saga, such as `canary`.
    pub(crate) saga: String,
    /// The service that it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    /// Where it stands.
    pub(crate) status: OperationStatus,
    /// Why it stands there, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Who asked for it.
    pub(crate) requested_by: String,
    /// When.
    pub(crate) requested_at: Timestamp,
    /// Who drives it, or did last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) driver: Option<String>,
    /// Whether somebody is at work on it, as far as can be told from here.
    pub(crate) driven: bool,
    /// SHA-256 of its definition: the kinds and versions of its steps.
    pub(crate) definition: String,
    /// When it was last written to, or asked for.
    pub(crate) last: Timestamp,
    /// How many entries its log has.
    pub(crate) entries: u64,
    /// Its steps, in their order.
    pub(crate) steps: Vec<GraphStep>,
    /// What each group serves right now, while it moves requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<Live>,
}

/// One step of it.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub(crate) struct GraphStep {
    /// Its place, from one.
    pub(crate) number: usize,
    /// What sort of step, with the version of its meaning.
    pub(crate) kind: String,
    /// What it does.
    pub(crate) title: String,
    /// What could go wrong.
    pub(crate) risk: Risk,
    /// Whether it can be taken back.
    pub(crate) reversibility: Reversibility,
    /// How far it is: [`progress_word`].
    pub(crate) progress: &'static str,
    /// How often it was begun.
    pub(crate) attempts: u32,
    /// How many people must approve it.
    pub(crate) approvals_needed: u32,
    /// Who has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) approved_by: Vec<String>,
    /// Who approved to go on without its verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skipped_by: Option<String>,
    /// When its last attempt was begun, or when it was begun to be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) begun: Option<Timestamp>,
    /// When that came to its end, one way or the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<Timestamp>,
    /// What it has seen, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<String>,
    /// What came out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Value>,
    /// What it had seen when it failed or was held.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) evidence: Value,
}

impl Graph {
    /// Whether nothing happens any more until somebody asks for something.
    pub(crate) fn rests(&self) -> bool {
        use OperationStatus as Status;
        let waits = matches!(self.status, Status::AwaitingApproval | Status::Paused | Status::CompensationFailed);
        self.status.is_final() || waits || (self.status == Status::Unknown && !self.driven)
    }

    /// Whether a gate that cannot say holds it up.
    pub(crate) fn is_held(&self) -> bool {
        self.steps.iter().any(|step| step.progress == progress_word(StepProgress::Held, false))
    }

    /// The step that is being done, or is next.
    pub(crate) fn current(&self) -> Option<&GraphStep> {
        let busy =
            |step: &&GraphStep| !matches!(step.progress, "done" | "skipped" | "waiting" | "taken back" | BROKEN_OFF);
        let next = |step: &&GraphStep| step.progress == "waiting";
        self.steps.iter().find(busy).or_else(|| self.steps.iter().find(next)).or_else(|| self.steps.last())
    }
}

/// How far a step is that had changed nothing when its operation began to be taken back.
pub(crate) const BROKEN_OFF: &str = "broken off";

/// How far a step is, in a word or two.
pub(crate) fn progress_word(progress: StepProgress, skipped: bool) -> &'static str {
    match progress {
        StepProgress::Waiting => "waiting",
        StepProgress::Started => "running",
        StepProgress::Unknown => "unknown",
        StepProgress::Failed => "failed",
        StepProgress::Held => "cannot say",
        StepProgress::Succeeded if skipped => "skipped",
        StepProgress::Succeeded => "done",
        StepProgress::Compensating => "being taken back",
        StepProgress::CompensationFailed => "not taken back",
        StepProgress::Compensated => "taken back",
    }
}
