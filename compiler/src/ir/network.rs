//! EC2 networking: VPC, subnets, routes, gateways, endpoints, security groups.

use serde::Serialize;

use super::expr::{Expr, attributes};

/// `AWS::EC2::VPC`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    pub cidr_block: String,
    pub enable_dns_hostnames: bool,
    pub enable_dns_support: bool,
}

attributes!(Vpc {
    /// Its id.
    id_of = "VpcId",
});

/// `AWS::EC2::InternetGateway`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InternetGateway {}

attributes!(InternetGateway {
    /// Its id.
    id_of = "InternetGatewayId",
});

/// `AWS::EC2::VPCGatewayAttachment`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcGatewayAttachment {
    pub internet_gateway_id: Expr,
    pub vpc_id: Expr,
}

/// `AWS::EC2::Subnet`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet {
    pub availability_zone: String,
    pub cidr_block: String,
    pub map_public_ip_on_launch: bool,
    pub vpc_id: Expr,
}

attributes!(Subnet {
    /// Its id.
    id_of = "SubnetId",
});

/// `AWS::EC2::RouteTable`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable {
    pub vpc_id: Expr,
}

attributes!(RouteTable {
    /// Its id.
    id_of = "RouteTableId",
});

/// `AWS::EC2::Route`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route {
    pub destination_cidr_block: String,
    pub gateway_id: Option<Expr>,
    pub nat_gateway_id: Option<Expr>,
    pub route_table_id: Expr,
}

/// `AWS::EC2::SubnetRouteTableAssociation`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubnetRouteTableAssociation {
    pub route_table_id: Expr,
    pub subnet_id: Expr,
}

/// `AWS::EC2::EIP`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Eip {
    pub domain: String,
}

attributes!(Eip {
    /// Its allocation id.
    allocation_id = "AllocationId",
});

/// `AWS::EC2::NatGateway`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway {
    pub allocation_id: Expr,
    pub subnet_id: Expr,
}

attributes!(NatGateway {
    /// Its id.
    id_of = "NatGatewayId",
});

/// `AWS::EC2::VPCEndpoint`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpoint {
    pub private_dns_enabled: Option<bool>,
    pub route_table_ids: Option<Vec<Expr>>,
    pub security_group_ids: Option<Vec<Expr>>,
    pub service_name: String,
    pub subnet_ids: Option<Vec<Expr>>,
    pub vpc_endpoint_type: String,
    pub vpc_id: Expr,
}

/// `AWS::EC2::FlowLog`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlowLog {
    pub deliver_logs_permission_arn: Expr,
    pub log_destination_type: String,
    pub log_group_name: Expr,
    pub max_aggregation_interval: u32,
    pub resource_id: Expr,
    pub resource_type: String,
    pub traffic_type: String,
}

/// `AWS::EC2::SecurityGroup`; its rules are resources of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    pub group_description: String,
    pub group_name: String,
    pub vpc_id: Expr,
    /// One rule that leads nowhere: without it AWS adds one that lets everything out.
    pub security_group_egress: Option<Vec<InlineEgress>>,
}

/// An egress rule within a security group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlineEgress {
    pub cidr_ip: String,
    pub description: String,
    pub from_port: i32,
    pub ip_protocol: &'static str,
    pub to_port: i32,
}

attributes!(SecurityGroup {
    /// Its id.
    group_id = "GroupId",
});

/// `AWS::EC2::SecurityGroupIngress`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupIngress {
    pub cidr_ip: Option<Expr>,
    pub description: String,
    pub from_port: u16,
    pub group_id: Expr,
    pub ip_protocol: &'static str,
    pub source_security_group_id: Option<Expr>,
    pub to_port: u16,
}

/// `AWS::EC2::SecurityGroupEgress`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupEgress {
    pub cidr_ip: Option<Expr>,
    pub description: String,
    pub destination_prefix_list_id: Option<Expr>,
    pub destination_security_group_id: Option<Expr>,
    pub from_port: u16,
    pub group_id: Expr,
    pub ip_protocol: &'static str,
    pub to_port: u16,
}
