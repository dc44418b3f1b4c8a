//! Networks, security groups, private names.

use skiff_compiler::ir::{
    dns::{DiscoveryService, PrivateDnsNamespace},
    network::{
        Eip, FlowLog, InternetGateway, NatGateway, Route, RouteTable, SecurityGroup, SecurityGroupEgress,
        SecurityGroupIngress, Subnet, SubnetRouteTableAssociation, Vpc, VpcEndpoint, VpcGatewayAttachment,
    },
};

use super::{Body, File, Maker};

const FILE: File = File::Network;

pub(super) fn vpc(maker: &mut Maker<'_, '_>, vpc: &Vpc) {
    let body = Body::new()
        .set("cidr_block", &vpc.cidr_block)
        .set("enable_dns_hostnames", vpc.enable_dns_hostnames)
        .set("enable_dns_support", vpc.enable_dns_support);
    maker.resource(FILE, body);
}

pub(super) fn internet_gateway(_: &mut Maker<'_, '_>, _: &InternetGateway) {
    // Terraform says the gateway and its attachment in one block, which the attachment gives.
}

pub(super) fn gateway_attachment(maker: &mut Maker<'_, '_>, attachment: &VpcGatewayAttachment) {
    let vpc = maker.scope.value(&attachment.vpc_id);
    let gateway = match &attachment.internet_gateway_id {
        skiff_compiler::ir::Expr::Reference { resource, .. } => maker.scope.index.get(resource),
        _ => None,
    };
    let Some(gateway) = gateway else {
        maker.scope.fail(&maker.resource.id, "it attaches no internet gateway of this plan");
        return;
    };
    let mut whole = Maker { resource: gateway, scope: maker.scope, pieces: Vec::new() };
    whole.resource(FILE, Body::new().set("vpc_id", vpc));
    let pieces = whole.pieces;
    maker.pieces.extend(pieces);
}

pub(super) fn subnet(maker: &mut Maker<'_, '_>, subnet: &Subnet) {
    let vpc = maker.scope.value(&subnet.vpc_id);
    let body = Body::new()
        .set("vpc_id", vpc)
        .set("availability_zone", &subnet.availability_zone)
        .set("cidr_block", &subnet.cidr_block)
        .set("map_public_ip_on_launch", subnet.map_public_ip_on_launch);
    maker.resource(FILE, body);
}

pub(super) fn route_table(maker: &mut Maker<'_, '_>, table: &RouteTable) {
    let vpc = maker.scope.value(&table.vpc_id);
    maker.resource(FILE, Body::new().set("vpc_id", vpc));
}

pub(super) fn route(maker: &mut Maker<'_, '_>, route: &Route) {
    let table = maker.scope.value(&route.route_table_id);
    let gateway = maker.scope.some(route.gateway_id.as_ref());
    let nat = maker.scope.some(route.nat_gateway_id.as_ref());
    let body = Body::new()
        .set("route_table_id", table)
        .set("destination_cidr_block", &route.destination_cidr_block)
        .set_some("gateway_id", gateway)
        .set_some("nat_gateway_id", nat);
    // The gateway and its attachment are one block, so the reference to it is all that the route must wait for.
    maker.resource(FILE, body).depends_on.clear();
}

pub(super) fn route_table_association(maker: &mut Maker<'_, '_>, association: &SubnetRouteTableAssociation) {
    let subnet = maker.scope.value(&association.subnet_id);
    let table = maker.scope.value(&association.route_table_id);
    maker.resource(FILE, Body::new().set("subnet_id", subnet).set("route_table_id", table));
}

pub(super) fn eip(maker: &mut Maker<'_, '_>, eip: &Eip) {
    maker.resource(FILE, Body::new().set("domain", &eip.domain)).because("The address that the outside sees.");
}

pub(super) fn nat_gateway(maker: &mut Maker<'_, '_>, gateway: &NatGateway) {
    let allocation = maker.scope.value(&gateway.allocation_id);
    let subnet = maker.scope.value(&gateway.subnet_id);
    maker.resource(FILE, Body::new().set("allocation_id", allocation).set("subnet_id", subnet));
}

pub(super) fn vpc_endpoint(maker: &mut Maker<'_, '_>, endpoint: &VpcEndpoint) {
    let vpc = maker.scope.value(&endpoint.vpc_id);
    let mut list = |items: &Option<Vec<_>>| items.as_ref().map(|items| maker.scope.list(items));
    let route_tables = list(&endpoint.route_table_ids);
    let subnets = list(&endpoint.subnet_ids);
    let groups = list(&endpoint.security_group_ids);
    let body = Body::new()
        .set("vpc_id", vpc)
        .set("service_name", &endpoint.service_name)
        .set("vpc_endpoint_type", &endpoint.vpc_endpoint_type)
        .set_some("private_dns_enabled", endpoint.private_dns_enabled)
        .set_some("route_table_ids", route_tables)
        .set_some("subnet_ids", subnets)
        .set_some("security_group_ids", groups);
    maker.resource(FILE, body);
}

pub(super) fn flow_log(maker: &mut Maker<'_, '_>, log: &FlowLog) {
    let vpc = maker.scope.value(&log.resource_id);
    let role = maker.scope.value(&log.deliver_logs_permission_arn);
    // CloudFormation takes the log group's name, Terraform its ARN.
    let group = match &log.log_group_name {
        skiff_compiler::ir::Expr::Reference { resource, .. } => {
            maker.scope.index.get(resource).map(|group| super::address::address(group).path().name("arn").into())
        }
        _ => None,
    };
    let Some(group) = group else {
        maker.scope.fail(&maker.resource.id, "it writes to no log group of this plan");
        return;
    };
    let group: super::Value = group;
    let body = Body::new()
        .set("vpc_id", vpc)
        .set("traffic_type", &log.traffic_type)
        .set("log_destination_type", &log.log_destination_type)
        .set("log_destination", group)
        .set("iam_role_arn", role)
        .set("max_aggregation_interval", log.max_aggregation_interval);
    maker.resource(FILE, body);
}

pub(super) fn security_group(maker: &mut Maker<'_, '_>, group: &SecurityGroup) {
    let vpc = maker.scope.value(&group.vpc_id);
    let body =
        Body::new().set("name", &group.group_name).set("description", &group.group_description).set("vpc_id", vpc);
    maker
        .resource(FILE, body)
        .because("Rules are blocks of their own, one for each connection that must be possible; those of a service are in its root module.");
}

pub(super) fn security_group_egress(maker: &mut Maker<'_, '_>, rule: &SecurityGroupEgress) {
    let group = maker.scope.value(&rule.group_id);
    let range = maker.scope.some(rule.cidr_ip.as_ref());
    let list = maker.scope.some(rule.destination_prefix_list_id.as_ref());
    let other = maker.scope.some(rule.destination_security_group_id.as_ref());
    let body = Body::new()
        .set("security_group_id", group)
        .set("description", &rule.description)
        .set_some("cidr_ipv4", range)
        .set_some("prefix_list_id", list)
        .set_some("referenced_security_group_id", other)
        .set("ip_protocol", rule.ip_protocol)
        .set("from_port", rule.from_port)
        .set("to_port", rule.to_port);
    maker.resource(FILE, body);
}

pub(super) fn security_group_ingress(maker: &mut Maker<'_, '_>, rule: &SecurityGroupIngress) {
    let group = maker.scope.value(&rule.group_id);
    let range = maker.scope.some(rule.cidr_ip.as_ref());
    let other = maker.scope.some(rule.source_security_group_id.as_ref());
    let body = Body::new()
        .set("security_group_id", group)
        .set("description", &rule.description)
        .set_some("cidr_ipv4", range)
        .set_some("referenced_security_group_id", other)
        .set("ip_protocol", rule.ip_protocol)
        .set("from_port", rule.from_port)
        .set("to_port", rule.to_port);
    maker.resource(FILE, body);
}

pub(super) fn private_dns_namespace(maker: &mut Maker<'_, '_>, namespace: &PrivateDnsNamespace) {
    let vpc = maker.scope.value(&namespace.vpc);
    let body = Body::new().set("name", &namespace.name).set("description", &namespace.description).set("vpc", vpc);
    maker.resource(FILE, body);
}

pub(super) fn discovery_service(maker: &mut Maker<'_, '_>, service: &DiscoveryService) {
    let namespace = maker.scope.value(&service.namespace_id);
    let record = |record: &skiff_compiler::ir::dns::DnsRecord| {
        Body::new().set("type", &record.record_type).set("ttl", record.time_to_live)
    };
    let dns = Body::new()
        .set("namespace_id", namespace)
        .set("routing_policy", &service.dns_config.routing_policy)
        .blocks("dns_records", service.dns_config.dns_records.iter().map(record));
    let body = Body::new().set("name", &service.name).set("description", &service.description);
    maker
        .resource(FILE, body.block("dns_config", dns))
        .because("Members register under this name by themselves, so that other services find them.");
}
