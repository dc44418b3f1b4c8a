//! The plan: desired state without verbs, in AWS's own vocabulary.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::release::ReleaseManifest;

/// The owner of what all services of an environment share.
pub const ENVIRONMENT_OWNER: &str = "environment";

/// Desired state: resources by CloudFormation type and property, and what the runtime moves per service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `skiff.dev/plan/v1`.
    pub schema: String,
    /// Application name.
    pub app: String,
    /// Environment name.
    pub environment: String,
    /// Twelve-digit AWS account id.
    pub account: String,
    /// AWS region.
    pub region: String,
    /// Where the ledger lives: a folder, or `s3://bucket/prefix`.
    pub state_root: String,
    /// Values that are not known yet; `apply` and `deploy` refuse while one has no value.
    pub inputs: BTreeMap<String, Input>,
    /// Resources by logical id, such as `web.target_group.a`.
    pub shape: BTreeMap<String, Resource>,
    /// Per service: what a release carries and how it moves.
    pub services: BTreeMap<String, Motion>,
    /// What it costs per month, as far as that is known.
    pub cost: Cost,
}

impl Plan {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/plan/v1";
}

/// A value the plan needs from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What sort of value it is.
    pub kind: InputKind,
    /// What it is for: one sentence.
    pub description: String,
    /// How an applier can look it up, when that is possible.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lookup: Option<Lookup>,
    /// The command that locks it.
    pub locked_by: Vec<String>,
}

/// What sort of value an input is; decides its validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// `ami-…`.
    Ami,
    /// `vpc-…`.
    Vpc,
    /// `pl-…`.
    PrefixList,
    /// Several `subnet-…`.
    SubnetList,
    /// A Route 53 hosted zone id.
    HostedZone,
    /// Priority of a listener rule, 1 to 50000.
    RulePriority,
    /// `sha256:` and 64 hexadecimal digits.
    Digest,
    /// The digest of the runner binary, `sha256:` and 64 hexadecimal digits.
    RunnerDigest,
    /// The digest of the trust root, `sha256:` and 64 hexadecimal digits.
    TrustRootDigest,
}

/// A lookup by tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// CloudFormation type to look for.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Tags that must all match; or, for a hosted zone, `name`.
    pub filters: BTreeMap<String, String>,
}

/// One AWS resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// CloudFormation type name, such as `AWS::AutoScaling::AutoScalingGroup`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// `environment` or the service that owns it.
    pub owner: String,
    /// Where in the spec it comes from, such as `services.web.routes[0]`.
    pub origin: String,
    /// The logical id it had before, from `was:`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was: Option<String>,
    /// Properties by their CloudFormation names. A reference is `{"resource": …, "attribute": …}`, a pseudo-reference
    /// `{"pseudo": "account" | "region" | "partition"}`, an input `{"input": …}`, a concatenation `{"join": […]}`,
    /// a text that travels as base64 `{"base64": …}`.
    pub properties: Map<String, Value>,
    /// JSON pointers of the properties that the runtime owns after creation; no apply changes them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub runtime_owned: Vec<String>,
    /// Keys of resources that must exist first although no property refers to them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub depends_on: Vec<String>,
    /// Whether it holds data or identity that a removal must not destroy by accident.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub retain: bool,
    /// Scanner findings that were decided against: check id → reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub accepted: BTreeMap<String, String>,
}

/// What the runtime needs to know of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Motion {
    /// `web`, `worker`, `job` or `stateful`.
    pub kind: String,
    /// What a release of this service carries.
    pub release: ReleaseManifest,
    /// The slots, by their letter.
    pub slots: BTreeMap<String, Slot>,
    /// Least number of healthy members while the service is live.
    pub minimum: u32,
    /// Most members in one slot.
    pub maximum: u32,
    /// Routes that lead here, in the order they are matched.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub routes: Vec<Route>,
    /// How a release is rolled out.
    pub rollout: Rollout,
    /// How a member stops.
    pub stop: Stop,
    /// Schedule of a job, five-field cron.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub schedule: Option<String>,
    /// Whether that schedule is switched off: the shape has no resource for it, and nothing starts the job by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub suspended: bool,
    /// Longest run of a job in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_seconds: Option<u32>,
    /// How often a failed run of a job is tried again.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub retries: u32,
    /// When a stateful member may be replaced, such as `sun:03:00-sun:04:00` (UTC).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub maintenance_window: Option<String>,
    /// Key of the volume that a stateful member attaches before it starts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<String>,
    /// Key of the name that members register under, so that other services find them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discovery: Option<String>,
    /// Keys of more names that members register under, from `discovery.names`; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub discovery_aliases: Vec<String>,
    /// Ports that the runner listens on and passes on to another port of the member; sorted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub forward: Vec<ForwardedPort>,
    /// The old way of serving, from `cutover.from`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy: Option<Legacy>,
    /// The resource that the old way of serving is reached by, from `cutover.from`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy_target_group: Option<String>,
}

/// A port of a member that leads to another one of the same member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForwardedPort {
    /// What others connect to.
    pub port: u16,
    /// What the process listens on.
    pub to: u16,
}

/// The service that this one takes over from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Legacy {
    /// What it is, such as `kubernetes/shop/checkout`.
    pub service: String,
    /// The port that it serves on, absent for what is not connected to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub port: Option<u16>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A slot: a place for one release of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Key of its Auto Scaling group in the shape.
    pub auto_scaling_group: String,
    /// Key of its launch template.
    pub launch_template: String,
    /// Key of its target group; only a web service has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target_group: Option<String>,
}

/// One route as the runtime moves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Key of the listener rule whose weights the runtime owns.
    pub listener_rule: String,
    /// Host, absent for any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub host: Option<String>,
    /// Path.
    pub path: String,
    /// `prefix`, `exact` or `regex`.
    #[serde(rename = "match")]
    pub match_kind: String,
}

/// How a release is rolled out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// `canary`, `blue-green`, `rolling` or `recreate`.
    pub strategy: String,
    /// Steps in order, the last at 100 percent.
    pub steps: Vec<Step>,
    /// What must hold at each step.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gates: Vec<Gate>,
    /// Command run once with the new release before any member serves.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub before: Vec<String>,
    /// Seconds after which the rollout has failed.
    pub deadline_seconds: u32,
}

/// One step of a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Percentage of traffic or of members, 1 to 100.
    pub percent: u32,
    /// Seconds to watch before the next step.
    pub bake_seconds: u32,
}

/// A condition that a step must meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// What it is called where its verdict is shown; absent: as its metric.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// What is looked at: `error-rate`, `latency-p99`, `healthy` …
    pub metric: String,
    /// The highest (for `healthy`: the lowest) value that passes, with its unit, such as `1%` or `500ms`; `>=` before it makes
    /// it the lowest. Empty for what judges by itself.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub limit: String,
    /// Whether it only reports.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub dry_run: bool,
    /// Whether the new release is compared with the one that serves; absent: as is usual for its metric.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compare: Option<bool>,
    /// How much worse a comparison must be able to notice, in percent of what serves: 150 is half as much again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effect: Option<u32>,
    /// Samples from which on what was measured decides alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub minimum_samples: Option<u32>,
    /// Failed evaluations that a step tolerates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failures: Option<u32>,
    /// Inconclusive evaluations that a step tolerates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inconclusive: Option<u32>,
    /// Evaluations that a step tolerates not to be possible.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub errors: Option<u32>,
    /// Of `log`: the expression that a line must match to count.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pattern: Option<String>,
    /// Of `burn-rate`: the share of requests that must be served well, such as `99.9%`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub objective: Option<String>,
    /// Of `burn-rate`: the long and the short window in seconds.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub windows: Vec<u32>,
    /// Of `prometheus` and `http`: where it is asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// Of `prometheus`: the query.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub query: Option<String>,
    /// Of `replay`: the file of recorded readings.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Of `command`: program and arguments.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// Of `command` and `http`: seconds until it is given up.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_seconds: Option<u32>,
    /// Of `prometheus` and `http`: where whoever drives the rollout has the bearer token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<GateToken>,
}

/// Where a bearer token is; never the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum GateToken {
    /// In a variable of the environment.
    Environment(String),
    /// In a file.
    File(String),
}

/// How a member stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Seconds between SIGTERM and SIGKILL.
    pub grace_seconds: u32,
    /// Seconds the load balancer keeps sending open connections to a member that leaves.
    pub drain_seconds: u32,
}

/// What the shape costs per month of 730 hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Currency of all amounts.
    pub currency: String,
    /// Date of the price table, such as `2026-11-01`.
    pub prices_as_of: String,
    /// The sum of what is known while every service is at its minimum, two decimals.
    pub monthly: String,
    /// The same while every rollout holds two full slots at their maximum, two decimals.
    pub monthly_peak: String,
    /// One line for each billable part with a known price.
    pub lines: Vec<CostLine>,
    /// What also bills, and why its amount is not known.
    pub unknown: Vec<UnknownCost>,
}

/// One billable part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostLine {
    /// Key of the resource in the shape.
    pub resource: String,
    /// What is billed, such as `t4g.small` or `NAT gateway hours`.
    pub item: String,
    /// How many units a month, such as `2 x 730 h`.
    pub quantity: String,
    /// Price of a unit, such as `0.0168 / h`.
    pub unit_price: String,
    /// Dollars a month at the minimum, two decimals.
    pub monthly: String,
    /// Dollars a month at the peak, two decimals.
    pub monthly_peak: String,
}

/// Something that bills by use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnknownCost {
    /// Key of the resource in the shape.
    pub resource: String,
    /// What is billed.
    pub item: String,
    /// Why the amount is not known.
    pub reason: String,
}
