//! Dependencies that no reference says.
//!
//! The plan says some by itself (`depends_on`). One sort follows from the types: what reaches the internet through a gateway must wait until the gateway is attached to its VPC
//! (AWS CloudFormation User Guide, `DependsOn`, "When a `DependsOn` attribute is required").

use serde_json::Value;
use skiff_wire::{Plan, Resource};

const ATTACHMENT: &str = "AWS::EC2::VPCGatewayAttachment";

/// The keys of what `resource` must wait for, sorted.
pub(super) fn waits_for<'p>(id: &str, resource: &Resource, plan: &'p Plan) -> Vec<&'p str> {
    let mut waits = said(resource, plan);
    if needs_gateway(resource) {
        waits.extend(gateways(id, resource, plan));
    }
    waits.sort_unstable();
    waits.dedup();
    waits
}

/// What the plan itself says.
fn said<'p>(resource: &Resource, plan: &'p Plan) -> Vec<&'p str> {
    let known = |id: &String| plan.shape.get_key_value(id).map(|(key, _)| key.as_str());
    resource.depends_on.iter().filter_map(known).collect()
}

fn gateways<'p>(id: &str, resource: &Resource, plan: &'p Plan) -> Vec<&'p str> {
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
