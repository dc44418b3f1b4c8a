//! How requests reach a workload: Services, Ingresses, routes, network policies.
//!
//! 1. [`service`] finds the workloads of each Service;
//! 2. [`ingress`], [`gateway`] and [`balancer`] give services their routes, by way of [`route`];
//! 3. [`ports`] decides which port serves, and under which names and ports others find a service;
//! 4. [`callers`] and [`policy`] say who uses whom;
//! 5. [`cutover`] says from where the traffic comes today;
//! 6. [`front`] is what all routes share.

mod balancer;
mod callers;
mod cutover;
mod front;
mod gateway;
mod ingress;
mod policy;
mod ports;
mod route;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::{
    diagnostic::Code,
    spec::{
        Spec,
        service::Route,
        values::{Cidr, Scalar},
    },
};

use super::{context::Context, draft::Draft};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        object::{Field, Object},
        table,
    },
};
pub(crate) use front::Front;
use route::Taken;
use service::Reached;

/// Everything about traffic while it is joined.
struct Traffic<'t, 'c> {
    drafts: &'t mut [Draft<'c>],
    context: &'t Context<'c>,
    services: Vec<Reached<'c>>,
    /// The port that routes lead to, by draft.
    served: BTreeMap<usize, u16>,
    /// The requests that have a route.
    taken: BTreeMap<String, Taken>,
    front: Front,
    /// The Service that the first route of a draft leads to.
    routed: BTreeMap<usize, usize>,
    /// The Services that an Ingress of the AWS Load Balancer Controller leads to.
    by_alb: BTreeSet<usize>,
    /// What was for inside only.
    inside: Vec<Field<'c>>,
    /// Its routes: by draft, or `usize::MAX` for those of the load balancer, and their place there.
    inside_routes: BTreeSet<(usize, usize)>,
}

/// Joins what leads requests to the workloads.
pub(super) fn join<'c>(drafts: &mut [Draft<'c>], context: &Context<'c>) {
    let services = service::reached(drafts, context);
    let front = Front::default();
    let mut traffic = Traffic {
        drafts,
        context,
        services,
        served: BTreeMap::new(),
        taken: BTreeMap::new(),
        front,
        routed: BTreeMap::new(),
        by_alb: BTreeSet::new(),
        inside: Vec::new(),
        inside_routes: BTreeSet::new(),
    };
    ingress::join(&mut traffic);
    gateway::join(&mut traffic);
    balancer::join(&mut traffic);
    service::settings(&mut traffic);
    ports::assign(&mut traffic);
    callers::find(&mut traffic);
    policy::apply(&mut traffic);
    cutover::fill(&mut traffic);
    traffic.enclose();
    traffic.say_scheme();
    traffic.front.certify(traffic.drafts, context);
    context.front.replace(traffic.front);
}

/// What all services share: load balancer, certificates, redirects without a service.
pub(super) fn environment(spec: &mut Spec, context: &Context<'_>) {
    context.front.borrow().write(spec);
}

impl<'t, 'c> Traffic<'t, 'c> {
    /// The objects of a kind that is Kubernetes' own or the Gateway API's, not another's of the same name.
    fn objects(&self, kind: &'static str) -> impl Iterator<Item = &'c Object<'c>> + use<'c> {
        objects(self.context, kind)
    }
}

impl<'c> Traffic<'_, 'c> {
    /// How many routes each draft has, and the load balancer.
    fn count(&self) -> BTreeMap<usize, usize> {
        let drafts = self.drafts.iter().map(|draft| draft.service.routes.len()).enumerate();
        drafts.chain([(usize::MAX, self.front.routes.len())]).collect()
    }

    /// Notes whether an object is for inside only, when it has routes that were not there before.
    fn faces(&mut self, internal: bool, field: Field<'c>, before: &BTreeMap<usize, usize>) {
        let after = self.count();
        let first = |at: &usize| before.get(at).copied().unwrap_or(0);
        let made: Vec<_> = after.iter().flat_map(|(at, count)| (first(at)..*count).map(|index| (*at, index))).collect();
        if made.is_empty() {
            return;
        }
        self.front.faces(internal);
        if internal {
            self.inside.push(field);
            self.inside_routes.extend(made);
        }
    }

    /// Routes for inside only, beside others for the internet, let in private addresses alone.
    fn enclose(&mut self) {
        if self.front.is_internal() {
            return;
        }
        for (at, draft) in self.drafts.iter_mut().enumerate() {
            enclose(&mut draft.service.routes, at, &self.inside_routes);
        }
        enclose(&mut self.front.routes, usize::MAX, &self.inside_routes);
    }

    fn say_scheme(&self) {
        for field in self.inside.iter().filter(|_| !self.front.is_internal()) {
            field.note(
                &codes::SCHEME,
                "it was for inside only, and as other routes are for the internet, its own let in private addresses alone",
                "move it into an application with an internal load balancer: few callers come to this one from such addresses",
            );
        }
    }
}

/// The private ranges of IPv4 (RFC 1918).
const PRIVATE: &[&str] = &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

fn enclose(routes: &mut Vec<Route>, at: usize, inside: &BTreeSet<(usize, usize)>) {
    let private: Vec<_> = PRIVATE.iter().filter_map(|range| Cidr::parse(range)).map(spanned).collect();
    let enclosed = std::mem::take(routes).into_iter().enumerate().flat_map(|(index, mut route)| {
        if inside.contains(&(at, index)) && route.sources.is_empty() {
            route.sources.clone_from(&private);
        }
        route::divided(route)
    });
    *routes = enclosed.collect();
}

/// The objects of a kind that the table has, in the order of the input.
fn objects<'c>(context: &Context<'c>, kind: &'static str) -> impl Iterator<Item = &'c Object<'c>> + use<'c> {
    let cluster = context.cluster;
    cluster.of_kind(kind).filter(move |object| table::kind(&object.manifest.api_version, kind).is_some())
}

/// Marks what only says which object it is.
fn identify(object: &Object<'_>) {
    for way in ["apiVersion", "kind", "metadata.name", "metadata.namespace"] {
        object.at(way).iter().for_each(|field| field.touch());
    }
}

/// Says of an object's `spec` that nothing of it could be carried over.
fn lose(object: &Object<'_>, code: &'static Code, reason: impl Into<String>, action: impl Into<String>) {
    identify(object);
    let spec: Field<'_> = object.at("spec").unwrap_or_else(|| object.root());
    spec.say(code, reason, action);
}
