//! What the load balancer says of itself: documents of its control socket.

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::provider::SlotTraffic;

/// `GET /traffic`: what was served.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrafficReport {
    /// When this process began to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// By group.
    pub groups: BTreeMap<String, GroupTraffic>,
    /// Requests that no target got, by the reason that the client was told in `x-skiff-reason`.
    pub refused: BTreeMap<String, u64>,
}

/// What a group has served.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupTraffic {
    /// All of it, targets that are gone included.
    pub total: SlotTraffic,
    /// By instance, as long as the target is there or drains.
    pub targets: BTreeMap<String, SlotTraffic>,
    /// What of it was mirrored: requests whose answers no user got.
    #[serde(default, skip_serializing_if = "MirrorTraffic::is_none")]
    pub mirror: MirrorTraffic,
}

/// Requests of users that were sent to a group as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorTraffic {
    /// Those that were sent; they are among the group's requests.
    pub sent: u64,
    /// Those whose turn it was and that were left out: too many were under way, or no target was fit.
    pub left_out: u64,
}

impl MirrorTraffic {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// One of `GET /targets`: a target as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetReport {
    /// Name of its group.
    pub group: String,
    /// Its instance id.
    pub instance: String,
    /// Where its application listens.
    pub address: SocketAddr,
    /// Whether it gets requests.
    pub state: TargetState,
    /// Why, when it is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Requests in flight on it.
    pub in_flight: u64,
}

/// Whether a target gets requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetState {
    /// No check was good yet: none.
    Initial,
    /// It does.
    Healthy,
    /// Checks failed, or a connection was refused since the last good one: none.
    Unhealthy,
    /// It was removed and finishes what it has: no new ones.
    Draining,
}

impl TargetState {
    /// The word for it, as in documents and as Elastic Load Balancing says.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Draining => "draining",
        }
    }
}

/// Any refusal of the control socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The diagnostic code, such as `SK2550`.
    pub code: String,
    /// What is wrong and where.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}
