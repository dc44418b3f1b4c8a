//! The one door between the harness and the crates it tests.
//!
//! Everything the harness calls in the compiler and the emitters is called here, so that a changed signature is one
//! change, and so that a case is compiled the same way by every test.

use std::{collections::BTreeMap, fs, sync::OnceLock};

use serde::Serialize;
use serde_json::{Value, json};
use skiff_compiler::{compile, diagnostic::Code, source::SourceFile, source::Sources};
use skiff_wire::{Finding, Lock, Plan, Severity};

use crate::checkout;

/// Plan cases that there must be at least.
pub const MINIMUM_PLAN_CASES: usize = 0;

/// Codes that may still be without a reject case.
pub const CODES_WITHOUT_CASE: usize = 1;

/// What compiling and emitting one spec gives.
#[derive(Debug)]
pub struct Outcome {
    /// Absent when the spec has errors.
    pub plan: Option<Plan>,
    /// Everything that was found.
    pub findings: Vec<Finding>,
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

/// Every code that a compilation can raise.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    skiff_compiler::codes()
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
    let as_file = |text| SourceFile { name: name.into(), text };
    String::from_utf8(bytes).map(as_file).map_err(|error| {
        vec![Finding {
            code: "SK0002".into(),
            severity: Severity::Error,
            message: error.utf8_error().to_string(),
            file: Some(name.into()),
            line: None,
            column: None,
            hint: None,
        }]
    })
}

/// A document as canonical JSON: pretty, with a newline at its end.
///
/// # Errors
/// A sentence when it cannot be written.
pub fn to_json(document: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(document).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// A plan as a CloudFormation template.
#[must_use]
pub fn cloudformation_text(plan: &Plan) -> String {
    let resource =
        |resource: &skiff_wire::Resource| json!({"Type": resource.resource_type, "Properties": resource.properties});
    let resources: BTreeMap<_, _> =
        plan.shape.iter().map(|(id, it)| (id.replace(['.', '_'], ""), resource(it))).collect();
    json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}).to_string()
}

/// AWS's resource schema of a CloudFormation type; absent when the project does not know the type.
#[must_use]
pub fn resource_schema(type_name: &str) -> Option<&'static Value> {
    resource_schemas().get(type_name)
}

/// The names of the types that [`resource_schema`] knows, sorted.
#[must_use]
pub fn resource_types() -> Vec<&'static str> {
    resource_schemas().keys().map(String::as_str).collect()
}

fn resource_schemas() -> &'static BTreeMap<String, Value> {
    static SCHEMAS: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let folder = checkout::root().join("compiler/data/schemas");
        let files = checkout::walk(&folder).unwrap_or_default();
        let texts = files.iter().filter_map(|file| fs::read_to_string(folder.join(file)).ok());
        let schemas = texts.filter_map(|text| serde_json::from_str::<Value>(&text).ok());
        schemas.filter_map(|schema| Some((schema["typeName"].as_str()?.to_owned(), schema))).collect()
    })
}
