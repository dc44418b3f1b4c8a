//! Which port of a service serves, which others it has, and under which names and ports others find it.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::{
    resolve::RUNNER_HEALTH_PORT,
    spec::{
        decode::Decode,
        service::Kind,
        values::{HostName, Name, Scalar},
        workload::{Discovery, ForwardedPort},
    },
};

use super::{Traffic, service::Port};
use crate::{
    import::spanned,
    kube::codes::traffic as codes,
    kube::map::draft::{Draft, PodPort},
    names,
};

/// The names that lead to a service, and what their ports lead to.
type Leads<'c> = (Vec<String>, Vec<Port<'c>>);

/// Gives every service its ports and names.
pub(super) fn assign(traffic: &mut Traffic<'_, '_>) {
    for index in 0..traffic.drafts.len() {
        let leads = leads(traffic, index);
        let routed = traffic.served.get(&index).copied();
        let Some(draft) = traffic.drafts.get_mut(index) else { continue };
        if draft.service.kind == Kind::Job {
            continue;
        }
        let serving = routed.or_else(|| serving(draft, &leads.1));
        if let Some(port) = serving {
            release(draft, port);
            draft.service.port = Some(spanned(port));
        }
        more_ports(draft, serving, &leads.1);
        discovery(draft, serving, leads);
    }
}

fn leads<'c>(traffic: &Traffic<'_, 'c>, index: usize) -> Leads<'c> {
    let services = || traffic.services.iter().filter(|service| service.main() == Some(index));
    (
        services().flat_map(super::Reached::names).collect(),
        services().flat_map(|service| service.ports.iter().copied()).collect(),
    )
}

/// The port that serves: one that says HTTP, else the first of a Service, else the first of the main container.
fn serving(draft: &Draft<'_>, ports: &[Port<'_>]) -> Option<u16> {
    let http = ports.iter().find(|port| port.target.is_some() && port.is_http()).and_then(|port| port.target);
    let first = || ports.iter().find_map(|port| port.target);
    let own = || own(draft).next().map(|port| port.number);
    http.or_else(first).or_else(own)
}

/// The TCP ports of the main container, but the runner's.
fn own<'d, 'c>(draft: &'d Draft<'c>) -> impl Iterator<Item = &'d PodPort<'c>> {
    let usable = |port: &&PodPort<'_>| port.main && port.protocol.eq_ignore_ascii_case("TCP");
    draft.ports.iter().filter(usable).filter(|port| port.number != RUNNER_HEALTH_PORT)
}

/// A port that serves is the service's own, also when a container beside the main one listens on it.
fn release(draft: &mut Draft<'_>, port: u16) {
    draft.service.ports.retain(|_, other| other.value != port);
    for container in draft.service.containers.values_mut() {
        container.ports.retain(|_, other| other.value != port);
    }
}

/// Ports of the main container, and ports that Services lead to: callers may reach them too.
fn more_ports(draft: &mut Draft<'_>, serving: Option<u16>, leads: &[Port<'_>]) {
    let mut taken: BTreeSet<u16> = serving.into_iter().collect();
    let beside = draft.service.containers.values().flat_map(|container| container.ports.values());
    taken.extend(beside.chain(draft.service.ports.values()).map(|port| port.value));
    let own = own(draft).map(|port| (port.number, port.name));
    let led = leads.iter().filter_map(|port| Some((port.target?, port.name)));
    let wanted: Vec<_> = own.chain(led).collect();
    for (number, name) in wanted {
        if taken.insert(number) {
            let name = port_name(&draft.service.ports, name, number);
            draft.service.ports.insert(name, spanned(number));
        }
    }
}

/// `main` is what the serving port is called.
fn port_name<T>(ports: &BTreeMap<Name, T>, name: Option<&str>, number: u16) -> Name {
    let named = name.map(names::tidy).filter(|name| name.as_str() != "main" && !ports.contains_key(name));
    named.unwrap_or_else(|| names::tidy(&format!("port-{number}")))
}

fn discovery(draft: &mut Draft<'_>, serving: Option<u16>, (names, ports): Leads<'_>) {
    if names.is_empty() {
        return;
    }
    let mut seen = BTreeMap::new();
    let listened = listened(draft);
    let mut forward = Vec::new();
    for port in ports {
        let Some(target) = port.target else { continue };
        let other = *seen.entry(port.number).or_insert(target);
        if other != target || (port.number != target && listened.contains(&port.number)) {
            twice(port, target, other);
        } else if port.number != target && !forward.iter().any(|(number, _)| *number == port.number) {
            forward.push((port.number, target));
            said(port, target);
        } else if port.number != target {
            said(port, target);
        }
    }
    let forward = forward.into_iter().map(|(port, target)| {
        let to = (Some(target) != serving).then(|| spanned(target.to_string()));
        ForwardedPort { port: spanned(port), to, ..ForwardedPort::fallback() }
    });
    let names = names.iter().filter_map(|name| HostName::parse(name)).map(spanned).collect();
    draft.service.discovery = Some(Discovery { names, forward: forward.collect(), ..Discovery::fallback() });
}

fn listened(draft: &Draft<'_>) -> BTreeSet<u16> {
    let service = &draft.service;
    let beside = service.containers.values().flat_map(|container| container.ports.values());
    service.port.iter().chain(service.ports.values()).chain(beside).map(|port| port.value).collect()
}

fn said(port: Port<'_>, target: u16) {
    let Some(field) = port.field.get("targetPort") else { return };
    let reason = format!("the runner passes on what comes to port {} to port {target}", port.number);
    field.say(&codes::PORT_FORWARDED, reason, "nothing must be done; callers may use the process's own port");
}

fn twice(port: Port<'_>, target: u16, other: u16) {
    let reason = match other == target {
        true => format!("port {} should lead to {target}, and a process listens on it", port.number),
        false => format!("port {} leads to {other} by another Service, and to {target} by this one", port.number),
    };
    port.field.say(&codes::PORT_TAKEN, reason, "give one of the Services another port, and its callers too");
}
