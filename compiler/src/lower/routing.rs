//! How requests reach a service: a target group for each slot, a rule for each route, a group for the old way.

use std::collections::BTreeMap;

use skiff_wire::{Input, InputKind, Route as RouteDocument};

use super::{Lowering, compute::SlotHandles, names, service::Parts};
use crate::{
    ir::{
        Endpoint, Expr, Flow, Handle, Origin,
        load_balancing::{
            Action, Attribute, Listener, ListenerRule, Matcher, Number, PathValues, RuleCondition, TargetGroup, Values,
            WeightedTargetGroup,
        },
    },
    resolve::{RUNNER_HEALTH_PORT, ResolvedRoute},
    spec::service::{Kind, Match, Protocol},
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
            target_group_attributes: target_attributes(parts.service.stop.drain_seconds),
            target_type: "instance",
            unhealthy_threshold_count: None,
            vpc_id: self.vpc(),
        };
        let id = parts.id(format_args!("target_group.{letter}"));
        let group = self.ir.add(&parts.owner, id, &parts.field("port"), body);
        self.ir.accept("CKV_AWS_378", TLS_ENDS_HERE);
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
            target_group_attributes: target_attributes(parts.service.stop.drain_seconds),
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

    pub(super) fn routes(
        &mut self,
        parts: &Parts<'_>,
        slots: &[SlotHandles],
        legacy: Option<&Handle<TargetGroup>>,
    ) -> Vec<RouteDocument> {
        let Some(balancer) = self.shared.balancer.clone() else { return Vec::new() };
        let mut slugs = Slugs::default();
        let mut documents = Vec::new();
        for (index, route) in parts.service.routes.iter().enumerate() {
            let origin = Origin::new(format!("{}.routes[{index}]", parts.origin.path), route.span);
            let slug = slugs.of(route);
            let secure = balancer.https.as_ref().filter(|_| route.tls);
            let plain = (!route.tls).then_some(&balancer.http);
            let both = (!route.tls).then_some(balancer.https.as_ref()).flatten();
            let listeners = [
                ("", secure.or(plain)),
                ("-https", both.filter(|_| plain.is_some())),
                ("-test", balancer.test.as_ref()),
            ];
            for (suffix, listener) in listeners.into_iter().filter_map(|(suffix, listener)| Some((suffix, listener?))) {
                let rule = self.rule(parts, (route, listener, slots), legacy, (&format!("{slug}{suffix}"), &origin));
                if suffix != "-test" {
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

    fn rule(
        &mut self,
        parts: &Parts<'_>,
        (route, listener, slots): (&ResolvedRoute, &Handle<Listener>, &[SlotHandles]),
        legacy: Option<&Handle<TargetGroup>>,
        (slug, origin): (&str, &Origin),
    ) -> Handle<ListenerRule> {
        let live = u16::from(legacy.is_none());
        let weights = [live * 100, 0];
        let groups = slots.iter().filter_map(|slot| slot.target_group.as_ref()).zip(weights);
        let mut targets: Vec<_> =
            groups.map(|(group, weight)| WeightedTargetGroup { target_group_arn: group.arn(), weight }).collect();
        if let Some(legacy) = legacy {
            targets.insert(0, WeightedTargetGroup { target_group_arn: legacy.arn(), weight: 100 });
        }
        let body = ListenerRule {
            actions: vec![Action::forward(targets)],
            conditions: conditions(route),
            listener_arn: listener.arn(),
            priority: self.priority(parts, route),
        };
        self.ir.add(&parts.owner, parts.id(format_args!("listener_rule.{slug}")), origin, body)
    }

    /// The locked priority, or an input.
    fn priority(&mut self, parts: &Parts<'_>, route: &ResolvedRoute) -> Number {
        if let Some(priority) = self.lock.priority(self.resolved.environment.as_str(), &route.key) {
            return Number::Known(priority);
        }
        let name = format!("priority_{}_{}", parts.name().replace('-', "_"), names::hash(&route.key));
        let description = format!("The priority of the listener rule of `{}`", route.key);
        let locked_by = ["skiff", "lock"].map(str::to_owned).to_vec();
        let input = Input { kind: InputKind::RulePriority, description, lookup: None, locked_by };
        self.ir.inputs.insert(name.clone(), input);
        Number::Input(Expr::Input(name.into()))
    }
}

fn target_attributes(drain_seconds: u32) -> Vec<Attribute> {
    vec![
        Attribute::new("deregistration_delay.timeout_seconds", drain_seconds.to_string()),
        Attribute::new("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
    ]
}

/// Elastic Load Balancing compares a prefix element by element only when told so: `/api` and `/api/*`, never `/api*`.
fn conditions(route: &ResolvedRoute) -> Vec<RuleCondition> {
    let host = route.host.as_ref().map(|host| RuleCondition {
        field: "host-header",
        host_header_config: Some(Values { values: vec![host.clone()] }),
        path_pattern_config: None,
    });
    let path = PathValues { regex_values: None, values: None };
    let everything = route.kind == Match::Prefix && route.path.trim_end_matches('/').is_empty();
    let path = match route.kind {
        Match::Prefix if everything && host.is_some() => None,
        Match::Prefix if everything => Some(PathValues { values: Some(vec!["/*".into()]), ..path }),
        Match::Prefix => {
            let base = route.path.trim_end_matches('/');
            Some(PathValues { values: Some(vec![base.to_owned(), format!("{base}/*")]), ..path })
        }
        Match::Exact => Some(PathValues { values: Some(vec![route.path.clone()]), ..path }),
        Match::Regex => Some(PathValues { regex_values: Some(vec![route.path.clone()]), ..path }),
    };
    let path = path.map(|values| RuleCondition {
        field: "path-pattern",
        host_header_config: None,
        path_pattern_config: Some(values),
    });
    host.into_iter().chain(path).collect()
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
        let plain = !slug.is_empty() && !wildcard && route.kind != Match::Regex;
        let slug = match slug.is_empty() {
            true => "all".to_owned(),
            false if plain => slug,
            false => format!("{slug}-{}", names::hash(&route.key)),
        };
        if self.taken.insert(slug.clone(), ()).is_none() {
            return slug;
        }
        format!("{slug}-{}", names::hash(&route.key))
    }
}
