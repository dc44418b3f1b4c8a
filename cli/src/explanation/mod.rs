//! What a resource is and why it exists, by any name it has: [`known`] gathers all there is to know from a compiled spec or
//! from the sidecar of a generated tree, [`address`] finds what somebody asked for, [`text`] shows it.

pub(crate) mod address;
pub(crate) mod known;
pub(crate) mod text;

use serde::Serialize;
use skiff_wire::Place;

/// One resource of the plan with all its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Explanation {
    /// The logical id in the plan.
    pub(crate) resource: String,
    /// The CloudFormation type.
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    /// The name it has in AWS, where the plan gives it one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// `environment`, or the service that owns it.
    pub(crate) owner: String,
    /// The logical id in the CloudFormation template.
    pub(crate) cloudformation_id: String,
    /// Path of keys in the spec.
    pub(crate) origin: String,
    /// The place in the spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    /// The line of the spec at that place, as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<String>,
    /// JSON pointers of the properties that the runtime owns.
    pub(crate) runtime_owned: Vec<String>,
    /// Its blocks in Terraform.
    pub(crate) addresses: Vec<Address>,
    /// Resources it needs, absent when only a generated tree was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) depends_on: Option<Vec<String>>,
    /// Resources that need it, absent when only a generated tree was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) referred_by: Option<Vec<String>>,
}

/// One address in Terraform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Address {
    /// The root module's folder in the tree.
    pub(crate) module: String,
    /// Within its root module.
    pub(crate) address: String,
    /// The file, within its root module.
    pub(crate) file: String,
    /// Whether it is what was asked for.
    pub(crate) asked: bool,
}
