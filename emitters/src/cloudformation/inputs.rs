//! Inputs as parameters, each with the check that its sort of value allows.

use serde_json::{Map, Value, json};
use skiff_wire::{Input, InputKind, Plan};

use super::names::Names;

/// The template's parameters: the inputs that a resource takes. Others, such as the runner's digest, are asked for before
/// an apply and reach members as text.
pub(super) fn parameters(plan: &Plan, names: &Names) -> Map<String, Value> {
    let used = |(key, _): &(&String, &Input)| {
        plan.shape.values().any(|resource| resource.properties.values().any(|value| takes(value, key)))
    };
    let parameter = |(key, input): (&String, &Input)| (names.input(key), parameter(input));
    plan.inputs.iter().filter(used).map(parameter).collect()
}

fn takes(value: &Value, input: &str) -> bool {
    match value {
        Value::Object(object) if object.len() == 1 && object.get("input").is_some_and(|key| key == input) => true,
        Value::Object(object) => object.values().any(|inner| takes(inner, input)),
        Value::Array(items) => items.iter().any(|inner| takes(inner, input)),
        _ => false,
    }
}

fn parameter(input: &Input) -> Value {
    let mut parameter = Map::new();
    parameter.insert("Description".to_owned(), json!(described(input)));
    for (name, value) in constraints(input.kind) {
        parameter.insert((*name).to_owned(), value);
    }
    Value::Object(parameter)
}

fn described(input: &Input) -> String {
    // CloudFormation allows 4,000 characters.
    const LONGEST: usize = 2_000;
    let locked_by =
        if input.locked_by.is_empty() { String::new() } else { format!(" Locked by `{}`.", input.locked_by.join(" ")) };
    format!("{}{locked_by}", input.description).chars().take(LONGEST).collect()
}

/// The AWS-specific types are checked by CloudFormation when a stack is made; the patterns also without an account.
fn constraints(kind: InputKind) -> Vec<(&'static str, Value)> {
    let text = |pattern: &str| vec![("Type", json!("String")), ("AllowedPattern", json!(pattern))];
    match kind {
        InputKind::Ami => {
            vec![("Type", json!("AWS::EC2::Image::Id")), ("AllowedPattern", json!("^ami-[0-9a-f]{8,17}$"))]
        }
        InputKind::Vpc => vec![("Type", json!("AWS::EC2::VPC::Id"))],
        InputKind::PrefixList => text("^pl-[0-9a-f]{8,17}$"),
        InputKind::SubnetList => vec![("Type", json!("List<AWS::EC2::Subnet::Id>"))],
        InputKind::HostedZone => vec![("Type", json!("AWS::Route53::HostedZone::Id"))],
        InputKind::RulePriority => {
            vec![("Type", json!("Number")), ("MinValue", json!(1)), ("MaxValue", json!(50_000))]
        }
        InputKind::Digest | InputKind::RunnerDigest | InputKind::TrustRootDigest => text("^sha256:[0-9a-f]{64}$"),
    }
}
