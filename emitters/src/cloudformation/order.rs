//! Dependencies that no reference says.
//!
//! There is one sort: what reaches the internet through a gateway must wait until the gateway is attached to its VPC
//! (AWS CloudFormation User Guide, `DependsOn`, "When a `DependsOn` attribute is required").

use serde_json::Value;
use skiff_wire::{Plan, Resource};

const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";

/// The keys of what `resource` must wait for, sorted.
pub(super) fn waits_for<'p>(id: &str, resource: &Resource, plan: &'p Plan) -> Vec<&'p str> {
    if !needs_gateway(resource) {
        return Vec::new();
    }
    let attachment = |(other, candidate): &(&String, &Resource)| {
        candidate.resource_type == ATTACHMENT && other.as_str() != id && concerns(resource, candidate)
    };
    plan.shape.iter().filter(attachment).map(|(other, _)| other.as_str()).collect()
}

fn needs_gateway(resource: &Resource) -> bool {
    match resource.resource_type.as_str() {
        "AWS::EC2::Route" => resource.properties.contains_key("GatewayId"),
        "AWS::EC2::EIP" => true,
        "AWS::EC2::NatGateway" => {
            resource.properties.get("ConnectivityType").and_then(Value::as_str) != Some("private")
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            resource.properties.get("Scheme").and_then(Value::as_str) == Some("internet-facing")
        }
        _ => false,
    }
}

/// A route waits for the attachment of its own gateway; the others have no gateway to compare.
fn concerns(resource: &Resource, attachment: &Resource) -> bool {
    let (own, attached) = (resource.properties.get("GatewayId"), attachment.properties.get("InternetGatewayId"));
    own.is_none() || own == attached
}
