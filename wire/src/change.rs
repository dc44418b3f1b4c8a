//! A plan against another plan: what would be added, changed in place, replaced or removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What could go wrong when a change or a step is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Nothing that runs is touched.
    None,
    /// Takes effect without anybody noticing.
    Low,
    /// May be noticed: capacity, limits, alarms, new network paths.
    Medium,
    /// May interrupt service or lose data.
    High,
}

/// Whether a change or a step can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reversibility {
    /// The opposite change restores what was.
    Reversible,
    /// Another action restores the service, not the resource.
    Compensatable,
    /// Part of it stays.
    PartiallyReversible,
    /// What is gone is gone.
    Irreversible,
}

/// What happens to one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShapeVerb {
    /// It is new.
    Add,
    /// It stays and some of its properties change.
    Change,
    /// A create-only property changes: the resource is made anew.
    Replace,
    /// Only its logical name changes (`was:`).
    Rename,
    /// It is taken away.
    Remove,
}

/// One property that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PropertyChange {
    /// JSON pointer into the resource's properties, such as `/HealthCheckPath`. An element of a list whose elements
    /// have an identity (`Sid`, `Key`, `PolicyName`, `DeviceName`, `Field`) is named by it instead of by its index,
    /// such as `/Tags/team/Value`, so that the pointer survives a reordering.
    pub pointer: String,
    /// The value before, absent when the property is new.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Value>,
    /// The value after, absent when the property is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Value>,
    /// Whether AWS can only set it when the resource is created.
    pub create_only: bool,
}

/// What happens to one resource of the shape, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShapeChange {
    /// The resource's key in the plan's `shape`.
    pub resource: String,
    /// CloudFormation type name.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Who owns it: `environment` or a service.
    pub owner: String,
    /// What happens to it.
    pub verb: ShapeVerb,
    /// The key it had before, when `was:` renamed it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was: Option<String>,
    /// What could go wrong.
    pub risk: Risk,
    /// Whether it can be taken back.
    pub reversibility: Reversibility,
    /// Why it happens and why it carries that risk: one sentence.
    pub reason: String,
    /// The properties that differ, sorted by pointer.
    pub properties: Vec<PropertyChange>,
}

/// One value outside the shape that differs: an input, a release manifest, a rollout, the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// JSON pointer into the plan, such as `/services/web/release/main/environment/LOG_LEVEL`; list elements are named
    /// as in [`PropertyChange::pointer`], workloads by `name` and gates by `metric`.
    pub pointer: String,
    /// The value before, absent when it is new.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Value>,
    /// The value after, absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Value>,
    /// What could go wrong.
    pub risk: Risk,
    /// Why it matters.
    pub reason: String,
}

/// How many of each verb, and the highest risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeSummary {
    /// Resources that are new.
    pub add: usize,
    /// Resources that change in place.
    pub change: usize,
    /// Resources that are made anew.
    pub replace: usize,
    /// Resources whose logical name alone changes.
    pub rename: usize,
    /// Resources that are taken away.
    pub remove: usize,
    /// Differences outside the shape.
    pub release: usize,
    /// The highest risk of all.
    pub risk: Risk,
}

/// The difference in meaning between two plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// `skiff.dev/change/v1`.
    pub schema: String,
    /// How many of each, and the highest risk.
    pub summary: ChangeSummary,
    /// What happens to the shape: highest risk first, then by resource.
    pub shape: Vec<ShapeChange>,
    /// What moves with a release instead of with an apply, sorted by pointer.
    pub release: Vec<Difference>,
    /// Known monthly cost before, in US dollars with two decimals.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub monthly_before: Option<String>,
    /// Known monthly cost after, in US dollars with two decimals.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub monthly_after: Option<String>,
}

impl Change {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/change/v1";

    /// Whether the two plans mean the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shape.is_empty() && self.release.is_empty()
    }
}
