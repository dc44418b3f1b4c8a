//! Gates: what must hold while a stage of a rollout is watched, and who says whether it does.
//!
//! | module | gives |
//! |---|---|
//! | `definition`, `read`, [`bound`] | [`Gate`]: from a plan or a command line, every default explicit, kept in parameters |
//! | [`served`], `seen` | what was served between looks, from counters that may start anew; the points of the evidence |
//! | [`judge`] | samples to verdicts: pure, without clock and chance |
//! | [`source`] | [`Sources`]: Prometheus, recorded readings, commands, addresses, CloudWatch |
//! | `state`, `watch` | [`Watch`]: one gate and all of them from the first look of a stage to its end |
//!
//! **No data is never a pass.** A failure takes evidence, a pass takes enough samples to have noticed one, and whatever is
//! between is inconclusive. What could not be measured is an error, which is not a failure either.
//!
//! To add a metric: its variant of [`Metric`] with the arms the compiler then asks for, its room in [`judge`] or in
//! [`source`], its word in `read`, its row in `docs/gates.md`, and a test for each verdict in `runtime/tests/gate`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::provider::{LogLine, MemberView, SlotTraffic};

pub mod bound;
pub mod codes;
mod definition;
pub mod judge;
mod read;
mod seen;
pub mod served;
pub mod source;
mod state;
mod watch;

pub use definition::{EFFECT_PERCENT, Gate, Limits, Metric, Token};
pub use read::GATES;
pub use source::{Asked, NoSources, Reading, Sources};
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
