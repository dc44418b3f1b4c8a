//! From what was written to what is meant: references found, defaults made explicit, contradictions reported.
//!
//! [`resolve`] is total: it gives a [`Resolved`] whatever the spec says, and reports every problem on the way. The caller
//! lowers it only when nothing was an error.

pub mod codes;
mod data;
mod discovery;
mod gate;
mod local;
mod lock;
mod network;
mod probes;
mod rollout;
mod routes;
mod secret_form;
mod service;
mod settings;
mod size;
mod timezone;
mod uses;
pub mod workload;

use std::{collections::BTreeMap, sync::Arc};

use skiff_wire::{HealthCheck, Hooks, LocalOverlay, Lock, Rollout, Stop};

pub(crate) use discovery::zone_of_services;
pub use discovery::{DiscoveryName, ResolvedDiscovery};
pub(crate) use lock::images;
pub use network::{CreatedNetwork, ExistingNetwork, NetworkChoice, ResolvedNetwork, Subnets};
pub(crate) use routes::needs_load_balancer;
pub use routes::{Conditions, Handling, OF_LOAD_BALANCER, ResolvedRoute};
pub use secret_form::looks_secret;
pub use settings::{AlertTarget, Settings};
pub use size::instance_for;
pub(crate) use uses::variable;
pub use uses::{ResolvedUse, Target};
pub(crate) use workload::Written;

use crate::{
    diagnostic::{Code, Diagnostics},
    source::Span,
    spec::{
        Spec,
        service::{Kind, Service},
        values::Name,
    },
};

/// The port of the runner's health endpoint, which target groups check (`aws-rules` 4).
pub const RUNNER_HEALTH_PORT: u16 = 8079;

/// A spec of which every reference is found and every default explicit.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The spec as written.
    pub spec: Spec,
    /// The environment it is for.
    pub environment: Name,
    /// Account, region, keys, tags, state.
    pub settings: Settings,
    /// Where everything stands.
    pub network: ResolvedNetwork,
    /// The services.
    pub services: BTreeMap<Name, ResolvedService>,
    /// The routes that lead to no service.
    pub own_routes: Vec<ResolvedRoute>,
    /// What is different on one's own machine.
    pub local: LocalOverlay,
}

impl Resolved {
    /// Every route, those of services first.
    pub fn routes(&self) -> impl Iterator<Item = &ResolvedRoute> {
        self.services.values().flat_map(|service| &service.routes).chain(&self.own_routes)
    }
}

/// One service, its defaults explicit.
#[derive(Debug, Clone)]
pub struct ResolvedService {
    /// Its name.
    pub name: Name,
    /// The name it was born with: what AWS knows it by.
    pub identity: String,
    /// Its kind.
    pub kind: Kind,
    /// As written.
    pub spec: Arc<Service>,
    /// `arm64` or `x86_64`.
    pub architecture: &'static str,
    /// Instance type.
    pub instance_type: String,
    /// vCPU of that type.
    pub vcpu: u32,
    /// Root volume in GiB.
    pub disk: u32,
    /// Least members.
    pub minimum: u32,
    /// Most members.
    pub maximum: u32,
    /// All ports by name; the main one is `main`.
    pub ports: BTreeMap<String, u16>,
    /// Probes of the main workload: readiness, liveness, startup.
    pub probes: [Option<HealthCheck>; 3],
    /// Probes of the containers beside it, by their names.
    pub container_probes: BTreeMap<Name, [Option<HealthCheck>; 3]>,
    /// Hooks of the main workload.
    pub hooks: Option<Hooks>,
    /// Hooks of the containers beside it, by their names.
    pub container_hooks: BTreeMap<Name, Option<Hooks>>,
    /// The routes.
    pub routes: Vec<ResolvedRoute>,
    /// What it uses.
    pub uses: Vec<ResolvedUse>,
    /// More names and ports under which it is found.
    pub discovery: ResolvedDiscovery,
    /// How a member stops.
    pub stop: Stop,
    /// How a release is rolled out.
    pub rollout: Rollout,
}

/// Finds what is meant, and reports what cannot be.
pub fn resolve(spec: Spec, environment: Name, lock: &Lock, diagnostics: &mut Diagnostics) -> Resolved {
    let mut report = Reporter { diagnostics };
    let settings = settings::resolve(&spec, &mut report);
    let network = network::resolve(&spec, &settings, &mut report);
    uses::check_names(&spec, &mut report);
    data::check(&spec, &mut report);
    let services: BTreeMap<_, _> = spec
        .services
        .iter()
        .map(|(name, service)| (name.clone(), service::resolve(name, service, &spec, &settings, &mut report)))
        .collect();
    let own_routes = routes::resolve_own(&spec, &settings, &mut report);
    routes::check_all(&spec, &services, &own_routes, &mut report);
    discovery::check_all(&spec, &environment, &services, &mut report);
    uses::check_cycles(&services, &mut report);
    let routes = services.values().flat_map(|service| &service.routes).chain(&own_routes).collect();
    lock::check(lock, environment.as_str(), &settings, routes, &mut report);
    lock::warn_of_tags(&spec, lock, &mut report);
    let local = local::resolve(&spec, &mut report);
    Resolved { spec, environment, settings, network, services, own_routes, local }
}

/// What to do about a choice of exactly one, of which several or none are written.
pub(crate) fn one_of(several: bool) -> &'static str {
    if several { "keep one of them" } else { "give one of them" }
}

/// Reports problems, and keeps still about places that were already reported as unusable.
pub(crate) struct Reporter<'all> {
    diagnostics: &'all mut Diagnostics,
}

impl Reporter<'_> {
    /// Reports a problem with what to do about it.
    pub(crate) fn report(
        &mut self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if !self.diagnostics.is_poisoned(span) {
            self.diagnostics.push(code, span, message).hint(hint);
        }
    }

    /// Reports a problem that another place explains.
    pub(crate) fn report_related(
        &mut self,
        code: &'static Code,
        (span, message): (Span, String),
        hint: impl Into<String>,
        (other, what): (Span, &str),
    ) {
        if !self.diagnostics.is_poisoned(span) && !self.diagnostics.is_poisoned(other) {
            self.diagnostics.push(code, span, message).hint(hint).related(other, what);
        }
    }

    /// Whether a place is unusable already, so that what depends on it cannot be judged.
    pub(crate) fn is_poisoned(&self, span: Span) -> bool {
        self.diagnostics.is_poisoned(span)
    }
}
