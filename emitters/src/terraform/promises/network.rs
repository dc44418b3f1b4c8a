//! What the spec promises about who reaches whom.

use skiff_compiler::ir::{
    Expr,
    network::{FlowLog, SecurityGroupEgress, SecurityGroupIngress, Subnet, Vpc, VpcEndpoint},
};

use super::promise::{Promises, or_null};

pub(super) fn vpc(promises: &mut Promises<'_, '_>, vpc: &Vpc) {
    promises.promise(format!("the network has {}", vpc.cidr_block)).is("@.cidr_block", &vpc.cidr_block);
}

pub(super) fn subnet(promises: &mut Promises<'_, '_>, subnet: &Subnet) {
    promises
        .promise("nothing gets a public address by being started")
        .is("@.map_public_ip_on_launch", subnet.map_public_ip_on_launch);
}

pub(super) fn flow_log(promises: &mut Promises<'_, '_>, log: &FlowLog) {
    promises.promise(format!("connections are logged ({})", log.traffic_type)).is("@.traffic_type", &log.traffic_type);
}

pub(super) fn vpc_endpoint(promises: &mut Promises<'_, '_>, endpoint: &VpcEndpoint) {
    let service = endpoint.service_name.rsplit('.').next().unwrap_or_default();
    promises
        .promise(format!("`{service}` is reached inside the network"))
        .is("@.service_name", &endpoint.service_name)
        .is("@.vpc_endpoint_type", &endpoint.vpc_endpoint_type)
        .is_some("@.private_dns_enabled", endpoint.private_dns_enabled);
}

pub(super) fn security_group_ingress(promises: &mut Promises<'_, '_>, rule: &SecurityGroupIngress) {
    let group = promises.value(&rule.group_id);
    let range = promises.some(rule.cidr_ip.as_ref());
    let other = promises.some(rule.source_security_group_id.as_ref());
    let from = end(rule.cidr_ip.as_ref(), rule.source_security_group_id.as_ref());
    promises
        .promise(format!("{}: {} is open to {from} alone", rule.description, ports(rule.from_port, rule.to_port)))
        .is("@.security_group_id", group)
        .is("@.cidr_ipv4", or_null(range))
        .is("@.referenced_security_group_id", or_null(other))
        .is("@.ip_protocol", rule.ip_protocol)
        .is("@.from_port", rule.from_port)
        .is("@.to_port", rule.to_port);
}

pub(super) fn security_group_egress(promises: &mut Promises<'_, '_>, rule: &SecurityGroupEgress) {
    let group = promises.value(&rule.group_id);
    let range = promises.some(rule.cidr_ip.as_ref());
    let list = promises.some(rule.destination_prefix_list_id.as_ref());
    let other = promises.some(rule.destination_security_group_id.as_ref());
    let to = end(rule.cidr_ip.as_ref(), rule.destination_security_group_id.as_ref());
    promises
        .promise(format!("{}: {} leads to {to} alone", rule.description, ports(rule.from_port, rule.to_port)))
        .is("@.security_group_id", group)
        .is("@.cidr_ipv4", or_null(range))
        .is("@.prefix_list_id", or_null(list))
        .is("@.referenced_security_group_id", or_null(other))
        .is("@.ip_protocol", rule.ip_protocol)
        .is("@.from_port", rule.from_port)
        .is("@.to_port", rule.to_port);
}

fn ports(from: u16, to: u16) -> String {
    if from == to { format!("port {from}") } else { format!("ports {from} to {to}") }
}

/// The other end of a connection, in words.
fn end(range: Option<&Expr>, group: Option<&Expr>) -> String {
    match (range.and_then(Expr::known), group) {
        (Some(range), _) => range.to_owned(),
        (None, Some(_)) => "one security group".to_owned(),
        (None, None) => "one prefix list".to_owned(),
    }
}
