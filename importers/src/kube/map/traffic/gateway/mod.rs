//! The Gateway API: listeners of Gateways, and the HTTPRoutes and GRPCRoutes that attach to them.

mod filters;
mod listeners;
mod matches;

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    routing::Stickiness,
    service::{Protocol, Route},
    values::HostName,
};

use super::{Traffic, identify, route::Backend, service::Wanted};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        object::{Field, Object},
    },
};
use filters::Filtered;
use listeners::{Listener, Served};

/// Gives services the routes of all HTTPRoutes and GRPCRoutes.
pub(super) fn join(traffic: &mut Traffic<'_, '_>) {
    let listeners = listeners::of(traffic);
    for kind in ["HTTPRoute", "GRPCRoute"] {
        let objects: Vec<_> = traffic.objects(kind).collect();
        for object in objects {
            identify(object);
            one(traffic, object, &listeners);
        }
    }
    listeners::settle(&listeners);
    grants(traffic);
}

fn one<'c>(traffic: &mut Traffic<'_, 'c>, object: &'c Object<'c>, listeners: &[Listener<'c>]) {
    let Some(spec) = object.at("spec") else { return };
    let hosts = listeners::hosts(spec, object, listeners, traffic.context);
    if hosts.is_empty() {
        return;
    }
    let before = traffic.count();
    let secured = listeners.iter().any(Listener::is_secure) || hosts.values().any(Served::secured);
    let secured = secured || traffic.front.https;
    let mut leads = false;
    for rule in spec.list("rules") {
        leads |= self::rule(traffic, object, rule, (&hosts, secured));
    }
    traffic.faces(false, object.root(), &before);
    if leads {
        hosts.values().for_each(|served| served.by.iter().for_each(|listener| listener.used.set(true)));
    } else {
        let names = spec.get("hostnames").into_iter().chain(spec.get("parentRefs"));
        names.for_each(|field| field.ignore("none of the rules makes a route"));
    }
}

/// Hosts with whether plain HTTP is served and HTTPS.
type Hosts<'l> = BTreeMap<Option<HostName>, Served<'l>>;

/// Gives a rule its routes; whether it leads anywhere. Of one that does not is said that all of it is lost.
fn rule<'c>(
    traffic: &mut Traffic<'_, 'c>,
    object: &'c Object<'c>,
    rule: Field<'c>,
    (hosts, secured): (&Hosts<'_>, bool),
) -> bool {
    let matches: Vec<_> = rule.list("matches").collect();
    let grpc = object.kind() == "GRPCRoute";
    let mut routes = Vec::new();
    for field in &matches {
        routes.extend(matches::of(*field, grpc).map(|route| (route, *field)));
    }
    if matches.is_empty() {
        routes.push((matches::whole(), rule));
    }
    if routes.is_empty() {
        rule.ignore("none of its matches has a route, which is reported there");
        return false;
    }
    let filtered = filters::of(rule);
    if filtered.is_upgrade() {
        if !secured {
            let reason = "nothing is served by HTTPS, so the redirect leads nowhere";
            rule.say(&codes::ROUTE_FILTER, reason, "import the HTTPS listener and its routes together with it");
            return false;
        }
        let matches = rule.get("matches").into_iter();
        matches.for_each(|field| field.ignore("where there is a certificate, all of plain HTTP redirects to HTTPS"));
        return false;
    }
    let backend = if filtered.redirect.is_some() { Ok(None) } else { backend(traffic, object, rule).map(Some) };
    let backend = match backend {
        Ok(backend) => backend,
        Err(reason) => {
            rule.say(&codes::NO_BACKEND, reason, "import the Service and its workload together with the route");
            return false;
        }
    };
    settings(rule, backend, traffic);
    for (route, field) in routes {
        for (host, served) in hosts {
            let route = Route { host: host.clone().map(spanned), tls: served.tls(), ..route.clone() };
            place(route, field, (&filtered, backend, served.secured()), traffic);
        }
    }
    true
}

fn place<'c>(
    route: Route,
    field: Field<'c>,
    (filtered, backend, secured): (&Filtered, Option<Backend>, bool),
    traffic: &mut Traffic<'_, 'c>,
) {
    let Some(mut redirect) = filtered.redirect.clone() else {
        let rewrite = filtered.rewrite(&route);
        if let Some(backend) = backend {
            traffic.front.https |= traffic.add(backend, Route { rewrite, ..route }, field) && secured;
        }
        return;
    };
    match filters::redirected(filtered, &route) {
        Ok(path) => redirect.path = path.map(spanned).or(redirect.path),
        Err(reason) => {
            field.say(&codes::ROUTE_FILTER, reason, "write the redirect to `load_balancer.routes` for each path");
            return;
        }
    }
    let route = Route { redirect: Some(redirect), ..route };
    if traffic.take(usize::MAX, &route, field) {
        traffic.front.https |= secured;
        traffic.front.routes.push(route);
    }
}

/// The backend with the largest share; of the others is said that they get nothing.
///
/// # Errors
/// Why the rule leads to no service.
fn backend<'c>(traffic: &Traffic<'_, 'c>, object: &'c Object<'c>, rule: Field<'c>) -> Result<Backend, String> {
    let refs: Vec<_> = rule.list("backendRefs").map(|field| (field.integer_of("weight").unwrap_or(1), field)).collect();
    let largest = refs.iter().enumerate().max_by_key(|(index, (weight, _))| (*weight, std::cmp::Reverse(*index)));
    let (most, main) = largest.ok_or("it has no backend")?;
    if main.0 == 0 {
        return Err("all of its backends have the weight 0, so nobody answers it".into());
    }
    for (_, (weight, field)) in refs.iter().enumerate().filter(|(index, _)| *index != most) {
        match weight {
            0 => field.ignore("it gets no requests"),
            _ => field.say(
                &codes::SPLIT,
                "a route of Skiff leads to one service, the one with the largest share",
                "import the main service, and roll the next version out as a canary",
            ),
        }
    }
    resolve(traffic, object, main.1)
}

fn resolve<'c>(traffic: &Traffic<'_, 'c>, object: &'c Object<'c>, field: Field<'c>) -> Result<Backend, String> {
    let kind = field.text_of("kind").unwrap_or("Service");
    let group = field.text_of("group").unwrap_or_default();
    let name = field.text_of("name").unwrap_or_default();
    if kind != "Service" || !group.is_empty() {
        return Err(format!("a load balancer does not lead to a `{kind}`"));
    }
    let namespace = field.text_of("namespace").unwrap_or(object.namespace());
    if namespace != object.namespace() && !is_granted(traffic, object, namespace, name) {
        return Err(format!("no ReferenceGrant of `{namespace}` lets a route of `{}` lead there", object.namespace()));
    }
    let port = field.integer_of("port").map_or(Wanted::Any, Wanted::Number);
    let mut backend = traffic.backend(namespace, name, port)?;
    if object.kind() == "GRPCRoute" {
        backend.speaks = Some(Protocol::Grpc);
    }
    Ok(backend)
}

fn is_granted(traffic: &Traffic<'_, '_>, object: &Object<'_>, namespace: &str, name: &str) -> bool {
    traffic.objects("ReferenceGrant").filter(|grant| grant.namespace() == namespace).any(|grant| {
        let Some(spec) = grant.at("spec") else { return false };
        let from = spec.list("from").any(|from| {
            from.text_of("kind") == Some(object.kind()) && from.text_of("namespace") == Some(object.namespace())
        });
        let to = spec
            .list("to")
            .any(|to| to.text_of("kind") == Some("Service") && to.text_of("name").is_none_or(|only| only == name));
        from && to
    })
}

/// A grant is what makes a route across namespaces valid; Skiff's services have no namespaces.
fn grants(traffic: &Traffic<'_, '_>) {
    for grant in traffic.objects("ReferenceGrant") {
        identify(grant);
        grant.root().touch();
    }
}

fn settings<'c>(rule: Field<'c>, backend: Option<Backend>, traffic: &mut Traffic<'_, 'c>) {
    for field in rule.get("timeouts").into_iter().flat_map(Field::entries).map(|(_, field)| field) {
        field.text().and_then(matches::seconds).into_iter().for_each(|seconds| traffic.front.idle_for(seconds));
        field.say(
            &codes::TIMEOUT,
            "the load balancer has one idle timeout for all routes, and gets the longest",
            "let the service give up by itself where a request takes too long",
        );
    }
    let Some(field) = rule.get("sessionPersistence") else { return };
    if field.text_of("type") == Some("Header") {
        field.say(
            &codes::ROUTE_FILTER,
            "a load balancer knows a client by a cookie",
            "keep sessions in a store that all members share",
        );
        return;
    }
    let duration = field.text_of("absoluteTimeout").and_then(matches::seconds);
    field.say(
        &codes::AFFINITY,
        "the load balancer chooses name and flags of its cookie itself",
        "nothing must be done for browsers",
    );
    let Some(draft) = backend.and_then(|backend| traffic.drafts.get_mut(backend.draft)) else { return };
    let duration = duration.map(|seconds| spanned(skiff_compiler::spec::values::Duration(seconds.clamp(1, 604_800))));
    draft.service.stickiness.get_or_insert_with(|| Stickiness { duration, ..Stickiness::fallback() });
}
