//! Listeners of Gateways, and which hosts a route has on those that it attaches to.

use std::cell::Cell;

use skiff_compiler::spec::values::{HostName, Scalar};

use super::{
    super::{
        Context, Traffic, identify,
        ingress::{annotations::Annotations, class::Family},
        policy::peers,
    },
    Hosts,
};
use crate::kube::{
    codes::traffic as codes,
    object::{Field, Object},
};

/// A listener that a route can attach to.
#[derive(Debug)]
pub(super) struct Listener<'c> {
    gateway: &'c Object<'c>,
    name: &'c str,
    host: Option<&'c str>,
    port: Option<i64>,
    secure: bool,
    field: Field<'c>,
    /// Whether a route that leads somewhere is served by it.
    pub(super) used: Cell<bool>,
}

impl Listener<'_> {
    /// Whether it is for HTTPS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }
}

/// What serves a host: whether plain HTTP does, and which listeners.
#[derive(Debug, Default)]
pub(super) struct Served<'l> {
    http: bool,
    pub(super) by: Vec<&'l Listener<'l>>,
    https: bool,
}

impl Served<'_> {
    /// The word for a route: false when plain HTTP serves it too.
    pub(super) fn tls(&self) -> Option<bool> {
        self.http.then_some(false)
    }

    /// Whether HTTPS serves it.
    pub(super) fn secured(&self) -> bool {
        self.https
    }
}

/// All listeners that speak HTTP; of the others is said that they have no counterpart.
pub(super) fn of<'c>(traffic: &Traffic<'_, 'c>) -> Vec<Listener<'c>> {
    let mut listeners = Vec::new();
    for gateway in traffic.objects("Gateway") {
        identify(gateway);
        Annotations::of(gateway).with(&traffic.context.options.certificates).settle(&Family::Unsaid);
        let Some(spec) = gateway.at("spec") else { continue };
        class(spec);
        let certified = !traffic.context.options.certificates.is_empty();
        listeners.extend(spec.list("listeners").filter_map(|field| listener(gateway, field, certified)));
    }
    listeners
}

fn class(spec: Field<'_>) {
    let Some(field) = spec.get("gatewayClassName") else { return };
    let name = field.written().unwrap_or_default();
    if ["alb", "aws", "amazon"].iter().any(|word| name.contains(word)) {
        field.mapped_to("/load_balancer");
    } else {
        let reason = format!("an AWS load balancer carries it out instead of the controller of `{name}`");
        field.say(&codes::INGRESS_CLASS, reason, "try the routes before traffic moves");
    }
}

fn listener<'c>(gateway: &'c Object<'c>, field: Field<'c>, certified: bool) -> Option<Listener<'c>> {
    let protocol = field.text_of("protocol").unwrap_or("HTTP");
    let passes = field.at("tls.mode").and_then(Field::text) == Some("Passthrough");
    if !matches!(protocol, "HTTP" | "HTTPS") || passes {
        let reason = format!(
            "Skiff's load balancer has no listener for {}",
            if passes { "TLS that it does not end" } else { protocol }
        );
        field.say(&codes::LISTENER, reason, "put a network load balancer of your own in front of the service");
        return None;
    }
    let secure = protocol == "HTTPS";
    let port = field.integer_of("port");
    if port.is_some_and(|port| !matches!((secure, port), (false, 80) | (true, 443))) || port.is_none() {
        let at = field.get("port").unwrap_or(field);
        at.say(&codes::LISTENER, "Skiff's load balancer listens on 80 and 443", "let clients use the usual ports");
    }
    for certificate in field.get("tls").into_iter().flat_map(|tls| tls.list("certificateRefs")) {
        if certified {
            certificate.ignore("the certificates are those of `--certificate`");
        } else {
            certificate.say(
                &codes::CERTIFICATE,
                "the load balancer takes its certificate from AWS Certificate Manager, not from a Secret",
                "request or import one for the hosts there, and give its ARN with `--certificate`",
            );
        }
    }
    field.get("allowedRoutes").iter().for_each(|allowed| allowed.touch());
    let host = field.text_of("hostname").filter(|host| !host.is_empty());
    let name = field.text_of("name").unwrap_or_default();
    Some(Listener { gateway, name, host, port, secure, field, used: Cell::new(false) })
}

/// What a listener says of its routes is of no account where it serves none.
pub(super) fn settle(listeners: &[Listener<'_>]) {
    for listener in listeners.iter().filter(|listener| !listener.used.get()) {
        let fields = ["hostname", "allowedRoutes"].into_iter().filter_map(|key| listener.field.get(key));
        fields.for_each(|field| field.ignore("no route that leads to a service of the import is served by it"));
    }
}

impl Listener<'_> {
    /// Whether it lets a route attach (Gateway API, `AllowedRoutes`).
    fn allows(&self, route: &Object<'_>, context: &Context<'_>) -> bool {
        self.allows_kind(route.kind()) && self.allows_namespace(route.namespace(), context)
    }

    fn allows_kind(&self, kind: &str) -> bool {
        let own = |group: &str| group == "gateway.networking.k8s.io";
        let mut kinds =
            self.field.get("allowedRoutes").into_iter().flat_map(|allowed| allowed.list("kinds")).peekable();
        kinds.peek().is_none()
            || kinds.any(|it| it.text_of("kind") == Some(kind) && it.text_of("group").is_none_or(own))
    }

    fn allows_namespace(&self, namespace: &str, context: &Context<'_>) -> bool {
        let spaces = self.field.at("allowedRoutes.namespaces");
        let selector = spaces.and_then(|spaces| spaces.get("selector"));
        match spaces.and_then(|spaces| spaces.text_of("from")).unwrap_or("Same") {
            "All" => true,
            "Same" => namespace == self.gateway.namespace(),
            "Selector" if !peers::is_known(context, namespace) => {
                let reason = format!("the labels of `{namespace}` are not part of the import; its routes are let in");
                selector.iter().for_each(|selector| selector.ignore(reason.clone()));
                true
            }
            "Selector" => selector.is_some_and(|it| peers::selects(it, &peers::labels(context, namespace))),
            _ => false,
        }
    }
}

/// The hosts of a route: its own within those of the listeners that it attaches to. None when it attaches to none, which
/// is said.
pub(super) fn hosts<'c, 'l>(
    spec: Field<'c>,
    object: &'c Object<'c>,
    listeners: &'l [Listener<'c>],
    context: &Context<'c>,
) -> Hosts<'l> {
    let names: Vec<Option<Field<'_>>> = spec.list("hostnames").map(Some).collect();
    let names = if names.is_empty() { vec![None] } else { names };
    let mut hosts = Hosts::new();
    for parent in spec.list("parentRefs") {
        for attached in attached(parent, object, listeners, context) {
            for name in &names {
                let Some(host) = within(*name, attached.listener.and_then(|listener| listener.host)) else { continue };
                let served: &mut Served<'_> = hosts.entry(host).or_default();
                served.http |= !attached.secure;
                served.https |= attached.secure;
                served.by.extend(attached.listener);
            }
        }
    }
    if hosts.is_empty() {
        let action = "check its `parentRefs` and `hostnames`, and import its Gateway together with it";
        spec.say(&codes::LISTENER, "no listener serves it", action);
    }
    hosts
}

/// What serves a route for one of its parents: a listener, or what stands for one of a Gateway that is not imported.
#[derive(Debug, Clone, Copy)]
struct Attached<'l> {
    listener: Option<&'l Listener<'l>>,
    secure: bool,
}

fn attached<'c, 'l>(
    parent: Field<'c>,
    object: &'c Object<'c>,
    listeners: &'l [Listener<'c>],
    context: &Context<'c>,
) -> Vec<Attached<'l>> {
    parent.touch();
    let text = |key: &str| parent.text_of(key);
    if text("kind").is_some_and(|kind| kind != "Gateway") {
        let reason = format!("a route for a `{}` is for calls between services", text("kind").unwrap_or_default());
        parent.say(&codes::LISTENER, reason, "let callers use the service's name; versions are rolled out as releases");
        return Vec::new();
    }
    let name = text("name").unwrap_or_default();
    let namespace = text("namespace").unwrap_or(object.namespace());
    if context.cluster.find("Gateway", namespace, name).is_none() {
        let reason = format!(
            "the Gateway `{name}` is not part of the import; its listener is taken for plain HTTP without a host"
        );
        parent.say(&codes::CLASS_ASSUMED, reason, "import it together with the route");
        return vec![Attached { listener: None, secure: !context.options.certificates.is_empty() }];
    }
    let fits = |listener: &&Listener<'_>| {
        listener.gateway.name() == name
            && listener.gateway.namespace() == namespace
            && text("sectionName").is_none_or(|section| section == listener.name)
            && parent.integer_of("port").is_none_or(|port| Some(port) == listener.port)
            && listener.allows(object, context)
    };
    let found: Vec<_> = listeners
        .iter()
        .filter(fits)
        .map(|listener| Attached { listener: Some(listener), secure: listener.secure })
        .collect();
    if found.is_empty() {
        let reason = format!("no listener of the Gateway `{name}` takes it");
        parent.say(&codes::LISTENER, reason, "check its `sectionName`, `port` and the listener's `allowedRoutes`");
    }
    found
}

/// A host of a route within that of a listener; `None` when they have nothing in common, `Some(None)` for any host.
fn within(name: Option<Field<'_>>, listener: Option<&str>) -> Option<Option<HostName>> {
    let Some(field) = name else {
        return Some(listener.and_then(|host| HostName::parse(&host.to_ascii_lowercase())));
    };
    let host = super::super::ingress::host_name(field, field)?;
    let Some(listener) = listener else { return Some(Some(host)) };
    let (own, listener) = (host.to_string(), listener.to_ascii_lowercase());
    if own == listener || covers(&listener, &own) {
        return Some(Some(host));
    }
    covers(&own, &listener).then(|| HostName::parse(&listener))
}

/// Whether a wildcard host has another one in it; a wildcard of the Gateway API stands for one label or more.
fn covers(wildcard: &str, host: &str) -> bool {
    wildcard
        .strip_prefix('*')
        .is_some_and(|zone| host.trim_start_matches('*').ends_with(zone) && host.len() > zone.len())
}
