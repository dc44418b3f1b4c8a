//! From IR to Terraform: an `environment` root module, and one root module for each service.

use std::collections::BTreeMap;

use skiff_compiler::{ir::Ir, source::SourceFile};
use skiff_wire::Origins;

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
    let _ = options;
    Ok(Tree {
        files: BTreeMap::new(),
        origins: Origins {
            schema: Origins::SCHEMA.into(),
            app: ir.context.app.clone(),
            environment: ir.context.environment.clone(),
            addresses: Vec::new(),
        },
    })
}
