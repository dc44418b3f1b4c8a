//! Annotations of Services, Ingresses and Gateways: what a mapping takes is mapped, of the rest a table says what is lost.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use skiff_compiler::{diagnostic::Code, spec::values::Arn};
use skiff_wire::Severity;

use super::class::Family;
use crate::kube::{
    codes::traffic as codes,
    object::{Field, Object},
};

/// The annotations of one object.
#[derive(Debug)]
pub(in super::super) struct Annotations<'c> {
    entries: BTreeMap<&'c str, Field<'c>>,
    taken: RefCell<BTreeSet<&'c str>>,
    certified: bool,
}

const OFF: &str = "it is switched off";

/// What is said of an annotation that nothing took.
enum Left {
    Ignored(&'static str),
    Lost(&'static Code, &'static str, &'static str),
}

use Left::{Ignored, Lost};

impl<'c> Annotations<'c> {
    pub(in super::super) fn of(object: &'c Object<'c>) -> Self {
        let entries = object.at("metadata").into_iter().flat_map(|metadata| metadata.map("annotations"));
        Self { entries: entries.collect(), taken: RefCell::default(), certified: false }
    }

    /// Notes whether certificates are given, so that none must be requested.
    pub(in super::super) fn with(self, certificates: &[Arn]) -> Self {
        Self { certified: !certificates.is_empty(), ..self }
    }

    /// The annotation of this key, for a mapping that says what became of it.
    pub(in super::super) fn take(&self, key: &str) -> Option<Field<'c>> {
        let (key, field) = self.entries.get_key_value(key)?;
        self.taken.borrow_mut().insert(key);
        Some(*field)
    }

    /// Its text, for a mapping that carries it over to `home`.
    pub(in super::super) fn mapped(&self, key: &str, home: &str) -> Option<&'c str> {
        let field = self.take(key)?;
        let text = field.written().map(str::trim);
        // `ssl-redirect: false` is no setting left off: HTTPS is where it leads without it.
        match text {
            Some("false" | "off") if !key.ends_with("/ssl-redirect") => field.ignore(OFF),
            _ => field.mapped_to(home),
        }
        text
    }

    /// The text of an annotation, without taking it.
    pub(super) fn text(&self, key: &str) -> Option<&'c str> {
        self.entries.get(key).and_then(|field| field.written()).map(str::trim)
    }

    /// Whether an annotation says `true`, without taking it.
    pub(super) fn says(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// Whether there is one with this beginning.
    pub(super) fn any(&self, prefix: &str) -> bool {
        self.entries.keys().any(|key| key.starts_with(prefix))
    }

    /// Says what becomes of the annotations that nothing took, of an object that this controller carries out.
    pub(in super::super) fn settle(&self, family: &Family) {
        for (key, field) in &self.entries {
            if self.taken.borrow().contains(key) {
                continue;
            }
            let Some((prefix, name)) = key.rsplit_once('/') else { continue };
            if name.ends_with("ip-address-type") && field.written().is_some_and(|text| text.starts_with("dualstack")) {
                let action = "check that no client has only IPv6";
                field.say(&codes::IPV4_ONLY, "the load balancer has IPv4 addresses", action);
                continue;
            }
            match left(prefix, name, family) {
                Some(Ignored(reason)) => field.ignore(reason),
                Some(Lost(code, ..)) if is_off(name, *field, code) => field.ignore(OFF),
                Some(Lost(code, ..)) if self.certified && code.id == codes::CERTIFICATE.id => {
                    field.ignore("the certificates are those of `--certificate`");
                }
                Some(Lost(code, reason, action)) => field.say(code, quoting(*field, code, reason), action),
                None => {}
            }
        }
    }

    /// The same for a Service that has no load balancer of its own.
    pub(super) fn settle_inside(&self, family: &Family) {
        for (key, field) in self.entries.iter().filter(|(key, _)| key.starts_with("service.beta.kubernetes.io/")) {
            field.ignore("only a Service of type `LoadBalancer` has a load balancer");
            self.taken.borrow_mut().insert(key);
        }
        self.settle(family);
    }

    /// The same for a Service of type `LoadBalancer`.
    pub(in super::super) fn settle_service(&self) {
        self.settle(&Family::Alb);
    }
}

/// Whether an annotation without a counterpart asks for nothing.
fn is_off(name: &str, field: Field<'_>, code: &Code) -> bool {
    let text = field.written().unwrap_or_default().trim().to_ascii_lowercase();
    let limit = code.id == codes::RATE_LIMIT.id || name == "proxy-body-size";
    match text.as_str() {
        "false" | "off" | "none" => code.severity == Severity::Unsupported,
        "0" => limit,
        _ => false,
    }
}

/// The reason with the value, when that is short and no text for a program.
fn quoting(field: Field<'_>, code: &Code, reason: &str) -> String {
    let value = field.written().filter(|value| value.len() <= 60 && !value.contains('\n'));
    match value {
        Some(value) if code.id == codes::ANNOTATION.id || code.id == codes::RATE_LIMIT.id => {
            format!("`{value}`: {reason}")
        }
        _ => reason.to_owned(),
    }
}

fn left(prefix: &str, name: &str, family: &Family) -> Option<Left> {
    let other = || Some(Ignored("another controller than this object's reads it"));
    match prefix {
        "nginx.ingress.kubernetes.io" if *family == Family::Nginx => Some(of_nginx(name)),
        "alb.ingress.kubernetes.io" if *family == Family::Alb => Some(of_alb(name)),
        "nginx.ingress.kubernetes.io" | "alb.ingress.kubernetes.io" => other(),
        "service.beta.kubernetes.io" | "service.kubernetes.io" => Some(of_service(name)),
        "kubernetes.io" => of_kubernetes(name),
        "cert-manager.io" | "acme.cert-manager.io" | "certmanager.k8s.io" => Some(Lost(
            &codes::CERTIFICATE,
            "cert-manager is not there to request a certificate",
            "request one for the hosts in AWS Certificate Manager with DNS validation, and give `--certificate`",
        )),
        "external-dns.alpha.kubernetes.io" => Some(Lost(
            &codes::ANNOTATION_CHANGED,
            "external-dns is not there to write records",
            "name the zone under `dns`: Skiff writes a record for each host of a route",
        )),
        "networking.gke.io" | "ingress.gcp.kubernetes.io" | "cloud.google.com" | "beta.cloud.google.com" => {
            of_google(name)
        }
        _ => of_others(prefix, family),
    }
}

fn of_kubernetes(name: &str) -> Option<Left> {
    match name {
        "ingress.global-static-ip-name" | "ingress.regional-static-ip-name" => Some(Lost(
            &codes::ANNOTATION,
            "the load balancer has a name in DNS and no fixed address",
            "point the hosts at the load balancer with `dns`",
        )),
        "ingress.allow-http" => Some(Lost(
            &codes::ANNOTATION_CHANGED,
            "a route for HTTPS answers plain HTTP with a redirect",
            "nothing must be done",
        )),
        "tls-acme" => Some(Lost(
            &codes::CERTIFICATE,
            "nothing requests a certificate by itself",
            "request one for the hosts in AWS Certificate Manager, and give `--certificate`",
        )),
        _ => None,
    }
}

fn of_google(name: &str) -> Option<Left> {
    match name {
        "managed-certificates" | "pre-shared-cert" | "pre-shared-certs" | "certmap" => Some(Lost(
            &codes::CERTIFICATE,
            "the certificate belongs to Google Cloud",
            "request one for the hosts in AWS Certificate Manager, and give `--certificate`",
        )),
        "neg" | "neg-status" | "app-protocols" => Some(Ignored("it tells Google Cloud how to reach the pods")),
        "load-balancer-type" => Some(Lost(
            &codes::ANNOTATION,
            "it asks for an internal load balancer of Google Cloud",
            "set `load_balancer: { scheme: internal }` if nothing may be reached from the internet",
        )),
        _ if name.ends_with("FrontendConfig")
            || name.ends_with("backend-config")
            || name == "v1beta1.FrontendConfig" =>
        {
            Some(Lost(
                &codes::ANNOTATION,
                "it names settings of Google Cloud's load balancer",
                "read that object, and write what matters to the routes or to `load_balancer`",
            ))
        }
        _ => None,
    }
}

/// Beginnings of the annotations of controllers whose objects Skiff reads as plain Ingresses.
const CONTROLLERS: &[&str] = &[
    "traefik.ingress.kubernetes.io",
    "haproxy.org",
    "haproxy-ingress.github.io",
    "konghq.com",
    "configuration.konghq.com",
    "nginx.org",
    "nginx.com",
    "appgw.ingress.kubernetes.io",
    "projectcontour.io",
    "ingress.kubernetes.io",
    "getambassador.io",
    "ingress.cilium.io",
    "ingress.bluemix.net",
    "zalando.org",
    "edge.ingress.kubernetes.io",
];

fn of_others(prefix: &str, family: &Family) -> Option<Left> {
    if !CONTROLLERS.contains(&prefix) {
        return None;
    }
    if matches!(family, Family::Nginx | Family::Alb | Family::Google) {
        return Some(Ignored("another controller than this object's reads it"));
    }
    Some(Lost(
        &codes::ANNOTATION,
        "it is an instruction to a controller that Skiff does not know",
        "look up what it does, and write it with the keys of a route where they have it",
    ))
}

const SERVICE_ACTION: &str = "write what it does in front of the service to the routes, or to `load_balancer`";

fn of_nginx(name: &str) -> Left {
    match name {
        "configuration-snippet" | "server-snippet" | "stream-snippet" | "auth-snippet" | "modsecurity-snippet" => Lost(
            &codes::SNIPPET,
            "it is configuration of nginx, which nothing else understands",
            "do in the service what it does, or with the keys of a route",
        ),
        _ if name.starts_with("auth-") || matches!(name, "enable-global-auth" | "satisfy") => Lost(
            &codes::AUTHENTICATION,
            "nobody asks who a client is before the service does",
            "let the service check its clients before traffic moves",
        ),
        _ if name.starts_with("limit-") || name.starts_with("global-rate-limit") => Lost(
            &codes::RATE_LIMIT,
            "the load balancer does not count requests of a client",
            "put a web ACL with a rate rule in front: `load_balancer.web_acl`",
        ),
        "enable-modsecurity" | "enable-owasp-core-rules" | "modsecurity-transaction-id" => Lost(
            &codes::ANNOTATION,
            "no web application firewall is in front",
            "put an AWS WAF web ACL in front: `load_balancer.web_acl`",
        ),
        _ if name.starts_with("cors-") || name == "enable-cors" => Lost(
            &codes::ANNOTATION,
            "the load balancer adds no headers for CORS",
            "let the service answer preflight requests itself",
        ),
        "proxy-body-size" | "client-body-buffer-size" => Lost(
            &codes::ANNOTATION_CHANGED,
            "the load balancer takes bodies of any size",
            "let the service refuse what is too large",
        ),
        "proxy-connect-timeout"
        | "proxy-next-upstream"
        | "proxy-next-upstream-timeout"
        | "proxy-next-upstream-tries" => Lost(
            &codes::ANNOTATION_CHANGED,
            "the load balancer connects and tries again in its own way",
            "nothing must be done",
        ),
        _ => of_nginx_rarely(name),
    }
}

fn of_nginx_rarely(name: &str) -> Left {
    match name {
        "proxy-buffering"
        | "proxy-buffers-number"
        | "proxy-buffer-size"
        | "proxy-busy-buffers-size"
        | "proxy-max-temp-file-size"
        | "proxy-request-buffering" => Ignored("the load balancer streams and has no buffers to set"),
        "enable-access-log"
        | "enable-rewrite-log"
        | "enable-opentracing"
        | "opentracing-trust-incoming-span"
        | "enable-opentelemetry"
        | "opentelemetry-trust-incoming-span"
        | "opentelemetry-operation-name"
        | "enable-influxdb"
        | "influxdb-measurement"
        | "influxdb-port"
        | "influxdb-host"
        | "influxdb-server-name" => Ignored("logs and traces of the controller go with it"),
        "http2-push-preload"
        | "preserve-trailing-slash"
        | "service-upstream"
        | "affinity-canary-behavior"
        | "proxy-http-version"
        | "ssl-prefer-server-ciphers" => Ignored("it tunes nginx and changes no answer"),
        "load-balance" => Ignored("requests are spread in turn over the members that are healthy"),
        "mirror-target" | "mirror-request-body" | "mirror-host" => Lost(
            &codes::ANNOTATION,
            "the load balancer copies no requests",
            "try a new version on a shadow release instead",
        ),
        "upstream-hash-by" | "upstream-hash-by-subset" | "upstream-hash-by-subset-size" => Lost(
            &codes::ANNOTATION,
            "requests are not spread by a key of theirs",
            "set `stickiness` if a client must stay with a member",
        ),
        "ssl-passthrough" => Lost(
            &codes::ANNOTATION,
            "the load balancer ends TLS itself",
            "put a network load balancer in front if the service must see the handshake",
        ),
        _ => of_nginx_tls(name),
    }
}

fn of_nginx_tls(name: &str) -> Left {
    match name {
        "proxy-ssl-ciphers" | "proxy-ssl-protocols" | "proxy-ssl-name" | "proxy-ssl-server-name" => Lost(
            &codes::ANNOTATION_CHANGED,
            "the load balancer speaks TLS to a service in its own way, and verifies no certificate",
            "nothing must be done",
        ),
        "ssl-ciphers" => Lost(
            &codes::ANNOTATION_CHANGED,
            "ciphers come with the TLS policy",
            "set `load_balancer.tls_policy` if another set is needed",
        ),
        _ => Lost(&codes::ANNOTATION, "the load balancer does not do this", SERVICE_ACTION),
    }
}

fn of_alb(name: &str) -> Left {
    match name {
        "target-type"
        | "target-node-labels"
        | "manage-backend-security-group-rules"
        | "dry-run-plan"
        | "target-control-port" => Ignored("it tells the controller how to reach pods"),
        "group.order" => Lost(
            &codes::ANNOTATION_CHANGED,
            "exact and longer paths come first, whatever the order of their Ingresses",
            "nothing must be done unless two patterns overlap",
        ),
        "load-balancer-name" | "tags" => Ignored("Skiff names and tags the load balancer itself"),
        "subnets" => Ignored("the load balancer stands in the public subnets of `network`"),
        "ip-address-type" => Ignored("the load balancer has IPv4 addresses"),
        _ if name.starts_with("auth-") || matches!(name, "jwt-validation" | "mutual-authentication") => Lost(
            &codes::AUTHENTICATION,
            "the load balancer does not ask who a client is",
            "let the service check its clients before traffic moves",
        ),
        "security-groups" | "security-group-prefix-lists" => Lost(
            &codes::ANNOTATION,
            "the load balancer has a security group of its own",
            "write the ranges that may connect to `load_balancer.allow`",
        ),
        "waf-acl-id" | "web-acl-id" | "wafv2-acl-name" => Lost(
            &codes::ANNOTATION,
            "Skiff takes web ACLs of AWS WAF v2 by their ARN",
            "write the ARN to `load_balancer.web_acl`",
        ),
        _ => Lost(&codes::ANNOTATION, "Skiff's load balancer does not have this setting", SERVICE_ACTION),
    }
}

fn of_service(name: &str) -> Left {
    match name {
        "aws-load-balancer-type"
        | "aws-load-balancer-nlb-target-type"
        | "aws-load-balancer-name"
        | "aws-load-balancer-cross-zone-load-balancing-enabled"
        | "aws-load-balancer-target-node-labels"
        | "aws-load-balancer-manage-backend-security-group-rules"
        | "aws-load-balancer-additional-resource-tags"
        | "aws-load-balancer-subnets"
        | "aws-load-balancer-ip-address-type" => {
            Ignored("Skiff makes the load balancer, and has its own names, tags and subnets")
        }
        "topology-mode" | "topology-aware-hints" => Ignored("requests are spread over the members of all zones"),
        _ if name.starts_with("aws-load-balancer-healthcheck") => {
            Ignored("the load balancer asks the runner, which knows the readiness probe")
        }
        "aws-load-balancer-proxy-protocol" | "aws-load-balancer-proxy-protocol-per-target-group" => Lost(
            &codes::ANNOTATION,
            "the client's address is in the header `X-Forwarded-For`, not in the PROXY protocol",
            "let the service read that header",
        ),
        "aws-load-balancer-eip-allocations" | "aws-load-balancer-private-ipv4-addresses" => {
            Lost(&codes::OWN_ADDRESS, "a load balancer for HTTP has no fixed address", "give its clients a name in DNS")
        }
        _ if name.starts_with("aws-load-balancer") => {
            Lost(&codes::ANNOTATION, "Skiff's load balancer does not have this setting", SERVICE_ACTION)
        }
        _ => Ignored("it is for the load balancer of another cloud"),
    }
}
