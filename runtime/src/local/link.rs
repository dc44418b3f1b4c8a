//! What the load balancer says over its control socket.

use std::collections::BTreeMap;

use crate::{
    local::{
        balancer::{Action, Client, Configuration, GroupTraffic, Rule, Shadowed, TargetReport},
        place::Place,
    },
    provider::{LEGACY, SlotTraffic},
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
    /// Weights by target group, of each rule that forwards to one; by rule.
    pub(crate) weights: BTreeMap<String, BTreeMap<String, u32>>,
    /// What is beside the traffic of users, by rule.
    pub(crate) shadows: BTreeMap<String, Shadowed>,
    /// Targets by instance; that of what a service takes over from by its group, since each of those has the same name.
    pub(crate) targets: BTreeMap<String, TargetSeen>,
}

/// The name of a slot's target group at the load balancer.
pub(crate) fn group(service: &ServiceScope, slot: &str) -> String {
    format!("{}/{}/{}/{slot}", service.scope.app, service.scope.environment, service.service)
}

/// The name of a rule at the load balancer.
pub(crate) fn rule(scope: &Scope, key: &str) -> String {
    format!("{}/{}/{key}", scope.app, scope.environment)
}

/// What the load balancer of a state folder does now; `None` when it does not answer.
pub(crate) async fn serving(place: &Place) -> Option<Serving> {
    let client = client(place);
    let configuration = client.configuration().await.ok()?.unwrap_or_else(Configuration::empty);
    let targets = client.targets().await.ok()?;
    let (weights, targets) = (weights(&configuration), targets.into_iter().map(seen).collect());
    Some(Serving { weights, targets, shadows: configuration.shadows })
}

/// What each group has served; nothing when the load balancer does not answer.
pub(crate) async fn traffic(place: &Place) -> BTreeMap<String, SlotTraffic> {
    let report = client(place).traffic().await.unwrap_or_default();
    let since = report.since;
    let total = |(name, group): (String, GroupTraffic)| {
        let traffic = SlotTraffic { since: group.total.since.or(since), ..group.total };
        (name, traffic)
    };
    report.groups.into_iter().map(total).collect()
}

/// The control socket of the load balancer of a state folder.
pub(crate) fn client(place: &Place) -> Client {
    Client::new(&place.balancer_socket())
}

/// The weights of a configuration's rules by target group.
pub(crate) fn weights(configuration: &Configuration) -> BTreeMap<String, BTreeMap<String, u32>> {
    let of_rule = |rule: &Rule| match &rule.action {
        Action::Forward { groups } => {
            let weights = groups.iter().map(|one| (one.group.clone(), one.weight)).collect();
            Some((rule.name.clone(), weights))
        }
        Action::Redirect { .. } | Action::Respond { .. } => None,
    };
    configuration.rules.iter().filter_map(of_rule).collect()
}

fn seen(report: TargetReport) -> (String, TargetSeen) {
    let health = report.state.as_str().to_owned();
    let name = if report.instance == LEGACY { report.group } else { report.instance };
    (name, TargetSeen { health, reason: report.reason, in_flight: report.in_flight })
}
