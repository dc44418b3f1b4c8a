//! The forms of what the provider says, as commands pass it on in `data`. The runtime's own types have no schemas; the tests
//! hold what commands print against these.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// How many members a slot has.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Capacity {
    /// The least.
    minimum: u32,
    /// The number that is wanted.
    desired: u32,
}

/// Weights of a service's slots, 0 to 100 each.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Weights {
    /// By slot.
    by_slot: BTreeMap<String, u32>,
}

/// What a load balancer says of its weights.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WeightsRead {
    /// What was last set.
    set: Weights,
    /// What requests are being sent by.
    effective: Weights,
}

/// One member as the provider sees it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MemberView {
    /// Its instance id.
    instance: String,
    /// Its slot.
    slot: String,
    /// `pending`, `in-service`, `terminating` or `terminated`.
    lifecycle: String,
    /// `initial`, `healthy`, `unhealthy`, `draining` or `unused`.
    target_health: String,
    /// Why, when it is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Requests in flight on it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<u64>,
    /// How much of the processor time that it may have it uses, in thousandths; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_permille: Option<u32>,
}

/// What a slot has served since the load balancer counts.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SlotTraffic {
    /// When counting began.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Requests that were sent to it.
    requests: u64,
    /// Answers by class: `2xx` … `5xx`, and `connect` for connections that failed.
    answers: BTreeMap<String, u64>,
    /// Requests in flight.
    in_flight: u64,
    /// Answers by upper bound of their latency in microseconds; the last bound is the largest number there is.
    latency: BTreeMap<String, u64>,
}

/// What runs on this machine for one state folder.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LocalStatus {
    /// Whether the supervisor answers.
    up: bool,
    /// Whether it is meant to: it was brought up, and not down.
    wanted: bool,
    /// The port that the load balancer listens on, null while it is not known.
    port: Option<u16>,
    /// The port of its test listener, null while it is not known.
    test_port: Option<u16>,
    /// The supervisor, null when it does not live.
    supervisor: Option<ProcessRecord>,
    /// The load balancer, null when it does not live.
    balancer: Option<ProcessRecord>,
    /// The members, sorted by instance.
    members: Vec<LocalMember>,
    /// The root of trust that members start from.
    trust_root: Option<String>,
}

/// One process, also after others have had its number.
#[derive(Serialize, JsonSchema)]
struct ProcessId {
    /// Its number.
    pid: i32,
    /// When it started, in clock ticks since the machine did.
    started: u64,
}

/// A process of the provider.
#[derive(Serialize, JsonSchema)]
struct ProcessRecord {
    /// Which process.
    process: ProcessId,
    /// The version of Skiff it is.
    version: String,
    /// Since when.
    since: Timestamp,
}

/// One member, with what only this machine knows of it.
#[derive(Serialize, JsonSchema)]
struct LocalMember {
    /// Application.
    app: String,
    /// Environment.
    environment: String,
    /// Service.
    service: String,
    /// As any provider would describe it.
    #[serde(flatten)]
    view: MemberView,
    /// Its runner, null when it does not live.
    process: Option<ProcessId>,
    /// Its ports: the declared one and the one in its place.
    ports: BTreeMap<String, u16>,
    /// Where its runner answers for its health.
    health_port: u16,
    /// Since when it is there.
    since: Timestamp,
}
