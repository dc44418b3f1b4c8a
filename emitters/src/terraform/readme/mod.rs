//! The READMEs of a generated tree: one for the whole, a short one for each root module.
//!
//! [`facts`] decides what is true of this very tree, the templates say it. A sentence about something that the tree does
//! not have stands behind a condition.

mod facts;
mod order;

use std::{collections::BTreeMap, sync::LazyLock};

use minijinja::{Environment, Error, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde};
use skiff_compiler::ir::Ir;

use super::{TerraformError, module::Module, scope::Index};
use facts::Facts;

/// The name of the file in each folder.
const FILE: &str = "README.md";

const TREE: &str = "tree";
const MODULE: &str = "module";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    // Delimiters are minijinja's own, so that this holds; were it otherwise, the READMEs would only be airier.
    if let Ok(lines) = lines {
        environment.set_syntax(lines);
    }
    environment.add_filter("cell", cell);
    // Should a template not parse, asking for it says so.
    let _ = environment.add_template(TREE, include_str!("tree.md.jinja"));
    let _ = environment.add_template(MODULE, include_str!("module.md.jinja"));
    environment
});

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The READMEs by their path in the tree.
///
/// # Errors
/// A template that cannot be rendered: a defect of Skiff.
pub(super) fn of(
    ir: &Ir,
    index: &Index<'_>,
    modules: &[Module<'_>],
    spec: &str,
) -> Result<BTreeMap<String, String>, TerraformError> {
    let facts = Facts::of(ir, index, modules, spec);
    let failed = |error: Error| TerraformError { resource: FILE.to_owned(), cause: format!("{error:#}") };
    let mut files = BTreeMap::new();
    let tree = Value::from(Serde(&facts));
    files.insert(FILE.to_owned(), render(TREE, context! { tree => tree.clone() }).map_err(failed)?);
    for module in &facts.modules {
        let text = render(MODULE, context! { tree => tree.clone(), module => Serde(module) }).map_err(failed)?;
        files.insert(format!("{}/{FILE}", module.folder), text);
    }
    Ok(files)
}

fn render(template: &str, facts: Value) -> Result<String, Error> {
    TEMPLATES.get_template(template)?.render(facts)
}

#[cfg(test)]
mod tests;
