//! The forms of `data` of the commands that start an operation, ask something of one, or drive what others have left.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use skiff_wire::{OperationStatus, PlannedStep};

use crate::standing::ReleaseName;

/// What a command that starts an operation, or goes on with one, has done or would do.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Acted<More> {
    /// The service.
    service: String,
    /// The operation; null when there was nothing to do, and in a dry run of what is not on record yet.
    operation: Option<String>,
    /// What belongs to this command.
    #[serde(flatten)]
    more: More,
    /// What a dry run shows.
    #[serde(flatten)]
    planned: Planned,
}

/// What a dry run shows, and what is known of an operation that is on record.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Planned {
    /// The saga, such as `scale`.
    #[serde(skip_serializing_if = "Option::is_none")]
    saga: Option<String>,
    /// Where the operation stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<OperationStatus>,
    /// SHA-256 of its steps' kinds and versions in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
    /// SHA-256 of what is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// Its steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<PlannedStep>>,
}

/// Nothing beside the service and the operation.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Nothing {}

/// How many members serve.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Scaled {
    /// How many; absent when only an operation of then went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<u32>,
}

/// Which release came back.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RolledBack {
    /// The new release; absent in a dry run, and when only an operation of then went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<ReleaseName>,
    /// The earlier one that it repeats; absent when nothing was to be done, and likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback_of: Option<ReleaseName>,
}

/// How requests are shared with the old way of serving.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CutOver {
    /// Of a hundred requests, how many the service gets in the end.
    share: u32,
    /// Whether the old way is retired in the end; absent in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<bool>,
}

/// Which member left.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Drained {
    /// Its instance id.
    instance: String,
}

/// What is tried again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Retried {
    /// The operation that was over, when a new one repeats it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_of: Option<String>,
}

/// Where an operation stands of which something was asked.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Asked {
    /// The service that it moves.
    service: Option<String>,
    /// The operation.
    operation: String,
    /// Where it stands.
    status: OperationStatus,
    /// Its steps, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<PlannedStep>>,
}

/// What was refused, or skipped.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Answered {
    /// Where it stands.
    #[serde(flatten)]
    asked: Asked,
    /// Why, as it was given; absent in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What was signed; null when this key had done so before, absent where nothing is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Option<Statement>>,
}

/// What was approved.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Approved {
    /// Where it stands.
    #[serde(flatten)]
    answered: Answered,
    /// How many more people must approve the step; absent in a dry run, and when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<usize>,
    /// Why the same person has asked and approved, as far as names can tell; null when nothing says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_person: Option<Option<String>>,
    /// The saga, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    saga: Option<String>,
    /// SHA-256 of the intent, which is what would be signed, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    /// The step that waits, from zero, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    /// Who asked for the operation, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<String>,
    /// When, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_at: Option<Timestamp>,
}

/// A statement that was signed: `skiff.dev/approval/v1`.
#[derive(Serialize, JsonSchema)]
struct Statement {
    /// Its schema.
    schema: String,
    /// Application.
    app: String,
    /// Environment.
    environment: String,
    /// The operation.
    operation: String,
    /// The step, from zero.
    step: u32,
    /// Whether it is to go on without the verdict of a gate; absent for false.
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<bool>,
    /// SHA-256 of the intent.
    plan: String,
    /// The principal whose key signed.
    approver: String,
    /// The account from which it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// After this it counts no more.
    expires: Timestamp,
}

/// Operations in a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Listed {
    /// The oldest first.
    operations: Vec<Row>,
    /// Whether there are older ones that are not listed.
    older: bool,
}

/// One operation in a list.
#[derive(Serialize, JsonSchema)]
struct Row {
    /// Its id.
    operation: String,
    /// The saga.
    saga: String,
    /// The service that it moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// Where it stands.
    status: OperationStatus,
    /// Why it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who asked for it.
    requested_by: String,
    /// When.
    requested_at: Timestamp,
    /// Who drives it, or did last.
    #[serde(skip_serializing_if = "Option::is_none")]
    driver: Option<String>,
    /// Whether somebody is at work on it, as far as can be told.
    driven: bool,
    /// SHA-256 of its definition.
    definition: String,
    /// When it was last written to.
    last: Timestamp,
    /// How many entries its log has.
    entries: u64,
    /// The step that is being done, or is next; null when it has none.
    step: Option<At>,
}

/// A step of many.
#[derive(Serialize, JsonSchema)]
struct At {
    /// Its place, from one.
    number: usize,
    /// What it does.
    title: String,
    /// How many there are.
    of: usize,
}

/// What a page was written from.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Reported {
    /// The file.
    file: String,
    /// Its bytes.
    bytes: usize,
    /// How many entries the operation's log has.
    entries: usize,
}

/// What a worker did.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Worked {
    /// Operations that it drove until they ended or waited.
    driven: Vec<Driven>,
    /// Operations that it has left where they are.
    left: Vec<String>,
}

/// What became of an operation.
#[derive(Serialize, JsonSchema)]
struct Driven {
    /// The operation.
    operation: String,
    /// Where it stands.
    status: OperationStatus,
}

/// Whatever another command printed.
pub(crate) type Any = Value;
