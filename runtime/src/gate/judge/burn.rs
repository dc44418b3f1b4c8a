//! Burn rate: how many times faster than the objective allows the budget of errors is spent.
//!
//! It fails when a long window says so, which means that it matters, and a short one too, which means that it goes on. That is
//! the rule of several windows of "The Site Reliability Workbook", chapter 5.

use skiff_wire::{Measured, Verdict};

use super::{Counted, Moment, Opinion, share, words};
use crate::gate::Gate;

/// Errors of both windows.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::gate) struct Windows {
    pub(in crate::gate) long: Counted,
    pub(in crate::gate) short: Counted,
}

/// Judges both windows against the same factor; `allowed` is the share of errors that the objective leaves.
pub(in crate::gate) fn judge(gate: &Gate, allowed: f64, factor: f64, seen: Windows, moment: Moment) -> Opinion {
    if seen.long.samples == 0 {
        return Opinion::cannot_say("no request has come to an end");
    }
    let bound = (allowed * factor).min(1.0);
    let (long, chance) = share::at_most(seen.long, bound, gate.minimum_samples, moment);
    let verdict = match long {
        Verdict::Fail if seen.short.samples == 0 => Verdict::Inconclusive,
        Verdict::Fail if seen.short.share() <= bound => Verdict::Pass,
        other => other,
    };
    let rate = |counted: Counted| words::short(counted.share() / allowed.max(f64::MIN_POSITIVE));
    let reason = format!(
        "the budget burns {} times as fast as it may over {} requests, {} times over the last {}",
        rate(seen.long),
        seen.long.samples,
        rate(seen.short),
        seen.short.samples
    );
    let reason = if verdict == Verdict::Inconclusive { format!("{reason}; so few cannot say") } else { reason };
    let value = seen.long.share() / allowed.max(f64::MIN_POSITIVE);
    Opinion::new(verdict, reason).of(Measured { value, samples: seen.long.samples }).against(None, Some(chance))
}
