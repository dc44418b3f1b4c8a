//! Security-group rules, from the connections that must be possible: whoever is not named does not get in or out.

use std::collections::BTreeSet;

use crate::{
    ir::{
        Endpoint, Expr, Flow, Ir,
        network::{SecurityGroupEgress, SecurityGroupIngress},
    },
    lower::names,
};

/// One rule for each end of each connection.
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    let flows = std::mem::take(&mut ir.flows);
    let mut made = BTreeSet::new();
    for flow in &flows {
        let (from, to) = (label(&flow.from), label(&flow.to));
        if let Endpoint::Group(group) = &flow.to {
            let id = format!("{}.security_group_ingress.{to}-from-{from}-{}", flow.owner.name(), flow.port);
            if made.insert(id.clone()) {
                ingress(&mut ir, flow, group.group_id(), id);
            }
        }
        if let Endpoint::Group(group) = &flow.from {
            let id = format!("{}.security_group_egress.{from}-to-{to}-{}", flow.owner.name(), flow.port);
            if made.insert(id.clone()) {
                egress(&mut ir, flow, group.group_id(), id);
            }
        }
    }
    ir.flows = flows;
    ir
}

fn ingress(ir: &mut Ir, flow: &Flow, group: Expr, id: String) {
    let mut body = SecurityGroupIngress {
        cidr_ip: None,
        description: flow.reason.clone(),
        from_port: flow.port,
        group_id: group,
        ip_protocol: "tcp".into(),
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
}

fn egress(ir: &mut Ir, flow: &Flow, group: Expr, id: String) {
    let mut body = SecurityGroupEgress {
        cidr_ip: None,
        description: flow.reason.clone(),
        destination_prefix_list_id: None,
        destination_security_group_id: None,
        from_port: flow.port,
        group_id: group,
        ip_protocol: "tcp".into(),
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
fn label(end: &Endpoint) -> String {
    match end {
        Endpoint::Group(group) => match group.id().split_once('.') {
            Some(("environment", rest)) => rest.trim_start_matches("security_group.").to_owned(),
            Some((service, _)) => service.to_owned(),
            None => group.id().to_string(),
        },
        Endpoint::Range(range) => match range.known() {
            Some("0.0.0.0/0") => "anywhere".into(),
            Some(text) => names::slug(text),
            None => "range".into(),
        },
        Endpoint::PrefixList(_) => "s3".into(),
    }
}
