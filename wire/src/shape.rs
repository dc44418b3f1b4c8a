//! What a provider was made to hold: one document for each resource.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One resource of the shape: the body of `<app>/<env>/shape/<resource>.json`.
///
/// `desired` is written before the provider is asked, `last_applied` after it has answered: where the two differ, an
/// application was interrupted, and the next one goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShapeRecord {
    /// Its CloudFormation type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// What the plan wants of it, without what the runtime owns; absent once it shall be gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub desired: Option<Map<String, Value>>,
    /// What the provider was last made to hold, absent while it holds nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_applied: Option<Map<String, Value>>,
    /// The provider's identifier: the proof that the resource is Skiff's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identifier: Option<String>,
}

impl ShapeRecord {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/shape-record/v1";
}
