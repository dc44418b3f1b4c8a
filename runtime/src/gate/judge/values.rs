//! Readings from outside: each against the bound, and all of a stage against those of the other group.

use std::collections::BTreeMap;

use skiff_wire::{Measured, Verdict};

use super::{Moment, Opinion, number, rank, words};
use crate::gate::{
    Gate,
    bound::{Amount, Bound, Side},
};

/// Readings of each group that a comparison takes, unless the gate says otherwise.
const LEAST_READINGS: u32 = 5;

/// Judges the latest reading against the bound.
pub(in crate::gate) fn judge(bound: &Bound, value: f64) -> Opinion {
    let verdict = if bound.holds(value) { Verdict::Pass } else { Verdict::Fail };
    let side = if verdict == Verdict::Pass { "within" } else { "beyond" };
    Opinion::new(verdict, format!("{} is {side} {bound}", told(bound, value))).of(Measured { value, samples: 1 })
}

/// Judges the series of both groups: by ranks, and by how far their averages are apart.
///
/// Where the canary looks worse by more than matters, it does not pass: it fails when that is improbable, and is inconclusive
/// otherwise. So nothing that the other group never shows passes for want of readings.
pub(in crate::gate) fn judge_series(gate: &Gate, bound: &Bound, pairs: &[(f64, f64)], moment: Moment) -> Opinion {
    let readings = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
    let least = u64::from(gate.minimum_samples.unwrap_or(LEAST_READINGS));
    if readings < least {
        return Opinion::cannot_say(format!("{readings} of {least} readings to compare"));
    }
    let chance = worse_by_chance(bound.side, pairs);
    let (value, before) = averages(pairs);
    let verdict = match is_worse(bound, gate.effect().sqrt(), value, before) {
        true if chance < moment.level() => Verdict::Fail,
        true => Verdict::Inconclusive,
        false => Verdict::Pass,
    };
    let (value_told, before_told) = (told(bound, value), told(bound, before));
    let reason = format!("on average {value_told}, the other group {before_told} ({})", words::chance(chance));
    Opinion::new(verdict, reason)
        .of(Measured { value, samples: readings })
        .against(Some(Measured { value: before, samples: readings }), Some(chance))
}

fn averages(pairs: &[(f64, f64)]) -> (f64, f64) {
    let count = number(u64::try_from(pairs.len()).unwrap_or(u64::MAX)).max(1.0);
    let (value, before) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    (value / count, before / count)
}

fn is_worse(bound: &Bound, factor: f64, value: f64, before: f64) -> bool {
    match bound.side {
        Side::AtMost => value > before && value >= before * factor,
        Side::AtLeast => value < before && value * factor <= before,
    }
}

fn worse_by_chance(side: Side, pairs: &[(f64, f64)]) -> f64 {
    let (canary, baseline) = ranks(pairs);
    match side {
        Side::AtMost => rank::larger(&canary, &baseline),
        Side::AtLeast => rank::larger(&baseline, &canary),
    }
}

/// Values as places in their order, equal values at the same place: all that the test of ranks looks at.
fn ranks(pairs: &[(f64, f64)]) -> (BTreeMap<u64, u64>, BTreeMap<u64, u64>) {
    let mut values: Vec<f64> = pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let place = |value: f64| u64::try_from(values.partition_point(|other| *other < value)).unwrap_or(u64::MAX);
    let mut places = (BTreeMap::new(), BTreeMap::new());
    for (value, before) in pairs {
        *places.0.entry(place(*value)).or_default() += 1;
        *places.1.entry(place(*before)).or_default() += 1;
    }
    places
}

/// A value in the unit of its bound.
fn told(bound: &Bound, value: f64) -> String {
    match bound.amount {
        Amount::Share(_) => words::share(value),
        Amount::Time(_) => words::time(value),
        Amount::Number(_) => words::short(value),
    }
}
