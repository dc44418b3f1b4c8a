//! Routes: which requests reach which service, in which order they are compared, and what happens to them.

mod conditions;
mod expression;
mod redirect;
mod respond;
mod rewrite;
mod stickiness;

use std::collections::BTreeMap;

pub use conditions::Conditions;

use super::{Reporter, ResolvedService, Settings, codes, one_of};
use crate::{
    facts::limits,
    ir::{
        Rank,
        load_balancing::{FixedResponse, PathValues, Redirect, Transform},
    },
    source::Span,
    spec::{
        Spec,
        service::{Kind, Match, Protocol, Route, Service},
        values::Name,
    },
};

/// The owner in the keys of routes that lead to no service; no service can have this name.
pub const OF_LOAD_BALANCER: &str = "load_balancer";

/// One route, its defaults explicit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedRoute {
    /// The host, `None` for any.
    pub host: Option<String>,
    /// The path.
    pub path: String,
    /// How it is compared.
    pub kind: Match,
    /// What else a request must have.
    pub conditions: Conditions,
    /// What happens to a request.
    pub handling: Handling,
    /// Whether only HTTPS serves it.
    pub tls: bool,
    /// How the lock names it.
    pub key: String,
    /// Its precedence.
    pub rank: Rank,
    /// Where it is declared.
    pub span: Span,
}

/// What happens to a request that a route matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handling {
    /// It is forwarded, changed by these.
    Forward(Vec<Transform>),
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// The load balancer answers.
    Respond(FixedResponse),
}

impl ResolvedRoute {
    /// The paths that the rule compares; `None` when host or conditions are enough.
    ///
    /// Elastic Load Balancing compares a prefix element by element only when told so: `/api` and `/api/*`, never `/api*`.
    #[must_use]
    pub fn paths(&self) -> Option<PathValues> {
        let base = self.path.trim_end_matches('/');
        let values = |values: Vec<String>| Some(PathValues { values: Some(values), regex_values: None });
        match self.kind {
            Match::Prefix if base.is_empty() && (self.host.is_some() || !self.conditions.is_empty()) => None,
            Match::Prefix if base.is_empty() => values(vec!["/*".into()]),
            Match::Prefix => values(vec![base.to_owned(), format!("{base}/*")]),
            Match::Exact => values(vec![self.path.clone()]),
            Match::Regex => Some(PathValues { values: None, regex_values: Some(vec![self.path.clone()]) }),
        }
    }

    /// Whether it leads to the members of a service.
    #[must_use]
    pub fn forwards(&self) -> bool {
        matches!(self.handling, Handling::Forward(_))
    }
}

/// Whether anything needs the load balancer: a web service, or a route that leads to none.
pub(crate) fn needs_load_balancer(spec: &Spec) -> bool {
    let own = spec.load_balancer.as_ref().is_some_and(|balancer| !balancer.routes.is_empty());
    own || spec.services.values().any(|service| service.kind == Kind::Web)
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
    check_protocol(service, report);
    stickiness::check(service, report);
    let served = is_https_served(spec, settings, report);
    let resolved = service.routes.iter().map(|route| resolve_one(name.as_str(), route, served, report));
    let routes: Vec<ResolvedRoute> = resolved.collect();
    if !routes.is_empty() && !routes.iter().any(ResolvedRoute::forwards) {
        let message = "none of its routes leads to this web service";
        let hint = "add a route without `redirect` and `respond`, or write these under `load_balancer.routes`";
        report.report(&codes::NEEDED_FOR_KIND, service.at.field("routes"), message, hint);
    }
    routes
}

/// The routes of the load balancer itself: each answers, or sends the client elsewhere.
pub(crate) fn resolve_own(spec: &Spec, settings: &Settings, report: &mut Reporter<'_>) -> Vec<ResolvedRoute> {
    let served = is_https_served(spec, settings, report);
    let written = spec.load_balancer.iter().flat_map(|balancer| &balancer.routes);
    let mut routes = Vec::new();
    for route in written {
        if route.redirect.is_none() && route.respond.is_none() {
            let message = "a route of the load balancer leads to no service, so it has `redirect` or `respond`";
            report.report(&codes::EXACTLY_ONE, route.at.whole, message, one_of(false));
        }
        routes.push(resolve_one(OF_LOAD_BALANCER, route, served, report));
    }
    routes
}

fn is_https_served(spec: &Spec, settings: &Settings, report: &Reporter<'_>) -> bool {
    !settings.certificates.is_empty() || report.is_poisoned(spec.at.field("certificates"))
}

fn resolve_one(owner: &str, route: &Route, https_served: bool, report: &mut Reporter<'_>) -> ResolvedRoute {
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
    let conditions = conditions::resolve(route, report);
    let requests = redirect::Requests { host: host.as_deref(), path: &path, kind, https: tls || https_served };
    let handling = handling(route, requests, report);
    let key = format!("{owner} {} {}:{path}{}", host.as_deref().unwrap_or("*"), kind.word(), conditions.words());
    let rank = rank(host.as_deref(), &path, kind, &conditions, &key);
    let resolved = ResolvedRoute { host, path, kind, conditions, handling, tls, key, rank, span };
    conditions::check_room(&resolved, report);
    resolved
}

fn rank(host: Option<&str>, path: &str, kind: Match, conditions: &Conditions, key: &str) -> Rank {
    Rank {
        host: match host {
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
        conditions: conditions.precedence(),
        key: key.to_owned(),
    }
}

/// At most one thing happens to a request, and only what is forwarded can be rewritten.
fn handling(route: &Route, requests: redirect::Requests<'_>, report: &mut Reporter<'_>) -> Handling {
    if let (Some(_), Some(respond)) = (&route.redirect, &route.respond) {
        let message = "a route has `redirect` or `respond`, not both";
        report.report(&codes::EXACTLY_ONE, respond.at.whole, message, one_of(true));
    }
    let rewrites = route.rewrite.as_ref().map(|rewrite| (rewrite, route.redirect.is_some() || route.respond.is_some()));
    if let Some((rewrite, true)) = rewrites {
        let message = "a rewrite changes what is forwarded, and this route forwards nothing";
        report.report(&codes::BAD_REWRITE, rewrite.at.whole, message, "take `rewrite` away");
    }
    match (&route.redirect, &route.respond, &route.rewrite) {
        (Some(redirect), _, _) => Handling::Redirect(redirect::resolve(redirect, requests, report)),
        (None, Some(respond), _) => Handling::Respond(respond::resolve(respond, report)),
        (None, None, Some(rewrite)) => {
            Handling::Forward(rewrite::resolve(rewrite, (requests.path, requests.kind), report))
        }
        (None, None, None) => Handling::Forward(Vec::new()),
    }
}

/// Elastic Load Balancing forwards HTTP/2 and gRPC only from an HTTPS listener (ELBv2 user guide, "Protocol versions").
fn check_protocol(service: &Service, report: &mut Reporter<'_>) {
    let Some(protocol) = service.protocol.as_ref().filter(|protocol| needs_https(protocol.value)) else { return };
    let leads_here = |route: &&Route| route.redirect.is_none() && route.respond.is_none();
    for route in service.routes.iter().filter(leads_here).filter(|route| route.tls == Some(false)) {
        let message = format!("`{}` is served by HTTPS alone", protocol.value.word());
        report.report(
            &codes::NO_LISTENER,
            route.at.field("tls"),
            message,
            "take `tls: false` away, or use `protocol: http`",
        );
    }
}

/// The protocols that a listener of HTTP does not forward. HTTPS behind the load balancer is not one of them.
fn needs_https(protocol: Protocol) -> bool {
    match protocol {
        Protocol::Http2 | Protocol::Grpc => true,
        Protocol::Http | Protocol::Https => false,
    }
}

/// ALB: a path pattern has at most 128 characters, and `*` and `?` are wildcards.
fn check_path(path: &str, kind: Match, route: &Route, report: &mut Reporter<'_>) {
    let problem = match kind {
        Match::Regex => expression::groups(path).err(),
        _ if !path.starts_with('/') => Some("the path does not begin with `/`".into()),
        _ if path.contains(['*', '?']) => Some("`*` and `?` would be wildcards".into()),
        _ => None,
    };
    let problem =
        problem.or_else(|| (path.len() > 126).then(|| "the path is longer than a load balancer compares".into()));
    if let Some(problem) = problem {
        let hint = "write a path such as `/api`, or `match: regex` for a pattern";
        report.report(&codes::BAD_PATH, route.at.field("path"), format!("`{path}`: {problem}"), hint);
    }
}

/// What can only be seen of all routes together: duplicates, hosts outside the zone, too many target groups.
pub(crate) fn check_all(
    spec: &Spec,
    services: &BTreeMap<Name, ResolvedService>,
    own: &[ResolvedRoute],
    report: &mut Reporter<'_>,
) {
    let mut routes: Vec<(&str, &ResolvedRoute)> = own.iter().map(|route| (OF_LOAD_BALANCER, route)).collect();
    for (name, service) in services {
        routes.extend(service.routes.iter().map(|route| (name.as_str(), route)));
    }
    routes.iter().for_each(|(_, route)| check_zone(spec, route, report));
    routes.sort_by_key(|(_, route)| route.span);
    check_duplicates(&routes, report);
    check_target_groups(spec, services, report);
}

fn check_duplicates(routes: &[(&str, &ResolvedRoute)], report: &mut Reporter<'_>) {
    let mut seen: BTreeMap<_, (&str, Span)> = BTreeMap::new();
    for (name, route) in routes {
        let request = (route.host.as_deref(), normal_path(route), route.kind, route.conditions.alike());
        if let Some((other, span)) = seen.get(&request) {
            let other = if other == name { "an earlier one".to_owned() } else { format!("one of `{other}`") };
            let message = format!("this route of `{name}` matches the same requests as {other}");
            let hint = "remove one of them, or give it another host, path or condition";
            report.report_related(&codes::DUPLICATE_ROUTE, (route.span, message), hint, (*span, "the other route"));
        }
        seen.entry(request).or_insert((name, route.span));
    }
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
