//! Annotations of the AWS Load Balancer Controller (its guide, "Ingress annotations"), and of the Services it serves.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{
    decode::Decode,
    routing::Stickiness,
    service::Protocol,
    values::{Arn, Duration, Scalar},
};

use super::{
    super::{Front, Traffic, route::ranges},
    Settings,
    annotations::Annotations,
    class::Family,
    health,
};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

fn key(name: &str) -> String {
    format!("alb.ingress.kubernetes.io/{name}")
}

/// What the annotations say of the routes and of the load balancer.
pub(super) fn settings(annotations: &Annotations<'_>, front: &mut Front) -> Settings {
    let mut settings = Settings {
        // The controller makes an internal load balancer unless it is told otherwise.
        internal: annotations.mapped(&key("scheme"), "/load_balancer.scheme") != Some("internet-facing"),
        alb_regex: annotations.mapped(&key("use-regex-path-match"), "routes") == Some("true"),
        ..Settings::default()
    };
    annotations.mapped(&key("group.name"), "/load_balancer");
    listeners(annotations, &mut settings, front);
    if let Some(field) = annotations.take(&key("inbound-cidrs")) {
        keep_ranges(field, &mut settings);
    }
    web_acl(annotations, front);
    settings.check = health::of(annotations);
    protocol(annotations, &mut settings);
    attributes(annotations.take(&key("target-group-attributes")), &mut settings);
    balancer_attributes(annotations.take(&key("load-balancer-attributes")), front);
    settings
}

/// Lets in a list of ranges, and says which of them are none of IPv4; when none is, nobody is let in.
pub(super) fn keep_ranges(field: Field<'_>, settings: &mut Settings) {
    let (read, others) = ranges(field.written().into_iter());
    match others.as_slice() {
        [] => field.mapped_to("routes"),
        [first, ..] if read.is_empty() => {
            let reason = format!("`{first}` is no range of IPv4, and no other range is let in, so there is no route");
            field.say(&codes::ANNOTATION, reason, "write a route with IPv4 ranges in `sources`");
        }
        [first, ..] if others.iter().all(|text| text.contains(':')) => {
            let reason = format!("`{first}` is IPv6, and the load balancer has IPv4 addresses");
            field.say(&codes::IPV4_ONLY, reason, "nothing must be done");
        }
        [first, ..] => {
            let reason = format!("`{first}` is no range of IPv4");
            field.say(&codes::ANNOTATION, reason, "write the range to the routes' `sources`");
        }
    }
    settings.closed |= read.is_empty() && !others.is_empty();
    settings.sources.extend(read);
}

fn listeners(annotations: &Annotations<'_>, settings: &mut Settings, front: &mut Front) {
    settings.https = certificates(annotations, &key("certificate-arn"), front);
    if let Some(policy) = annotations.mapped(&key("ssl-policy"), "/load_balancer.tls_policy") {
        front.tls_policy.get_or_insert_with(|| policy.to_owned());
    }
    let redirect = annotations.take(&key("ssl-redirect"));
    redirect.into_iter().for_each(redirects);
    let Some(field) = annotations.take(&key("listen-ports")) else { return };
    let listed: Vec<BTreeMap<String, u32>> =
        field.written().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let ports: BTreeSet<(String, u32)> = listed.into_iter().flatten().collect();
    let has = |scheme: &str| ports.iter().any(|(name, _)| name == scheme);
    settings.https |= has("HTTPS");
    settings.http_too = (has("HTTPS") && has("HTTP") && redirect.is_none()).then_some(true);
    let usual = |(scheme, port): &(String, u32)| matches!((scheme.as_str(), port), ("HTTP", 80) | ("HTTPS", 443));
    match ports.iter().find(|port| !usual(port)) {
        None if !ports.is_empty() => field.mapped_to("routes"),
        None => field.say(&codes::ANNOTATION, "it is no list of listeners", "correct it"),
        Some((scheme, port)) => {
            let reason = format!("Skiff's load balancer listens on 80 and 443, not on {scheme} {port}");
            field.say(&codes::ANNOTATION, reason, "let clients use the usual ports");
        }
    }
}

/// Plain HTTP redirects to HTTPS on 443, which is all that Skiff's load balancer can do.
fn redirects(field: Field<'_>) {
    match field.written() {
        Some("443") => field.mapped_to("routes"),
        _ => {
            field.say(
                &codes::ANNOTATION_CHANGED,
                "plain HTTP redirects to port 443",
                "let clients use the usual ports",
            );
        }
    }
}

/// Takes the certificates that an annotation names; whether there are any. What is none is said.
fn certificates(annotations: &Annotations<'_>, key: &str, front: &mut Front) -> bool {
    let Some(field) = annotations.take(key) else { return false };
    let written = field.written().unwrap_or_default();
    let (arns, others): (Vec<_>, Vec<_>) =
        written.split(',').map(str::trim).filter(|text| !text.is_empty()).partition(|text| Arn::parse(text).is_some());
    match others.first() {
        None => field.mapped_to("/certificates"),
        Some(other) => {
            let reason = format!("`{other}` is no ARN of a certificate");
            field.say(&codes::CERTIFICATE, reason, "give the ARN of one with `--certificate`");
        }
    }
    front.certificates.extend(arns.iter().map(|arn| (*arn).to_owned()));
    !arns.is_empty()
}

fn web_acl(annotations: &Annotations<'_>, front: &mut Front) {
    if let Some(arn) = annotations.mapped(&key("wafv2-acl-arn"), "/load_balancer.web_acl") {
        front.web_acl.get_or_insert_with(|| arn.to_owned());
    }
    if let Some(field) = annotations.take(&key("shield-advanced-protection")) {
        if field.written() == Some("false") {
            field.ignore("it is switched off");
            return;
        }
        field.say(
            &codes::ANNOTATION,
            "Skiff does not subscribe to AWS Shield Advanced",
            "protect the load balancer in Terraform of your own",
        );
    }
}

fn protocol(annotations: &Annotations<'_>, settings: &mut Settings) {
    let version = annotations.mapped(&key("backend-protocol-version"), "protocol").map(str::to_ascii_uppercase);
    let Some(field) = annotations.take(&key("backend-protocol")) else {
        settings.protocol = spoken("HTTP", version.as_deref()).filter(|_| version.is_some());
        return;
    };
    settings.protocol = spoken(field.written().unwrap_or("HTTP"), version.as_deref());
    match settings.protocol {
        Some(_) => field.mapped_to("protocol"),
        None => field.say(
            &codes::ANNOTATION,
            "HTTP/2 and gRPC over TLS to a service are not to be had",
            "let the service speak them without TLS",
        ),
    }
}

fn spoken(protocol: &str, version: Option<&str>) -> Option<Protocol> {
    match (protocol.trim().to_ascii_uppercase().as_str(), version) {
        ("HTTP", None | Some("HTTP1")) => Some(Protocol::Http),
        ("HTTP", Some("HTTP2")) => Some(Protocol::Http2),
        ("HTTP", Some("GRPC")) => Some(Protocol::Grpc),
        ("HTTPS", None | Some("HTTP1")) => Some(Protocol::Https),
        _ => None,
    }
}

/// `key=value, key=value`.
fn pairs(field: Field<'_>) -> Vec<(&str, &str)> {
    let pairs = field.written().unwrap_or_default().split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.trim(), value.trim())).collect()
}

fn attributes(field: Option<Field<'_>>, settings: &mut Settings) {
    let Some(field) = field else { return };
    let mut others = Vec::new();
    let seconds = |value: &str| value.parse::<u32>().ok().map(Duration);
    let (mut sticky, mut duration, mut cookie) = (false, None, None);
    for (key, value) in pairs(field) {
        match key {
            "stickiness.enabled" => sticky = value == "true",
            "stickiness.lb_cookie.duration_seconds" | "stickiness.app_cookie.duration_seconds" => {
                duration = seconds(value);
            }
            "stickiness.app_cookie.cookie_name" => cookie = Some(spanned(value.to_owned())),
            "slow_start.duration_seconds" => settings.slow_start = seconds(value).filter(|time| time.0 > 0),
            "deregistration_delay.timeout_seconds" => settings.drain = seconds(value),
            "stickiness.type" => {}
            "load_balancing.algorithm.type" if value == "round_robin" => {}
            _ => others.push(key),
        }
    }
    if sticky {
        settings.stickiness = Some(Stickiness { duration: duration.map(spanned), cookie, ..Stickiness::fallback() });
    }
    say_attributes(field, &others, "stickiness");
}

fn say_attributes(field: Field<'_>, others: &[&str], home: &'static str) {
    match others {
        [] => field.mapped_to(home),
        others => {
            let reason = format!("Skiff does not set `{}`", others.join("`, `"));
            field.say(&codes::ANNOTATION, reason, "check whether the default is good enough");
        }
    }
}

fn balancer_attributes(field: Option<Field<'_>>, front: &mut Front) {
    let Some(field) = field else { return };
    let mut others = Vec::new();
    for (key, value) in pairs(field) {
        match key {
            "idle_timeout.timeout_seconds" => value.parse().into_iter().for_each(|seconds| front.idle_for(seconds)),
            "routing.http2.enabled" if value == "true" => {}
            "access_logs.s3.enabled" | "connection_logs.s3.enabled" | "waf.fail_open.enabled" if value == "false" => {}
            "routing.http.drop_invalid_header_fields.enabled" if value == "true" => {}
            // Skiff protects its load balancer from deletion whatever is written.
            "deletion_protection.enabled" => {}
            _ => others.push(key),
        }
    }
    say_attributes(field, &others, "/load_balancer.idle_timeout");
}

/// What the annotations of a Service without a load balancer of its own say: they override those of an Ingress of the AWS Load
/// Balancer Controller that leads to it.
pub(in super::super) fn service_settings(traffic: &mut Traffic<'_, '_>, index: usize) {
    let Some(service) = traffic.services.get(index).filter(|service| service.kind() != "LoadBalancer") else { return };
    let annotations = Annotations::of(service.object);
    let main = service.main().filter(|_| traffic.by_alb.contains(&index));
    let Some(draft) = main.and_then(|main| traffic.drafts.get_mut(main)) else {
        annotations.settle_inside(&Family::Unsaid);
        return;
    };
    let mut settings = Settings { check: health::of(&annotations), ..Settings::default() };
    protocol(&annotations, &mut settings);
    let attributed = annotations.take(&key("target-group-attributes"));
    attributes(attributed, &mut settings);
    let service = &mut draft.service;
    if attributed.is_some() {
        service.stickiness = None;
        service.slow_start = None;
    }
    if let (Some(_), Some(stop)) = (settings.drain, &mut service.stop) {
        stop.drain = None;
    }
    settings.furnish(draft);
    annotations.settle_inside(&Family::Alb);
}

/// What the annotations of a `LoadBalancer` Service say of the load balancer; whether it is for inside only.
pub(in super::super) fn balancer_settings(traffic: &mut Traffic<'_, '_>, annotations: &Annotations<'_>) -> bool {
    let front = &mut traffic.front;
    let key = |name: &str| format!("service.beta.kubernetes.io/aws-load-balancer-{name}");
    certificates(annotations, &key("ssl-cert"), front);
    let ports = annotations.take(&key("ssl-ports"));
    ports.into_iter().for_each(|field| field.ignore("the load balancer ends TLS on port 443, with any certificate"));
    if let Some(policy) = annotations.mapped(&key("ssl-negotiation-policy"), "/load_balancer.tls_policy") {
        front.tls_policy.get_or_insert_with(|| policy.to_owned());
    }
    let idle = annotations.mapped(&key("connection-idle-timeout"), "/load_balancer.idle_timeout");
    idle.and_then(|text| text.parse().ok()).into_iter().for_each(|seconds| front.idle_for(seconds));
    if let Some(field) = annotations.take(&key("backend-protocol")) {
        match field.written() {
            Some("http" | "tcp") => field.mapped_to("protocol"),
            _ => field.say(
                &codes::ANNOTATION,
                "the load balancer speaks plain HTTP to it",
                "set `protocol: https` if it speaks TLS",
            ),
        }
    }
    let internal = annotations.mapped(&key("internal"), "/load_balancer.scheme");
    let scheme = annotations.mapped(&key("scheme"), "/load_balancer.scheme");
    let elsewhere = INSIDE.iter().filter(|(name, words)| {
        let text = annotations.mapped(name, "/load_balancer.scheme");
        text.is_some_and(|text| words.iter().any(|word| word.is_empty() || text.eq_ignore_ascii_case(word)))
    });
    // Every one is looked at, so that each is known to be carried over.
    let elsewhere = elsewhere.count() > 0;
    elsewhere || scheme == Some("internal") || internal.is_some_and(|text| matches!(text, "true" | "0.0.0.0/0"))
}

/// Annotations with which other clouds make a load balancer for inside only, and the words that do; the empty one stands
/// for any word (Kubernetes documentation, "Service", "Internal load balancer", and the guides of the clouds).
const INSIDE: &[(&str, &[&str])] = &[
    ("networking.gke.io/load-balancer-type", &["Internal"]),
    ("cloud.google.com/load-balancer-type", &["Internal"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
    ("service.beta.kubernetes.io/alicloud-loadbalancer-address-type", &["intranet"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("oci-network-load-balancer.oraclecloud.com/internal", &["true"]),
    ("service.beta.kubernetes.io/do-loadbalancer-network", &["INTERNAL"]),
    ("service.beta.kubernetes.io/scw-loadbalancer-private", &["true"]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", &[""]),
    ("service.beta.kubernetes.io/cce-load-balancer-internal-vpc", &["true"]),
    ("load-balancer.hetzner.cloud/disable-public-network", &["true"]),
];
