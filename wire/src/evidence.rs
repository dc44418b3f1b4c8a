//! What was seen while a stage of a rollout was watched, and what the gates made of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a watched stage has shown: the output of a step that bakes, and what a failed or held one leaves behind.
///
/// Groups are slots by their letter, and `legacy` for what a service takes over from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// When watching began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// The group that is judged.
    pub canary: String,
    /// The group that it is compared with, absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<String>,
    /// What was seen on the way, in the order of time; at most sixty points, thinned evenly.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub points: Vec<EvidencePoint>,
    /// What each gate says in the end, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gates: Vec<Judgement>,
}

/// What was seen at one moment, since the moment before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidencePoint {
    /// When.
    pub at: Timestamp,
    /// By group.
    pub groups: BTreeMap<String, GroupPoint>,
}

/// One group at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupPoint {
    /// The weight that is in effect, 0 to 100.
    pub weight: u32,
    /// Requests since the point before.
    pub requests: u64,
    /// Of these, those that were answered by 5xx or not at all.
    pub errors: u64,
    /// Median latency in microseconds, as an upper bound of its bucket; absent without an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latency_p50: Option<u64>,
    /// 99th percentile of the latency in microseconds, likewise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub latency_p99: Option<u64>,
    /// Members that are healthy.
    pub healthy: u32,
    /// Members there are.
    pub members: u32,
}

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The gate's name.
    pub gate: String,
    /// Its verdict over the whole stage.
    pub verdict: Verdict,
    /// Whether it only reports and does not decide.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub dry_run: bool,
    /// Why, one sentence with the numbers.
    pub reason: String,
    /// The bound, as it was written.
    pub limit: String,
    /// What was measured of the group that is judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub canary: Option<Measured>,
    /// What was measured of the group that it is compared with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<Measured>,
    /// The probability of a difference at least this large without a cause, where a test was done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub p_value: Option<f64>,
    /// How often it was asked, by verdict.
    pub evaluations: Evaluations,
}

/// A measured value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The value, in the unit of the gate's bound: a share from 0 to 1, or microseconds.
    pub value: f64,
    /// How many samples it is made of.
    pub samples: u64,
}

/// How often a gate gave each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evaluations {
    /// It held.
    pub pass: u32,
    /// It did not.
    pub fail: u32,
    /// There was too little to say.
    pub inconclusive: u32,
    /// It could not be measured.
    pub error: u32,
}

impl Evaluations {
    /// Counts one more verdict.
    pub fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Error => &mut self.error,
        };
        *count = count.saturating_add(1);
    }
}

/// What a gate can say. No data is never a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// What was measured is within the bound.
    Pass,
    /// It is not.
    Fail,
    /// There is too little data to say.
    Inconclusive,
    /// It could not be measured.
    Error,
}
