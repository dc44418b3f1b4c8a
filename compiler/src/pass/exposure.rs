//! Security-group rules, from the connections that must be possible: whoever is not named does not get in or out.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    ir::{
        Body, Endpoint, Expr, Flow, Id, Ir,
        network::{SecurityGroupEgress, SecurityGroupIngress},
        shared,
    },
    lower::names,
};

/// Ports that checkov looks at, each with its check: it knows no source of a rule but ranges (checkov 3,
/// `AbsSecurityGroupUnrestrictedIngress`).
const TAKEN_FOR_OPEN: &[(u16, &str)] = &[(22, "CKV_AWS_24"), (80, "CKV_AWS_260"), (3389, "CKV_AWS_25")];

/// One rule for each end of each connection.
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    let flows = std::mem::take(&mut ir.flows);
    let renamed = renamed_groups(&ir);
    let mut made = BTreeSet::new();
    for flow in &flows {
        if let Endpoint::Group(group) = &flow.to {
            let id = ingress_id(flow, &BTreeMap::new());
            if made.insert(id.clone()) {
                ingress(&mut ir, flow, group.group_id(), id);
                if !renamed.is_empty() {
                    known_as(&mut ir, ingress_id(flow, &renamed));
                }
            }
        }
        if let Endpoint::Group(group) = &flow.from {
            let id = egress_id(flow, &BTreeMap::new());
            if made.insert(id.clone()) {
                egress(&mut ir, flow, group.group_id(), id);
                if !renamed.is_empty() {
                    known_as(&mut ir, egress_id(flow, &renamed));
                }
            }
        }
    }
    ir.flows = flows;
    ir
}

/// Groups that had another logical id before: new → old.
fn renamed_groups(ir: &Ir) -> BTreeMap<Id, Id> {
    let groups = ir.resources.iter().filter(|resource| matches!(resource.body, Body::SecurityGroup(_)));
    groups.filter_map(|group| Some((group.id.clone(), group.was.clone()?))).collect()
}

fn ingress_id(flow: &Flow, renamed: &BTreeMap<Id, Id>) -> Id {
    let (from, to) = (label(&flow.from, renamed), label(&flow.to, renamed));
    shared(format_args!("{}.security_group_ingress.{to}-from-{from}-{}", owner(flow, renamed), flow.port))
}

fn egress_id(flow: &Flow, renamed: &BTreeMap<Id, Id>) -> Id {
    let (from, to) = (label(&flow.from, renamed), label(&flow.to, renamed));
    shared(format_args!("{}.security_group_egress.{from}-to-{to}-{}", owner(flow, renamed), flow.port))
}

/// The owner's name, or the one it had before.
fn owner<'name>(flow: &'name Flow, renamed: &'name BTreeMap<Id, Id>) -> &'name str {
    let name = flow.owner.name();
    if renamed.is_empty() {
        return name;
    }
    let old = renamed.get(format!("{name}.security_group").as_str());
    old.and_then(|old| old.split_once('.')).map_or(name, |(old, _)| old)
}

/// Says of the rule added last under which id it was known before.
fn known_as(ir: &mut Ir, before: Id) {
    if let Some(last) = ir.resources.last_mut().filter(|last| last.id != before) {
        last.was = Some(before);
    }
}

fn ingress(ir: &mut Ir, flow: &Flow, group: Expr, id: Id) {
    let mut body = SecurityGroupIngress {
        cidr_ip: None,
        description: flow.reason.clone(),
        from_port: flow.port,
        group_id: group,
        ip_protocol: "tcp",
        source_security_group_id: None,
        to_port: flow.port,
    };
    match &flow.from {
        Endpoint::Group(source) => body.source_security_group_id = Some(source.group_id()),
        Endpoint::Range(range) | Endpoint::PrefixList(range) => body.cidr_ip = Some(range.clone()),
    }
    let plain_web =
        flow.port == 80 && matches!(&flow.from, Endpoint::Range(range) if range.known() == Some("0.0.0.0/0"));
    ir.add(&flow.owner, id, &flow.origin, body);
    if plain_web {
        ir.accept("CKV_AWS_260", "The load balancer answers plain HTTP so that clients are sent to HTTPS.");
    }
    let check = TAKEN_FOR_OPEN.iter().find(|(port, _)| *port == flow.port).map(|(_, check)| *check);
    if let (Some(check), Endpoint::Group(_)) = (check, &flow.from) {
        ir.accept(check, "One security group is let in; the check takes a rule without a range for an open one.");
    }
}

fn egress(ir: &mut Ir, flow: &Flow, group: Expr, id: Id) {
    let mut body = SecurityGroupEgress {
        cidr_ip: None,
        description: flow.reason.clone(),
        destination_prefix_list_id: None,
        destination_security_group_id: None,
        from_port: flow.port,
        group_id: group,
        ip_protocol: "tcp",
        to_port: flow.port,
    };
    match &flow.to {
        Endpoint::Group(target) => body.destination_security_group_id = Some(target.group_id()),
        Endpoint::Range(range) => body.cidr_ip = Some(range.clone()),
        Endpoint::PrefixList(list) => body.destination_prefix_list_id = Some(list.clone()),
    }
    ir.add(&flow.owner, id, &flow.origin, body);
}

/// A short name of an end, for logical ids.
fn label<'name>(end: &'name Endpoint, renamed: &'name BTreeMap<Id, Id>) -> Cow<'name, str> {
    match end {
        Endpoint::Group(group) => match renamed.get(group.id()).unwrap_or(group.id()).split_once('.') {
            Some(("environment", rest)) => rest.trim_start_matches("security_group.").into(),
            Some((service, _)) => service.into(),
            None => (&**group.id()).into(),
        },
        Endpoint::Range(range) => match range.known() {
            Some("0.0.0.0/0") => "anywhere".into(),
            Some(text) => names::slug(text).into(),
            None => "range".into(),
        },
        Endpoint::PrefixList(_) => "s3".into(),
    }
}
