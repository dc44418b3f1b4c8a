//! Networks, security groups, private names.

use crate::terraform_mapping::row::{
    Form, Match, Place, Row, TypeMapping, block, each, one, pair, plan_only, same, set, tags, untagged,
};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::EC2::EIP", &[block("aws_eip", &[same("/Domain", "domain"), tags("/Tags")])]),
    one("AWS::EC2::FlowLog", &[block("aws_flow_log", FLOW_LOG)]),
    one("AWS::EC2::InternetGateway", &[block("aws_internet_gateway", &[tags("/Tags")])]),
    one("AWS::EC2::NatGateway", &[block("aws_nat_gateway", NAT_GATEWAY)]),
    one("AWS::EC2::Route", &[block("aws_route", ROUTE)]),
    one("AWS::EC2::RouteTable", &[block("aws_route_table", &[same("/VpcId", "vpc_id"), tags("/Tags")])]),
    one("AWS::EC2::SecurityGroup", &[block("aws_security_group", SECURITY_GROUP)]),
    one("AWS::EC2::SecurityGroupEgress", &[block("aws_vpc_security_group_egress_rule", EGRESS)]),
    one("AWS::EC2::SecurityGroupIngress", &[block("aws_vpc_security_group_ingress_rule", INGRESS)]),
    one("AWS::EC2::Subnet", &[block("aws_subnet", SUBNET)]),
    one("AWS::EC2::SubnetRouteTableAssociation", &[block("aws_route_table_association", ASSOCIATION)]),
    one("AWS::EC2::VPC", &[block("aws_vpc", VPC)]),
    one("AWS::EC2::VPCEndpoint", &[block("aws_vpc_endpoint", ENDPOINT)]),
    TypeMapping {
        plan: "AWS::EC2::VPCGatewayAttachment",
        place: Place::With("/InternetGatewayId"),
        blocks: &[block("aws_internet_gateway", &[same("/VpcId", "vpc_id")])],
    },
    one(
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        &[block("aws_service_discovery_private_dns_namespace", NAMESPACE)],
    ),
    one("AWS::ServiceDiscovery::Service", &[block("aws_service_discovery_service", DISCOVERY)]),
];

const FLOW_LOG: &[Row] = &[
    plan_only("/ResourceType", "\"VPC\"", "the argument's name says that it is a VPC"),
    same("/ResourceId", "vpc_id"),
    same("/TrafficType", "traffic_type"),
    same("/LogDestinationType", "log_destination_type"),
    pair("/LogGroupName", "log_destination", Form::By("arn")),
    same("/DeliverLogsPermissionArn", "iam_role_arn"),
    same("/MaxAggregationInterval", "max_aggregation_interval"),
    tags("/Tags"),
];

const NAT_GATEWAY: &[Row] = &[same("/AllocationId", "allocation_id"), same("/SubnetId", "subnet_id"), tags("/Tags")];

const ROUTE: &[Row] = &[
    same("/RouteTableId", "route_table_id"),
    same("/DestinationCidrBlock", "destination_cidr_block"),
    same("/GatewayId", "gateway_id"),
    same("/NatGatewayId", "nat_gateway_id"),
];

const SECURITY_GROUP: &[Row] = &[
    same("/GroupName", "name"),
    same("/GroupDescription", "description"),
    same("/VpcId", "vpc_id"),
    plan_only(
        "/SecurityGroupEgress",
        "[{\"CidrIp\":\"127.0.0.1/32\",\"Description\":\"Nothing: allowed destinations are rules of their own\",\
         \"FromPort\":1,\"IpProtocol\":\"tcp\",\"ToPort\":1}]",
        "CloudFormation lets a group without egress rules reach everything; Terraform's provider removes that rule",
    ),
    tags("/Tags"),
];

const EGRESS: &[Row] = &[
    same("/GroupId", "security_group_id"),
    same("/Description", "description"),
    same("/CidrIp", "cidr_ipv4"),
    same("/DestinationPrefixListId", "prefix_list_id"),
    same("/DestinationSecurityGroupId", "referenced_security_group_id"),
    same("/IpProtocol", "ip_protocol"),
    same("/FromPort", "from_port"),
    same("/ToPort", "to_port"),
    untagged(),
];

const INGRESS: &[Row] = &[
    same("/GroupId", "security_group_id"),
    same("/Description", "description"),
    same("/CidrIp", "cidr_ipv4"),
    same("/SourceSecurityGroupId", "referenced_security_group_id"),
    same("/IpProtocol", "ip_protocol"),
    same("/FromPort", "from_port"),
    same("/ToPort", "to_port"),
    untagged(),
];

const SUBNET: &[Row] = &[
    same("/VpcId", "vpc_id"),
    same("/AvailabilityZone", "availability_zone"),
    same("/CidrBlock", "cidr_block"),
    same("/MapPublicIpOnLaunch", "map_public_ip_on_launch"),
    tags("/Tags"),
];

const ASSOCIATION: &[Row] = &[same("/SubnetId", "subnet_id"), same("/RouteTableId", "route_table_id")];

const VPC: &[Row] = &[
    same("/CidrBlock", "cidr_block"),
    same("/EnableDnsHostnames", "enable_dns_hostnames"),
    same("/EnableDnsSupport", "enable_dns_support"),
    tags("/Tags"),
];

const ENDPOINT: &[Row] = &[
    same("/VpcId", "vpc_id"),
    same("/ServiceName", "service_name"),
    same("/VpcEndpointType", "vpc_endpoint_type"),
    same("/PrivateDnsEnabled", "private_dns_enabled"),
    set("/RouteTableIds", "route_table_ids"),
    set("/SubnetIds", "subnet_ids"),
    set("/SecurityGroupIds", "security_group_ids"),
    tags("/Tags"),
];

const NAMESPACE: &[Row] =
    &[same("/Name", "name"), same("/Description", "description"), same("/Vpc", "vpc"), tags("/Tags")];

const DISCOVERY: &[Row] = &[
    same("/Name", "name"),
    same("/Description", "description"),
    same("/NamespaceId", "dns_config.namespace_id"),
    same("/DnsConfig/RoutingPolicy", "dns_config.routing_policy"),
    each("/DnsConfig/DnsRecords", "dns_config.dns_records", Match::Order, DNS_RECORD),
    tags("/Tags"),
];

const DNS_RECORD: &[Row] = &[same("/Type", "type"), same("/TTL", "ttl")];
