//! Discovery: more names that lead to a service, and ports that lead to another one of the same member.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::ForwardedPort;

use super::{Reporter, ResolvedService, codes, probes};
use crate::{
    source::Span,
    spec::{
        Spec,
        decode::Spanned,
        service::Service,
        values::{HostName, Name},
        workload::{Discovery, ForwardedPort as WrittenPort},
    },
};

/// The zone of AWS's own endpoints.
const AWS_ZONE: &str = "amazonaws.com";

/// More names and ports under which a service is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolvedDiscovery {
    /// The names, sorted.
    pub names: Vec<DiscoveryName>,
    /// The ports that are passed on, sorted.
    pub forward: Vec<ForwardedPort>,
}

/// One more name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoveryName {
    /// The whole name.
    pub name: String,
    /// Its first label.
    pub label: String,
    /// What follows: the private zone.
    pub zone: String,
    /// Its place in `discovery.names`.
    pub index: usize,
    /// Where it is declared.
    pub span: Span,
}

pub(crate) fn resolve(
    service: &Service,
    ports: &BTreeMap<String, u16>,
    report: &mut Reporter<'_>,
) -> ResolvedDiscovery {
    let Some(discovery) = &service.discovery else { return ResolvedDiscovery::default() };
    let mut names: Vec<_> =
        discovery.names.iter().enumerate().filter_map(|(index, written)| name(index, written, report)).collect();
    names.sort();
    ResolvedDiscovery { names, forward: forward(service, discovery, ports, report) }
}

fn name(index: usize, written: &Spanned<HostName>, report: &mut Reporter<'_>) -> Option<DiscoveryName> {
    let text = written.value.as_str();
    let problem = match text.split_once('.') {
        _ if report.is_poisoned(written.span()) => return None,
        Some(("*", _)) => "a wildcard has no members",
        Some((label, zone)) if zone.contains('.') => {
            let (name, label, zone) = (text.to_owned(), label.to_owned(), zone.to_owned());
            return Some(DiscoveryName { name, label, zone, index, span: written.span() });
        }
        _ => "a name needs a zone of at least two labels",
    };
    let hint = "write the whole name, such as `checkout.shop.svc.cluster.local`";
    report.report(&codes::BAD_DISCOVERY_NAME, written.span(), format!("`{text}`: {problem}"), hint);
    None
}

fn forward(
    service: &Service,
    discovery: &Discovery,
    ports: &BTreeMap<String, u16>,
    report: &mut Reporter<'_>,
) -> Vec<ForwardedPort> {
    let mut named = ports.clone();
    for (name, port) in service.containers.values().flat_map(|container| &container.ports) {
        named.entry(name.to_string()).or_insert(port.value);
    }
    // A port that a process has as well was reported as taken, and whoever leads to it means the process.
    let is_free = |written: &&WrittenPort| !named.values().any(|port| *port == written.port.value);
    let free = || discovery.forward.iter().filter(is_free);
    let listened: BTreeSet<u16> = free().map(|written| written.port.value).collect();
    let mut forward: Vec<_> = free().filter_map(|written| forwarded(written, &named, &listened, report)).collect();
    forward.sort_unstable();
    forward
}

fn forwarded(
    written: &WrittenPort,
    named: &BTreeMap<String, u16>,
    listened: &BTreeSet<u16>,
    report: &mut Reporter<'_>,
) -> Option<ForwardedPort> {
    let port = written.port.value;
    let to = match &written.to {
        Some(to) => probes::named_port(to, to.span(), named, report)?,
        None => named.get("main").copied().unwrap_or(0),
    };
    let problem = match to {
        0 => "the service has no `port`".to_owned(),
        _ if to == port => format!("port {port} leads to itself"),
        _ if listened.contains(&to) => format!("port {to} is forwarded too"),
        _ => return Some(ForwardedPort { port, to }),
    };
    let hint = "give `to` the number or name of a port that a process of the service listens on";
    report.report(&codes::FORWARD_NOWHERE, written.at.whole, problem, hint);
    None
}

/// What can only be seen of all names together: a name for two, and a zone that hides other names.
pub(crate) fn check_all(
    spec: &Spec,
    environment: &Name,
    services: &BTreeMap<Name, ResolvedService>,
    report: &mut Reporter<'_>,
) {
    let own = zone_of_services(spec, environment);
    let mut names: Vec<(&Name, &DiscoveryName)> = services
        .iter()
        .flat_map(|(service, resolved)| resolved.discovery.names.iter().map(move |name| (service, name)))
        .collect();
    names.sort_by_key(|(_, name)| name.span);
    let zones: BTreeSet<&str> = names.iter().map(|(_, name)| name.zone.as_str()).chain([own.as_str()]).collect();
    let mut taken: BTreeMap<&str, (&Name, Span)> = BTreeMap::new();
    for (service, name) in names {
        check_zone(spec, name, &own, report);
        check_is_no_zone(name, &zones, report);
        match taken.get(name.name.as_str()) {
            Some((other, span)) => {
                let message = format!("`{}` is a name of `{other}` already", name.name);
                let related = (*span, "the first time");
                report.report_related(&codes::DISCOVERY_NAME_TAKEN, (name.span, message), "keep one of them", related);
            }
            None => drop(taken.insert(&name.name, (service, name.span))),
        }
    }
}

/// The private zone in which services that are used have their own names.
pub(crate) fn zone_of_services(spec: &Spec, environment: &Name) -> String {
    format!("{environment}.{}.internal", spec.app)
}

fn check_zone(spec: &Spec, name: &DiscoveryName, own: &str, report: &mut Reporter<'_>) {
    let public = spec.dns.as_ref().filter(|dns| !report.is_poisoned(dns.zone.span())).map(|dns| dns.zone.as_str());
    let zone = name.zone.as_str();
    let problem = match public {
        Some(public) if is_within(zone, public) || is_within(public, zone) => {
            format!("the zone `{zone}` would hide names of `{public}`, the zone under `dns`")
        }
        _ if is_within(zone, AWS_ZONE) => format!("the zone `{zone}` would hide names of AWS"),
        _ if is_within(zone, own) => format!("the zone `{zone}` is Skiff's own"),
        _ => return,
    };
    let hint = "use a zone that nothing else has, such as `svc.cluster.local`";
    report.report(&codes::HIDING_ZONE, name.span, problem, hint);
}

/// The narrowest zone answers, also for the name that it has itself.
fn check_is_no_zone(name: &DiscoveryName, zones: &BTreeSet<&str>, report: &mut Reporter<'_>) {
    if zones.contains(name.name.as_str()) {
        let problem = format!("`{}` is a zone of other names, which would hide it", name.name);
        report.report(&codes::HIDING_ZONE, name.span, problem, "use another name, or another ending for the others");
    }
}

fn is_within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
