//! Routes on their way into a draft: to which service and port they lead, and who has the same requests already.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Kind, Match, Protocol, Route},
    values::{Cidr, HostName, Scalar},
};

use super::{
    Traffic,
    service::{Reached, Wanted},
};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field, read::Place},
};

/// How many values a rule of a load balancer compares (ELBv2 quotas).
const VALUES_PER_RULE: usize = 5;

/// Where a route leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backend {
    /// The draft.
    pub(super) draft: usize,
    /// The Service, by its place among those that lead somewhere.
    pub(super) service: usize,
    /// The port of the pod.
    pub(super) port: u16,
    /// What the Service says that it speaks.
    pub(super) speaks: Option<Protocol>,
}

/// Who has some requests already.
#[derive(Debug)]
pub(super) struct Taken {
    draft: usize,
    host: Option<HostName>,
    /// How many were taken before.
    number: usize,
    file: String,
    place: Place,
}

impl<'c> Traffic<'_, 'c> {
    /// The workload behind a Service's port, for a route.
    ///
    /// # Errors
    /// Why no route can lead there, as a clause.
    pub(super) fn backend(&self, namespace: &str, name: &str, port: Wanted<'_>) -> Result<Backend, String> {
        let named = |service: &Reached<'_>| service.object.namespace() == namespace && service.object.name() == name;
        let index = self.services.iter().position(named);
        let (index, service) = index
            .and_then(|index| Some((index, self.services.get(index)?)))
            .ok_or_else(|| format!("the Service `{name}` of `{namespace}` leads to nothing of the import"))?;
        let port = service.port(port).ok_or_else(|| match port {
            Wanted::Number(number) => format!("the Service `{name}` has no port {number}"),
            Wanted::Name(port) => format!("the Service `{name}` has no port `{port}`"),
            Wanted::Any => format!("the Service `{name}` has no port"),
        })?;
        let target =
            port.target.ok_or_else(|| format!("port {} of the Service `{name}` leads to no TCP port", port.number))?;
        let draft = service.main().ok_or_else(|| format!("the Service `{name}` selects nothing"))?;
        match self.drafts.get(draft).map(|draft| draft.service.kind) {
            Some(Kind::Web | Kind::Worker) => {
                Ok(Backend { draft, service: index, port: target, speaks: port.speaks() })
            }
            Some(kind) => Err(format!("a {} service gets no requests from a load balancer", kind.word())),
            None => Err(format!("the Service `{name}` selects nothing")),
        }
    }

    /// Adds a route, unless the service has another port already or another one has the requests; then that is said of
    /// the field.
    pub(super) fn add(&mut self, backend: Backend, route: Route, field: Field<'c>) -> bool {
        let other = self.served.get(&backend.draft).copied().filter(|served| *served != backend.port);
        if let Some(served) = other {
            let reason = format!(
                "the load balancer reaches port {served} of the service, and this leads to port {}",
                backend.port
            );
            field.say(&codes::SECOND_PORT, reason, "split the workload in two services, each with its own `port`");
            return false;
        }
        let mut route = route;
        if route.sources.iter().any(|range| range.value.is_everything()) {
            route.sources.clear();
        }
        if self.taken.get(&key(&route)).is_some_and(|taken| taken.draft == backend.draft) {
            return true;
        }
        if !self.take(backend.draft, &route, field) {
            return false;
        }
        self.served.insert(backend.draft, backend.port);
        self.routed.entry(backend.draft).or_insert(backend.service);
        let Some(draft) = self.drafts.get_mut(backend.draft) else { return false };
        field.object().belongs_to(draft.name.as_str());
        if let (Some(protocol), None) = (backend.speaks, &draft.service.protocol) {
            draft.service.protocol = Some(spanned(protocol));
        }
        draft.service.routes.extend(divided(route));
        true
    }

    /// The hosts of the routes that were taken after the first `count` ones.
    pub(super) fn hosts_since(&self, count: usize) -> impl Iterator<Item = &HostName> {
        self.taken.values().filter(move |taken| taken.number >= count).filter_map(|taken| taken.host.as_ref())
    }

    /// Whether the requests of a route are free; else says who has them.
    pub(super) fn take(&mut self, draft: usize, route: &Route, field: Field<'c>) -> bool {
        let Some(taken) = self.taken.get(&key(route)) else {
            let taken = Taken {
                draft,
                host: route.host.as_ref().map(|host| host.value.clone()),
                number: self.taken.len(),
                file: field.object().manifest.file.to_string(),
                place: field.place(),
            };
            self.taken.insert(key(route), taken);
            return true;
        };
        if taken.draft != draft {
            let reason = format!("the route at {}:{} has these requests already", taken.file, taken.place.line);
            field.say(&codes::ROUTE_TWICE, reason, "remove one of them, or give it another host or path");
        }
        false
    }
}

/// What tells the requests of two routes apart; a trailing slash of a prefix changes nothing.
fn key(route: &Route) -> String {
    let kind = route.r#match.as_ref().map_or(Match::Prefix, |kind| kind.value);
    let path = route.path.as_ref().map_or("/", |path| path.value.as_str());
    let path = if kind == Match::Prefix { path.trim_end_matches('/') } else { path };
    let host = route.host.as_ref().map(|host| host.value.to_string()).unwrap_or_default();
    let methods: Vec<_> = route.methods.iter().map(|method| method.value.as_str()).collect();
    let headers: Vec<_> = route
        .headers
        .iter()
        .map(|(name, values)| {
            (name.to_lowercase(), values.iter().map(|value| value.value.to_lowercase()).collect::<Vec<_>>())
        })
        .collect();
    let query: Vec<_> = route.query.iter().map(|(name, value)| (name, &value.value)).collect();
    let sources: Vec<_> = route.sources.iter().map(|range| range.value.to_string()).collect();
    format!("{host} {} {path} {methods:?} {headers:?} {query:?} {sources:?}", kind.word())
}

/// A route for a host and a path, in the words that differ from the defaults.
pub(super) fn route(host: Option<HostName>, path: &str, kind: Match) -> Route {
    let whole = kind == Match::Prefix && path == "/";
    Route {
        host: host.map(spanned),
        path: (!whole).then(|| spanned(path.to_owned())),
        r#match: (kind != Match::Prefix).then(|| spanned(kind)),
        ..Route::fallback()
    }
}

/// A path as an expression that matches it and nothing else.
pub(super) fn literal(path: &str) -> String {
    let mut expression = String::with_capacity(path.len());
    for letter in path.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            expression.push('\\');
        }
        expression.push(letter);
    }
    expression
}

/// A path as it is meant, `*` and `?` no wildcards: they need an expression.
pub(super) fn plain(host: Option<HostName>, path: &str, kind: Match) -> Route {
    let path = if path.is_empty() { "/" } else { path };
    if !path.contains(['*', '?']) {
        let kept = if kind == Match::Prefix && path.len() > 1 { path.trim_end_matches('/') } else { path };
        return route(host, if kept.is_empty() { "/" } else { kept }, kind);
    }
    let ends = if kind == Match::Exact { "$" } else { "(/.*)?$" };
    route(host, &format!("^{}{ends}", literal(path.trim_end_matches('/'))), Match::Regex)
}

/// Ranges of a list such as `10.0.0.0/8, 192.168.1.1`, and what of it is no range of IPv4.
pub(super) fn ranges<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<Cidr>, Vec<&'a str>) {
    let (mut ranges, mut others) = (Vec::new(), Vec::new());
    for text in texts.flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty()) {
        let whole = if text.contains('/') { text.to_owned() } else { format!("{text}/32") };
        match Cidr::parse(&whole).or_else(|| masked(&whole)) {
            Some(range) => ranges.push(range),
            None => others.push(text),
        }
    }
    (ranges, others)
}

/// `10.1.2.3/8` as `10.0.0.0/8`, as Kubernetes takes it.
fn masked(text: &str) -> Option<Cidr> {
    let (address, prefix) = text.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    let host = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
    Some(Cidr { address: std::net::Ipv4Addr::from_bits(address.to_bits() & !host), prefix })
}

/// A rule compares five values: a route from more ranges becomes several.
pub(super) fn divided(route: Route) -> Vec<Route> {
    let kind = route.r#match.as_ref().map_or(Match::Prefix, |kind| kind.value);
    let paths = match (&route.path, kind) {
        (None, _) => 0,
        (Some(_), Match::Prefix) => 2,
        (Some(_), _) => 1,
    };
    let headers: usize = route.headers.values().map(Vec::len).sum();
    let fixed = usize::from(route.host.is_some()) + paths + headers + route.query.len() + route.methods.len();
    let room = VALUES_PER_RULE.saturating_sub(fixed).max(1);
    if route.sources.len() <= room {
        return vec![route];
    }
    route.sources.chunks(room).map(|sources| Route { sources: sources.to_vec(), ..route.clone() }).collect()
}
