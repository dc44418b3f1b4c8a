//! Networks, security groups, endpoints, names.

use super::is_group_description;
use crate::{
    rules::{
        Must::{
            BeACidr, BeAJsonObject, BeAnArn, BeAnId, BeBetween, BeOneOf, Contain, HaveAtLeastOneOf, HaveExactlyOneOf,
            HaveLength, HaveWhen, NotCombine, Satisfy,
        },
        Rule,
    },
    value::Value,
};

const VPC: &[&str] = &["aws_vpc"];
const SUBNET: &[&str] = &["aws_subnet"];
const GROUP: &[&str] = &["aws_security_group"];
const GROUP_RULE: &[&str] = &["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"];
const ENDPOINT: &[&str] = &["aws_vpc_endpoint"];
const ROUTE: &[&str] = &["aws_route"];
const RECORD: &[&str] = &["aws_route53_record"];
const FLOW_LOG: &[&str] = &["aws_flow_log"];

const RECORD_TYPES: &[&str] = &[
    "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB",
    "TLSA", "TXT",
];
const ROUTE_TARGETS: &[&str] = &[
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
];
const DESTINATIONS: &[&str] = &["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: VPC, path: "cidr_block", must: BeACidr },
    Rule { types: VPC, path: "", must: HaveAtLeastOneOf(&["cidr_block", "ipv4_ipam_pool_id"]) },
    Rule { types: VPC, path: "instance_tenancy", must: BeOneOf(&["default", "dedicated"]) },
    Rule { types: SUBNET, path: "cidr_block", must: BeACidr },
    Rule { types: SUBNET, path: "", must: NotCombine(&["availability_zone", "availability_zone_id"]) },
    Rule {
        types: &[
            "aws_subnet",
            "aws_security_group",
            "aws_default_security_group",
            "aws_route_table",
            "aws_internet_gateway",
            "aws_internet_gateway_attachment",
            "aws_vpc_endpoint",
            "aws_flow_log",
        ],
        path: "vpc_id",
        must: BeAnId(&["vpc"]),
    },
    Rule { types: &["aws_service_discovery_private_dns_namespace"], path: "vpc", must: BeAnId(&["vpc"]) },
    Rule { types: &["aws_nat_gateway", "aws_route_table_association"], path: "subnet_id", must: BeAnId(&["subnet"]) },
    Rule { types: &["aws_nat_gateway"], path: "allocation_id", must: BeAnId(&["eipalloc"]) },
    Rule { types: &["aws_nat_gateway"], path: "connectivity_type", must: BeOneOf(&["private", "public"]) },
    Rule { types: &["aws_eip"], path: "domain", must: BeOneOf(&["vpc"]) },
    Rule { types: &["aws_route_table_association"], path: "", must: HaveExactlyOneOf(&["subnet_id", "gateway_id"]) },
    Rule { types: &["aws_route_table_association", "aws_route"], path: "route_table_id", must: BeAnId(&["rtb"]) },
    Rule { types: &["aws_internet_gateway_attachment"], path: "internet_gateway_id", must: BeAnId(&["igw"]) },
    Rule { types: ROUTE, path: "", must: HaveExactlyOneOf(DESTINATIONS) },
    Rule { types: ROUTE, path: "", must: HaveExactlyOneOf(ROUTE_TARGETS) },
    Rule { types: ROUTE, path: "destination_cidr_block", must: BeACidr },
    Rule { types: ROUTE, path: "nat_gateway_id", must: BeAnId(&["nat"]) },
    Rule { types: ROUTE, path: "gateway_id", must: BeAnId(&["igw", "vgw"]) },
    Rule { types: GROUP, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: GROUP, path: "name", must: HaveLength(1, 255) },
    Rule { types: GROUP, path: "name", must: Satisfy(group_name) },
    Rule { types: GROUP, path: "description", must: HaveLength(0, 255) },
    Rule {
        types: &["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"],
        path: "description",
        must: Contain(is_group_description, "a-zA-Z0-9 ._-:/()#,@[]+=&;{}!$*"),
    },
    Rule { types: GROUP_RULE, path: "description", must: HaveLength(0, 255) },
    Rule { types: GROUP_RULE, path: "security_group_id", must: BeAnId(&["sg"]) },
    Rule { types: GROUP_RULE, path: "referenced_security_group_id", must: Satisfy(referenced_group) },
    Rule { types: GROUP_RULE, path: "prefix_list_id", must: BeAnId(&["pl"]) },
    Rule { types: GROUP_RULE, path: "cidr_ipv4", must: BeACidr },
    Rule {
        types: GROUP_RULE,
        path: "",
        must: HaveExactlyOneOf(&["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]),
    },
    Rule { types: GROUP_RULE, path: "from_port", must: BeBetween(-1, 65_535) },
    Rule { types: GROUP_RULE, path: "to_port", must: BeBetween(-1, 65_535) },
    Rule { types: GROUP_RULE, path: "", must: Satisfy(ports) },
    Rule {
        types: ENDPOINT,
        path: "vpc_endpoint_type",
        must: BeOneOf(&["Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"]),
    },
    Rule {
        types: ENDPOINT,
        path: "",
        must: HaveExactlyOneOf(&["service_name", "resource_configuration_arn", "service_network_arn"]),
    },
    Rule { types: ENDPOINT, path: "", must: Satisfy(endpoint) },
    Rule { types: ENDPOINT, path: "subnet_ids", must: BeAnId(&["subnet"]) },
    Rule { types: ENDPOINT, path: "security_group_ids", must: BeAnId(&["sg"]) },
    Rule { types: ENDPOINT, path: "route_table_ids", must: BeAnId(&["rtb"]) },
    Rule { types: ENDPOINT, path: "policy", must: BeAJsonObject },
    Rule { types: ENDPOINT, path: "ip_address_type", must: BeOneOf(&["ipv4", "dualstack", "ipv6"]) },
    Rule { types: RECORD, path: "type", must: BeOneOf(RECORD_TYPES) },
    Rule { types: RECORD, path: "", must: HaveExactlyOneOf(&["records", "alias"]) },
    Rule { types: RECORD, path: "", must: NotCombine(&["alias", "ttl"]) },
    Rule { types: RECORD, path: "name", must: HaveLength(0, 1024) },
    Rule { types: RECORD, path: "weighted_routing_policy.weight", must: BeBetween(0, 255) },
    Rule {
        types: FLOW_LOG,
        path: "",
        must: HaveExactlyOneOf(&[
            "eni_id",
            "subnet_id",
            "transit_gateway_attachment_id",
            "transit_gateway_id",
            "vpc_id",
            "regional_nat_gateway_id",
        ]),
    },
    Rule { types: FLOW_LOG, path: "traffic_type", must: BeOneOf(&["ACCEPT", "REJECT", "ALL"]) },
    Rule {
        types: FLOW_LOG,
        path: "log_destination_type",
        must: BeOneOf(&["cloud-watch-logs", "s3", "kinesis-data-firehose"]),
    },
    Rule { types: FLOW_LOG, path: "log_destination", must: BeAnArn },
    Rule { types: FLOW_LOG, path: "iam_role_arn", must: BeAnArn },
    Rule { types: FLOW_LOG, path: "max_aggregation_interval", must: Satisfy(aggregation) },
    Rule { types: &["aws_service_discovery_private_dns_namespace"], path: "name", must: HaveLength(1, 1024) },
    Rule {
        types: &["aws_service_discovery_service"],
        path: "",
        must: NotCombine(&["health_check_config", "health_check_custom_config"]),
    },
    Rule {
        types: &["aws_service_discovery_service"],
        path: "dns_config.routing_policy",
        must: BeOneOf(&["MULTIVALUE", "WEIGHTED"]),
    },
    Rule {
        types: &["aws_service_discovery_service"],
        path: "dns_config.dns_records.type",
        must: BeOneOf(&["SRV", "A", "AAAA", "CNAME"]),
    },
    Rule { types: &["aws_service_discovery_service"], path: "", must: HaveWhen("type", "DNS_HTTP", &["dns_config"]) },
];

fn group_name(value: &Value) -> Option<String> {
    let name = value.text()?;
    name.starts_with("sg-").then(|| format!("invalid value for name (cannot begin with sg-): {name}"))
}

/// The group of another account has its number in front.
fn referenced_group(value: &Value) -> Option<String> {
    let id = value.text()?;
    let own = id.rsplit('/').next().unwrap_or_default();
    (!own.starts_with("sg-"))
        .then(|| format!("invalid value for referenced_security_group_id (must be an id like sg-…): {id}"))
}

/// A rule for TCP or UDP has two ports in order; a rule for every protocol has none.
fn ports(rule: &Value) -> Option<String> {
    let (from, to) = (rule.get("from_port"), rule.get("to_port"));
    let protocol = rule.text_of("ip_protocol")?;
    if protocol == "-1" {
        let has_ports = from.is_written() || to.is_written();
        return has_ports.then(|| "from_port and to_port must not be set when ip_protocol is \"-1\"".to_owned());
    }
    if matches!(protocol, "tcp" | "udp") && (from.is_null() || to.is_null()) {
        return Some(format!("from_port and to_port must be set when ip_protocol is {protocol:?}"));
    }
    let (from, to) = (from.number()?, to.number()?);
    (from > to && protocol != "icmp").then(|| format!("from_port ({from}) is greater than to_port ({to})"))
}

/// Each kind of endpoint is attached in its own way.
fn endpoint(endpoint: &Value) -> Option<String> {
    let kind = endpoint.text_of("vpc_endpoint_type").unwrap_or("Gateway");
    let foreign: &[&str] = match kind {
        "Gateway" => &["subnet_ids", "security_group_ids", "private_dns_enabled"],
        "Interface" => &["route_table_ids"],
        _ => &[],
    };
    let wrong =
        foreign.iter().find(|name| endpoint.get(name).is_written() && endpoint.get(name) != &Value::Bool(false))?;
    Some(format!("{wrong} cannot be set for an endpoint of type {kind}"))
}

fn aggregation(value: &Value) -> Option<String> {
    let seconds = value.number()?;
    let is_good = [60.0, 600.0].contains(&seconds);
    (!is_good).then(|| format!("expected max_aggregation_interval to be one of [60 600], got {seconds}"))
}
