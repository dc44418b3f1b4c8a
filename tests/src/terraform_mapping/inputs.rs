//! A good value for every input, the same for the plan and for Terraform's variables.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_wire::{InputKind, Plan};

/// The first priority that is given; a person would leave room before it.
const FIRST_PRIORITY: usize = 1000;

/// A value for each input of a plan, by its name in the plan.
#[must_use]
pub fn good(plan: &Plan) -> BTreeMap<String, Value> {
    let inputs = plan.inputs.iter().enumerate();
    inputs.map(|(index, (name, input))| (name.clone(), value(input.kind, index))).collect()
}

/// Different for each input, so that one cannot stand for another.
fn value(kind: InputKind, index: usize) -> Value {
    match kind {
        InputKind::Ami => json!(format!("ami-{index:017x}")),
        InputKind::Vpc => json!(format!("vpc-{index:017x}")),
        InputKind::PrefixList => json!(format!("pl-{index:017x}")),
        InputKind::SubnetList => json!([format!("subnet-{index:015x}0a"), format!("subnet-{index:015x}0b")]),
        InputKind::HostedZone => json!(format!("Z{index:020}")),
        InputKind::RulePriority => json!(FIRST_PRIORITY + index),
        InputKind::Digest | InputKind::RunnerDigest | InputKind::TrustRootDigest => {
            json!(format!("sha256:{index:064x}"))
        }
    }
}
