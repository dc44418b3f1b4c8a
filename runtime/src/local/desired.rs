//! What is wanted on this machine, and the members there are: the documents below `cloud/`.
//!
//! The supervisor alone writes them, each before it acts on it; everybody reads them, also while no supervisor lives.

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skiff_wire::{BeforeOutcome, Motion, Slot, Stop};

use crate::{
    error::Error,
    local::{file, place::Place, process::ProcessId},
    provider::{Capacity, LEGACY, Shadow, SlotAddress},
    state::layout::{Scope, ServiceScope},
};

/// What is wanted of one application in one environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeDesired {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Resources by their key in the plan, with their references as the plan writes them.
    pub resources: BTreeMap<String, DesiredResource>,
    /// Services by name.
    pub services: BTreeMap<String, ServiceDesired>,
}

/// A resource as it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesiredResource {
    /// Its CloudFormation type.
    pub resource_type: String,
    /// Its properties.
    pub properties: Map<String, Value>,
}

/// What is wanted of one service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceDesired {
    /// What the plan says of it.
    pub facts: ServiceFacts,
    /// The highest epoch that an effect came with.
    pub epoch: u64,
    /// Weights by slot; empty until they are set.
    pub weights: BTreeMap<String, u32>,
    /// Capacities by slot; none is 0/0.
    pub capacity: BTreeMap<String, Capacity>,
    /// What is beside the traffic of users.
    #[serde(skip_serializing_if = "is_nothing", default)]
    pub shadow: Shadow,
}

fn is_nothing(shadow: &Shadow) -> bool {
    *shadow == Shadow::default()
}

/// What the supervisor must know of a service beside its resources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFacts {
    /// `web`, `worker`, `job` or `stateful`.
    pub kind: String,
    /// Its slots with the keys of their resources.
    pub slots: BTreeMap<String, Slot>,
    /// Keys of the listener rules that lead to it, in the order they are matched.
    pub rules: Vec<String>,
    /// How a member stops.
    pub stop: Stop,
    /// Longest run of a job in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_seconds: Option<u32>,
    /// How often a failed run of a job is tried again.
    pub retries: u32,
    /// Seconds after which a rollout has failed, and with it the command that runs before it; zero for no bound.
    #[serde(default)]
    pub rollout_seconds: u32,
    /// Whether a volume outlives its members.
    pub volume: bool,
    /// What it takes over from, absent when it takes over from nothing that is reached from here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy: Option<LegacyFacts>,
}

/// What a service takes over from, as this machine reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegacyFacts {
    /// Key of its target group.
    pub target_group: String,
    /// Where it answers HTTP.
    pub address: SocketAddr,
}

impl Default for ServiceFacts {
    fn default() -> Self {
        Self {
            kind: String::new(),
            slots: BTreeMap::new(),
            rules: Vec::new(),
            stop: Stop { grace_seconds: 30, drain_seconds: 30 },
            timeout_seconds: None,
            retries: 0,
            rollout_seconds: 0,
            volume: false,
            legacy: None,
        }
    }
}

impl ServiceFacts {
    /// What a plan says of a service.
    #[must_use]
    pub fn of(motion: &Motion) -> Self {
        Self {
            kind: motion.kind.clone(),
            slots: motion.slots.clone(),
            rules: motion.routes.iter().map(|route| route.listener_rule.clone()).collect(),
            stop: motion.stop,
            timeout_seconds: motion.timeout_seconds,
            retries: motion.retries,
            rollout_seconds: motion.rollout.deadline_seconds,
            volume: motion.volume.is_some(),
            legacy: None,
        }
    }

    /// The groups that have a weight: the slots, and what the service takes over from.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.slots.keys().map(String::as_str).chain(self.legacy.as_ref().map(|_| LEGACY))
    }

    /// The key of a group's target group in the shape.
    #[must_use]
    pub fn target_group(&self, group: &str) -> Option<&str> {
        match &self.legacy {
            Some(legacy) if group == LEGACY => Some(&legacy.target_group),
            _ => self.slots.get(group)?.target_group.as_deref(),
        }
    }
}

/// Where a member is in its life, as the supervisor moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Its record is written, its runner is about to start.
    Launching,
    /// Its runner runs.
    Running,
    /// It was taken out of the load balancer and finishes what it has.
    Draining,
    /// Its runner was asked to end.
    Stopping,
    /// Its runner ended although nobody had asked; it stays until another takes its place.
    Ended,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRecord {
    /// Its instance id.
    pub instance: String,
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
    /// Slot.
    pub slot: String,
    /// When it was launched.
    pub launched_at: Timestamp,
    /// Where it is in its life.
    pub stage: Stage,
    /// Its runner, absent until it has started.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub process: Option<ProcessId>,
    /// The port that it listens on in the place of a declared one.
    pub ports: BTreeMap<u16, u16>,
    /// Where its runner answers for its health.
    pub health_port: u16,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The token of the `before` command that it runs once; absent for a member that serves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
}

/// A `before` command that has ended. Its token is never run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// What it was asked for with.
    pub token: String,
    /// The member that ran it.
    pub instance: String,
    /// When its end was seen.
    pub ended_at: Timestamp,
    /// How it ended.
    pub outcome: BeforeOutcome,
}

impl MemberRecord {
    /// The service it belongs to.
    #[must_use]
    pub fn service(&self) -> ServiceScope {
        Scope::new(&self.app, &self.environment).service(&self.service)
    }

    /// The slot it is in.
    #[must_use]
    pub fn address(&self) -> SlotAddress {
        SlotAddress { service: self.service(), slot: self.slot.clone() }
    }

    /// Every port that was given to it.
    pub fn all_ports(&self) -> impl Iterator<Item = u16> {
        self.ports.values().copied().chain([self.health_port])
    }
}

/// That the provider is meant to be up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Up {
    /// The port that was asked for; 0 for any free one.
    pub requested: u16,
    /// The port that it is, once it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub port: Option<u16>,
    /// The port of the test listener, once it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub test_port: Option<u16>,
}

/// A process that a later supervisor must find again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessRecord {
    /// Which process.
    pub process: ProcessId,
    /// The version of Skiff it is.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
}

impl Place {
    /// What is wanted of every application and environment.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_scopes(&self) -> Result<Vec<ScopeDesired>, Error> {
        file::read_all(&self.cloud().join("scopes"))
    }

    /// What is wanted of one, nothing when nothing was applied.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_scope(&self, scope: &Scope) -> Result<ScopeDesired, Error> {
        let empty = || ScopeDesired {
            app: scope.app.clone(),
            environment: scope.environment.clone(),
            ..ScopeDesired::default()
        };
        Ok(file::read(&self.scope(scope))?.unwrap_or_else(empty))
    }

    /// Every member there is, sorted by instance.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_members(&self) -> Result<Vec<MemberRecord>, Error> {
        file::read_all(&self.records())
    }
}
