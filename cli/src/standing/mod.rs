//! Where an application stands: what the ledger says of its services, and what the provider adds.
//!
//! [`read::Reader`] gives a [`Standing`]; [`findings`] says what is wrong with it; [`text`] draws it. **The number of
//! objects that are read depends on the number of services and members, never on the length of their history.**

pub(crate) mod findings;
pub(crate) mod read;
pub(crate) mod release;
#[cfg(test)]
mod tests;
pub(crate) mod text;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use skiff_runtime::provider::{Capacity, MemberView, SlotTraffic, WeightsRead};
use skiff_wire::{MemberPhase, MemberReason, OperationStatus};

use crate::schemas;

/// Where an application stands in one environment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Standing {
    /// Application.
    pub(crate) app: String,
    /// Environment.
    pub(crate) environment: String,
    /// Where the ledger is.
    pub(crate) ledger: String,
    /// Whether the provider answered, absent when nothing was ever there to be asked for.
    pub(crate) provider: ProviderStanding,
    /// The trust root, absent before there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) root: Option<RootStanding>,
    /// The services, sorted by name.
    pub(crate) services: Vec<ServiceStanding>,
    /// The time of the reading, which every judgement of it uses.
    #[serde(skip)]
    pub(crate) now: Timestamp,
}

/// Whether the provider answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProviderStanding {
    /// It answered.
    Up,
    /// It did not; the reason, for people.
    Down(String),
}

/// The trust root as far as it is verified.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RootStanding {
    /// Its version.
    pub(crate) version: u64,
    /// After this it accepts nothing new.
    pub(crate) expires: Timestamp,
}

/// Where one service stands.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct ServiceStanding {
    /// Its name.
    pub(crate) service: String,
    /// `web`, `worker`, `job` or `stateful`; absent when the spec does not name it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// The slot that serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<String>,
    /// Whether it was destroyed.
    pub(crate) destroyed: bool,
    /// Since when the live release is the live one; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live_since: Option<Timestamp>,
    /// What was live before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<ReleaseName>,
    /// The slots, sorted by letter.
    pub(crate) slots: Vec<SlotStanding>,
    /// The operation that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<OperationStanding>,
    /// Operations that are not finished and do not hold it, the newest first: they wait for an approval, or for a driver.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) waiting: Vec<OperationStanding>,
    /// What the load balancer says, with `--direct`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) direct: Option<ServiceDirect>,
}

/// A release by what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ReleaseName {
    /// SHA-256 of the signed payload.
    pub(crate) id: String,
    /// Its sequence.
    pub(crate) sequence: u64,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
}

/// Where a slot stands.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct SlotStanding {
    /// Its letter.
    pub(crate) slot: String,
    /// What its members run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) release: Option<ReleaseName>,
    /// The last weight that was read back.
    pub(crate) weight: u32,
    /// The least number of members.
    pub(crate) minimum: u32,
    /// The number of members that is wanted.
    pub(crate) desired: u32,
    /// How many of its members say that they are ready.
    pub(crate) ready: usize,
    /// Its members.
    pub(crate) members: Vec<MemberStanding>,
    /// What the provider says of its capacity, with `--direct`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schemas::provider::Capacity>")]
    pub(crate) capacity: Option<Capacity>,
}

/// Where a member stands: what it says, and what the provider says.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct MemberStanding {
    /// Its instance id.
    pub(crate) instance: String,
    /// What it says of itself, absent before it says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<MemberPhase>,
    /// What it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) release: Option<String>,
    /// How often its workloads were started again.
    pub(crate) restarts: u32,
    /// Why it is where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<MemberReason>,
    /// When it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) observed_at: Option<Timestamp>,
    /// What the provider says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schemas::provider::MemberView>")]
    pub(crate) provider: Option<MemberView>,
}

/// What the load balancer says of a service.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ServiceDirect {
    /// Its weights, as set and as in effect.
    #[schemars(with = "schemas::provider::WeightsRead")]
    pub(crate) weights: WeightsRead,
    /// What each slot has served.
    #[schemars(with = "BTreeMap<String, schemas::provider::SlotTraffic>")]
    pub(crate) traffic: BTreeMap<String, SlotTraffic>,
}

/// Where an operation stands.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct OperationStanding {
    /// Its id.
    pub(crate) operation: String,
    /// The saga, such as `deploy`; absent while its intent cannot be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saga: Option<String>,
    /// Where it stands, absent before its first step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<OperationStatus>,
    /// The step that is worked on, from one.
    pub(crate) step: u32,
    /// How many steps there are.
    pub(crate) steps: usize,
    /// What that step is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// Why it waits or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The service that it moves.
    #[serde(skip)]
    pub(crate) service: Option<String>,
    /// Who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requested_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requested_at: Option<Timestamp>,
    /// Who drives it, or did last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) driver: Option<String>,
    /// Whether that process is there, absent when nobody on this machine can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) driven: Option<bool>,
    /// Until when others are asked to leave it to its driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lease_until: Option<Timestamp>,
}

impl OperationStanding {
    /// Whether something should be working on it, and nothing is.
    pub(crate) fn is_stranded(&self, now: Timestamp) -> bool {
        let waits = matches!(self.status, Some(OperationStatus::AwaitingApproval | OperationStatus::Paused));
        let ended = self.status.is_some_and(OperationStatus::is_final);
        let left = || self.lease_until.is_none_or(|until| until < now);
        !waits && !ended && self.driven.map_or_else(left, |driven| !driven)
    }
}

impl ReleaseName {
    /// As people read it, such as `v2 (3f9a1c22d0b4, sequence 2)`.
    pub(crate) fn words(&self) -> String {
        let id = short(&self.id);
        match &self.label {
            Some(label) => format!("{label} ({id}, sequence {})", self.sequence),
            None => format!("{id} (sequence {})", self.sequence),
        }
    }
}

/// The first twelve digits of a release's id: enough to name it.
pub(crate) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
