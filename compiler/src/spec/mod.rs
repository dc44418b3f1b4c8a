//! The types of `skiff.yaml`, each field declared once with its documentation and its owner.
//!
//! [`overlay`](overlay::select) lays the environment over the document, [`Decode`](decode::Decode) turns the tree into a
//! [`Spec`]. The JSON Schema of the file is [`schema`], generated from the same declarations.
//!
//! To add a field: declare it in the mapping it belongs to, use it in `resolve` or `lower`, regenerate the schema.

pub mod application;
pub mod codes;
pub mod data;
mod declare;
pub mod decode;
mod hint;
pub mod local;
pub mod network;
pub mod overlay;
pub mod routing;
pub mod service;
pub mod shorthand;
pub mod values;
pub mod workload;

pub use application::Spec;

use schemars::generate::SchemaSettings;

/// The JSON Schema of `skiff.yaml`, generated from the types.
///
/// An environment's overlay is the same document with nothing required, so the overlay is described as a free mapping.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Spec>().to_value();
    let environments = serde_json::json!({
        "description": "Environments: what differs from the rest of this file. Mappings are merged, anything else is replaced, `null` removes.",
        "type": "object",
        "additionalProperties": { "type": ["object", "null"] },
        "x-skiff-owner": "mixed",
    });
    schema["properties"]["environments"] = environments;
    schema["title"] = "skiff.yaml".into();
    schema["$id"] = "https://skiff.dev/schema/skiff.v1.json".into();
    let required = schema.get("required").cloned().unwrap_or_default();
    relax_what_an_environment_may_give(&mut schema, &required);
    schema
}

/// An account or a region may come from each environment alone, so the file as a whole does not require it.
fn relax_what_an_environment_may_give(schema: &mut serde_json::Value, required: &serde_json::Value) {
    let always: Vec<_> = required
        .as_array()
        .into_iter()
        .flatten()
        .filter(|key| !matches!(key.as_str(), Some("account" | "region")))
        .cloned()
        .collect();
    schema["required"] = always.into();
}

/// The environments that a spec declares, in order of name; empty when it declares none or cannot be read.
#[must_use]
pub fn environments(file: &crate::source::SourceFile) -> Vec<String> {
    let mut unheard = crate::diagnostic::Diagnostics::default();
    let document = crate::read::read(file, &mut unheard);
    document.map(|document| overlay::declared(&document.root)).unwrap_or_default()
}
