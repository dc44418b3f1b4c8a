//! `skiff.yaml` as a person would write it, with comments where something is missing.
//!
//! The spec becomes a tree of values in the order of its declarations; `comment` finds the place of each finding in that
//! tree, `print` lays it out, `scalar` decides how a text is written.
//!
//! - **What is written is read back as the same spec**, whatever its texts hold.
//! - **A comment stays a comment**: nothing of an input can end it.

mod comment;
mod print;
mod scalar;

use serde_yaml::Value;
use skiff_compiler::spec::Spec;

use crate::account::Finding;

/// What stands above everything: editors find the schema by the first line.
const HEADER: &str = "\
# yaml-language-server: $schema=https://skiff.dev/schema/skiff.v1.json
# Imported by Skiff. Every key is explained in docs/spec.md of Skiff.
";

/// The text of a spec. A finding about something that is lost, unknown or a placeholder stands as a comment above the key
/// it would belong to, at the end of its service when that key is not written, and above all services when it has none.
#[must_use]
pub fn spec(spec: &Spec, findings: &[Finding]) -> String {
    // Serialising into a tree in memory fails for no spec: its keys are texts, and its values are what YAML has.
    let root = serde_yaml::to_value(spec).unwrap_or(Value::Null);
    let comments = comment::place(findings, &root);
    HEADER.to_owned() + &print::print(&root, &comments)
}
