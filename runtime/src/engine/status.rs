//! What an operation's log adds up to: one pure, total function from what was to what is.

use serde_json::Value;

/// What one step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct StepStatus {
    /// Its kind.
    pub kind: String,
    /// How far it is.
    pub progress: StepProgress,
    /// How often it was begun.
    pub attempts: u32,
    /// What came out of it.
    pub output: Option<Value>,
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
    /// It failed.
    Failed,
    /// It is done.
    Succeeded,
    /// It is being taken back.
    Compensating,
    /// It could not be taken back.
    CompensationFailed,
    /// It is taken back.
    Compensated,
}
