//! Ingresses: hosts and paths to routes, TLS to certificates, annotations to what has a counterpart.

mod actions;
mod alb;
pub(super) mod annotations;
pub(super) mod class;
mod default;
mod google;
mod health;
mod nginx;
mod path;
mod tls;

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::Decode,
    routing::{Redirect, Rewrite, Stickiness},
    service::{Match, Probe, Protocol, Route},
    values::{Cidr, Duration, HostName, Scalar},
};

use super::{Draft, Traffic, identify, route::Backend, service::Wanted};
use crate::{
    import::spanned,
    kube::{
        codes::{general, traffic as codes},
        object::{Field, Object},
    },
};
pub(super) use alb::{balancer_settings, service_settings};
use annotations::Annotations;
use class::Family;
use tls::Secured;

/// What the annotations of an Ingress say of all its routes.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// Whether plain HTTP is answered too; absent, as the TLS hosts say.
    http_too: Option<bool>,
    /// Whether every host is served by HTTPS.
    https: bool,
    rewrite: Option<String>,
    host_rewrite: Option<String>,
    sources: Vec<Cidr>,
    /// Whether a list of ranges had none that can be kept.
    closed: bool,
    redirect: Option<Redirect>,
    protocol: Option<Protocol>,
    stickiness: Option<Stickiness>,
    slow_start: Option<Duration>,
    drain: Option<Duration>,
    aliases: Vec<HostName>,
    app_root: Option<String>,
    from_to_www: bool,
    check: Option<Probe>,
    alb_regex: bool,
    internal: bool,
    canary: Option<nginx::Canary>,
    /// Hosts whose plain HTTP an action of the controller redirects to HTTPS; the empty text for all.
    upgraded: BTreeSet<String>,
}

impl Settings {
    /// Whether nobody may come: no range that is let in can be kept.
    fn is_closed(&self) -> bool {
        self.closed && self.sources.is_empty()
    }

    /// Says it of the service behind the routes.
    fn furnish(&self, draft: &mut Draft<'_>) {
        if let Some(protocol) = self.protocol {
            draft.service.protocol = (protocol != Protocol::Http).then(|| spanned(protocol));
        }
        if let Some(check) = &self.check {
            health::apply(check, draft);
        }
        if let Some(stickiness) = &self.stickiness {
            draft.service.stickiness.get_or_insert_with(|| stickiness.clone());
        }
        if let Some(time) = self.slow_start {
            draft.service.slow_start.get_or_insert_with(|| spanned(time));
        }
        if let Some(time) = self.drain {
            draft.service.stop.get_or_insert_with(Decode::fallback).drain.get_or_insert_with(|| spanned(time));
        }
    }
}

/// One Ingress while it is joined.
struct One<'c> {
    object: &'c Object<'c>,
    family: Family,
    settings: Settings,
    annotations: Annotations<'c>,
    secured: Secured<'c>,
    /// Hosts whose paths nginx compares as expressions; empty for no host.
    regex_hosts: BTreeSet<String>,
}

/// Gives services the routes of all Ingresses; those of a canary last, behind what they vary.
pub(super) fn join<'c>(traffic: &mut Traffic<'_, 'c>) {
    let objects: Vec<_> = traffic.objects("Ingress").collect();
    let regex_hosts = nginx::regex_hosts(&objects);
    let (canaries, mains): (Vec<_>, Vec<_>) = objects.into_iter().partition(|object| nginx::is_canary(object));
    for object in mains.into_iter().chain(canaries) {
        one(traffic, object, &regex_hosts);
    }
}

fn one<'c>(traffic: &mut Traffic<'_, 'c>, object: &'c Object<'c>, regex_hosts: &BTreeSet<String>) {
    identify(object);
    let annotations = Annotations::of(object).with(&traffic.context.options.certificates);
    let family = class::of(object, &annotations, traffic.context);
    let mut settings = match family {
        Family::Nginx => nginx::settings(&annotations, &mut traffic.front),
        Family::Alb => alb::settings(&annotations, &mut traffic.front),
        Family::Google => google::settings(object, &annotations),
        _ => Settings::default(),
    };
    if family == Family::Alb {
        settings.upgraded = actions::upgraded(object, &annotations);
    }
    let secured = tls::of(object, traffic.context);
    let one = One { object, family, settings, annotations, secured, regex_hosts: regex_hosts.clone() };
    let (before, taken) = (traffic.count(), traffic.taken.len());
    one.rules(traffic);
    one.default_backend(traffic);
    traffic.faces(one.settings.internal, object.root(), &before);
    one.secured.settle(&one.settings, &traffic.hosts_since(taken).collect::<Vec<_>>());
    one.annotations.settle(&one.family);
}

impl<'c> One<'c> {
    fn rules(&self, traffic: &mut Traffic<'_, 'c>) {
        for rule in self.object.at("spec").into_iter().flat_map(|spec| spec.list("rules")) {
            let Some(hosts) = self.hosts(rule) else { continue };
            for path in rule.get("http").into_iter().flat_map(|http| http.list("paths")) {
                for host in &hosts {
                    self.path(path, host.clone(), traffic);
                }
            }
            for host in hosts.iter().flatten().filter(|_| !self.settings.is_closed()) {
                self.around(host, rule, traffic);
            }
        }
    }

    /// The hosts of a rule; `None` when they are no hosts, which is said.
    fn hosts(&self, rule: Field<'c>) -> Option<Vec<Option<HostName>>> {
        let aliases = self.settings.aliases.iter().cloned().map(Some);
        let Some(field) = rule.get("host").filter(|host| host.written().is_some_and(|text| !text.is_empty())) else {
            return Some(std::iter::once(None).chain(aliases).collect());
        };
        let host = one_label(field, rule)?;
        Some(std::iter::once(Some(host)).chain(aliases).collect())
    }

    fn path(&self, field: Field<'c>, host: Option<HostName>, traffic: &mut Traffic<'_, 'c>) {
        let name = host.as_ref().map(ToString::to_string).unwrap_or_default();
        let regex = self.family == Family::Nginx && self.regex_hosts.contains(&name);
        let manner = path::Manner { family: &self.family, regex, alb_regex: self.settings.alb_regex };
        let Some(route) = path::of(field, host, manner) else { return };
        let Some(backend) = field.get("backend") else {
            field.say(&codes::NO_BACKEND, "it has no backend", "add one");
            return;
        };
        self.lead(route, backend, field, traffic);
    }

    /// Leads a route where its backend says: to a service, to a redirect, to an answer.
    fn lead(&self, route: Route, backend: Field<'c>, field: Field<'c>, traffic: &mut Traffic<'_, 'c>) {
        if self.settings.is_closed() {
            field.say(
                &codes::ROUTE_CONDITION,
                "of the ranges that it lets in none is IPv4, so it has no route",
                "write a route with IPv4 ranges in `sources`",
            );
            return;
        }
        let route = self.furnished(route);
        if let Some(redirect) = &self.settings.redirect {
            backend.touch();
            let route = Route { redirect: Some(redirect.clone()), rewrite: None, ..route };
            self.away(route, field, traffic);
            return;
        }
        if let Some(resource) = backend.get("resource") {
            resource.say(
                &codes::NO_BACKEND,
                "a load balancer leads to a service, not to an object",
                "put the files behind a service or CloudFront",
            );
            return;
        }
        if !self.is_of_version(backend) {
            return;
        }
        let (name, port) = named(backend);
        let Some(name) = name else {
            field.say(&codes::NO_BACKEND, "its backend names no Service", "name one");
            return;
        };
        if self.family == Family::Alb && self.by_annotation(name, port, &route, (backend, field), traffic) {
            return;
        }
        if let Some(canary) = &self.settings.canary {
            self.vary(canary, route, (name, port), field, traffic);
            return;
        }
        match traffic.backend(self.object.namespace(), name, port) {
            Ok(backend) => {
                if let Some(route) = self.conditioned(name, route, field) {
                    self.route_to(backend, route, field, traffic);
                }
            }
            Err(reason) => {
                field.say(&codes::NO_BACKEND, reason, "import the Service and its workload together with the route");
            }
        }
    }

    /// Whether a backend is written as the version of the API has it; else says so.
    fn is_of_version(&self, backend: Field<'c>) -> bool {
        let old = self.object.manifest.api_version.ends_with("beta1");
        let others: &[&str] = if old { &["service"] } else { &["serviceName", "servicePort"] };
        let wrong: Vec<_> = others.iter().filter_map(|key| backend.get(key)).collect();
        for field in &wrong {
            let reason = format!("`{}` has no such field, and kubectl leaves it out", self.object.manifest.api_version);
            let action = if old { "write `serviceName` and `servicePort`" } else { "write `service: { name, port }`" };
            field.say(&general::UNKNOWN_FIELD, reason, action);
        }
        wrong.is_empty()
    }

    /// A route that leads to no service.
    fn away(&self, route: Route, field: Field<'c>, traffic: &mut Traffic<'_, 'c>) {
        if traffic.take(usize::MAX, &route, field) {
            traffic.front.https |= self.is_secured(route.host.as_ref().map(|host| &host.value));
            traffic.front.routes.push(route);
        }
    }

    /// Gives a service a route, and with it what the annotations say of the service.
    fn route_to(&self, backend: Backend, route: Route, field: Field<'c>, traffic: &mut Traffic<'_, 'c>) {
        let secured = self.is_secured(route.host.as_ref().map(|host| &host.value));
        if !traffic.add(backend, route, field) {
            return;
        }
        traffic.front.https |= secured;
        self.serve(backend, traffic);
        if self.family == Family::Alb {
            traffic.by_alb.insert(backend.service);
        }
    }

    /// Whether a host is served by HTTPS.
    fn is_secured(&self, host: Option<&HostName>) -> bool {
        self.settings.https || self.secured.covers(host)
    }

    /// The word for a route of a host: false when plain HTTP serves it too, or alone.
    fn tls(&self, host: Option<&HostName>) -> Option<bool> {
        let upgraded = &self.settings.upgraded;
        let upgraded = upgraded.contains("") || host.is_some_and(|host| upgraded.contains(host.as_str()));
        let plain_too = self.settings.http_too == Some(true) && !upgraded;
        (!self.is_secured(host) || plain_too).then_some(false)
    }

    /// What the annotations say of every route.
    fn furnished(&self, mut route: Route) -> Route {
        route.tls = self.tls(route.host.as_ref().map(|host| &host.value));
        route.sources = self.settings.sources.iter().copied().map(spanned).collect();
        let path = self.settings.rewrite.as_ref();
        let rewrite = path.map(|target| rewrite(target, &route));
        let host = self.settings.host_rewrite.clone().map(spanned);
        if rewrite.is_some() || host.is_some() {
            route.rewrite = Some(Rewrite { host, ..rewrite.unwrap_or_else(Rewrite::fallback) });
        }
        route
    }

    /// What the annotations say of the service behind the routes.
    fn serve(&self, backend: Backend, traffic: &mut Traffic<'_, 'c>) {
        let Some(draft) = traffic.drafts.get_mut(backend.draft) else { return };
        self.settings.furnish(draft);
    }

    /// What belongs to a host besides its paths: a redirect of its root, and of the host with or without `www.`.
    fn around(&self, host: &HostName, field: Field<'c>, traffic: &mut Traffic<'_, 'c>) {
        let tls = self.tls(Some(host));
        if let Some(root) = &self.settings.app_root {
            let redirect =
                Redirect { path: Some(spanned(root.clone())), status: Some(spanned(302)), ..Redirect::fallback() };
            let route = super::route::route(Some(host.clone()), "/", Match::Exact);
            self.away(Route { redirect: Some(redirect), tls, ..route }, field, traffic);
        }
        let text = host.to_string();
        let other = text.strip_prefix("www.").map_or_else(|| format!("www.{text}"), str::to_owned);
        if let (true, Some(other)) = (self.settings.from_to_www, HostName::parse(&other)) {
            let redirect = Redirect { host: Some(spanned(text)), ..Redirect::fallback() };
            let route = super::route::route(Some(other), "/", Match::Prefix);
            self.away(Route { redirect: Some(redirect), tls, ..route }, field, traffic);
        }
    }
}

/// The host of a rule, whose wildcard stands for one label.
fn one_label(field: Field<'_>, lost: Field<'_>) -> Option<HostName> {
    let host = host_name(field, lost)?;
    let text = field.written().filter(|text| text.starts_with("*."));
    if let Some(text) = text {
        let reason = format!("`{text}` matches more than one label before the dot");
        field.say(&codes::WILDCARD_HOST, reason, "nothing must be done unless such a host exists");
    }
    Some(host)
}

/// The host of a field; what is none is said of all that is lost with it.
pub(super) fn host_name(field: Field<'_>, lost: Field<'_>) -> Option<HostName> {
    let text = field.written()?;
    let host = HostName::parse(&text.to_ascii_lowercase());
    if host.is_none() {
        let reason = format!("`{text}` is not a host name");
        lost.say(&codes::ROUTE_CONDITION, reason, "fill in the host before the import");
    }
    host
}

/// The Service and port of a backend, in the fields of v1 or of v1beta1.
fn named(backend: Field<'_>) -> (Option<&str>, Wanted<'_>) {
    let name = backend.at("service.name").or_else(|| backend.get("serviceName")).and_then(Field::text);
    if let Some(port) = backend.at("service.port") {
        let number = port.integer_of("number").map(Wanted::Number);
        return (name, number.or_else(|| port.text_of("name").map(Wanted::Name)).unwrap_or(Wanted::Any));
    }
    let port = backend.get("servicePort");
    let wanted = port.and_then(Field::integer).map(Wanted::Number).or_else(|| {
        let text = port?.text()?;
        Some(text.parse().map_or(Wanted::Name(text), Wanted::Number))
    });
    (name, wanted.unwrap_or(Wanted::Any))
}

/// nginx replaces the whole path by the target; groups are those of the route's expression.
fn rewrite(target: &str, route: &Route) -> Rewrite {
    let regex = route.r#match.as_ref().is_some_and(|kind| kind.value == Match::Regex);
    let whole = || Some(spanned("^[^?]*".to_owned()));
    let (target, own) = match regex {
        true if target.contains('$') => (target.to_owned(), None),
        true => (target.to_owned(), whole()),
        // Without an expression there are no groups, and each stands for nothing.
        false => ((1..=9).fold(target.to_owned(), |target, group| target.replace(&format!("${group}"), "")), whole()),
    };
    Rewrite { path: Some(spanned(target)), regex: own, ..Rewrite::fallback() }
}
