//! The rules of a policy in one direction.

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::Decode,
    service::EgressRule,
    values::{Cidr, Scalar},
};

use super::{
    super::{Traffic, route::ranges},
    Direction, Peers, peers,
};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

/// All that the rules of a direction let through; ways out are written to the selected services.
pub(super) fn of(
    traffic: &mut Traffic<'_, '_>,
    spec: Field<'_>,
    direction: Direction,
    selected: &BTreeSet<usize>,
    namespace: &str,
) -> Peers {
    let (key, peers_key) = match direction {
        Direction::Ingress => ("ingress", "from"),
        Direction::Egress => ("egress", "to"),
    };
    let mut all = Peers::default();
    spec.get(key).filter(|rules| rules.items().next().is_none()).iter().for_each(|rules| rules.touch());
    for rule in spec.list(key) {
        let written: Vec<_> = rule.list(peers_key).collect();
        if written.is_empty() {
            everybody(traffic, rule, direction, selected);
            all.everybody = true;
        }
        for peer in written {
            all.add(&one(traffic, rule, peer, (direction, selected, namespace)));
        }
        if direction == Direction::Ingress {
            ports_in(traffic, rule, selected);
        }
    }
    all
}

fn one(
    traffic: &mut Traffic<'_, '_>,
    rule: Field<'_>,
    peer: Field<'_>,
    (direction, selected, namespace): (Direction, &BTreeSet<usize>, &str),
) -> Peers {
    if let Some(block) = peer.get("ipBlock") {
        return range(traffic, rule, block, (direction, selected));
    }
    let found = peers::of(traffic, peer, namespace);
    let ports: Vec<_> = rule.list("ports").collect();
    let names = !ports.is_empty() && ports.iter().all(|port| port.integer_of("port") == Some(53));
    if direction == Direction::Egress && found.is_empty() && names {
        for field in ports.into_iter().chain([peer]) {
            field.ignore("names are always resolved");
        }
        return found;
    }
    if found.is_empty() {
        peer.say(
            &codes::POLICY,
            "it selects no workload of the import",
            "import what it means, or write the edge to `uses` of the caller",
        );
    }
    if direction == Direction::Egress {
        // The port of an edge is that of the service, which `uses` opens.
        rule.get("ports").iter().for_each(|ports| ports.touch());
    }
    found
}

fn range(
    traffic: &mut Traffic<'_, '_>,
    rule: Field<'_>,
    block: Field<'_>,
    (direction, selected): (Direction, &BTreeSet<usize>),
) -> Peers {
    let (read, _) = ranges(block.text_of("cidr").into_iter());
    if let Some(field) = block.get("except").filter(|field| field.items().next().is_some()) {
        field.say(
            &codes::POLICY,
            "a security group lets ranges through, and keeps none out of them",
            "write the ranges around it",
        );
    }
    let Some(range) = read.first().copied() else {
        block.say(&codes::POLICY, "it is not a range of IPv4", "write the IPv4 range, if there is one");
        return Peers::default();
    };
    match direction {
        Direction::Ingress if range.is_everything() => {
            block.say(
                &codes::POLICY_CHANGED,
                "who may connect from outside is what routes say",
                "give the service routes if it must be reached from outside",
            );
        }
        Direction::Ingress => {
            block.say(
                &codes::POLICY,
                "addresses outside reach a service by its routes alone",
                "write the range to `sources` of its routes",
            );
        }
        Direction::Egress => out(traffic, rule, (block, range), selected),
    }
    Peers::whoever(direction == Direction::Ingress && range.is_everything())
}

/// A rule without peers is about everybody.
fn everybody(traffic: &mut Traffic<'_, '_>, rule: Field<'_>, direction: Direction, selected: &BTreeSet<usize>) {
    match (direction, rule.list("ports").next()) {
        (Direction::Ingress, _) => {
            let reason = "everybody may connect in the cluster, and with Skiff who says `uses`, or comes by a route";
            let field = rule.get("from").unwrap_or(rule);
            if rule.get("ports").is_none() {
                field.say(&codes::POLICY_CHANGED, reason, "add callers to `uses` that the import did not find");
            } else {
                field.note(&codes::POLICY_CHANGED, reason, "add callers to `uses` that the import did not find");
            }
        }
        (Direction::Egress, None) => rule.say(
            &codes::POLICY_CHANGED,
            "it may connect anywhere, and with Skiff to what it uses and by HTTPS",
            "write other ports to `egress`",
        ),
        (Direction::Egress, Some(_)) => {
            if let Some(range) = Cidr::parse("0.0.0.0/0") {
                out(traffic, rule, (rule, range), selected);
            }
        }
    }
}

const HTTPS_ACTION: &str = "let the service refuse other addresses, or filter what goes out in the network";

/// Says that HTTPS goes out all the same, when no rule is about it.
pub(super) fn say_https(spec: Field<'_>) {
    let rules: Vec<_> = spec.list("egress").collect();
    let ranges = |rule: &Field<'_>| {
        let mut peers = rule.list("to").peekable();
        peers.peek().is_none() || peers.any(|peer| peer.get("ipBlock").is_some())
    };
    let secure = |rule: &Field<'_>| {
        let mut ports = rule.list("ports").peekable();
        ports.peek().is_none() || ports.any(|port| port.integer_of("port") == Some(443))
    };
    if rules.iter().any(|rule| ranges(rule) && secure(rule)) {
        return;
    }
    let types = spec.list("policyTypes").find(|word| word.text() == Some("Egress"));
    let reason = "it lets no HTTPS out, and Skiff lets it out to everywhere";
    match types {
        Some(field) => field.say(&codes::POLICY_CHANGED, reason, HTTPS_ACTION),
        None => spec.get("egress").unwrap_or(spec).note(&codes::POLICY_CHANGED, reason, HTTPS_ACTION),
    }
}

/// A way out to a range, for each port of the rule.
fn out(traffic: &mut Traffic<'_, '_>, rule: Field<'_>, (place, range): (Field<'_>, Cidr), selected: &BTreeSet<usize>) {
    let ports: Vec<_> = rule.list("ports").collect();
    if ports.is_empty() {
        let reason = "it may connect to all ports there, and `egress` names each port";
        place.say(&codes::POLICY_CHANGED, reason, "write the ports that it uses to `egress`; HTTPS is open");
    }
    for field in ports {
        let (port, transport) = (field.integer_of("port"), field.text_of("protocol").unwrap_or("TCP"));
        match (transport, port.and_then(|port| u16::try_from(port).ok())) {
            ("UDP" | "TCP", Some(53)) => field.ignore("names are always resolved"),
            ("TCP", Some(443)) => {
                if !range.is_everything() {
                    let reason = format!("Skiff lets HTTPS out to everywhere, not to {range} alone");
                    place.say(&codes::POLICY_CHANGED, reason, HTTPS_ACTION);
                }
                field.mapped_to("egress");
            }
            ("TCP", Some(port)) => {
                open(traffic, selected, range, port);
                field.mapped_to("egress");
            }
            ("TCP", None) => field.say(&codes::POLICY, "`egress` names ports by number", "write the number"),
            _ => field.say(&codes::NOT_TCP, "`egress` opens TCP alone", "open it in Terraform of your own"),
        }
        if let Some(end) = field.get("endPort") {
            end.say(&codes::POLICY, "`egress` names each port, not a range of them", "write the ports that it uses");
        }
    }
}

fn open(traffic: &mut Traffic<'_, '_>, selected: &BTreeSet<usize>, range: Cidr, port: u16) {
    for (index, draft) in traffic.drafts.iter_mut().enumerate() {
        let known = draft.service.egress.iter().any(|rule| rule.to.value == range && rule.port == port);
        if selected.contains(&index) && !known {
            draft.service.egress.push(EgressRule { to: spanned(range), port, ..EgressRule::fallback() });
        }
    }
}

/// `uses` opens all ports of a service: a rule for some of them is wider with Skiff.
fn ports_in(traffic: &Traffic<'_, '_>, rule: Field<'_>, selected: &BTreeSet<usize>) {
    let Some(ports) = rule.get("ports") else { return };
    let mut listed = BTreeSet::new();
    for field in ports.items() {
        if field.text_of("protocol").is_some_and(|transport| transport != "TCP") {
            field.say(&codes::NOT_TCP, "Skiff opens TCP between services", "open it in Terraform of your own");
            continue;
        }
        let Some(port) = field.get("port") else { return ports.mapped_to("uses") };
        let named = port.text().into_iter().flat_map(|name| named(traffic, selected, name));
        listed.extend(port.integer().and_then(|port| u16::try_from(port).ok()).into_iter().chain(named));
    }
    let own = selected.iter().filter_map(|index| traffic.drafts.get(*index)).flat_map(|draft| {
        let service = &draft.service;
        service.port.iter().chain(service.ports.values()).map(|port| port.value).collect::<Vec<_>>()
    });
    let wider: Vec<_> = own.filter(|port| !listed.contains(port)).map(|port| port.to_string()).collect();
    if wider.is_empty() {
        ports.mapped_to("uses");
    } else {
        let reason = format!("who uses the service also reaches its port {}", wider.join(", "));
        ports.say(&codes::POLICY_CHANGED, reason, "take the port away if nobody else needs it");
    }
}

fn named(traffic: &Traffic<'_, '_>, selected: &BTreeSet<usize>, name: &str) -> Vec<u16> {
    let drafts = selected.iter().filter_map(|index| traffic.drafts.get(*index));
    drafts.flat_map(|draft| draft.ports.iter().filter(|port| port.name == Some(name)).map(|port| port.number)).collect()
}
