//! The one JSON object that every command prints with `--format json`, for success and for failure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Finding, Reversibility, Risk};

/// The process exit codes of every command; part of the command contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done, or there was nothing to do.
    Done = 0,
    /// A defect of Skiff itself.
    Internal = 1,
    /// The command line cannot be carried out as it was given.
    Usage = 2,
    /// Done, and something needs attention: a difference, a feature that could not be carried.
    Attention = 3,
    /// Not authorised.
    NotAuthorised = 4,
    /// Not found.
    NotFound = 5,
    /// A conflict; safe to retry.
    Conflict = 6,
    /// Trouble at a provider; transient.
    Provider = 7,
    /// A gate or a canary failed.
    GateFailed = 8,
    /// An approval is needed.
    ApprovalNeeded = 9,
    /// Verification failed; never retry.
    VerificationFailed = 10,
    /// The outcome is unknown: resume, do not run again.
    OutcomeUnknown = 11,
    /// The input has errors.
    InputErrors = 12,
    /// Interrupted by a signal.
    Interrupted = 130,
}

/// Something measured or read, said without interpretation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// A stable name for the fact.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// A command that the reader may run next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecommendedAction {
    /// Stable within one envelope.
    pub id: String,
    /// The command, ready to be executed without a shell.
    pub argv: Vec<String>,
    /// Whether it changes anything.
    pub mutating: bool,
    /// What could go wrong.
    pub risk: Risk,
    /// Whether it can be taken back.
    pub reversibility: Reversibility,
    /// Whether a second principal must approve first.
    pub needs_approval: bool,
    /// Pass it as `--idempotency-key`, so that running twice has one effect.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub idempotency_key: Option<String>,
    /// From 0 to 1: how sure Skiff is that this is the right next step.
    pub confidence: f64,
    /// Why.
    pub reason: String,
}

/// One JSON object on standard output, for success and for failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Envelope {
    /// `skiff.dev/<command>/v1`.
    pub schema: String,
    /// Whether the command did what it was asked.
    pub ok: bool,
    /// A stable word for the outcome, such as `PLANNED` or `INPUT_ERRORS`.
    pub code: String,
    /// One sentence for people.
    pub summary: String,
    /// The exit code of the process; see `docs/command-contract.md`.
    pub exit: u8,
    /// Identifies this run in logs; the only value, with `operation_id` and times, that may differ between two runs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trace_id: Option<String>,
    /// The long operation this command started or continued.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operation_id: Option<String>,
    /// What was measured or read.
    pub facts: Vec<Fact>,
    /// What Skiff believes but has not proved.
    pub hypotheses: Vec<String>,
    /// What the input got wrong, or what a reader should look at.
    pub findings: Vec<Finding>,
    /// What to run next.
    pub recommended_actions: Vec<RecommendedAction>,
    /// The command's own result; its schema is the command's.
    pub data: serde_json::Value,
    /// Sentences about the run itself, not about the input.
    pub warnings: Vec<String>,
}
