//! From resources to the load balancer's configuration. Pure: the same documents give the same configuration.
//!
//! One port stands for all listeners of all load balancers. Rules of a listener that only leads to HTTPS, and of a test
//! listener, are left out: the local load balancer has a test listener of its own, with the rules of all. Rules are tried in the order of their priorities; while some have none yet, by how much they
//! ask for: exact hosts, then exact paths, expressions, longer paths, more conditions.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
};

use serde_json::{Map, Value};

use crate::{
    local::{
        balancer::{
            Action, Check, Condition, Configuration, Group, QueryValue, Replacement, Rewrite, Rule, Shadowed, Target,
            Weighted,
        },
        desired::{LegacyFacts, MemberRecord, ScopeDesired, ServiceDesired, Stage},
        link,
    },
    provider::LEGACY,
    state::layout::{Scope, ServiceScope},
};

/// The most time between two checks here: asking a process of this machine costs nothing.
const INTERVAL_MS: u64 = 1_000;

/// What a configuration is made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input<'documents> {
    /// What is wanted of each application and environment, in their order.
    pub(crate) scopes: Vec<&'documents ScopeDesired>,
    /// The members there are.
    pub(crate) members: Vec<&'documents MemberRecord>,
}

/// The configuration that follows from what is wanted and from who is there; its revision is for the caller to give.
pub(crate) fn configuration(input: &Input<'_>) -> Configuration {
    let mut configuration = Configuration::empty();
    for desired in &input.scopes {
        let scope = Scope::new(&desired.app, &desired.environment);
        configuration.rules.extend(rules(&scope, desired));
        configuration.groups.extend(groups(&scope, desired, &input.members));
        configuration.shadows.extend(shadows(&scope, desired, &configuration));
    }
    configuration
}

/// What is beside the traffic of each rule that leads to a service with a shadow.
fn shadows(scope: &Scope, desired: &ScopeDesired, configuration: &Configuration) -> BTreeMap<String, Shadowed> {
    let mut shadows = BTreeMap::new();
    for (name, service) in &desired.services {
        let Some(slot) = &service.shadow.slot else { continue };
        let group = link::group(&scope.service(name), slot);
        let shadowed = Shadowed { group, mirror_percent: service.shadow.mirror_percent };
        let forwards = |rule: &&Rule| matches!(rule.action, Action::Forward { .. });
        let own: BTreeSet<String> = service.facts.rules.iter().map(|rule| link::rule(scope, rule)).collect();
        let rules = configuration.rules.iter().filter(forwards).filter(|rule| own.contains(&rule.name));
        // A slot whose target group is gone from the shape has nothing to lead to.
        let rules = rules.filter(|_| configuration.groups.contains_key(&shadowed.group));
        shadows.extend(rules.map(|rule| (rule.name.clone(), shadowed.clone())));
    }
    shadows
}

/// The rules of one scope, in the order they are tried.
fn rules(scope: &Scope, desired: &ScopeDesired) -> Vec<Rule> {
    let listeners = Listeners::of(desired);
    let mut found: Vec<(&String, &Map<String, Value>)> =
        of_type(desired, "ListenerRule").filter(|(_, properties)| listeners.serve(properties)).collect();
    let priority = |properties: &Map<String, Value>| properties.get("Priority").and_then(Value::as_u64);
    if found.iter().all(|(_, properties)| priority(properties).is_some()) {
        found.sort_by_key(|(key, properties)| (priority(properties), (*key).clone()));
    } else {
        found.sort_by_key(|(key, properties)| (rank(properties), (*key).clone()));
    }
    found.into_iter().filter_map(|(key, properties)| rule(scope, desired, key, properties)).collect()
}

fn of_type<'scope>(
    desired: &'scope ScopeDesired,
    name: &'static str,
) -> impl Iterator<Item = (&'scope String, &'scope Map<String, Value>)> {
    let wanted = format!("AWS::ElasticLoadBalancingV2::{name}");
    let resources = desired.resources.iter().filter(move |(_, resource)| resource.resource_type == wanted);
    resources.map(|(key, resource)| (key, &resource.properties))
}

/// Which listeners stand behind the one port.
struct Listeners {
    serving: Vec<String>,
}

impl Listeners {
    fn of(desired: &ScopeDesired) -> Self {
        let listeners = || of_type(desired, "Listener").filter(|(key, _)| !key.ends_with(".listener.test"));
        let is_https = |properties: &Map<String, Value>| text(properties, "Protocol") == Some("HTTPS");
        let secure = listeners().any(|(_, properties)| is_https(properties));
        // Beside an HTTPS listener the plain one only leads to it.
        let serving = listeners().filter(|(_, properties)| !secure || is_https(properties));
        Self { serving: serving.map(|(key, _)| key.clone()).collect() }
    }

    fn serve(&self, rule: &Map<String, Value>) -> bool {
        rule.get("ListenerArn").and_then(reference).is_some_and(|key| self.serving.iter().any(|one| one == key))
    }
}

/// How much a rule asks for, those that ask for most first.
type Rank = (u8, u8, Reverse<usize>, Reverse<usize>);

fn rank(properties: &Map<String, Value>) -> Rank {
    let conditions = list(properties, "Conditions");
    let field = |name: &str| conditions.iter().find(|one| one.get("Field").and_then(Value::as_str) == Some(name));
    let values = |name: &str, config: &str, values: &str| -> Vec<&str> {
        let found = field(name).and_then(|one| one.get(config)?.get(values)?.as_array());
        found.into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let hosts = values("host-header", "HostHeaderConfig", "Values");
    let host = if hosts.is_empty() { 2 } else { u8::from(hosts.iter().any(|host| host.contains(['*', '?']))) };
    let expressions = values("path-pattern", "PathPatternConfig", "RegexValues");
    let paths = values("path-pattern", "PathPatternConfig", "Values");
    let prefix = paths.is_empty() || paths.iter().any(|path| path.contains(['*', '?']));
    let kind = if !expressions.is_empty() {
        1
    } else if prefix {
        2
    } else {
        0
    };
    let lengths = expressions.iter().chain(&paths).map(|path| path.trim_end_matches("/*").len());
    (host, kind, Reverse(lengths.max().unwrap_or_default()), Reverse(conditions.len()))
}

/// A rule; none when one of its conditions cannot be read, since without it the rule would take more than it is meant for.
fn rule(scope: &Scope, desired: &ScopeDesired, key: &str, properties: &Map<String, Value>) -> Option<Rule> {
    let conditions = list(properties, "Conditions").iter().map(|one| one.as_object().and_then(condition));
    let conditions = conditions.collect::<Option<Vec<_>>>()?;
    let actions = list(properties, "Actions");
    let action = actions.iter().filter_map(Value::as_object).find_map(|one| action(scope, desired, one));
    Some(Rule {
        name: link::rule(scope, key),
        conditions,
        action: action.unwrap_or_else(nobody),
        rewrite: rewrite(list(properties, "Transforms")),
    })
}

/// What a rule gives whose targets are nobody.
fn nobody() -> Action {
    let body = "no service is behind this rule".to_owned();
    Action::Respond { status: 503, content_type: Some("text/plain".into()), body }
}

fn condition(one: &Map<String, Value>) -> Option<Condition> {
    let values = |config: &str| texts(one.get(config)?.get("Values"));
    Some(match text(one, "Field")? {
        "host-header" => Condition::Host { values: values("HostHeaderConfig")? },
        "path-pattern" => {
            let path = one.get("PathPatternConfig")?;
            let part = |name: &str| texts(path.get(name)).unwrap_or_default();
            Condition::Path { values: part("Values"), expressions: part("RegexValues") }
        }
        "http-request-method" => Condition::Method { values: values("HttpRequestMethodConfig")? },
        "http-header" => Condition::Header {
            name: one.get("HttpHeaderConfig")?.get("HttpHeaderName")?.as_str()?.to_owned(),
            values: values("HttpHeaderConfig")?,
        },
        "query-string" => Condition::Query { values: queries(one.get("QueryStringConfig")?.get("Values")?)? },
        "source-ip" => Condition::Source { values: values("SourceIpConfig")? },
        _ => return None,
    })
}

fn queries(values: &Value) -> Option<Vec<QueryValue>> {
    let query = |value: &Value| {
        let part = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(QueryValue { key: part("Key"), value: part("Value")? })
    };
    values.as_array()?.iter().map(query).collect()
}

fn action(scope: &Scope, desired: &ScopeDesired, one: &Map<String, Value>) -> Option<Action> {
    match text(one, "Type")? {
        "forward" => forward(scope, desired, one.get("ForwardConfig")?),
        "redirect" => redirect(one.get("RedirectConfig")?.as_object()?),
        "fixed-response" => {
            let config = one.get("FixedResponseConfig")?.as_object()?;
            Some(Action::Respond {
                status: text(config, "StatusCode")?.parse().ok()?,
                content_type: text(config, "ContentType").map(str::to_owned),
                body: text(config, "MessageBody").unwrap_or_default().to_owned(),
            })
        }
        _ => None,
    }
}

/// The groups behind a rule by the weights that were set, or that the plan begins with.
fn forward(scope: &Scope, desired: &ScopeDesired, config: &Value) -> Option<Action> {
    let mut groups = Vec::new();
    for one in config.get("TargetGroups")?.as_array()? {
        let key = one.get("TargetGroupArn").and_then(reference)?;
        let Some((name, slot, service)) = group_of(desired, key) else { continue };
        let planned = one.get("Weight").and_then(Value::as_u64).and_then(|weight| u32::try_from(weight).ok());
        let set = service.weights.get(slot).copied();
        let weight = if service.weights.is_empty() { planned } else { set };
        groups.push(Weighted { group: link::group(&scope.service(name), slot), weight: weight.unwrap_or_default() });
    }
    (!groups.is_empty()).then_some(Action::Forward { groups })
}

/// The service and the slot, or what it takes over from, whose target group has a key.
fn group_of<'scope>(
    desired: &'scope ScopeDesired,
    key: &str,
) -> Option<(&'scope String, &'scope str, &'scope ServiceDesired)> {
    desired.services.iter().find_map(|(name, service)| {
        let facts = &service.facts;
        Some((name, facts.groups().find(|group| facts.target_group(group) == Some(key))?, service))
    })
}

fn redirect(config: &Map<String, Value>) -> Option<Action> {
    let part = |name: &str, own: &str| text(config, name).unwrap_or(own).to_owned();
    Some(Action::Redirect {
        protocol: part("Protocol", "#{protocol}"),
        host: part("Host", "#{host}"),
        port: part("Port", "#{port}"),
        path: part("Path", "/#{path}"),
        query: part("Query", "#{query}"),
        status: text(config, "StatusCode")?.strip_prefix("HTTP_")?.parse().ok()?,
    })
}

fn rewrite(transforms: &[Value]) -> Option<Rewrite> {
    let of = |kind: &str, config: &str| {
        let one = transforms.iter().find(|one| one.get("Type").and_then(Value::as_str) == Some(kind))?;
        let first = one.get(config)?.get("Rewrites")?.as_array()?.first()?;
        let part = |name: &str| first.get(name)?.as_str().map(str::to_owned);
        Some(Replacement { expression: part("Regex")?, replace: part("Replace")? })
    };
    let rewrite = Rewrite {
        path: of("url-rewrite", "UrlRewriteConfig"),
        host: of("host-header-rewrite", "HostHeaderRewriteConfig"),
    };
    (rewrite != Rewrite::default()).then_some(rewrite)
}

/// The target groups of every slot that has one, and of what services take over from.
fn groups(scope: &Scope, desired: &ScopeDesired, members: &[&MemberRecord]) -> BTreeMap<String, Group> {
    let mut groups = BTreeMap::new();
    for (name, service) in &desired.services {
        let address = scope.service(name);
        for group in service.facts.groups() {
            let Some(key) = service.facts.target_group(group) else { continue };
            let Some(resource) = desired.resources.get(key) else { continue };
            let targets = match &service.facts.legacy {
                Some(legacy) if group == LEGACY => vec![legacy_target(legacy)],
                _ => targets(&address, group, &resource.properties, members),
            };
            groups.insert(link::group(&address, group), self::group(&address, group, &resource.properties, targets));
        }
    }
    groups
}

fn group(service: &ServiceScope, slot: &str, properties: &Map<String, Value>, targets: Vec<Target>) -> Group {
    let labels = [
        ("app", &*service.scope.app),
        ("environment", &*service.scope.environment),
        ("service", &*service.service),
        ("slot", slot),
    ];
    Group {
        labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        targets,
        check: check(properties),
        deregistration_delay_ms: delay_seconds(properties).saturating_mul(1000),
    }
}

/// The members of a slot that run.
fn targets(
    service: &ServiceScope,
    slot: &str,
    properties: &Map<String, Value>,
    members: &[&MemberRecord],
) -> Vec<Target> {
    let port = target_port(properties);
    let here = members.iter().filter(|one| one.service() == *service && one.slot == slot);
    let serving = here.filter(|one| one.stage == Stage::Running && one.before.is_none());
    let target = |one: &&MemberRecord| {
        let loopback = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let address = loopback(*one.ports.get(&port?)?);
        Some(Target { instance: one.instance.clone(), address, health: loopback(one.health_port) })
    };
    serving.filter_map(target).collect()
}

/// What a service takes over from is one address, which answers for its own health.
fn legacy_target(legacy: &LegacyFacts) -> Target {
    Target { instance: LEGACY.into(), address: legacy.address, health: legacy.address }
}

/// The port that the targets of a group declare.
pub(crate) fn target_port(properties: &Map<String, Value>) -> Option<u16> {
    properties.get("Port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())
}

fn check(properties: &Map<String, Value>) -> Check {
    let number = |name: &str, otherwise: u64| properties.get(name).and_then(Value::as_u64).unwrap_or(otherwise);
    let count = |name: &str, otherwise: u32| u32::try_from(number(name, otherwise.into())).unwrap_or(otherwise);
    let codes = properties.get("Matcher").and_then(|matcher| matcher.get("HttpCode")?.as_str());
    Check {
        path: text(properties, "HealthCheckPath").unwrap_or("/healthz").to_owned(),
        codes: codes.unwrap_or("200").to_owned(),
        interval_ms: number("HealthCheckIntervalSeconds", 10).saturating_mul(1000).min(INTERVAL_MS),
        timeout_ms: number("HealthCheckTimeoutSeconds", 5).saturating_mul(1000),
        healthy: count("HealthyThresholdCount", 2),
        unhealthy: count("UnhealthyThresholdCount", 3),
    }
}

/// How long a target that leaves may take; 300 seconds is Elastic Load Balancing's own default.
fn delay_seconds(properties: &Map<String, Value>) -> u64 {
    let attributes = list(properties, "TargetGroupAttributes");
    let name = "deregistration_delay.timeout_seconds";
    let delay = attributes.iter().find(|one| one.get("Key").and_then(Value::as_str) == Some(name));
    delay.and_then(|one| one.get("Value")?.as_str()?.parse().ok()).unwrap_or(300)
}

fn text<'map>(map: &'map Map<String, Value>, name: &str) -> Option<&'map str> {
    map.get(name).and_then(Value::as_str)
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn list<'map>(map: &'map Map<String, Value>, name: &str) -> &'map [Value] {
    map.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The key of the resource that a property refers to.
fn reference(value: &Value) -> Option<&str> {
    value.get("resource")?.as_str()
}

#[cfg(test)]
mod tests;
