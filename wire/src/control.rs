//! Control documents: the only ones that are written more than once, and therefore the locks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What every control document has around its body; each write replaces all of it, on the condition of its ETag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control<Body> {
    /// `skiff.dev/<document>/v<major>`.
    pub schema: String,
    /// One more with each write.
    pub revision: u64,
    /// Fresh and random with each write: who finds his own has written, who finds another has lost.
    pub nonce: String,
    /// One more with each new holder; effects of a lower one are refused where the target can tell.
    pub epoch: u64,
    /// Who works on it: an operation's or a worker's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub holder: Option<String>,
    /// Until when others leave it to its holder. Advice: safety comes from `revision` and `epoch`, never from a clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lease_until: Option<Timestamp>,
    /// What it says.
    pub body: Body,
}

/// What the runtime owns of one service: `services/<service>/control.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceControl {
    /// The slot that serves, absent before the first release does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live: Option<String>,
    /// The slots by their letter.
    pub slots: BTreeMap<String, SlotControl>,
    /// The highest sequence of a release that was ever assigned; a lower one is a replay.
    pub sequence: u64,
    /// The highest version of the trust root that was used.
    pub root_version: u64,
    /// The slot, release and time of what was live before; the newest first, at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub history: Vec<LiveRelease>,
    /// What the runtime knows of the old way of serving, for a service that takes over from one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy: Option<LegacyControl>,
    /// Whether the service was destroyed; a deploy brings it back.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub destroyed: bool,
}

impl ServiceControl {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/service-control/v1";
}

/// The old way of serving.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegacyControl {
    /// The last weight that was read back, 0 to 100.
    pub weight: u32,
    /// When it was retired, absent while it is not: from then on it gets no weight any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retired_at: Option<Timestamp>,
}

/// What the runtime owns of one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotControl {
    /// What its members run; written only while the slot is empty, then frozen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignment: Option<Assignment>,
    /// The last weight that was read back, 0 to 100.
    pub weight: u32,
    /// The least number of members.
    pub minimum: u32,
    /// The number of members that is wanted.
    pub desired: u32,
}

/// What the members of a slot run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The release: SHA-256 of the signed payload, 64 hexadecimal digits.
    pub release: String,
    /// Its sequence.
    pub sequence: u64,
    /// Higher with each assignment of the service; a member that boots with another leaves.
    pub generation: u64,
    /// The launch template's version, absent where a provider has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub launch_template_version: Option<String>,
}

/// A release that was live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveRelease {
    /// The release.
    pub release: String,
    /// Its sequence.
    pub sequence: u64,
    /// The slot it was in.
    pub slot: String,
    /// When it stopped being live.
    pub until: Timestamp,
}

/// What one member says of itself: `services/<service>/members/<instance>.json`, written by that member alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberState {
    /// Its slot.
    pub slot: String,
    /// The release it runs or refused, absent while it knows of none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub release: Option<String>,
    /// The generation of the assignment it read.
    pub generation: u64,
    /// Where it is in its life.
    pub phase: MemberPhase,
    /// Why, when that is not plain: a code that `skiff explain` knows, and a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<MemberReason>,
    /// How often its workloads were started again.
    pub restarts: u32,
    /// The highest version of the trust root it has seen.
    pub root_version: u64,
    /// The highest sequence of a release it has run.
    pub sequence: u64,
    /// When it wrote this.
    pub observed_at: Timestamp,
}

impl MemberState {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/member-state/v1";
}

/// Where a member is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberPhase {
    /// Reads its assignment and verifies.
    Booting,
    /// Runs, and is not ready.
    Starting,
    /// Serves.
    Ready,
    /// Ran and was ready, and is not.
    Unready,
    /// Takes no new requests and finishes those it has.
    Draining,
    /// Has ended as it was told to.
    Stopped,
    /// Its workload fails again and again.
    Failing,
    /// Refused to run what it was given.
    Refused,
}

/// Why a member is where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberReason {
    /// A code that `skiff explain` knows.
    pub code: String,
    /// One sentence.
    pub message: String,
}
