//! Services of type `LoadBalancer`: each has an address of its own in a cluster, and one of them can have Skiff's.

use std::collections::BTreeSet;

use skiff_compiler::spec::service::{Match, Protocol};

use super::{
    Traffic,
    ingress::annotations::Annotations,
    route::{self, Backend},
    service::{Port, Reached, Wanted},
};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        object::{Field, Object},
    },
    protocol::is_http,
};

/// Gives routes to the Services of type `LoadBalancer`.
pub(super) fn join(traffic: &mut Traffic<'_, '_>) {
    let balancers: Vec<usize> = (0..traffic.services.len())
        .filter(|index| traffic.services.get(*index).is_some_and(|service| service.kind() == "LoadBalancer"))
        .collect();
    let open: BTreeSet<usize> = balancers.iter().copied().filter(|index| wants_route(traffic, *index)).collect();
    for index in balancers {
        one(traffic, index, open.len());
    }
}

/// Whether a Service needs a route for itself: its workload has none yet.
fn wants_route(traffic: &Traffic<'_, '_>, index: usize) -> bool {
    let Some(service) = traffic.services.get(index) else { return false };
    service.main().is_some_and(|draft| !traffic.served.contains_key(&draft)) && http(service).is_some()
}

/// The port that HTTP comes to: one that says so, else the first that does not speak something else.
fn http<'c>(service: &Reached<'c>) -> Option<Port<'c>> {
    let fits = |port: &&Port<'_>| port.target.is_some_and(is_http) && is_http(port.number);
    let says = service.ports.iter().filter(fits).find(|port| port.is_http() || [80, 443, 8080].contains(&port.number));
    says.or_else(|| service.ports.iter().find(fits)).copied()
}

fn one(traffic: &mut Traffic<'_, '_>, index: usize, rivals: usize) {
    let Some(service) = traffic.services.get(index) else { return };
    let object = service.object;
    let (Some(draft), Some(kind)) = (service.main(), object.at("spec.type")) else { return };
    let annotations = Annotations::of(object);
    if traffic.served.contains_key(&draft) {
        kind.ignore("its routes say how it is reached");
    } else if is_shut(object) {
        kind.say(
            &codes::OWN_ADDRESS,
            "of the ranges that it lets in none is IPv4, so it has no route",
            "write a route with IPv4 ranges in `sources`",
        );
    } else {
        match candidate(traffic, index, rivals) {
            Ok(led) => serve(traffic, index, led, &annotations),
            Err(reason) => {
                let own = "give its route a `host` of its own in `skiff.yaml`, or put a network load balancer in front";
                kind.say(&codes::OWN_ADDRESS, reason, own);
            }
        }
    }
    annotations.settle_service();
}

/// The port that the load balancer can serve, and where it leads.
fn candidate<'c>(traffic: &Traffic<'_, 'c>, index: usize, rivals: usize) -> Result<(Port<'c>, Backend), &'static str> {
    let service = traffic.services.get(index);
    let port = service.and_then(http);
    let (Some(service), Some(port)) = (service, port) else {
        return Err("none of its ports speaks HTTP, which is what Skiff's load balancer passes on");
    };
    if rivals > 1 || traffic.taken.keys().any(|key| key.starts_with(" prefix  ")) {
        return Err("another one has the address that all routes share");
    }
    let (namespace, name) = (service.object.namespace(), service.object.name());
    let backend = traffic.backend(namespace, name, Wanted::Number(port.number.into()));
    backend.map(|backend| (port, backend)).map_err(|_| "a load balancer cannot serve this kind of service")
}

fn serve<'c>(
    traffic: &mut Traffic<'_, 'c>,
    index: usize,
    (port, mut backend): (Port<'c>, Backend),
    annotations: &Annotations<'c>,
) {
    let Some(object) = traffic.services.get(index).map(|service| service.object) else { return };
    let internal = super::ingress::balancer_settings(traffic, annotations);
    if port.number == 443 && traffic.front.certificates.is_empty() && backend.speaks.is_none() {
        // Nobody but the process itself ended TLS.
        backend.speaks = Some(Protocol::Https);
    }
    let mut route = route::route(None, "/", Match::Prefix);
    let secure = port.number == 443 || !traffic.front.certificates.is_empty();
    route.tls = (!secure).then_some(false);
    let (ranges, others) = sources(object.at("spec.loadBalancerSourceRanges"));
    route.sources = ranges.into_iter().map(spanned).collect();
    let before = traffic.count();
    if let Some(kind) = object.at("spec.type").filter(|kind| traffic.add(backend, route, *kind)) {
        traffic.front.https |= secure;
        traffic.faces(internal, object.root(), &before);
        let action = "check that it speaks HTTP, and give its route a `host`";
        kind.say(&codes::LOAD_BALANCER, serving(port.number, secure), action);
        client_address(object);
    }
    for field in others {
        let action = "write the range to `sources` of the route yourself";
        field.say(&codes::SERVICE_SETTING, "it is not a range of IPv4", action);
    }
    rest(object.at("spec"), &port, traffic, index);
}

fn serving(port: u16, secure: bool) -> String {
    let (own, does) = if secure { (443, "ends TLS at port 443") } else { (80, "listens on port 80") };
    let instead = if port == own { String::new() } else { format!(", where clients of port {port} must go now") };
    format!("a load balancer for HTTP serves it, on the address that all routes share, and {does}{instead}")
}

/// `Local` kept the client's address in the connection.
fn client_address(object: &Object<'_>) {
    let field = object.at("spec.externalTrafficPolicy").filter(|field| field.text() == Some("Local"));
    if let Some(field) = field {
        let reason = "the client's address is in the header `X-Forwarded-For`, not in the connection";
        field.say(&codes::LOAD_BALANCER, reason, "let the service read that header if it asks who the client is");
    }
}

/// Whether ranges are let in of which none can be kept, which is said of each.
fn is_shut(object: &Object<'_>) -> bool {
    let (ranges, others) = sources(object.at("spec.loadBalancerSourceRanges"));
    let shut = ranges.is_empty() && !others.is_empty();
    for field in others.iter().filter(|_| shut) {
        let action = "write a route with IPv4 ranges in `sources`";
        field.say(&codes::SERVICE_SETTING, "it is not a range of IPv4", action);
    }
    shut
}

fn sources<'c>(field: Option<Field<'c>>) -> (BTreeSet<skiff_compiler::spec::values::Cidr>, Vec<Field<'c>>) {
    let (mut ranges, mut others) = (BTreeSet::new(), Vec::new());
    for item in field.into_iter().flat_map(Field::items) {
        let (read, bad) = route::ranges(item.written().into_iter());
        ranges.extend(read);
        others.extend((!bad.is_empty()).then_some(item));
    }
    (ranges, others)
}

/// Other ports of it are not reached from outside any more.
fn rest(spec: Option<Field<'_>>, served: &Port<'_>, traffic: &Traffic<'_, '_>, index: usize) {
    let ports = traffic.services.get(index).map(|service| service.ports.as_slice()).unwrap_or_default();
    let others = ports.iter().filter(|port| port.target.is_some() && port.target != served.target);
    for port in others {
        let reason = format!("the load balancer leads to port {} alone", served.number);
        let at = port.field.get("port").unwrap_or(port.field);
        at.say(&codes::OWN_ADDRESS, reason, "give what listens there a service and a route of its own");
    }
    let address = spec.and_then(|spec| spec.get("loadBalancerIP"));
    if let Some(field) = address {
        field.say(
            &codes::OWN_ADDRESS,
            "a load balancer for HTTP has no fixed address",
            "give its clients a name in DNS",
        );
    }
}
