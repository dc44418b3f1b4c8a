//! Runs real Terraform on every root module of a tree, in one pretended account.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_emitters::terraform::Tree;
use skiff_wire::Plan;

use super::{applied::Applied, order};
use crate::terraform::{Server, Terraform, Workspace};
use crate::tree_case;

/// Applies every root module of a tree, each after those it looks something up in.
///
/// # Errors
/// What Terraform said, with the root module it said it of.
pub fn apply(
    terraform: &Terraform,
    plan: &Plan,
    tree: &Tree,
    values: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Applied>, String> {
    let server = Server::start().map_err(|error| error.to_string())?;
    server.account().set_number(&plan.account);
    let mut modules = BTreeMap::new();
    for module in order::of(plan, &tree.origins)? {
        let at = |cause: String| format!("{module}: {cause}");
        let workspace =
            Workspace::new(terraform, &server, &tree.files, &module).map_err(|failure| at(failure.into()))?;
        let applied = apply_module(&workspace, &tree_case::variables(tree, &module, values)).map_err(at)?;
        modules.insert(module, applied);
    }
    Ok(modules)
}

fn apply_module(workspace: &Workspace, variables: &BTreeMap<String, Value>) -> Result<Applied, String> {
    let planned = workspace.plan(variables)?;
    workspace.apply_plan()?;
    Ok(Applied { configuration: planned.document["configuration"].clone(), state: workspace.state()? })
}
