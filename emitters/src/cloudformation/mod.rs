//! A plan printed as a CloudFormation template: for review, for `cfn-lint` and for checkov, not for deploying.
//!
//! [`names`] gives every resource and input a logical id; [`lower`] turns the plan's references into `Ref`,
//! `Fn::GetAtt` and `Fn::Sub`; [`inputs`] makes parameters of the inputs; [`order`] finds the few dependencies that no
//! reference says. **Absent on purpose:** outputs, conditions and mappings; the plan has nothing that would need them.

mod inputs;
mod lower;
pub(crate) mod names;
mod order;
mod reference;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};
use skiff_wire::{Plan, Resource};

use names::Names;

/// The template of a plan.
///
/// Every resource carries `Metadata.Skiff` with its key in the plan and its place in the spec, and what the plan decided
/// against a scanner's finding: `Metadata.checkov.skip` with the reason, `Metadata.cfn-lint` for its check ids.
#[must_use]
pub fn cloudformation(plan: &Plan) -> Value {
    let names = Names::of(plan.shape.keys().map(String::as_str), plan.inputs.keys().map(String::as_str));
    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    template.insert("Description".to_owned(), json!(description(plan)));
    let parameters = inputs::parameters(plan, &names);
    if !parameters.is_empty() {
        template.insert("Parameters".to_owned(), Value::Object(parameters));
    }
    let resource = |(id, resource): (&String, &Resource)| (names.resource(id), printed(id, resource, plan, &names));
    template.insert("Resources".to_owned(), Value::Object(plan.shape.iter().map(resource).collect()));
    Value::Object(template)
}

/// The template as canonical JSON: two spaces, sorted keys, a final newline.
#[must_use]
pub fn cloudformation_text(plan: &Plan) -> String {
    format!("{:#}\n", cloudformation(plan))
}

fn description(plan: &Plan) -> String {
    format!(
        "{} ({}) in account {}, region {}: printed by Skiff for review, not for deploying.",
        plan.app, plan.environment, plan.account, plan.region
    )
}

fn printed(id: &str, resource: &Resource, plan: &Plan, names: &Names) -> Value {
    let mut printed = Map::new();
    printed.insert("Type".to_owned(), json!(resource.resource_type));
    printed.insert("Metadata".to_owned(), metadata(id, resource));
    let waits = order::waits_for(id, resource, plan);
    if !waits.is_empty() {
        let waits: Vec<String> = waits.into_iter().map(|other| names.resource(other)).collect();
        printed.insert("DependsOn".to_owned(), json!(waits));
    }
    if resource.retain {
        printed.insert("DeletionPolicy".to_owned(), json!("Retain"));
        printed.insert("UpdateReplacePolicy".to_owned(), json!("Retain"));
    }
    if !resource.properties.is_empty() {
        let lower = lower::Lowering { plan, names, hops: 8 };
        let property = |(name, value): (&String, &Value)| (name.clone(), lower.value(value));
        printed.insert("Properties".to_owned(), Value::Object(resource.properties.iter().map(property).collect()));
    }
    Value::Object(printed)
}

fn metadata(id: &str, resource: &Resource) -> Value {
    let mut metadata = Map::new();
    let mut skiff = json!({ "Resource": id, "Origin": resource.origin });
    let (linted, scanned): (Vec<_>, Vec<_>) = resource.accepted.iter().partition(|(check, _)| is_cfn_lint(check));
    if !linted.is_empty() {
        let checks: Vec<&String> = linted.iter().map(|(check, _)| *check).collect();
        metadata.insert("cfn-lint".to_owned(), json!({ "config": { "ignore_checks": checks } }));
        // cfn-lint has no place for a reason, so it stands with what else Skiff says.
        let reasons: Map<String, Value> = linted.iter().map(|(check, why)| ((*check).clone(), json!(why))).collect();
        skiff["Accepted"] = Value::Object(reasons);
    }
    if !scanned.is_empty() {
        let skip: Vec<Value> = scanned.iter().map(|(check, why)| json!({ "id": check, "comment": why })).collect();
        metadata.insert("checkov".to_owned(), json!({ "skip": skip }));
    }
    metadata.insert("Skiff".to_owned(), skiff);
    Value::Object(metadata)
}

/// The check ids of cfn-lint are a letter for the severity and four digits.
fn is_cfn_lint(check: &str) -> bool {
    check
        .strip_prefix(['E', 'W', 'I'])
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}
