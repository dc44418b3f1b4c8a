//! What every cloud can do: hold resources, and move traffic, capacity and members.
//!
//! [`Shape`] creates, reads, updates and deletes resources in CloudFormation's vocabulary; [`Motion`] moves what changes
//! every day. The runtime knows nothing else of a provider. Each mutating call says why it may be repeated
//! ([`skiff_wire::EffectClass`]) and carries a [`Fence`], which a provider that can tell refuses when it is out of date.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{error::Error, state::layout::ServiceScope};

pub mod codes;

/// Who asks for an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// The operation.
    pub operation: String,
    /// The epoch that the operation holds the service with.
    pub epoch: u64,
    /// What tells one effect from another: a provider that has seen a token does not act on it again.
    ///
    /// An effect that may happen once only, [`Motion::replace_member`], has the same token whoever drives the operation, on
    /// each attempt: operation, step and effect. An absolute set carries the epoch in its token as well. It may be repeated,
    /// and a driver must be able to: what a driver that is dead by now has set may have been overtaken since.
    pub token: String,
}

/// The group of a service that stands for what it takes over from: `cutover.from` of the spec. It has a weight, traffic and one
/// target, and neither capacity nor an assignment.
pub const LEGACY: &str = "legacy";

/// A slot of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotAddress {
    /// The service.
    pub service: ServiceScope,
    /// The slot's letter.
    pub slot: String,
}

/// How many members a slot has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// The least.
    pub minimum: u32,
    /// The number that is wanted.
    pub desired: u32,
}

/// Weights of a service's slots, 0 to 100 each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// By slot; a service that takes over from another one has [`LEGACY`] among them.
    pub by_slot: BTreeMap<String, u32>,
}

/// What a load balancer says of its weights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsRead {
    /// What was last set.
    pub set: Weights,
    /// What requests are being sent by, as far as the provider can tell: read from what serves, not from what was asked.
    pub effective: Weights,
}

/// One member as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Its instance id.
    pub instance: String,
    /// Its slot.
    pub slot: String,
    /// `pending`, `in-service`, `terminating` or `terminated`, as Auto Scaling calls them.
    pub lifecycle: String,
    /// What the load balancer's check says: `initial`, `healthy`, `unhealthy`, `draining` or `unused`.
    pub target_health: String,
    /// Why, when it is not plain.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Requests in flight on it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub in_flight: Option<u64>,
    /// How much of the processor time that it may have it uses, in thousandths, over the last seconds; absent where that is not
    /// known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu_permille: Option<u32>,
}

/// What a slot has served since the load balancer counts; counters only rise, except when it starts anew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SlotTraffic {
    /// When counting began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<Timestamp>,
    /// Requests that were sent to it.
    pub requests: u64,
    /// Answers by class: `2xx` … `5xx`, and `connect` for connections that failed.
    pub answers: BTreeMap<String, u64>,
    /// Requests in flight.
    pub in_flight: u64,
    /// Answers by upper bound of their latency in microseconds; the last bound is `u64::MAX`.
    pub latency: BTreeMap<u64, u64>,
}

/// What is beside the traffic of users: where the test listener leads to, and what is mirrored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// The slot that the test listener leads to, absent when it leads nowhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub slot: Option<String>,
    /// How many of a hundred idempotent requests without a body are sent to that slot as well, their answers thrown away.
    pub mirror_percent: u32,
}

/// What a load balancer says of its shadow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowRead {
    /// What was last set.
    pub set: Shadow,
    /// What is in effect, read from what serves.
    pub effective: Shadow,
    /// Where the test listener is asked, such as `127.0.0.1:8081`; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub test_address: Option<String>,
    /// Where users ask, in the same form.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
}

/// A command that runs once with what a slot is assigned: `rollout.before`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    /// Where it is.
    pub phase: RunPhase,
    /// Its exit code, once it ended by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub exit: Option<i32>,
    /// Why it failed, one clause.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The member that runs it: its logs are that member's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
}

/// Where a command is that runs once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunPhase {
    /// It has not ended.
    Running,
    /// It ended with 0.
    Succeeded,
    /// It ended otherwise, or could not be run.
    Failed,
}

/// Which lines of logs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only of this slot.
    pub slot: Option<String>,
    /// Only of this member.
    pub instance: Option<String>,
    /// Only after this place: what [`LogPage::next`] said.
    pub after: Option<String>,
    /// The most lines that are wanted.
    pub limit: usize,
}

/// Lines of logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPage {
    /// Lines in the order of their time.
    pub lines: Vec<LogLine>,
    /// Where to go on.
    pub next: Option<String>,
}

/// One line that a workload wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was read.
    pub at: Timestamp,
    /// The member.
    pub instance: String,
    /// The workload.
    pub workload: String,
    /// `stdout`, `stderr`, or `runner` for what the runner says.
    pub stream: String,
    /// Its text, secrets blacked out.
    pub text: String,
}

/// Something of a plan that a provider cannot do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotHonoured {
    /// What: a resource's key, or a field of a service.
    pub what: String,
    /// Why, and what happens instead.
    pub reason: String,
}

/// A resource as the provider has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceView {
    /// The provider's identifier.
    pub identifier: String,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// What it gives others, such as `Arn`.
    pub attributes: Map<String, Value>,
}

/// Creates, reads, updates and deletes resources.
#[async_trait]
pub trait Shape: Send + Sync {
    /// Makes a resource; the same token makes it once. Gives its identifier.
    async fn create(
        &self,
        resource: &ResourceAddress,
        properties: &Map<String, Value>,
        token: &str,
    ) -> Result<String, Error>;

    /// The resource, or `None` when there is none.
    async fn read(&self, resource: &ResourceAddress) -> Result<Option<ResourceView>, Error>;

    /// Sets its properties.
    async fn update(&self, resource: &ResourceAddress, properties: &Map<String, Value>) -> Result<(), Error>;

    /// Removes it; nothing happens when there is none.
    async fn delete(&self, resource: &ResourceAddress) -> Result<(), Error>;

    /// Whether the provider has this type.
    fn has(&self, resource_type: &str) -> bool;
}

/// Which resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceAddress {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Its CloudFormation type.
    pub resource_type: String,
    /// Its key in the plan.
    pub key: String,
}

/// Moves weights, capacity and members, and sees what they do. Reads never start anything.
#[async_trait]
pub trait Motion: Send + Sync {
    /// What it cannot honour of a plan.
    fn not_honoured(&self, plan: &skiff_wire::Plan) -> Vec<NotHonoured>;

    /// How many members a slot is to have.
    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error>;

    /// Sets how many members a slot is to have; an absolute set.
    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error>;

    /// The weights of a service, as set and as in effect.
    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error>;

    /// Sets the weights of a service; an absolute set. That it returned does not mean that traffic has moved.
    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error>;

    /// The members of a slot, in any state, sorted by instance.
    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error>;

    /// Ends one member, which drains first; its slot's capacity brings another. Nothing happens when it is gone.
    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error>;

    /// What each slot of a service has served.
    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error>;

    /// Lines of logs.
    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error>;

    /// What is beside the traffic of users, as set and as in effect.
    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error>;

    /// Sets where the test listener leads to and what is mirrored; an absolute set. It never changes where a user's request
    /// is answered.
    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error>;

    /// Runs the release's own `before` command once, with what the slot is assigned; the same token runs it once.
    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error>;

    /// What became of the command that was run with this token, or `None` when there was none.
    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error>;

    /// How long a change of weights takes to be in effect everywhere, at most: the hold before anything is torn down.
    fn propagation(&self) -> std::time::Duration;
}
