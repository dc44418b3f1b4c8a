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

use std::collections::BTreeMap;

use skiff_compiler::{diagnostic::Code, spec::Spec};

use super::{context::Context, draft::Draft};
use crate::kube::{
    codes::traffic as codes,
    object::{Field, Object},
    table,
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
    /// What was for inside only.
    inside: Vec<Field<'c>>,
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
        inside: Vec::new(),
    };
    ingress::join(&mut traffic);
    gateway::join(&mut traffic);
    balancer::join(&mut traffic);
    service::settings(&mut traffic);
    ports::assign(&mut traffic);
    callers::find(&mut traffic);
    policy::apply(&mut traffic);
    cutover::fill(&mut traffic);
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
    /// Notes whether something routed is for inside only.
    fn faces(&mut self, internal: bool, field: Field<'c>) {
        self.front.faces(internal);
        self.inside.extend(internal.then_some(field));
    }

    fn say_scheme(&self) {
        for field in self.inside.iter().filter(|_| !self.front.is_internal()) {
            field.note(
                &codes::SCHEME,
                "it was for inside only, and other routes of the same load balancer are for the internet",
                "move it into an application with an internal load balancer, or give its routes `sources`",
            );
        }
    }
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
