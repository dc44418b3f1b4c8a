//! The Terraform of golden cases: printed, cut into blocks, compared.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::structure::{Block, Body, Structure};
use serde_json::Value;
use skiff_compiler::source::SourceFile;
use skiff_emitters::terraform::Tree;
use skiff_wire::Lock;

use crate::{plan_case::PlanCase, seam};

/// Where reviewed trees are, from the workspace root; each is named for the case of `golden/plan` whose spec it is of.
pub const FOLDER: &str = "golden/terraform";

/// The tree of a case.
///
/// # Errors
/// A sentence when the spec has errors or the emitter fails.
pub fn tree(case: &PlanCase) -> Result<Tree, String> {
    of(&case.file, case.environment.as_deref(), &case.lock).map_err(|problem| format!("{}: {problem}", case.folder))
}

/// The tree of a spec.
///
/// # Errors
/// A sentence when the spec has errors or the emitter fails.
pub fn of(file: &SourceFile, environment: Option<&str>, lock: &Lock) -> Result<Tree, String> {
    seam::terraform(file, environment, lock)
}

/// The values of a root module's variables, from those of the plan's inputs.
#[must_use]
pub fn variables(tree: &Tree, module: &str, inputs: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let variables = tree.variables.get(module).into_iter().flatten();
    variables.filter_map(|(variable, input)| Some((variable.clone(), inputs.get(input)?.clone()))).collect()
}

/// The blocks of a tree's `.tf` files by their address, such as `services/web:aws_lb_target_group.web`; a local by its
/// name, since each says something of its own.
///
/// # Errors
/// A file that is no HCL.
pub fn blocks(tree: &Tree) -> Result<BTreeMap<String, String>, String> {
    let mut blocks = BTreeMap::new();
    for (path, text) in tree.files.iter().filter(|(path, _)| path.ends_with(".tf")) {
        let module = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let body: Body = text.parse().map_err(|error| format!("{path}: {error}"))?;
        if body.to_string() != *text {
            return Err(format!("{path} does not read back as it was written"));
        }
        for block in body.iter().filter_map(Structure::as_block) {
            let said = said(block).into_iter().map(|(name, text)| (format!("{module}:{name}"), text));
            blocks.extend(said);
        }
    }
    Ok(blocks)
}

fn said(block: &Block) -> Vec<(String, String)> {
    let labels: Vec<&str> = block.labels.iter().map(hcl_edit::structure::BlockLabel::as_str).collect();
    match (block.ident.as_str(), labels.as_slice()) {
        ("locals", _) => {
            let local = |local: &hcl_edit::structure::Attribute| {
                (format!("local.{}", local.key.as_str()), local.value.to_string().trim().to_owned())
            };
            block.body.attributes().map(local).collect()
        }
        ("resource", [kind, name]) => vec![(format!("{kind}.{name}"), text(block))],
        ("moved", _) => vec![(format!("moved {}", text(block)), String::new())],
        (keyword, labels) => {
            vec![(std::iter::once(keyword).chain(labels.iter().copied()).collect::<Vec<_>>().join("."), text(block))]
        }
    }
}

fn text(block: &Block) -> String {
    block.body.to_string()
}

/// The addresses of blocks that are in one tree only, or differ.
///
/// # Errors
/// A file that is no HCL.
pub fn changed(before: &Tree, after: &Tree) -> Result<BTreeSet<String>, String> {
    let (before, after) = (blocks(before)?, blocks(after)?);
    let addresses = before.keys().chain(after.keys());
    Ok(addresses.filter(|address| before.get(*address) != after.get(*address)).cloned().collect())
}
