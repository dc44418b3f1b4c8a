//! The ports of a pod: which a service may name, and which nobody asks for.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::{Decode, Spanned},
    values::Name,
    workload::{Discovery, ForwardedPort},
};

use super::containers::Containers;
use crate::{
    import::spanned,
    kube::{
        codes::{general, pod as codes, traffic},
        map::draft::{Draft, PodPort},
        object::Field,
    },
    names,
};

/// The port of the runner itself.
const RUNNER: u16 = skiff_compiler::resolve::RUNNER_HEALTH_PORT;
/// What `port` itself is called, so that no other port can be.
const MAIN: &str = "main";

/// Takes all ports of the containers, and names those of the main one.
pub(super) fn collect<'c>(draft: &mut Draft<'c>, containers: &Containers<'c>) {
    let beside = containers.beside.iter().map(|container| (*container, false));
    for (container, main) in std::iter::once((containers.main, true)).chain(beside) {
        for port in container.list("ports") {
            draft.ports.extend(read(port, main, &draft.ports));
        }
    }
    for container in &containers.init {
        container.list("ports").for_each(|port| port.ignore("an init container ends before anything could connect"));
    }
    draft.service.ports = names(draft.ports.iter().filter(|port| port.main));
}

fn read<'c>(field: Field<'c>, main: bool, others: &[PodPort<'c>]) -> Option<PodPort<'c>> {
    let Some(written) = field.get("containerPort") else {
        field.say(&codes::PORT, "it has no number, and the API refuses it", "add `containerPort`");
        return None;
    };
    let Some(number) = written.integer() else {
        // The value itself is reported as one of another type.
        for (_, other) in field.entries().filter(|(key, _)| *key != "containerPort") {
            other.share(&general::WRONG_TYPE, "the API refuses the number of the port");
        }
        return None;
    };
    let name = field.text_of("name");
    let protocol = field.text_of("protocol").unwrap_or("TCP");
    let action = "serve TCP on another port, or put this part of the application elsewhere";
    let number = u16::try_from(number).ok().filter(|number| *number > 0);
    let Some(number) = number else {
        field.say(&codes::PORT, "the API takes 1 to 65535", "correct the number");
        return None;
    };
    if !["TCP", "UDP", "SCTP"].contains(&protocol) {
        field.say(&codes::PORT, format!("the API does not know the protocol `{protocol}`"), "write `TCP`");
    } else if protocol != "TCP" {
        field.say(&codes::PORT, format!("members are reached by TCP, and not by {protocol}"), action);
    } else if number == RUNNER {
        field.say(&codes::PORT, format!("{RUNNER} is the port of Skiff's runner"), action);
        return None;
    } else if others.iter().any(|other| other.number == number && other.protocol == "TCP") {
        let reason = "another container listens on the same port, and all of them share one address";
        field.say(&codes::PORT, reason, "remove one of the two");
        return None;
    }
    say_host(field);
    Some(PodPort { name, number, protocol, main, field })
}

fn say_host(field: Field<'_>) {
    match field.get("hostPort").map(|host| (host, host.integer())) {
        Some((host, Some(0))) => host.ignore("0 is as good as absent"),
        Some((host, _)) => host.touch(),
        None => {}
    }
}

/// The ports of a container that have a name, without those that no `skiff.yaml` can have.
pub(super) fn named(container: Field<'_>, draft: &Draft<'_>) -> BTreeMap<Name, Spanned<u16>> {
    names(draft.ports.iter().filter(|port| is_below(port.field, container)))
}

fn names<'p>(ports: impl Iterator<Item = &'p PodPort<'p>>) -> BTreeMap<Name, Spanned<u16>> {
    let served = ports.filter(|port| port.protocol == "TCP");
    served.filter_map(|port| Some((tidy(port.name?), spanned(port.number)))).collect()
}

fn is_below(port: Field<'_>, container: Field<'_>) -> bool {
    container.list("ports").any(|other| other.place() == port.place())
}

fn tidy(name: &str) -> Name {
    if name == MAIN { names::tidy("main-port") } else { names::tidy(name) }
}

/// Takes `port` out of the others, and says of a port without a name that nobody asked for it.
pub(super) fn settle(draft: &mut Draft<'_>) {
    forward_host_ports(draft);
    let service = &mut draft.service;
    let serving = service.port.as_ref().map(|port| port.value);
    service.ports.retain(|_, port| Some(port.value) != serving);
    let beside = service.containers.values().flat_map(|container| container.ports.values());
    let written: Vec<u16> = service.ports.values().chain(beside).map(|port| port.value).chain(serving).collect();
    for port in draft.ports.iter().filter(|port| !written.contains(&port.number)) {
        port.field.ignore("nothing leads to it, and a port that is not declared is as open as one that is");
    }
}

/// A port of the node that leads to one of the pod becomes a port of the VM that the runner passes on.
fn forward_host_ports(draft: &mut Draft<'_>) {
    let taken: Vec<u16> = draft.ports.iter().map(|port| port.number).collect();
    for port in &draft.ports {
        let Some(host) = port.field.get("hostPort") else { continue };
        let Some(number) = host.integer().and_then(|number| u16::try_from(number).ok()).filter(|it| *it > 0) else {
            continue;
        };
        if number == port.number {
            continue;
        }
        let discovery = draft.service.discovery.get_or_insert_with(Discovery::fallback);
        if discovery.forward.iter().any(|forward| forward.port.value == number) {
            continue;
        }
        if taken.contains(&number) || number == RUNNER || port.protocol != "TCP" {
            host.say(&codes::PORT, "another process of the VM listens there", "let it listen on one port");
            continue;
        }
        let to = Some(spanned(port.number.to_string()));
        discovery.forward.push(ForwardedPort { port: spanned(number), to, ..ForwardedPort::fallback() });
        let reason = format!("the runner passes on what comes to port {number} of the VM to port {}", port.number);
        host.say(&traffic::PORT_FORWARDED, reason, "only services that use this one reach it");
    }
}
