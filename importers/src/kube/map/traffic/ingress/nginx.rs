//! Annotations of ingress-nginx (its user guide, "Annotations").

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::Decode,
    routing::{Redirect, RedirectScheme, Stickiness},
    service::{Protocol, Route},
    values::{Duration, HostName, Scalar},
};

use super::{
    super::{Front, Traffic, service::Wanted},
    One, Settings,
    alb::keep_ranges,
    annotations::Annotations,
};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        object::{Field, Object},
    },
};

const PREFIX: &str = "nginx.ingress.kubernetes.io";

/// Which requests a canary gets.
#[derive(Debug)]
pub(super) enum Canary {
    /// Those with this value of this header.
    Header(String, String),
    /// None.
    Nobody,
    /// A share, or what a load balancer cannot compare: why.
    Share(&'static str),
}

fn key(name: &str) -> String {
    format!("{PREFIX}/{name}")
}

/// Whether an Ingress is a canary of another one.
pub(super) fn is_canary(object: &Object<'_>) -> bool {
    let annotations = object.at("metadata").into_iter().flat_map(|metadata| metadata.map("annotations"));
    annotations.into_iter().any(|(name, field)| name == key("canary") && field.written() == Some("true"))
}

/// Hosts on which nginx compares all paths as expressions: `use-regex` or `rewrite-target` on any Ingress of the host.
pub(super) fn regex_hosts(objects: &[&Object<'_>]) -> BTreeSet<String> {
    let mut hosts = BTreeSet::new();
    for object in objects {
        let annotations = Annotations::of(object);
        if annotations.says(&key("use-regex")) || annotations.any(&key("rewrite-target")) {
            let rules = object.at("spec").into_iter().flat_map(|spec| spec.list("rules"));
            hosts.extend(rules.map(|rule| rule.text_of("host").unwrap_or_default().to_ascii_lowercase()));
        }
    }
    hosts
}

/// What the annotations say of the routes.
pub(super) fn settings(annotations: &Annotations<'_>, front: &mut Front) -> Settings {
    let mut settings = Settings::default();
    secure(annotations, &mut settings);
    rewrites(annotations, &mut settings);
    redirects(annotations, &mut settings);
    sources(annotations, &mut settings);
    affinity(annotations, &mut settings);
    protocol(annotations, &mut settings);
    aliases(annotations, &mut settings);
    timeouts(annotations, front);
    settings.canary = canary(annotations);
    settings
}

fn secure(annotations: &Annotations<'_>, settings: &mut Settings) {
    if let Some(text) = annotations.mapped(&key("ssl-redirect"), "routes") {
        settings.http_too = (text == "false").then_some(true);
    }
    if annotations.mapped(&key("force-ssl-redirect"), "routes") == Some("true") {
        settings.https = true;
        settings.http_too = None;
    }
}

fn rewrites(annotations: &Annotations<'_>, settings: &mut Settings) {
    annotations.mapped(&key("use-regex"), "routes");
    settings.rewrite =
        annotations.mapped(&key("rewrite-target"), "routes").filter(|text| !text.is_empty()).map(str::to_owned);
    settings.app_root = annotations.mapped(&key("app-root"), "/load_balancer.routes").map(str::to_owned);
    settings.from_to_www = annotations.mapped(&key("from-to-www-redirect"), "/load_balancer.routes") == Some("true");
    let Some(field) = annotations.take(&key("upstream-vhost")) else { return };
    match field.written().filter(|text| HostName::parse(text).is_some()) {
        Some(host) => {
            field.mapped_to("routes");
            settings.host_rewrite = Some(host.to_owned());
        }
        None => {
            field.say(
                &codes::ANNOTATION,
                "a variable of nginx stands for the host",
                "write the host to `rewrite.host`",
            );
        }
    }
}

fn redirects(annotations: &Annotations<'_>, settings: &mut Settings) {
    for (name, status) in [("temporal-redirect", 302), ("permanent-redirect", 301)] {
        let Some(field) = annotations.take(&key(name)) else { continue };
        match field.written().and_then(|url| to_url(url, status)) {
            Some(redirect) => {
                field.mapped_to("/load_balancer.routes");
                settings.redirect = Some(redirect);
            }
            None => field.say(
                &codes::ANNOTATION,
                "it is no URL that a load balancer can redirect to",
                "write the redirect to `load_balancer.routes` yourself",
            ),
        }
    }
    for (name, usual) in [("permanent-redirect-code", "301"), ("temporal-redirect-code", "302")] {
        let Some(field) = annotations.take(&key(name)) else { continue };
        match field.written() {
            Some(code) if code.trim() != usual => {
                let reason = format!("a load balancer redirects with {usual} instead of {code}");
                field.say(&codes::REDIRECT_CODE, reason, "check that nobody sends a POST to the old address");
            }
            _ => field.mapped_to("/load_balancer.routes"),
        }
    }
}

/// A redirect to a URL, as far as a load balancer takes its parts.
pub(super) fn to_url(url: &str, status: u16) -> Option<Redirect> {
    let (scheme, rest) = match url.trim() {
        url if url.starts_with("https://") => (Some(RedirectScheme::Https), url.strip_prefix("https://")?),
        url if url.starts_with("http://") => (None, url.strip_prefix("http://")?),
        url if url.starts_with('/') => (None, url),
        _ => return None,
    };
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let (host, path) = place.find('/').map_or((place, "/"), |slash| place.split_at(slash));
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    if url.contains(['$', '#']) || (!host.is_empty() && HostName::parse(host).is_none()) {
        return None;
    }
    let port = port.map(|port| port.parse::<u16>().ok().map(spanned));
    Some(Redirect {
        scheme,
        host: (!host.is_empty()).then(|| spanned(host.to_owned())),
        port: port.unwrap_or_default(),
        path: Some(spanned(path.to_owned())),
        query: query.map(|query| spanned(query.to_owned())),
        status: (status != 301).then(|| spanned(status)),
        ..Redirect::fallback()
    })
}

fn sources(annotations: &Annotations<'_>, settings: &mut Settings) {
    for name in ["whitelist-source-range", "allowlist-source-range"] {
        let Some(field) = annotations.take(&key(name)) else { continue };
        keep_ranges(field, settings);
    }
    for name in ["denylist-source-range", "blacklist-source-range"] {
        let field = annotations.take(&key(name));
        field.iter().for_each(|field| {
            field.say(
                &codes::ANNOTATION,
                "a route lets ranges in, and keeps none out",
                "put an AWS WAF web ACL in front: `load_balancer.web_acl`",
            );
        });
    }
}

fn affinity(annotations: &Annotations<'_>, settings: &mut Settings) {
    let say = |field: Field<'_>, reason: &str| field.say(&codes::AFFINITY, reason, "nothing must be done for browsers");
    let seconds = ["session-cookie-max-age", "session-cookie-expires"].into_iter().filter_map(|name| {
        let field = annotations.take(&key(name))?;
        field.mapped_to("stickiness.duration");
        field.written()?.trim().parse::<u32>().ok()
    });
    let seconds = seconds.max().map(|seconds| spanned(Duration(seconds.clamp(1, 604_800))));
    if let Some(field) = annotations.take(&key("affinity")) {
        match field.written() {
            Some("cookie") => {
                field.mapped_to("stickiness");
                settings.stickiness = Some(Stickiness { duration: seconds, ..Stickiness::fallback() });
            }
            _ => field.say(&codes::ANNOTATION, "nginx knows `cookie` alone", "correct it"),
        }
    }
    for name in [
        "session-cookie-name",
        "session-cookie-path",
        "session-cookie-samesite",
        "session-cookie-secure",
        "session-cookie-domain",
        "session-cookie-hash",
        "session-cookie-change-on-failure",
        "session-cookie-conditional-samesite-none",
        "affinity-mode",
    ] {
        if let Some(field) = annotations.take(&key(name)) {
            say(field, "the load balancer chooses name, path and flags of its cookie itself");
        }
    }
}

fn protocol(annotations: &Annotations<'_>, settings: &mut Settings) {
    let Some(field) = annotations.take(&key("backend-protocol")) else { return };
    settings.protocol = match field.written().map(|text| text.trim().to_ascii_uppercase()).as_deref() {
        Some("HTTP" | "AUTO_HTTP") => Some(Protocol::Http),
        Some("HTTPS") => Some(Protocol::Https),
        Some("GRPC") => Some(Protocol::Grpc),
        _ => None,
    };
    match settings.protocol {
        Some(_) => field.mapped_to("protocol"),
        None => field.say(
            &codes::ANNOTATION,
            "a load balancer speaks HTTP, HTTPS, HTTP/2 or gRPC without TLS to a service",
            "let the service speak one of them",
        ),
    }
}

fn aliases(annotations: &Annotations<'_>, settings: &mut Settings) {
    let Some(field) = annotations.take(&key("server-alias")) else { return };
    let texts: Vec<_> = field.written().unwrap_or_default().split([',', ' ']).filter(|text| !text.is_empty()).collect();
    settings.aliases = texts.iter().filter_map(|text| HostName::parse(text)).collect();
    if settings.aliases.len() == texts.len() {
        field.mapped_to("routes");
    } else {
        field.say(&codes::ANNOTATION, "an expression stands for hosts", "write a route for each host");
    }
}

fn timeouts(annotations: &Annotations<'_>, front: &mut Front) {
    for name in ["proxy-read-timeout", "proxy-send-timeout"] {
        let Some(field) = annotations.take(&key(name)) else { continue };
        let seconds = field.written().and_then(|text| text.trim().trim_end_matches('s').parse::<u32>().ok());
        match seconds {
            Some(seconds) => {
                front.idle_for(seconds);
                field.say(
                    &codes::TIMEOUT,
                    "the load balancer has one idle timeout for all routes, and gets the longest",
                    "set `load_balancer.idle_timeout` yourself when that is too long",
                );
            }
            None => field.say(&codes::ANNOTATION, "it is no number of seconds", "set `load_balancer.idle_timeout`"),
        }
    }
}

fn canary(annotations: &Annotations<'_>) -> Option<Canary> {
    if annotations.mapped(&key("canary"), "routes") != Some("true") {
        return None;
    }
    let header = annotations.mapped(&key("canary-by-header"), "routes");
    let value = annotations.mapped(&key("canary-by-header-value"), "routes");
    let weight = annotations.take(&key("canary-weight"));
    let share = weight.and_then(Field::written).and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(0);
    let split = |field: Field<'_>, reason: &str| {
        field.say(&codes::SPLIT, reason, "import the main service, and roll the next version out as a canary");
    };
    for name in ["canary-by-header-pattern", "canary-by-cookie"] {
        let field = annotations.take(&key(name));
        field.iter().for_each(|field| split(*field, "a load balancer cannot compare it"));
    }
    annotations
        .take(&key("canary-weight-total"))
        .iter()
        .for_each(|field| split(*field, "a route of Skiff has no weights"));
    if let Some(field) = weight {
        if share == 0 { field.mapped_to("routes") } else { split(field, "a route of Skiff has no weights") }
    }
    Some(match header {
        Some(header) => Canary::Header(header.to_owned(), value.unwrap_or("always").to_owned()),
        None if share > 0 => Canary::Share("it shares the requests of another Ingress by weight"),
        None if annotations.any(&key("canary-by-cookie")) => Canary::Share("it takes the requests with a cookie"),
        None => Canary::Nobody,
    })
}

impl<'c> One<'c> {
    /// The route of a canary: that of its main Ingress, with the header that tells its requests.
    pub(super) fn vary(
        &self,
        canary: &Canary,
        route: Route,
        (name, port): (&'c str, Wanted<'c>),
        field: Field<'c>,
        traffic: &mut Traffic<'_, 'c>,
    ) {
        let main = main_route(&route, traffic);
        let (header, value) = match (canary, &main) {
            (_, None) => {
                field.say(
                    &codes::NO_BACKEND,
                    "it is a canary, and its main Ingress is not there",
                    "import both together",
                );
                return;
            }
            (Canary::Nobody, _) => {
                field.ignore("the canary gets no requests");
                return;
            }
            (Canary::Share(reason), _) => {
                field.say(&codes::SPLIT, *reason, "import the main service, and roll the next version out as a canary");
                return;
            }
            (Canary::Header(header, value), _) => (header, value),
        };
        match traffic.backend(self.object.namespace(), name, port) {
            Ok(backend) => {
                let mut route = main.unwrap_or(route);
                route.headers.insert(header.clone(), vec![spanned(value.clone())]);
                self.route_to(backend, route, field, traffic);
            }
            Err(reason) => {
                field.say(&codes::NO_BACKEND, reason, "import the Service and its workload together with the route");
            }
        }
    }
}

/// The route of a service for the same host and path.
fn main_route(of: &Route, traffic: &Traffic<'_, '_>) -> Option<Route> {
    let same = |route: &&Route| {
        route.host == of.host && route.path == of.path && route.r#match == of.r#match && route.headers.is_empty()
    };
    traffic.drafts.iter().flat_map(|draft| &draft.service.routes).find(same).cloned()
}
