//! From IR to Terraform: an `environment` root module, and one root module for each service (`aws-rules` 7).
//!
//! | step | module | from | to |
//! |---|---|---|---|
//! | lower | `lower`, with `scope`, `lookup` and `address` | a resource | pieces: blocks in Terraform's own arguments |
//! | group | `group` | pieces | one block for the slots of a service, or the zones of a network |
//! | arrange | `module`, `preamble`, `outputs`, `checks`, `skips` | blocks | files, with what holds no resource |
//! | promise | `promises` | the IR beside the blocks | a test of each root module |
//! | print | `files`, `print` | files | text, as `terraform fmt` would lay it out |
//! | explain | `readme` | all root modules | the READMEs |
//!
//! All decisions are taken before printing. **Absent on purpose:** `dynamic`, `count`, `try`, modules and flags (the
//! compiler has decided), remote state (root modules find each other's objects by name), and secret values.

mod address;
mod arrange;
mod checks;
mod files;
mod group;
mod lookup;
mod lower;
mod model;
mod module;
mod origins;
mod outputs;
mod piece;
mod preamble;
mod print;
mod promises;
mod readme;
mod scope;
mod skips;

use std::collections::BTreeMap;

use skiff_compiler::{
    ir::{Ir, Owner, Resource},
    source::SourceFile,
};
use skiff_wire::Origins;

use module::Module;

/// The sidecar's path within the tree.
pub const ORIGINS_FILE: &str = "skiff-origins.json";

/// What the emitter needs beside the IR.
#[derive(Debug, Clone, Copy)]
pub struct Options<'source> {
    /// The spec, so that origins can name lines.
    pub spec: &'source SourceFile,
}

/// A generated tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Text by path within the tree, with `/` between folders; the sidecar and the README are among them.
    pub files: BTreeMap<String, String>,
    /// What the sidecar says.
    pub origins: Origins,
    /// The plan's input behind each variable, by root module and variable.
    pub variables: BTreeMap<String, BTreeMap<String, String>>,
}

/// A defect of Skiff: the IR could not be written as Terraform.
#[derive(Debug)]
pub struct TerraformError {
    /// The logical id of the resource.
    pub(crate) resource: String,
    /// What is wrong.
    pub(crate) cause: String,
}

impl std::fmt::Display for TerraformError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` cannot be written as Terraform: {}", self.resource, self.cause)
    }
}

impl std::error::Error for TerraformError {}

/// The Terraform of an IR.
///
/// # Errors
/// A defect of Skiff: a reference that has no Terraform form, or two resources of one address.
pub fn terraform(ir: &Ir, options: Options<'_>) -> Result<Tree, TerraformError> {
    let index = scope::Index::of(ir);
    let mut files = BTreeMap::new();
    let mut modules = Vec::new();
    for (owner, resources) in by_owner(&ir.resources) {
        let module = Module::lower(ir, &index, owner, &resources)?;
        for (name, text) in files::of(&module)? {
            files.insert(format!("{}/{name}", module.folder), text);
        }
        let test = print::file(&promises::of(&module, &index)?);
        let test = test.map_err(|cause| TerraformError { resource: promises::FILE.to_owned(), cause })?;
        files.insert(format!("{}/{}", module.folder, promises::FILE), test);
        modules.push(module);
    }
    files.extend(readme::of(ir, &index, &modules, &options.spec.name)?);
    let origins = origins::of(ir, &modules, options.spec);
    files.insert(ORIGINS_FILE.to_owned(), origins::text(&origins)?);
    let variables = modules.iter().map(|module| (module.folder.clone(), module.variables.clone())).collect();
    Ok(Tree { files, origins, variables })
}

/// The resources of each root module: the environment's, then each service's.
fn by_owner(resources: &[Resource]) -> BTreeMap<&Owner, Vec<&Resource>> {
    let mut owned: BTreeMap<&Owner, Vec<&Resource>> = BTreeMap::new();
    for resource in resources {
        owned.entry(&resource.owner).or_default().push(resource);
    }
    owned
}
