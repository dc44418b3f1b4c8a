//! The life of a golden tree in the hands of real Terraform: from its first plan to the day the runtime has moved
//! everything that is the runtime's.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_emitters::terraform::Tree;

use crate::{
    Problems,
    plan_case::Planned,
    terraform::{Failure, Server, Terraform, Workspace},
    terraform_mapping::{Applied, Comparison, compare, inputs, order},
    tree_case,
};

/// What a life gave.
#[derive(Debug, Default)]
pub struct Life {
    /// What went wrong, each with its case and step.
    pub problems: Problems,
    /// The comparison of plan and applied values.
    pub comparison: Comparison,
    /// Root modules that were applied.
    pub modules: usize,
    /// Tests that the trees hold, and that ran.
    pub tests: usize,
}

/// Lives one case's tree: every root module in an order in which they can be made, in one pretended account.
#[must_use]
pub fn live(terraform: &Terraform, planned: &Planned) -> Life {
    let mut life = Life::default();
    let outcome = whole(terraform, planned, &mut life);
    life.problems.extend(outcome.err().map(|problem| format!("{}: {problem}", planned.case.folder)));
    life
}

fn whole(terraform: &Terraform, planned: &Planned, life: &mut Life) -> Result<(), String> {
    let tree = tree_case::tree(&planned.case)?;
    let plan = &planned.plan;
    let server = Server::start().map_err(|error| error.to_string())?;
    server.account().set_number(&plan.account);
    let values = inputs::good(plan);
    let mut modules = BTreeMap::new();
    for module in order::of(plan, &tree.origins)? {
        let applied =
            live_module(terraform, &server, (&tree, &module), &tree_case::variables(&tree, &module, &values), life);
        modules.insert(module.clone(), applied.map_err(|problem| format!("{module}: {problem}"))?);
    }
    life.modules = modules.len();
    life.comparison = compare(plan, &tree.origins, &modules, &values);
    let differences = life.comparison.differences.iter();
    life.problems.extend(differences.map(|difference| format!("{}: {difference}", planned.case.folder)));
    Ok(())
}

fn live_module(
    terraform: &Terraform,
    server: &Server,
    (tree, module): (&Tree, &str),
    variables: &BTreeMap<String, Value>,
    life: &mut Life,
) -> Result<Applied, String> {
    let workspace = Workspace::new(terraform, server, &tree.files, module)?;
    workspace.fmt_check()?;
    workspace.validate()?;
    let planned = workspace.plan(variables)?;
    only_creates(&planned.changed())?;
    workspace.apply_plan()?;
    let applied = Applied { configuration: planned.document["configuration"].clone(), state: workspace.state()? };
    workspace.expect_no_changes(variables).map_err(|failure| after("an apply", &failure))?;
    let mut moved = 0;
    workspace.edit_state(|state| moved = move_what_is_the_runtimes(state))?;
    if moved > 0 {
        workspace.expect_no_changes(variables).map_err(|failure| after("the runtime's moves", &failure))?;
    }
    life.tests += passed(&workspace.test()?)?;
    Ok(applied)
}

fn after(what: &str, failure: &Failure) -> String {
    format!("the plan is not empty after {what}\n{failure}")
}

fn only_creates(changed: &BTreeMap<&str, String>) -> Result<(), String> {
    let other: Vec<_> = changed.iter().filter(|(_, actions)| *actions != "create" && *actions != "read").collect();
    if changed.is_empty() || !other.is_empty() {
        return Err(format!("the first plan should make everything and nothing else: {changed:?}"));
    }
    Ok(())
}

/// Weights, capacity and template versions as they are after a canary, a cutover and a rollback; how many changed.
fn move_what_is_the_runtimes(state: &mut Value) -> usize {
    let mut moved = 0;
    for resource in state["resources"].as_array_mut().into_iter().flatten() {
        let kind = resource["type"].as_str().unwrap_or_default().to_owned();
        for instance in resource["instances"].as_array_mut().into_iter().flatten() {
            moved += usize::from(move_one(&kind, &mut instance["attributes"]));
        }
    }
    moved
}

fn move_one(kind: &str, attributes: &mut Value) -> bool {
    match kind {
        "aws_autoscaling_group" => {
            attributes["min_size"] = json!(2);
            attributes["desired_capacity"] = json!(5);
            attributes["launch_template"][0]["version"] = json!("7");
            true
        }
        "aws_lb_listener_rule" => {
            let groups = attributes.pointer_mut("/action/0/forward/0/target_group").and_then(Value::as_array_mut);
            let Some(groups) = groups else { return false };
            for group in groups {
                group["weight"] = json!(100 - group["weight"].as_i64().unwrap_or_default());
            }
            true
        }
        _ => false,
    }
}

/// How many runs passed, from Terraform's last line: `Success! 3 passed, 0 failed.`
fn passed(output: &str) -> Result<usize, String> {
    let line = output.lines().rev().find(|line| line.contains(" passed, ")).unwrap_or_default();
    let count = line.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0);
    if count == 0 { Err(format!("`terraform test` ran nothing: {output}")) } else { Ok(count) }
}
