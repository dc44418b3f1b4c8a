//! Gates: what must hold while a stage of a rollout is watched, and who says whether it does.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use skiff_wire::Verdict;

use crate::{
    error::Error,
    provider::{LogLine, MemberView, SlotTraffic},
    state::layout::ServiceScope,
};

pub mod bound;
pub mod codes;
mod definition;
pub mod judge;
mod read;
mod seen;
pub mod served;
mod state;
mod watch;

pub use definition::{EFFECT_PERCENT, Gate, Limits, Metric, Token};
pub use read::GATES;
pub use watch::Watch;

/// Which groups of a service a gate compares: slots by their letter, or [`crate::provider::LEGACY`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The group that is judged.
    pub canary: String,
    /// The group that it is compared with, absent when there is none.
    pub baseline: Option<String>,
}

impl Groups {
    /// Both, the judged one first.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.canary.as_str()).chain(self.baseline.as_deref())
    }
}

/// What there is to see at one moment; counters only rise, except when whoever counts has started anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When.
    pub at: Timestamp,
    /// What each group has served until now.
    pub traffic: BTreeMap<String, SlotTraffic>,
    /// The weights in effect.
    pub weights: BTreeMap<String, u32>,
    /// The members of the compared groups.
    pub members: BTreeMap<String, Vec<MemberView>>,
    /// Lines of logs since the look before; empty when no gate reads them.
    pub lines: Vec<LogLine>,
}

/// How a stage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is decided.
    Watching,
    /// Every gate that decides holds.
    Passed,
    /// One does not, and why.
    Failed(String),
    /// One cannot say, and why.
    Inconclusive(String),
}

/// Whether one of the gates looks at lines of logs.
#[must_use]
pub fn read_logs(gates: &[Gate]) -> bool {
    gates.iter().any(|gate| matches!(gate.metric, Metric::Log { .. }))
}

/// What a source outside of the provider says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// One value of the canary, and one of the baseline where the source knows it.
    Values {
        /// Of the group that is judged.
        canary: f64,
        /// Of the group that it is compared with.
        baseline: Option<f64>,
    },
    /// Events of all samples since watching began.
    Counts {
        /// Of the group that is judged.
        canary: judge::Counted,
        /// Of the group that it is compared with.
        baseline: Option<judge::Counted>,
    },
    /// The source judges by itself.
    Verdict(Verdict, String),
    /// It has nothing to say.
    NoData(String),
}

/// Measurements from outside of the provider: Prometheus, a file, a command, an address, CloudWatch.
#[async_trait]
pub trait Sources: Send + Sync {
    /// Asks once.
    ///
    /// # Errors
    /// It cannot be asked: counted as the verdict *error*, never as a pass.
    async fn read(&self, service: &ServiceScope, gate: &Gate, groups: &Groups) -> Result<Reading, Error>;
}

/// No source at all: what an engine has unless it is given some.
#[derive(Debug, Clone, Copy)]
pub struct NoSources;

#[async_trait]
impl Sources for NoSources {
    async fn read(&self, _service: &ServiceScope, gate: &Gate, _groups: &Groups) -> Result<Reading, Error> {
        Ok(Reading::NoData(format!("gate `{}` has no source here", gate.name)))
    }
}
