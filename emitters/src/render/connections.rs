//! Who may connect to whom: security-group rules as `from → to : port (reason)`.

use serde_json::{Map, Value};
use skiff_wire::{Plan, Resource};

use super::{siblings::unique, value::short};

/// One way from one place to another, by all its ports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Connection {
    pub(super) from: String,
    pub(super) to: String,
    /// Ports, each with its reason.
    pub(super) ports: Vec<String>,
}

impl Connection {
    /// `web → orders : 5432 (Database orders)`.
    pub(super) fn line(&self) -> String {
        format!("{} → {} : {}", self.from, self.to, self.ports.join(", "))
    }
}

/// The rules that one owner brings; the two ends of one connection are said once.
pub(super) fn of_owner(plan: &Plan, owner: &str) -> Vec<Connection> {
    let mut found: Vec<Connection> = Vec::new();
    for (id, resource) in plan.shape.iter().filter(|(_, resource)| resource.owner == owner) {
        for (from, to, port) in rules(id, resource, plan) {
            match found.iter_mut().find(|known| known.from == from && known.to == to) {
                Some(known) => known.ports = unique(known.ports.drain(..).chain([port])),
                None => found.push(Connection { from, to, ports: vec![port] }),
            }
        }
    }
    found
}

type Rule = (String, String, String);

fn rules(id: &str, resource: &Resource, plan: &Plan) -> Vec<Rule> {
    let properties = &resource.properties;
    let group = || properties.get("GroupId").map(|group| place(group, plan)).unwrap_or_default();
    match resource.resource_type.as_str() {
        "AWS::EC2::SecurityGroupIngress" => vec![inward(properties, group(), plan)],
        "AWS::EC2::SecurityGroupEgress" => vec![outward(properties, group(), plan)],
        "AWS::EC2::SecurityGroup" => {
            let inline = |name: &str| properties.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            let (come, go) = (inline("SecurityGroupIngress"), inline("SecurityGroupEgress"));
            let come = come.iter().filter_map(Value::as_object).map(|rule| inward(rule, group_name(id), plan));
            let go = go.iter().filter_map(Value::as_object).map(|rule| outward(rule, group_name(id), plan));
            // A rule to the member itself is how a group says that it lets nothing out.
            come.chain(go).filter(|(from, to, _)| from != "127.0.0.1/32" && to != "127.0.0.1/32").collect()
        }
        _ => Vec::new(),
    }
}

fn inward(rule: &Map<String, Value>, group: String, plan: &Plan) -> Rule {
    let ends = ["SourceSecurityGroupId", "CidrIp", "CidrIpv6", "SourcePrefixListId"];
    (end(rule, &ends, plan), group, port(rule))
}

fn outward(rule: &Map<String, Value>, group: String, plan: &Plan) -> Rule {
    let ends = ["DestinationSecurityGroupId", "CidrIp", "CidrIpv6", "DestinationPrefixListId"];
    (group, end(rule, &ends, plan), port(rule))
}

fn end(rule: &Map<String, Value>, names: &[&str], plan: &Plan) -> String {
    names.iter().find_map(|name| rule.get(*name)).map_or_else(|| "unknown".to_owned(), |value| place(value, plan))
}

fn port(rule: &Map<String, Value>) -> String {
    let number = |name: &str| rule.get(name).map(|value| short(value, 12));
    let ports = match (number("FromPort"), number("ToPort")) {
        (Some(first), Some(last)) if first == last => first,
        (Some(first), Some(last)) => format!("{first}-{last}"),
        _ => "all ports".to_owned(),
    };
    match rule.get("Description").and_then(Value::as_str) {
        Some(reason) => format!("{ports} ({reason})"),
        None => ports,
    }
}

/// A group by its name, the whole internet as `anywhere`, a prefix list by what it lists.
fn place(value: &Value, plan: &Plan) -> String {
    if let Some(resource) = value.get("resource").and_then(Value::as_str) {
        return group_name(resource);
    }
    if let Some(input) = value.get("input").and_then(Value::as_str) {
        let lookup = plan.inputs.get(input).and_then(|input| input.lookup.as_ref());
        let listed = lookup.and_then(|lookup| lookup.filters.get("prefix-list-name"));
        return listed.map_or_else(|| input.to_owned(), |name| short_service(name));
    }
    match short(value, 64).as_str() {
        "0.0.0.0/0" | "::/0" => "anywhere".to_owned(),
        other => other.to_owned(),
    }
}

/// `com.amazonaws.us-east-1.s3` is `AWS s3`.
fn short_service(name: &str) -> String {
    format!("AWS {}", name.rsplit('.').next().unwrap_or(name))
}

/// `web.security_group` is `web`, `environment.security_group.orders` is `orders`.
fn group_name(id: &str) -> String {
    match id.split_once(".security_group") {
        Some((owner, "")) => owner.to_owned(),
        Some((_, name)) => name.trim_start_matches('.').to_owned(),
        None => id.to_owned(),
    }
}
