//! Names: public records, and private names within the VPC.

use serde::Serialize;

use super::expr::{Expr, attributes};

/// `AWS::Route53::RecordSet`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordSet {
    pub alias_target: AliasTarget,
    pub hosted_zone_id: Expr,
    pub name: String,
    #[serde(rename = "Type")]
    pub record_type: String,
}

/// What an alias record points at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasTarget {
    #[serde(rename = "DNSName")]
    pub dns_name: Expr,
    pub evaluate_target_health: bool,
    pub hosted_zone_id: Expr,
}

/// `AWS::ServiceDiscovery::PrivateDnsNamespace`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrivateDnsNamespace {
    pub description: String,
    pub name: String,
    pub vpc: Expr,
}

attributes!(PrivateDnsNamespace {
    /// Its id.
    namespace_id = "Id",
});

/// `AWS::ServiceDiscovery::Service`: the name that members register under.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DiscoveryService {
    pub description: String,
    pub dns_config: DnsConfig,
    pub name: String,
    pub namespace_id: Expr,
}

attributes!(DiscoveryService {
    /// Its id.
    service_id = "Id",
    /// Its ARN.
    arn = "Arn",
});

/// The records of a private name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DnsConfig {
    pub dns_records: Vec<DnsRecord>,
    pub routing_policy: String,
}

/// A record of a private name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DnsRecord {
    #[serde(rename = "TTL")]
    pub time_to_live: u32,
    #[serde(rename = "Type")]
    pub record_type: String,
}
