//! The judge: from samples to one of four verdicts, without a clock and without chance.
//!
//! Each metric has its room. What they share is here: when a verdict is asked for, and what it comes to. A test is done at a
//! level of one in a thousand while a stage is watched, since it is done at every look, and of one in a hundred at its end; the
//! rule is known by the names of Haybittle and Peto. **No data is never a pass**, and too little of it neither.

use skiff_wire::{Measured, Verdict};

pub(super) mod burn;
pub(super) mod errors;
pub(crate) mod latency;
pub(super) mod logs;
pub(super) mod members;
pub mod power;
pub mod rank;
pub mod share;
pub(super) mod values;
pub(super) mod words;

/// When a verdict is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At one of many looks.
    Midway,
    /// When the time of the stage is over.
    End,
}

impl Moment {
    /// The probability below which a difference is not taken for chance.
    #[must_use]
    pub fn level(self) -> f64 {
        match self {
            Self::Midway => 0.001,
            Self::End => 0.01,
        }
    }
}

/// How often something happened, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// How often it happened.
    pub events: u64,
    /// Of how many.
    pub samples: u64,
}

impl Counted {
    /// The share of the samples, zero when there is none.
    #[must_use]
    pub fn share(self) -> f64 {
        if self.samples == 0 { 0.0 } else { number(self.events) / number(self.samples) }
    }

    pub(super) fn measured(self) -> Measured {
        Measured { value: self.share(), samples: self.samples }
    }
}

/// A count for arithmetic that needs no more than fifteen digits of it.
#[allow(clippy::cast_precision_loss, reason = "a quotient of counts needs no more than fifteen digits")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

/// What a gate comes to, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Opinion {
    pub(super) verdict: Verdict,
    pub(super) reason: String,
    pub(super) canary: Option<Measured>,
    pub(super) baseline: Option<Measured>,
    pub(super) p_value: Option<f64>,
}

impl Opinion {
    pub(super) fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self { verdict, reason: reason.into(), canary: None, baseline: None, p_value: None }
    }

    pub(super) fn cannot_say(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, reason)
    }

    pub(super) fn of(mut self, canary: Measured) -> Self {
        self.canary = Some(canary);
        self
    }

    pub(super) fn against(mut self, baseline: Option<Measured>, p_value: Option<f64>) -> Self {
        self.baseline = baseline;
        self.p_value = p_value;
        self
    }

    /// Both must hold: the worse verdict counts, and both reasons are told.
    pub(super) fn and(self, other: &Self) -> Self {
        let reason = format!("{}; {}", self.reason, other.reason);
        Self {
            verdict: worse(self.verdict, other.verdict),
            reason,
            canary: self.canary.or(other.canary),
            baseline: other.baseline.or(self.baseline),
            p_value: other.p_value.or(self.p_value),
        }
    }
}

/// A failure counts most, since it is evidence; then that it could not be measured, then that there was too little.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    let weight = |verdict: Verdict| match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive => 1,
        Verdict::Error => 2,
        Verdict::Fail => 3,
    };
    if weight(other) > weight(one) { other } else { one }
}
