//! The share of requests that fail.

use super::{
    Counted, Moment, Opinion,
    share::{self, Matters},
    words,
};
use crate::gate::Gate;

/// Judges errors against the bound, and against the other group where there is one that serves.
pub(in crate::gate) fn judge(
    gate: &Gate,
    bound: f64,
    canary: Counted,
    baseline: Option<Counted>,
    moment: Moment,
) -> Opinion {
    let opinion = absolute(gate, bound, canary, moment);
    match baseline {
        Some(baseline) if canary.samples > 0 => opinion.and(&compared(gate, bound, canary, baseline, moment)),
        _ => opinion,
    }
}

fn absolute(gate: &Gate, bound: f64, canary: Counted, moment: Moment) -> Opinion {
    if canary.samples == 0 {
        return Opinion::cannot_say("no request has come to an end").of(canary.measured());
    }
    let (verdict, _) = share::at_most(canary, bound, gate.minimum_samples, moment);
    let short = match verdict {
        skiff_wire::Verdict::Inconclusive => few(gate, bound, canary),
        _ => String::new(),
    };
    let side = if canary.share() > bound { "above" } else { "within" };
    let reason = format!("{} failed, {side} the bound of {}{short}", told(canary), words::share(bound));
    Opinion::new(verdict, reason).of(canary.measured())
}

fn few(gate: &Gate, bound: f64, canary: Counted) -> String {
    match gate.minimum_samples {
        Some(minimum) if canary.samples < u64::from(minimum) => format!("; {minimum} requests are asked for"),
        _ if canary.share() > bound => "; so few may be chance".to_owned(),
        _ => format!("; it takes at least {} requests without a failure to say", share::needed(bound)),
    }
}

fn compared(gate: &Gate, bound: f64, canary: Counted, baseline: Counted, moment: Moment) -> Opinion {
    if baseline.samples == 0 {
        return Opinion::cannot_say("the other group has served nothing to compare with");
    }
    let (verdict, chance) = share::no_more_than(canary, baseline, &matters(gate, bound), moment);
    let short = if verdict == skiff_wire::Verdict::Inconclusive { ", too few requests to compare" } else { "" };
    let reason = format!("the other group {} ({}{short})", told(baseline), words::chance(chance));
    Opinion::new(verdict, reason).against(Some(baseline.measured()), Some(chance))
}

/// A tenth of the bound apart is the least that may fail. What must be noticeable is what must be so against the bound: twice as
/// much as it allows.
fn matters(gate: &Gate, bound: f64) -> Matters {
    Matters {
        least: bound / 10.0,
        factor: gate.effect().sqrt(),
        noticed: share::worse_than(bound),
        minimum: gate.minimum_samples,
    }
}

/// `3 of 500 requests (0.6%)`.
pub(in crate::gate) fn told(counted: Counted) -> String {
    format!("{} of {} requests ({})", counted.events, counted.samples, words::share(counted.share()))
}
