//! Where the blocks of a generated Terraform tree come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sidecar of a generated tree: for every address, the resource of the plan and its place in the spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origins {
    /// `skiff.dev/origins/v1`.
    pub schema: String,
    /// Application name.
    pub app: String,
    /// Environment name.
    pub environment: String,
    /// One entry for each address, by root module, file and order in the file.
    pub addresses: Vec<AddressOrigin>,
}

impl Origins {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/origins/v1";
}

/// What one Terraform address stands for, and why it exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressOrigin {
    /// The root module's folder in the tree: `environment`, or `services/<name>`.
    pub module: String,
    /// The address within its root module, such as `aws_lb_target_group.web["a"]`.
    pub address: String,
    /// The file of the block, within its root module.
    pub file: String,
    /// The logical id in the plan, such as `web.target_group.a`.
    pub resource: String,
    /// The CloudFormation type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// The logical id in the CloudFormation template, such as `WebTargetGroupA`.
    pub cloudformation_id: String,
    /// Path of keys in the spec, such as `services.web.routes[0]`.
    pub origin: String,
    /// The place in the spec, absent for what nobody wrote.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Place>,
    /// JSON pointers of the plan's properties that the runtime owns once the resource exists.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runtime_owned: Vec<String>,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file, as named on the command line.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode scalar values.
    pub column: u32,
}
