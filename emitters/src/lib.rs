//! Prints the intermediate representation as an AWS plan or a CloudFormation template.

use skiff_compiler::ir::Ir;
use skiff_wire::Plan;

/// The direct AWS plan of an IR.
///
/// # Errors
/// A defect of Skiff: a property that cannot be written as JSON.
pub fn plan(_ir: &Ir) -> Result<Plan, serde_json::Error> {
    Err(serde::ser::Error::custom("not wired yet"))
}
