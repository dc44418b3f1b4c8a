//! The one door between the harness and the crates it tests.
//!
//! Everything the harness calls in the compiler and the emitters is called here, so that a changed signature is one
//! change, and so that a case is compiled the same way by every test.

use serde::Serialize;
use serde_json::Value;
use skiff_compiler::{
    compile,
    diagnostic::Code,
    facts::schemas,
    read::decode_utf8,
    source::{SourceFile, Sources},
};
use skiff_emitters::terraform::{Options, Tree};
use skiff_wire::{Finding, Lock, Plan};

use crate::finding_lines;

/// Plan cases that there must be at least.
pub const MINIMUM_PLAN_CASES: usize = 40;

/// What compiling and emitting one spec gives.
#[derive(Debug)]
pub struct Outcome {
    /// Absent when the spec has errors.
    pub plan: Option<Plan>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

/// Compiles one spec for one environment and prints its Terraform.
///
/// # Errors
/// A sentence when the spec has errors, or the emitter fails: always a defect.
pub fn terraform(file: &SourceFile, environment: Option<&str>, lock: &Lock) -> Result<Tree, String> {
    let sources = Sources { file: file.clone(), environment: environment.map(str::to_owned) };
    let compilation = compile(&sources, lock);
    let found = || finding_lines::write(&compilation.diagnostics.findings(file));
    let ir = compilation.ir.as_ref().ok_or_else(|| format!("the spec has errors\n{}", found()))?;
    skiff_emitters::terraform::terraform(ir, Options { spec: file }).map_err(|error| error.to_string())
}

/// Compiles one spec for one environment and emits its plan.
///
/// # Errors
/// A sentence when the emitter fails: always a defect.
pub fn plan(file: &SourceFile, environment: Option<&str>, lock: &Lock) -> Result<Outcome, String> {
    let sources = Sources { file: file.clone(), environment: environment.map(str::to_owned) };
    let compilation = compile(&sources, lock);
    let findings = compilation.diagnostics.findings(file);
    let plan = compilation.ir.as_ref().map(skiff_emitters::plan).transpose();
    Ok(Outcome { plan: plan.map_err(|error| format!("the plan cannot be emitted: {error}"))?, findings })
}

/// Every code that a compilation or an import can raise.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [compiler_codes(), import_codes(), operating_codes()].concat()
}

/// Every code that what acts can report: the runtime, the runner and the commands.
#[must_use]
pub fn operating_codes() -> Vec<&'static Code> {
    [skiff_runtime::codes(), skiff_runner::codes(), command_codes::CODES.to_vec()].concat()
}

/// What the commands declare for themselves. They are a program, which no crate can depend on, so their declarations are
/// compiled here once more.
#[allow(dead_code, unreachable_pub, reason = "the commands raise these codes; here they are only listed")]
#[path = "../../cli/src/codes.rs"]
mod command_codes;

/// Every code that a compilation can raise.
#[must_use]
pub fn compiler_codes() -> Vec<&'static Code> {
    skiff_compiler::codes()
}

/// Every code that an import can raise.
#[must_use]
pub fn import_codes() -> Vec<&'static Code> {
    skiff_importers::codes()
}

/// The JSON Schema of `skiff.yaml`; absent while the spec has no types.
#[must_use]
pub fn spec_schema() -> Option<Value> {
    Some(skiff_compiler::spec::schema()).filter(|schema| !schema.is_null())
}

/// Bytes as a source, or the findings that say why they are none.
///
/// # Errors
/// The findings.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<SourceFile, Vec<Finding>> {
    decode_utf8(name, bytes).map_err(|refused| refused.1.findings(&refused.0))
}

/// A document as canonical JSON: pretty, with a newline at its end.
///
/// # Errors
/// A sentence when it cannot be written.
pub fn to_json(document: &impl Serialize) -> Result<String, String> {
    skiff_emitters::to_json(document).map_err(|error| error.to_string())
}

/// A plan as a CloudFormation template.
#[must_use]
pub fn cloudformation_text(plan: &Plan) -> String {
    skiff_emitters::cloudformation_text(plan)
}

/// AWS's resource schema of a CloudFormation type; absent when the project does not know the type.
#[must_use]
pub fn resource_schema(type_name: &str) -> Option<&'static Value> {
    schemas::schema(type_name)
}

/// The names of the types that [`resource_schema`] knows, sorted.
#[must_use]
pub fn resource_types() -> &'static [&'static str] {
    schemas::type_names()
}
