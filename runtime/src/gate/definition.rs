//! What a gate is: its metric, its bound, and how much of what is no pass a stage tolerates.

use serde::{Deserialize, Serialize};

use super::bound::Bound;

/// One gate with its bound, as a saga's parameters keep it: everything is explicit, nothing is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Its name, unique among the gates of a rollout.
    pub name: String,
    /// What is looked at.
    pub metric: Metric,
    /// What is within bounds; absent for what judges by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// Whether it only reports.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Whether the judged group is compared with the other one as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compare: bool,
    /// How much worse is worth noticing, in percent of the other group: 150 is half as much again. A comparison that could not
    /// have noticed it is inconclusive, and a difference of less than the square root of it never fails.
    #[serde(default = "effect", skip_serializing_if = "is_effect")]
    pub effect_percent: u32,
    /// Samples of each compared group from which on what was measured decides alone; absent: as many as the bound and the
    /// effect ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_samples: Option<u32>,
    /// How much is tolerated.
    pub limits: Limits,
}

/// How many evaluations that are no pass a stage tolerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Evaluations that fail; one more ends the stage at once.
    pub failures: u32,
    /// Evaluations that cannot say; with one more the stage is inconclusive. Absent for a metric that gathers samples, where
    /// only the end counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inconclusive: Option<u32>,
    /// Evaluations that could not be done; with one more the stage is inconclusive.
    pub errors: u32,
}

/// What a gate looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Metric {
    /// The share of members that are healthy, as the load balancer sees them.
    Healthy,
    /// The share of requests that are answered by 5xx, or not at all.
    ErrorRate,
    /// A percentile of the time until an answer.
    Latency {
        /// In thousandths: 990 is the 99th.
        permille: u16,
    },
    /// The share of its processor time that a member uses, the average of all members and looks.
    Cpu,
    /// Lines of logs that match, by request or as they are.
    Log {
        /// A regular expression, without look-around.
        pattern: String,
    },
    /// How many times faster than an objective allows errors come, over two windows.
    BurnRate {
        /// Thousandths of a percent that must be served well: 99900 is 99.9%.
        objective: u32,
        /// The long window in seconds.
        long_seconds: u32,
        /// The short window in seconds.
        short_seconds: u32,
    },
    /// The answer of a query.
    Prometheus {
        /// Where Prometheus is, such as `http://10.0.0.9:9090`.
        url: String,
        /// PromQL, with `{{service}}` and `{{group}}` in it where wanted.
        query: String,
        /// Where the bearer token is, when one is needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
    },
    /// Recorded readings.
    Replay {
        /// The file.
        path: String,
    },
    /// A command that judges.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// Seconds until it is killed.
        timeout_seconds: u32,
    },
    /// An address that judges.
    Http {
        /// Where it is asked.
        url: String,
        /// Seconds until it is given up.
        timeout_seconds: u32,
        /// Where the bearer token is, when one is needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
    },
    /// Errors of a target group by the minute, as CloudWatch has them.
    #[serde(rename = "cloudwatch")]
    CloudWatch,
}

/// Where a bearer token is; never the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// In this variable of the environment of whoever drives the operation.
    Environment(String),
    /// In this file on the machine of whoever drives the operation.
    File(String),
}

/// Half as much again.
pub const EFFECT_PERCENT: u32 = 150;

fn effect() -> u32 {
    EFFECT_PERCENT
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_effect(percent: &u32) -> bool {
    *percent == EFFECT_PERCENT
}

impl Gate {
    /// The effect as a factor, 1.5 for half as much again.
    pub(super) fn effect(&self) -> f64 {
        f64::from(self.effect_percent.max(101)) / 100.0
    }

    /// The bound as it was written, or what stands for it.
    pub(super) fn limit(&self) -> String {
        self.bound.as_ref().map_or_else(|| "exit 0 or verdict pass".to_owned(), ToString::to_string)
    }
}

impl Metric {
    /// Its name in a spec and on a command line.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Healthy => "healthy".into(),
            Self::ErrorRate => "error-rate".into(),
            Self::Latency { permille } if permille % 10 == 0 => format!("latency-p{}", permille / 10),
            Self::Latency { permille } => format!("latency-p{permille}"),
            Self::Cpu => "cpu".into(),
            Self::Log { .. } => "log".into(),
            Self::BurnRate { .. } => "burn-rate".into(),
            Self::Prometheus { .. } => "prometheus".into(),
            Self::Replay { .. } => "replay".into(),
            Self::Command { .. } => "command".into(),
            Self::Http { .. } => "http".into(),
            Self::CloudWatch => "cloudwatch".into(),
        }
    }

    /// Whether each look adds to the samples of those before, so that the end is what counts.
    #[must_use]
    pub fn gathers(&self) -> bool {
        match self {
            Self::ErrorRate | Self::Latency { .. } | Self::Cpu | Self::Log { .. } | Self::BurnRate { .. } => true,
            Self::CloudWatch => true,
            Self::Healthy | Self::Prometheus { .. } | Self::Replay { .. } => false,
            Self::Command { .. } | Self::Http { .. } => false,
        }
    }

    /// Whether it is asked outside of the provider.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        match self {
            Self::Prometheus { .. } | Self::Replay { .. } | Self::Command { .. } | Self::Http { .. } => true,
            Self::CloudWatch => true,
            Self::Healthy | Self::ErrorRate | Self::Latency { .. } | Self::Cpu => false,
            Self::Log { .. } | Self::BurnRate { .. } => false,
        }
    }

    /// Whether the groups are compared when nothing is said.
    #[must_use]
    pub fn compares(&self) -> bool {
        matches!(self, Self::ErrorRate | Self::Latency { .. } | Self::Log { .. } | Self::CloudWatch)
    }

    /// What a stage tolerates when nothing is said. What gathers samples fails at once, since it does on evidence only. A
    /// single reading may be a blip: two of the health checks, one of a query. A processor is busy when a release begins, so
    /// its average may be too high for five looks, and must not be in the end.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let failures = match self {
            Self::Cpu => 5,
            Self::Healthy => 2,
            Self::Prometheus { .. } | Self::Replay { .. } => 1,
            _ => 0,
        };
        Limits { failures, inconclusive: (!self.gathers()).then_some(4), errors: 4 }
    }
}
