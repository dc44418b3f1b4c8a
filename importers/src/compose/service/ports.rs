//! Ports: what others reach, and what the world does.

use std::ops::RangeInclusive;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Route},
    values::{HostName, Name, Scalar},
};

use super::Draft;
use crate::{
    compose::{codes, project::Project, variables},
    import::spanned,
    kube::object::Field,
    protocol::is_http,
};

/// The most ports of a range.
const MOST: usize = 100;

/// A port that Compose publishes on the machine.
#[derive(Debug, Clone, Copy)]
pub(in crate::compose) struct Published<'o> {
    /// The container's port.
    pub(in crate::compose) target: u16,
    /// The machine's port.
    pub(in crate::compose) published: Option<u16>,
    /// Where it is declared.
    pub(in crate::compose) field: Field<'o>,
}

/// One port of the short or the long form.
struct Port {
    target: RangeInclusive<u16>,
    published: Option<u16>,
    protocol: String,
    local: bool,
}

pub(super) fn apply<'o>(draft: &mut Draft<'o>, root: Field<'o>) {
    for field in root.list("ports") {
        let port = if field.get("target").is_some() { long(field) } else { short(field) };
        let Some(port) = port else {
            field.say(&codes::BAD_VALUE, "this is no port", "write it as `8080:80`, or as a mapping with `target`");
            continue;
        };
        take(draft, &port, field);
    }
    for field in root.list("expose") {
        let text = variables::text(field).unwrap_or_default();
        let (number, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        match range(number) {
            Some(_) if protocol != "tcp" => {
                field.say(&codes::UNSUPPORTED, "security groups open TCP ports here", "use TCP");
            }
            Some(ports) if ports.len() > MOST => too_many(field),
            Some(ports) => ports.for_each(|port| open(draft, port)),
            None => field.say(&codes::BAD_VALUE, "this is no port", "write a number"),
        }
    }
}

fn too_many(field: Field<'_>) {
    let reason = format!("a service opens at most {MOST} ports of a range");
    field.say(&codes::UNSUPPORTED, reason, "name the ports that are used");
}

fn take<'o>(draft: &mut Draft<'o>, port: &Port, field: Field<'o>) {
    if port.protocol != "tcp" {
        let reason = format!("the load balancer does not carry {}", port.protocol.to_ascii_uppercase());
        field.say(&codes::PUBLISHED_UNSUPPORTED, reason, "put a Network Load Balancer in front");
        return;
    }
    if port.target.len() > MOST {
        return too_many(field);
    }
    for target in port.target.clone() {
        open(draft, target);
        if port.local {
            field.say(&codes::CHANGED, "it is published on the machine itself alone", "reach it through a tunnel");
        } else {
            draft.published.push(Published { target, published: port.published, field });
        }
    }
}

/// A port that services which use this one may reach: the first is the service's own.
pub(super) fn open(draft: &mut Draft<'_>, port: u16) {
    let service = &mut draft.service;
    if service.port.as_ref().is_none_or(|known| known.value == port) {
        service.port = Some(spanned(port));
    } else if let Some(name) = Name::parse(&format!("port-{port}")) {
        service.ports.insert(name, spanned(port));
    }
}

fn long(field: Field<'_>) -> Option<Port> {
    let target = range(field.get("target")?.written()?)?;
    let published = published(&field.get("published").and_then(variables::text).unwrap_or_default())?;
    let protocol = field.text_of("protocol").unwrap_or("tcp").to_ascii_lowercase();
    let local = field.text_of("host_ip").is_some_and(is_local);
    if let Some(protocol) = field.get("app_protocol") {
        protocol.ignore("the load balancer speaks HTTP/1.1 unless `protocol` says otherwise");
    }
    Some(Port { target, published, protocol, local })
}

/// `[[address:]published:]target[/protocol]`.
fn short(field: Field<'_>) -> Option<Port> {
    let text = variables::text(field)?;
    let (ports, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
    let (rest, target) = ports.rsplit_once(':').map_or((None, ports), |(rest, target)| (Some(rest), target));
    let (address, on_machine) = match rest.map(|rest| rest.rsplit_once(':').map_or(("", rest), |both| both)) {
        Some((address, on_machine)) => (address, on_machine),
        None => ("", ""),
    };
    let (target, published) = (range(target)?, published(on_machine)?);
    Some(Port { target, published, protocol: protocol.to_ascii_lowercase(), local: is_local(address) })
}

/// The first port on the machine; inside there is none when Compose chooses it.
fn published(text: &str) -> Option<Option<u16>> {
    if text.is_empty() { Some(None) } else { range(text).map(|ports| Some(*ports.start())) }
}

fn is_local(address: &str) -> bool {
    address.starts_with("127.") || matches!(address, "::1" | "[::1]" | "localhost")
}

/// `80` or `3000-3005`.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first > 0 && first <= last).then_some(first..=last)
}

/// Gives published services their routes: the only one gets every request, several get a host each.
pub(super) fn route(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let serves = |draft: &Draft<'_>| draft.published.iter().any(|port| is_http(port.target)) && can_be_routed(draft);
    let several = drafts.iter().filter(|draft| serves(draft)).count() > 1;
    for draft in drafts {
        let published = std::mem::take(&mut draft.published);
        let serving =
            published.iter().find(|port| is_http(port.target)).filter(|_| can_be_routed(draft)).map(|port| port.target);
        for port in &published {
            say(draft, port, serving, several);
        }
        if let Some(target) = serving {
            serve(draft, target, several.then(|| format!("{}.{}.example.com", draft.name, project.app)));
        }
    }
}

fn can_be_routed(draft: &Draft<'_>) -> bool {
    draft.service.kind == Kind::Worker && !draft.optional
}

fn say(draft: &Draft<'_>, port: &Published<'_>, serving: Option<u16>, several: bool) {
    let target = port.target;
    if serving == Some(target) {
        let reason = match several {
            true => "several services are published: each gets a host of its own",
            false => "the load balancer serves it by HTTP at port 80, for every host and path",
        };
        port.field.say(&codes::PUBLISHED, reason, "set the hosts and the certificates, and take `tls: false` away");
    } else if !is_http(target) {
        let reason = format!("port {target} does not speak HTTP, and stays private");
        port.field.say(&codes::PUBLISHED_UNSUPPORTED, reason, "let the services that need it use this one");
    } else if draft.optional {
        let reason = "a service with a profile has no routes, and stays private";
        port.field.say(&codes::PUBLISHED_UNSUPPORTED, reason, "take `profiles` away if it is to be public");
    } else if !can_be_routed(draft) {
        let reason = "a service with a volume has no routes, and stays private";
        port.field.say(&codes::PUBLISHED_UNSUPPORTED, reason, "put a web service in front of it");
    } else {
        let reason = format!("a service is routed to at one port; {target} stays private");
        port.field.say(&codes::PUBLISHED_UNSUPPORTED, reason, "serve both at one port, by path");
    }
}

/// Makes it a web service.
fn serve(draft: &mut Draft<'_>, target: u16, host: Option<String>) {
    let service = &mut draft.service;
    if let Some(other) = service.port.replace(spanned(target)).filter(|other| other.value != target) {
        let name = |port| Name::parse(&format!("port-{port}"));
        service.ports.retain(|_, port| port.value != target);
        service.ports.extend(name(other.value).map(|name| (name, other)));
    }
    let host = host.and_then(|host| HostName::parse(&host)).map(spanned);
    service.routes.push(Route { host, tls: Some(false), ..Route::fallback() });
    service.kind = Kind::Web;
}
