//! Routes: which requests reach which service, and in which order they are compared.

use std::collections::BTreeMap;

use super::{Reporter, ResolvedService, Settings, codes};
use crate::{
    facts::limits,
    ir::Rank,
    source::Span,
    spec::{
        Spec,
        service::{Kind, Match, Protocol, Route, Service},
        values::Name,
    },
};

/// One route, its defaults explicit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedRoute {
    /// The host, `None` for any.
    pub host: Option<String>,
    /// The path.
    pub path: String,
    /// How it is compared.
    pub kind: Match,
    /// Whether only HTTPS serves it.
    pub tls: bool,
    /// How the lock names it.
    pub key: String,
    /// Its precedence.
    pub rank: Rank,
    /// Where it is declared.
    pub span: Span,
}

pub(crate) fn resolve(
    name: &Name,
    service: &Service,
    spec: &Spec,
    settings: &Settings,
    report: &mut Reporter<'_>,
) -> Vec<ResolvedRoute> {
    if service.kind != Kind::Web {
        return Vec::new();
    }
    let served = !settings.certificates.is_empty() || report.is_poisoned(spec.at.field("certificates"));
    check_protocol(service, report);
    service.routes.iter().map(|route| resolve_one(name, route, served, report)).collect()
}

fn resolve_one(name: &Name, route: &Route, https_served: bool, report: &mut Reporter<'_>) -> ResolvedRoute {
    let host = route.host.as_ref().map(|host| host.value.to_string());
    let kind = route.r#match.as_ref().map_or(Match::Prefix, |kind| kind.value);
    let path = route.path.as_ref().map_or_else(|| "/".to_owned(), |path| path.value.clone());
    let tls = route.tls.unwrap_or(true);
    let span = route.at.whole;
    if !report.is_poisoned(route.at.field("match")) {
        check_path(&path, kind, route, report);
    }
    if tls && !https_served {
        let message = "this route is served by HTTPS, and there is no certificate";
        let hint = "add `certificates:` with the ARN of an ACM certificate, or `tls: false` on the route";
        report.report(&codes::NO_LISTENER, span, message, hint);
    }
    let key = format!("{name} {} {}:{path}", host.as_deref().unwrap_or("*"), kind.word());
    let rank = Rank {
        host: match &host {
            Some(host) if !host.starts_with('*') => 0,
            Some(_) => 1,
            None => 2,
        },
        kind: match kind {
            Match::Exact => 0,
            Match::Regex => 1,
            Match::Prefix => 2,
        },
        path_length: std::cmp::Reverse(path.trim_end_matches('/').len()),
        key: key.clone(),
    };
    ResolvedRoute { host, path, kind, tls, key, rank, span }
}

/// Elastic Load Balancing forwards HTTP/2 and gRPC only from an HTTPS listener (ELBv2 user guide, "Protocol versions").
fn check_protocol(service: &Service, report: &mut Reporter<'_>) {
    let Some(protocol) = service.protocol.as_ref().filter(|protocol| protocol.value != Protocol::Http) else { return };
    for route in service.routes.iter().filter(|route| route.tls == Some(false)) {
        let message = format!("`{}` is served by HTTPS alone", protocol.value.word());
        report.report(
            &codes::NO_LISTENER,
            route.at.field("tls"),
            message,
            "take `tls: false` away, or use `protocol: http`",
        );
    }
}

/// ALB: a path pattern has at most 128 characters, and `*` and `?` are wildcards.
fn check_path(path: &str, kind: Match, route: &Route, report: &mut Reporter<'_>) {
    let problem = match kind {
        Match::Regex if path.is_empty() => Some("an empty regular expression"),
        Match::Regex => None,
        _ if !path.starts_with('/') => Some("the path does not begin with `/`"),
        _ if path.contains(['*', '?']) => Some("`*` and `?` would be wildcards"),
        _ => None,
    };
    let problem = problem.or_else(|| (path.len() > 126).then_some("the path is longer than a load balancer compares"));
    if let Some(problem) = problem {
        let hint = "write a path such as `/api`, or `match: regex` for a pattern";
        report.report(&codes::BAD_PATH, route.at.field("path"), format!("`{path}`: {problem}"), hint);
    }
}

/// What can only be seen of all routes together: duplicates, hosts outside the zone, too many target groups.
pub(crate) fn check_all(spec: &Spec, services: &BTreeMap<Name, ResolvedService>, report: &mut Reporter<'_>) {
    let mut seen: BTreeMap<(Option<&str>, &str, Match), (&Name, Span)> = BTreeMap::new();
    for service in services.values() {
        for route in &service.routes {
            check_zone(spec, route, report);
        }
    }
    let mut routes: Vec<_> =
        services.iter().flat_map(|(name, service)| service.routes.iter().map(move |route| (name, route))).collect();
    routes.sort_by_key(|(_, route)| route.span);
    for (name, route) in routes {
        let request = (route.host.as_deref(), normal_path(route), route.kind);
        if let Some((other, span)) = seen.get(&request) {
            let other = if *other == name { "an earlier one".to_owned() } else { format!("one of `{other}`") };
            let message = format!("this route of `{name}` matches the same requests as {other}");
            let hint = "remove one of them, or give it another host or path";
            report.report_related(&codes::DUPLICATE_ROUTE, (route.span, message), hint, (*span, "the other route"));
        }
        seen.entry(request).or_insert((name, route.span));
    }
    check_target_groups(spec, services, report);
}

/// A trailing slash of a prefix changes nothing.
fn normal_path(route: &ResolvedRoute) -> &str {
    if route.kind == Match::Prefix { route.path.trim_end_matches('/') } else { &route.path }
}

fn check_zone(spec: &Spec, route: &ResolvedRoute, report: &mut Reporter<'_>) {
    let (Some(dns), Some(host)) = (&spec.dns, &route.host) else { return };
    if report.is_poisoned(dns.zone.span()) {
        return;
    }
    let zone = dns.zone.as_str();
    if host != zone && !host.ends_with(&format!(".{zone}")) {
        let message = format!("`{host}` is not in the zone `{zone}`");
        report.report(&codes::HOST_OUTSIDE_ZONE, route.span, message, "correct the host, or take `dns` away");
    }
}

fn check_target_groups(spec: &Spec, services: &BTreeMap<Name, ResolvedService>, report: &mut Reporter<'_>) {
    let groups: usize = services
        .values()
        .filter(|service| service.kind == Kind::Web)
        .map(|service| if service.spec.cutover.is_some() { 3 } else { 2 })
        .sum();
    if groups > limits::TARGET_GROUPS_PER_LOAD_BALANCER {
        let message = format!(
            "these services need {groups} target groups, and a load balancer takes {}",
            limits::TARGET_GROUPS_PER_LOAD_BALANCER
        );
        report.report(&codes::TOO_MANY_ROUTES, spec.at.field("services"), message, "split the application in two");
    }
}
