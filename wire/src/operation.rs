//! Operations: what was meant, what happened, and what it adds up to.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Reversibility, Risk};

/// What an operation is to do: `operations/<id>/intent.json`, written before any effect and never again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationIntent {
    /// `skiff.dev/operation-intent/v1`.
    pub schema: String,
    /// The operation's id: a UUID of version 7, so that ids sort by time.
    pub operation: String,
    /// The saga, such as `deploy`.
    pub saga: String,
    /// SHA-256 of the saga's definition: its steps' kinds and versions in their order.
    pub definition: String,
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service, absent for what concerns them all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<String>,
    /// The saga's own parameters.
    pub parameters: Value,
    /// Its steps as they were planned.
    pub steps: Vec<PlannedStep>,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: Timestamp,
    /// The key that makes asking twice one operation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub idempotency_key: Option<String>,
}

impl OperationIntent {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/operation-intent/v1";
}

/// One step as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// What sort of step, with the version of its meaning, such as `shift-traffic/1`.
    pub kind: String,
    /// One sentence for people.
    pub title: String,
    /// What could go wrong.
    pub risk: Risk,
    /// Whether it can be taken back.
    pub reversibility: Reversibility,
    /// Why the provider's call may be repeated.
    pub effect: EffectClass,
    /// How many people must approve before it begins.
    #[serde(skip_serializing_if = "crate::plan::is_zero", default)]
    pub approvals: u32,
    /// Whether it only judges: a person may approve to go on without its verdict.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub gate: bool,
}

/// Why a provider's call may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectClass {
    /// It only looks; there is nothing to take back.
    Read,
    /// It has no effect outside the ledger.
    Ledger,
    /// The provider knows the token and acts once.
    Token,
    /// What is made has a name of ours; making it twice finds it.
    NaturalKey,
    /// It sets a value that does not depend on the one before.
    AbsoluteSet,
    /// It may not be repeated without looking first.
    None,
}

/// Where an operation stands: the body of `operations/<id>/control.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationControl {
    /// What it all adds up to.
    pub status: OperationStatus,
    /// How many log entries it takes account of.
    pub entries: u64,
    /// The step that is worked on or was last, counted from zero.
    pub step: u32,
    /// Why it waits or failed, for people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

impl OperationControl {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/operation-control/v1";
}

/// What the events of an operation add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OperationStatus {
    /// Nothing was done yet.
    Planned,
    /// A step waits for an approval.
    AwaitingApproval,
    /// Steps are being done.
    Running,
    /// A person stopped it between two steps; `resume` goes on.
    Paused,
    /// Nobody knows whether an effect happened; a person must look.
    Unknown,
    /// Steps are being taken back.
    Compensating,
    /// Taking back failed; `resume` tries again.
    CompensationFailed,
    /// All steps are done.
    Succeeded,
    /// A step failed and everything was taken back.
    Compensated,
    /// It failed before any effect.
    Failed,
}

impl OperationStatus {
    /// Whether nothing more will happen by itself or by `resume`.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Compensated | Self::Failed)
    }
}

/// One thing that happened: `operations/<id>/log/<n>.json`, made once and never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// `skiff.dev/operation-log/v1`.
    pub schema: String,
    /// Its place in the log, from zero, without gaps.
    pub index: u64,
    /// The epoch of who wrote it.
    pub epoch: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl LogEntry {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/operation-log/v1";
}

/// What can happen to an operation; steps are counted from zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// Someone has taken it up, with a new epoch.
    Claimed {
        /// Who.
        holder: String,
    },
    /// A step is about to have its effect: from here on the effect is possible.
    StepStarted {
        /// Which.
        step: u32,
        /// Its kind, compared when it is resumed.
        kind: String,
        /// SHA-256 of what goes into it.
        input: String,
        /// Which attempt this is, from one.
        attempt: u32,
    },
    /// The provider accepted and will take its time.
    EffectAccepted {
        /// Which.
        step: u32,
        /// The provider's own id for it.
        provider_operation: String,
    },
    /// A step is done.
    StepSucceeded {
        /// Which.
        step: u32,
        /// What comes out of it.
        output: Value,
    },
    /// A step failed, and it is known what it has done: nothing that is not recorded.
    StepFailed {
        /// Which.
        step: u32,
        /// A code that `skiff explain` knows.
        code: String,
        /// One sentence.
        message: String,
        /// The exit code of a command that ends with it.
        exit: u8,
        /// What it has seen until then, where that is worth keeping.
        #[serde(skip_serializing_if = "Value::is_null", default)]
        evidence: Value,
    },
    /// A step that judges cannot say; a person must: try again, go on without it, or take everything back.
    StepHeld {
        /// Which.
        step: u32,
        /// A code that `skiff explain` knows.
        code: String,
        /// One sentence.
        message: String,
        /// What it has seen.
        #[serde(skip_serializing_if = "Value::is_null", default)]
        evidence: Value,
    },
    /// A person has approved to go on without the verdict of a step that judges.
    StepSkipped {
        /// Which.
        step: u32,
        /// The signed statement, as it was verified.
        envelope: String,
        /// The principal.
        principal: String,
        /// Why.
        reason: String,
    },
    /// Nobody knows whether a step had its effect.
    StepUnknown {
        /// Which.
        step: u32,
        /// One sentence.
        message: String,
    },
    /// A step waits for an approval.
    ApprovalRequested {
        /// Which.
        step: u32,
        /// SHA-256 of the intent: what is approved.
        plan: String,
    },
    /// A person has approved.
    Approved {
        /// Which step.
        step: u32,
        /// The signed statement, as it was verified.
        envelope: String,
        /// The principal.
        principal: String,
    },
    /// A person has refused.
    Rejected {
        /// Which step.
        step: u32,
        /// The principal.
        principal: String,
        /// Why.
        reason: String,
    },
    /// A person asked to stop between two steps.
    PauseRequested {
        /// Who.
        by: String,
    },
    /// A person asked to go on.
    ResumeRequested {
        /// Who.
        by: String,
    },
    /// A person asked to take everything back.
    AbortRequested {
        /// Who.
        by: String,
        /// The operation that takes its place, where there is one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        superseded_by: Option<String>,
    },
    /// A person accepts that those who get the requests back are not healthy.
    HealthWaived {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Taking a step back begins.
    CompensationStarted {
        /// Which.
        step: u32,
        /// Which attempt this is, from one.
        attempt: u32,
    },
    /// A step is taken back.
    CompensationSucceeded {
        /// Which.
        step: u32,
    },
    /// A step could not be taken back.
    CompensationFailed {
        /// Which.
        step: u32,
        /// A code that `skiff explain` knows.
        code: String,
        /// One sentence.
        message: String,
    },
    /// Everything is done, or taken back.
    Finished,
}

/// An operation that is not finished: `open/<id>.json`, made before its intent and removed behind its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenOperation {
    /// `skiff.dev/open-operation/v1`.
    pub schema: String,
    /// The operation.
    pub operation: String,
}

impl OpenOperation {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/open-operation/v1";
}

/// Which operation a key stands for: `idempotency/<key>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyRecord {
    /// `skiff.dev/idempotency/v1`.
    pub schema: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what was asked for: the same key with other arguments is an error.
    pub arguments: String,
    /// The operation; `release-` and an id where the key stands for a release.
    pub operation: String,
    /// How many entries the operation's log had when something was asked of it with this key; absent for the key that an
    /// operation was started with. An entry of that kind behind them says that it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
}

impl IdempotencyRecord {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/idempotency/v1";
    /// What stands before the id of a release that a key stands for.
    pub const OF_RELEASE: &'static str = "release-";
}

/// Something worth knowing later: `events/<day>/<id>.json`. Audit entries are events with an actor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerEvent {
    /// `skiff.dev/event/v1`.
    pub schema: String,
    /// A UUID of version 7, so that ids sort by time.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// A stable word, such as `release-created` or `traffic-shifted`.
    pub kind: String,
    /// Whether it belongs to the audit: someone did something on purpose.
    pub audit: bool,
    /// Who: a principal's name, `user@host`, a member or a worker.
    pub actor: String,
    /// The service, absent for what concerns them all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub service: Option<String>,
    /// The operation it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operation: Option<String>,
    /// One sentence.
    pub summary: String,
    /// Details by name; never a secret.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub data: Value,
}

impl LedgerEvent {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/event/v1";
}
