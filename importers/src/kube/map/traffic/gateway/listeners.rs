//! Listeners of Gateways, and which hosts a route has on those that it attaches to.

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
    /// `Same`, `All` or `Selector`.
    from: &'c str,
    /// The namespaces of `Selector`.
    selector: Option<Field<'c>>,
}

impl Listener<'_> {
    /// Whether it is for HTTPS.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether routes of a namespace may attach to it.
    fn admits(&self, namespace: &str, context: &Context<'_>) -> bool {
        match self.from {
            "Same" => self.gateway.namespace() == namespace,
            "Selector" => {
                let labels = peers::labels(context, namespace);
                self.selector.is_some_and(|selector| peers::selects(selector, &labels))
            }
            _ => true,
        }
    }
}

/// Whether plain HTTP serves a host.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Served {
    http: bool,
    https: bool,
}

impl Served {
    /// The word for a route: false when plain HTTP serves it too.
    pub(super) fn tls(self) -> Option<bool> {
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
    let allowed = field.get("allowedRoutes");
    allowed.iter().for_each(|allowed| allowed.touch());
    let from = allowed.and_then(|allowed| allowed.at("namespaces.from")).and_then(Field::text).unwrap_or("Same");
    let selector = allowed.and_then(|allowed| allowed.at("namespaces.selector"));
    let host = field.text_of("hostname").filter(|host| !host.is_empty());
    Some(Listener { gateway, name: field.text_of("name").unwrap_or_default(), host, port, secure, from, selector })
}

/// The hosts of a route: its own within those of the listeners that it attaches to. None when it attaches to none, which
/// is said.
pub(super) fn hosts<'c>(
    spec: Field<'c>,
    object: &'c Object<'c>,
    listeners: &[Listener<'c>],
    context: &Context<'c>,
) -> Hosts {
    let names: Vec<Option<Field<'_>>> = spec.list("hostnames").map(Some).collect();
    let names = if names.is_empty() { vec![None] } else { names };
    let mut hosts = Hosts::new();
    for parent in spec.list("parentRefs") {
        for listener in attached(parent, object, listeners, context) {
            for name in &names {
                let Some(host) = within(*name, listener.host) else { continue };
                let served: &mut Served = hosts.entry(host).or_default();
                served.http |= !listener.secure;
                served.https |= listener.secure;
            }
        }
    }
    if hosts.is_empty() {
        let action = "check its `parentRefs` and `hostnames`, and import its Gateway together with it";
        spec.say(&codes::LISTENER, "no listener serves it", action);
    }
    hosts
}

/// Hosts of a listener for a parent: what matters of [`Listener`].
#[derive(Debug, Clone, Copy)]
struct Attached<'c> {
    host: Option<&'c str>,
    secure: bool,
}

fn attached<'c>(
    parent: Field<'c>,
    object: &'c Object<'c>,
    listeners: &[Listener<'c>],
    context: &Context<'c>,
) -> Vec<Attached<'c>> {
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
        return vec![Attached { host: None, secure: !context.options.certificates.is_empty() }];
    }
    let fits = |listener: &&Listener<'_>| {
        listener.gateway.name() == name
            && listener.gateway.namespace() == namespace
            && text("sectionName").is_none_or(|section| section == listener.name)
            && parent.integer_of("port").is_none_or(|port| Some(port) == listener.port)
            && listener.admits(object.namespace(), context)
    };
    let found: Vec<_> = listeners
        .iter()
        .filter(fits)
        .map(|listener| Attached { host: listener.host, secure: listener.secure })
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
