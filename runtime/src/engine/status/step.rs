//! What one step of an operation came to.

use serde_json::Value;
use skiff_wire::{EffectClass, PlannedStep};

use crate::engine::approval;

/// What one step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct StepStatus {
    /// Its kind.
    pub kind: String,
    /// Whether it changes anything, so that there may be something to take back.
    pub changes: bool,
    /// Whether it only judges, so that a person may approve to go on without its verdict.
    pub gate: bool,
    /// How many people must have approved before it may begin.
    pub approvals: u32,
    /// Who has, each principal once, in the order of the log.
    pub approved_by: Vec<String>,
    /// The principal with whose approval it was skipped.
    pub skipped_by: Option<String>,
    /// How far it is.
    pub progress: StepProgress,
    /// How often it was begun.
    pub attempts: u32,
    /// How often taking it back was begun.
    pub compensations: u32,
    /// SHA-256 of what went into it.
    pub input: Option<String>,
    /// The provider's id of what it waits for.
    pub provider_operation: Option<String>,
    /// What came out of it.
    pub output: Option<Value>,
    /// What it had seen when it failed, or could not say; null when there is nothing.
    pub evidence: Value,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepProgress {
    /// It was not begun.
    Waiting,
    /// It was begun: its effect is possible.
    Started,
    /// Nobody knows whether it had its effect.
    Unknown,
    /// It failed; what it did until then is possible.
    Failed,
    /// It judges, and cannot say.
    Held,
    /// It is done.
    Succeeded,
    /// It is being taken back.
    Compensating,
    /// It could not be taken back.
    CompensationFailed,
    /// It is taken back.
    Compensated,
}

impl StepStatus {
    pub(super) fn waiting(planned: &PlannedStep) -> Self {
        Self {
            kind: planned.kind.clone(),
            changes: planned.effect != EffectClass::Read,
            gate: planned.gate,
            approvals: approval::needed(planned),
            approved_by: Vec::new(),
            skipped_by: None,
            progress: StepProgress::Waiting,
            attempts: 0,
            compensations: 0,
            input: None,
            provider_operation: None,
            output: None,
            evidence: Value::Null,
        }
    }

    /// Whether everybody has approved who must.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        u32::try_from(self.approved_by.len()).unwrap_or(u32::MAX) >= self.approvals
    }
}

impl StepProgress {
    pub(super) fn may_have_effect(self) -> bool {
        !matches!(self, Self::Waiting | Self::Compensated)
    }
}
