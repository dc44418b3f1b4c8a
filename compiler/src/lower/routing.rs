//! How requests reach a service: a target group for each slot, a rule for each route, a group for the old way.

use std::collections::BTreeMap;

use skiff_wire::{Input, InputKind, Route as RouteDocument};

use super::{Balancer, Lowering, compute::SlotHandles, names, service::Parts};
use crate::{
    ir::{
        Endpoint, Expr, Flow, Handle, Id, Origin, Owner,
        load_balancing::{
            Action, Attribute, Listener, ListenerRule, Matcher, Number, RuleCondition, TargetGroup, WeightedTargetGroup,
        },
    },
    resolve::{Handling, OF_LOAD_BALANCER, RUNNER_HEALTH_PORT, ResolvedRoute, ResolvedService},
    spec::{
        routing::Stickiness,
        service::{Kind, Match, Protocol},
    },
};

const TLS_ENDS_HERE: &str = "TLS ends at the load balancer; behind it a security group lets only the load balancer in.";

impl Lowering<'_> {
    /// The target group of a slot: checks the runner, never the application directly (`aws-rules` 4).
    pub(super) fn target_group(&mut self, parts: &Parts<'_>, letter: &str) -> Option<Handle<TargetGroup>> {
        if parts.service.kind != Kind::Web {
            return None;
        }
        let protocol = parts.service.spec.protocol.as_ref().map_or(Protocol::Http, |protocol| protocol.value);
        let body = TargetGroup {
            health_check_enabled: true,
            health_check_interval_seconds: None,
            health_check_path: "/healthz".into(),
            health_check_port: RUNNER_HEALTH_PORT.to_string(),
            health_check_protocol: "HTTP",
            health_check_timeout_seconds: None,
            healthy_threshold_count: None,
            matcher: Matcher { http_code: "200" },
            name: self.name(&[&parts.service.identity, letter]),
            port: parts.service.ports.get("main").copied().unwrap_or(80),
            protocol: if protocol == Protocol::Https { "HTTPS".into() } else { "HTTP".into() },
            protocol_version: match protocol {
                Protocol::Http | Protocol::Https => "HTTP1",
                // The runner's health endpoint speaks HTTP/1.1 and HTTP/2; a gRPC check would need a gRPC endpoint.
                Protocol::Http2 | Protocol::Grpc => "HTTP2",
            },
            target_group_attributes: target_attributes(parts.service),
            target_type: "instance",
            unhealthy_threshold_count: None,
            vpc_id: self.vpc(),
        };
        let id = parts.id(format_args!("target_group.{letter}"));
        let group = self.ir.add(&parts.owner, id, &parts.field("port"), body);
        if protocol != Protocol::Https {
            self.ir.accept("CKV_AWS_378", TLS_ENDS_HERE);
        }
        Some(group)
    }

    /// The group of the old way of serving: its targets are addresses that somebody else registers (`aws-rules` 9).
    pub(super) fn legacy_group(&mut self, parts: &Parts<'_>) -> Option<Handle<TargetGroup>> {
        let source = &parts.service.spec.cutover.as_ref()?.from;
        let port = source.port.as_ref()?.value;
        let body = TargetGroup {
            health_check_enabled: true,
            health_check_interval_seconds: None,
            health_check_path: source.health.clone().unwrap_or_else(|| "/".into()),
            health_check_port: "traffic-port".into(),
            health_check_protocol: "HTTP",
            health_check_timeout_seconds: None,
            healthy_threshold_count: None,
            matcher: Matcher { http_code: "200-399" },
            name: self.name(&[&parts.service.identity, "legacy"]),
            port,
            protocol: "HTTP".into(),
            protocol_version: "HTTP1",
            target_group_attributes: target_attributes(parts.service),
            target_type: "ip",
            unhealthy_threshold_count: None,
            vpc_id: self.vpc(),
        };
        let origin = Origin::new(format!("{}.cutover.from", parts.origin.path), source.at.whole);
        let group = self.ir.add(&parts.owner, parts.id(format_args!("target_group.legacy")), &origin, body);
        self.ir.accept("CKV_AWS_378", TLS_ENDS_HERE);
        if let Some(balancer) = self.shared.balancer.clone() {
            for range in self.shared.vpc_range.clone() {
                self.flow(Flow {
                    from: Endpoint::Group(balancer.group.clone()),
                    to: Endpoint::Range(Expr::text(range)),
                    port,
                    reason: format!("Requests to what serves {} until the cutover", parts.service.name),
                    owner: parts.owner.clone(),
                    origin: origin.clone(),
                });
            }
        }
        Some(group)
    }

    /// The rules of a service, and what the runtime must know of those whose weights it moves.
    pub(super) fn routes(
        &mut self,
        parts: &Parts<'_>,
        slots: &[SlotHandles],
        legacy: Option<&Handle<TargetGroup>>,
    ) -> Vec<RouteDocument> {
        let Some(balancer) = self.shared.balancer.clone() else { return Vec::new() };
        let place = Place { owner: &parts.owner, name: parts.name() };
        let mut slugs = Slugs::default();
        let mut documents = Vec::new();
        for (index, route) in parts.service.routes.iter().enumerate() {
            let origin = Origin::new(format!("{}.routes[{index}]", parts.origin.path), route.span);
            let slug = slugs.of(route);
            for (suffix, listener) in listeners(&balancer, route) {
                let id = parts.id(format_args!("listener_rule.{slug}{suffix}"));
                let action = action(route, || targets(slots, legacy));
                let rule = self.rule(place, (route, listener, action), id, &origin);
                if suffix != "-test" && route.forwards() {
                    documents.push(RouteDocument {
                        listener_rule: rule.id().to_string(),
                        host: route.host.clone(),
                        path: route.path.clone(),
                        match_kind: route.kind.word().into(),
                    });
                }
            }
        }
        documents
    }

    /// The rules of routes that lead to no service.
    pub(super) fn own_routes(&mut self) {
        let Some(balancer) = self.shared.balancer.clone() else { return };
        let resolved = self.resolved;
        let place = Place { owner: &Owner::Environment, name: OF_LOAD_BALANCER };
        let mut slugs = Slugs::default();
        for (index, route) in resolved.own_routes.iter().enumerate() {
            let origin = Origin::new(format!("load_balancer.routes[{index}]"), route.span);
            let slug = slugs.of(route);
            for (suffix, listener) in listeners(&balancer, route) {
                let id = format!("environment.listener_rule.{slug}{suffix}");
                self.rule(place, (route, listener, action(route, Vec::new)), id, &origin);
            }
        }
    }

    fn rule(
        &mut self,
        place: Place<'_>,
        (route, listener, action): (&ResolvedRoute, &Handle<Listener>, Action),
        id: impl Into<Id>,
        origin: &Origin,
    ) -> Handle<ListenerRule> {
        let transforms = match &route.handling {
            Handling::Forward(transforms) if !transforms.is_empty() => Some(transforms.clone()),
            _ => None,
        };
        let body = ListenerRule {
            actions: vec![action],
            conditions: conditions(route),
            listener_arn: listener.arn(),
            priority: self.priority(place.name, route),
            transforms,
        };
        self.ir.add(place.owner, id, origin, body)
    }

    /// The locked priority, or an input.
    fn priority(&mut self, owner: &str, route: &ResolvedRoute) -> Number {
        if let Some(priority) = self.lock.priority(self.resolved.environment.as_str(), &route.key) {
            return Number::Known(priority);
        }
        let name = format!("priority_{}_{}", owner.replace('-', "_"), names::hash(&route.key));
        let description = format!("The priority of the listener rule of `{}`", route.key);
        let locked_by = ["skiff", "lock"].map(str::to_owned).to_vec();
        let input = Input { kind: InputKind::RulePriority, description, lookup: None, locked_by };
        self.ir.inputs.insert(name.clone(), input);
        Number::Input(Expr::Input(name.into()))
    }
}

/// Whose rules are made.
#[derive(Clone, Copy)]
struct Place<'place> {
    owner: &'place Owner,
    name: &'place str,
}

/// The listeners that serve a route, each with what it adds to the name of the rule.
fn listeners<'balancer>(
    balancer: &'balancer Balancer,
    route: &ResolvedRoute,
) -> impl Iterator<Item = (&'static str, &'balancer Handle<Listener>)> {
    let secure = balancer.https.as_ref().filter(|_| route.tls);
    let plain = (!route.tls).then_some(&balancer.http);
    let both = (!route.tls).then_some(balancer.https.as_ref()).flatten();
    let all = [("", secure.or(plain)), ("-https", both), ("-test", balancer.test.as_ref())];
    all.into_iter().filter_map(|(suffix, listener)| Some((suffix, listener?)))
}

fn action(route: &ResolvedRoute, targets: impl FnOnce() -> Vec<WeightedTargetGroup>) -> Action {
    match &route.handling {
        Handling::Forward(_) => Action::forward(targets()),
        Handling::Redirect(redirect) => Action::redirect(redirect.clone()),
        Handling::Respond(response) => Action::fixed_response(response.clone()),
    }
}

/// What a new rule forwards to: the old way when there is one, else the first slot.
fn targets(slots: &[SlotHandles], legacy: Option<&Handle<TargetGroup>>) -> Vec<WeightedTargetGroup> {
    let weights = [u16::from(legacy.is_none()) * 100, 0];
    let weighted =
        |(group, weight): (&Handle<TargetGroup>, u16)| WeightedTargetGroup { target_group_arn: group.arn(), weight };
    let slots = slots.iter().filter_map(|slot| slot.target_group.as_ref()).zip(weights);
    legacy.map(|group| (group, 100)).into_iter().chain(slots).map(weighted).collect()
}

/// The attributes of a service's target groups, those of the old way among them: its clients stay with their members too.
fn target_attributes(service: &ResolvedService) -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::new("deregistration_delay.timeout_seconds", service.stop.drain_seconds.to_string()),
        Attribute::new("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    ];
    if let Some(slow_start) = &service.spec.slow_start {
        attributes.push(Attribute::new("slow_start.duration_seconds", slow_start.0.to_string()));
    }
    if let Some(stickiness) = &service.spec.stickiness {
        attributes.extend(stickiness_attributes(stickiness));
    }
    attributes
}

fn stickiness_attributes(written: &Stickiness) -> Vec<Attribute> {
    let seconds = written.duration.as_ref().map_or(86_400, |duration| duration.0).to_string();
    let (kind, mut attributes) = match &written.cookie {
        Some(cookie) => (
            "app_cookie",
            vec![
                Attribute::new("stickiness.app_cookie.cookie_name", cookie.value.as_str()),
                Attribute::new("stickiness.app_cookie.duration_seconds", seconds),
            ],
        ),
        None => ("lb_cookie", vec![Attribute::new("stickiness.lb_cookie.duration_seconds", seconds)]),
    };
    attributes.extend([Attribute::new("stickiness.enabled", "true"), Attribute::new("stickiness.type", kind)]);
    attributes.sort_by_key(|attribute| attribute.key);
    attributes
}

/// Each header and each parameter is a condition of its own: all must hold, the values of one are alternatives.
fn conditions(route: &ResolvedRoute) -> Vec<RuleCondition> {
    let written = |values: &Vec<String>| (!values.is_empty()).then(|| values.clone());
    let besides = &route.conditions;
    let host = route.host.iter().map(|host| RuleCondition::hosts(vec![host.clone()]));
    let path = route.paths().into_iter().map(RuleCondition::paths);
    let methods = written(&besides.methods).into_iter().map(RuleCondition::methods);
    let headers = besides.headers.iter().map(|(name, values)| RuleCondition::header(name.clone(), values.clone()));
    let query = besides.query.iter().map(|(name, value)| RuleCondition::parameter(name.clone(), value.clone()));
    let sources = written(&besides.sources).into_iter().map(RuleCondition::sources);
    host.chain(path).chain(methods).chain(headers).chain(query).chain(sources).collect()
}

/// Names of routes within a service, by what they match, so that another order changes nothing.
#[derive(Default)]
struct Slugs {
    taken: BTreeMap<String, ()>,
}

impl Slugs {
    fn of(&mut self, route: &ResolvedRoute) -> String {
        let kind = if route.kind == Match::Prefix { "" } else { route.kind.word() };
        let text = format!("{} {} {kind}", route.host.as_deref().unwrap_or_default(), route.path);
        let slug = names::slug(&text);
        let wildcard = route.host.as_deref().is_some_and(|host| host.starts_with('*'));
        let plain = !wildcard && route.kind != Match::Regex && route.conditions.is_empty();
        let slug = match (slug.is_empty(), route.conditions.is_empty()) {
            (true, true) => "all".to_owned(),
            (true, false) => format!("all-{}", names::hash(&route.key)),
            (false, _) if plain => slug,
            (false, _) => format!("{slug}-{}", names::hash(&route.key)),
        };
        if self.taken.insert(slug.clone(), ()).is_none() {
            return slug;
        }
        format!("{slug}-{}", names::hash(&route.key))
    }
}
