//! The last step: what kind of service each draft is, and the application around them.

use std::{collections::BTreeMap, sync::Arc};

use skiff_compiler::spec::{
    Spec,
    decode::Decode,
    service::{Health, Kind, Rollout, Service, Size},
    shorthand::PathProbe,
    workload::Discovery,
};

use super::{context::Context, draft::Draft};
use crate::{
    application,
    kube::{codes::general::CIRCLE, object::Field},
    names,
    uses::{self, Dropped},
};

/// The application.
pub(super) fn spec(drafts: Vec<Draft<'_>>, context: &Context<'_>) -> Spec {
    let pods: BTreeMap<_, _> = drafts.iter().map(|draft| (draft.name.clone(), draft.pod)).collect();
    let mut services = drafts.into_iter().map(|draft| (draft.name.clone(), Arc::new(service(draft)))).collect();
    for Dropped { service, used } in uses::settle(&mut services) {
        if let Some(place) = pods.get(&service).and_then(|pod| place_of(*pod, used.as_str())) {
            let reason = format!("it connects to `{used}`, which leads back to it: the connection is closed");
            place.say(&CIRCLE, reason, "send messages through a queue, or put both into one service");
        }
    }
    application::around(names::tidy(&context.options.app), services, context.options)
}

/// Where a pod names the service that it connects to: a variable that does, else its object's kind.
fn place_of<'c>(pod: Field<'c>, used: &str) -> Option<Field<'c>> {
    let containers = pod.list("containers").chain(pod.list("initContainers"));
    let mut values = containers.flat_map(|container| container.list("env")).filter_map(|item| item.get("value"));
    values.find(|value| value.written().is_some_and(|text| text.contains(used))).or_else(|| pod.object().at("kind"))
}

fn service(draft: Draft<'_>) -> Service {
    let mut service = draft.service;
    if service.kind == Kind::Worker && !service.routes.is_empty() {
        service.kind = Kind::Web;
    }
    if let Some(port) = &service.port {
        shorten_probes(&mut service.health, &port.value.to_string());
    }
    if matches!(service.kind, Kind::Web | Kind::Worker) {
        service.replicas = application::replicas(service.kind, draft.replicas);
    }
    drop_defaults(&mut service);
    service
}

/// Takes mappings away in which nothing is written.
fn drop_defaults(service: &mut Service) {
    service.rollout = service.rollout.take().filter(|rollout| *rollout != Rollout::fallback());
    service.health = service.health.take().filter(|health| *health != Health::fallback());
    service.size = service.size.take().filter(|size| *size != Size::fallback());
    service.discovery = service.discovery.take().filter(|discovery| *discovery != Discovery::fallback());
}

/// Takes the port out of probes that ask at the service's own, which is their default.
fn shorten_probes(health: &mut Option<Health>, own: &str) {
    let probes =
        health.iter_mut().flat_map(|health| [&mut health.readiness, &mut health.liveness, &mut health.startup]);
    for PathProbe(probe) in probes.flatten() {
        if probe.tcp.is_none() && probe.port.as_ref().is_some_and(|port| port.value == own) {
            probe.port = None;
        }
    }
}
