//! What the load balancer says over its control socket.

use std::{collections::BTreeMap, io, time::Duration};

use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::{
    error::{Error, ErrorKind},
    local::{
        balancer::{self, Action, Configuration, TargetReport, TrafficReport},
        place::Place,
        socket,
    },
    provider::SlotTraffic,
    state::layout::{Scope, ServiceScope},
};

/// How long the load balancer may take for an answer: it is on this machine and has everything in memory.
const PATIENCE: Duration = Duration::from_secs(5);

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
    /// Targets by instance.
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
    let configuration = configuration(place).await.ok()?;
    let targets: Vec<TargetReport> = get(place, "/targets").await.ok()?;
    Some(Serving { weights: weights(&configuration), targets: targets.into_iter().map(seen).collect() })
}

/// What each group has served; nothing when the load balancer does not answer.
pub(crate) async fn traffic(place: &Place) -> BTreeMap<String, SlotTraffic> {
    let report: TrafficReport = get(place, "/traffic").await.unwrap_or_default();
    let since = report.since;
    let total = |(name, group): (String, balancer::GroupTraffic)| {
        let traffic = SlotTraffic { since: group.total.since.or(since), ..group.total };
        (name, traffic)
    };
    report.groups.into_iter().map(total).collect()
}

/// The configuration that is in effect.
pub(crate) async fn configuration(place: &Place) -> io::Result<Configuration> {
    get(place, "/configuration").await
}

/// Puts a configuration into effect.
pub(crate) async fn configure(place: &Place, configuration: &Configuration) -> Result<(), Error> {
    let unreachable = |error: io::Error| {
        Error::new(&balancer::codes::UNREACHABLE, ErrorKind::Unavailable, format!("the load balancer: {error}"))
    };
    let body = serde_json::to_vec(configuration).map_err(|error| unreachable(error.into()))?;
    let asked = socket::ask(&place.balancer_socket(), Method::PUT, "/configuration", body, PATIENCE).await;
    match asked.map_err(unreachable)? {
        (status, _) if status.is_success() => Ok(()),
        (status, body) => Err(refused(status, &body)),
    }
}

fn refused(status: StatusCode, body: &[u8]) -> Error {
    let why = serde_json::from_slice(body).map_or_else(
        |_| format!("the load balancer answered {status}"),
        |refusal: balancer::Refusal| format!("the load balancer refused its configuration: {}", refusal.message),
    );
    let stale = status == StatusCode::CONFLICT;
    let code = if stale { &balancer::codes::STALE_CONFIGURATION } else { &balancer::codes::BAD_CONFIGURATION };
    Error::new(code, if stale { ErrorKind::Conflict } else { ErrorKind::Invalid }, why)
}

async fn get<D: DeserializeOwned>(place: &Place, path: &str) -> io::Result<D> {
    let (status, body) = socket::ask(&place.balancer_socket(), Method::GET, path, Vec::new(), PATIENCE).await?;
    if !status.is_success() {
        return Err(io::Error::other(format!("`{path}` was answered with {status}")));
    }
    serde_json::from_slice(&body).map_err(io::Error::from)
}

fn weights(configuration: &Configuration) -> BTreeMap<String, BTreeMap<String, u32>> {
    let of_rule = |rule: &balancer::Rule| match &rule.action {
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
    (report.instance, TargetSeen { health, reason: report.reason, in_flight: report.in_flight })
}

/// The listening socket of a load balancer that runs.
pub(crate) async fn take_listener(socket: &std::path::Path) -> io::Result<std::net::TcpListener> {
    Err(io::Error::other(format!("`{}` cannot pass it", socket.display())))
}
