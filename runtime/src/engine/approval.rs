//! The statement by which a person lets a step of high risk happen; it is signed as a DSSE envelope.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `skiff.dev/approval/v1`.
    pub schema: String,
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// The operation.
    pub operation: String,
    /// The step that waits, from zero.
    pub step: u32,
    /// SHA-256 of the intent's bytes, 64 hexadecimal digits: what is to be done, all of it.
    pub plan: String,
    /// The principal who approves; the signature must be theirs.
    pub approver: String,
    /// After this it counts no more.
    pub expires: Timestamp,
}

impl Approval {
    /// The statement's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/approval/v1";
    /// The payload type of its envelope.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.skiff.approval+json";
}
