//! Counts: whether a share is above its bound, and whether it is larger in one group than in another.

use skiff_wire::Verdict;
use statrs::distribution::{Binomial, DiscreteCDF};
use statrs::stats_tests::{Alternative, fishers_exact};

use super::{Counted, Moment, number, power};

/// Fewer events than these are not taken for evidence, however unlikely they are.
pub const LEAST_EVENTS: u64 = 3;
/// From so many expected events on, what was measured decides alone: a true rate of half the bound is then above it once in
/// a hundred, and one of twice the bound below it once in twenty.
const ENOUGH_EVENTS: f64 = 6.0;
/// To pass, the data must speak against a rate that is as much worse as is worth noticing, at this level.
const DOUBT: f64 = 0.05;
/// What a bound of nothing at all is held against, so that it can pass: a rate of one in a hundred.
const NOT_NOTHING: f64 = 0.01;
/// Beyond so many events the exact test would take long; the conditional binomial one errs to the careful side.
const EXACT_EVENTS: u64 = 20_000;

/// Whether events are no more than the bound allows, and the probability of so many at the bound.
#[must_use]
pub fn at_most(seen: Counted, bound: f64, minimum: Option<u32>, moment: Moment) -> (Verdict, f64) {
    let chance = at_least_by_chance(seen, bound);
    if seen.samples == 0 {
        return (Verdict::Inconclusive, 1.0);
    }
    let above = seen.share() > bound;
    if above && (bound <= 0.0 || (seen.events >= LEAST_EVENTS && chance < moment.level())) {
        return (Verdict::Fail, chance);
    }
    let enough = match minimum {
        Some(minimum) => seen.samples >= u64::from(minimum),
        None => number(seen.samples) * bound >= ENOUGH_EVENTS,
    };
    let verdict = match (above, enough, moment) {
        (true, true, Moment::End) => Verdict::Fail,
        (false, true, _) => Verdict::Pass,
        (false, false, _) if minimum.is_none() && speaks_against(seen, worse_than(bound)) => Verdict::Pass,
        _ => Verdict::Inconclusive,
    };
    (verdict, chance)
}

/// How many samples without a single event are needed to pass.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and at most some ten million")]
pub fn needed(bound: f64) -> u64 {
    (DOUBT.ln() / (1.0 - worse_than(bound)).max(f64::MIN_POSITIVE).ln()).ceil().max(1.0) as u64
}

/// Twice the bound is what must be noticed; halfway to everything for bounds that cannot be doubled.
#[must_use]
pub fn worse_than(bound: f64) -> f64 {
    if bound <= 0.0 { NOT_NOTHING } else { (2.0 * bound).min(f64::midpoint(1.0, bound)) }
}

/// The probability of at least so many events at this rate.
fn at_least_by_chance(seen: Counted, rate: f64) -> f64 {
    match (seen.events.checked_sub(1), Binomial::new(rate.clamp(0.0, 1.0), seen.samples)) {
        (Some(fewer), Ok(binomial)) => binomial.sf(fewer),
        _ => 1.0,
    }
}

/// Whether so few events are improbable at this rate.
fn speaks_against(seen: Counted, rate: f64) -> bool {
    Binomial::new(rate.clamp(0.0, 1.0), seen.samples).is_ok_and(|binomial| binomial.cdf(seen.events) <= DOUBT)
}

/// Whether events are more frequent in the canary than in the baseline, and the probability of it by chance.
///
/// It fails on evidence: an improbable difference that is also large enough to matter, `least` apart and `factor` times as
/// much. It passes only if a canary that is worse by `noticed` would have been seen.
#[must_use]
pub fn no_more_than(canary: Counted, baseline: Counted, matters: &Matters, moment: Moment) -> (Verdict, f64) {
    let chance = more_often(canary, baseline);
    let (worse, before) = (canary.share(), baseline.share());
    let large = worse - before >= matters.least && worse >= before * matters.factor;
    if large && canary.events >= LEAST_EVENTS && chance < moment.level() {
        return (Verdict::Fail, chance);
    }
    let enough = match matters.minimum {
        Some(minimum) => canary.samples.min(baseline.samples) >= u64::from(minimum),
        None => {
            let needed = power::samples_for_shares(before, (before + matters.noticed).min(1.0));
            power::together(canary.samples, baseline.samples) >= needed
        }
    };
    (if enough { Verdict::Pass } else { Verdict::Inconclusive }, chance)
}

/// Which differences of two shares matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matters {
    /// The least difference that may fail.
    pub least: f64,
    /// The least factor that may fail.
    pub factor: f64,
    /// The difference that must have been noticeable for a pass.
    pub noticed: f64,
    /// Samples of each group from which on nothing is asked about that.
    pub minimum: Option<u32>,
}

/// The probability that a difference at least as large comes by chance: one-sided, exact.
#[must_use]
pub fn more_often(canary: Counted, baseline: Counted) -> f64 {
    let events = canary.events + baseline.events;
    if canary.samples == 0 || baseline.samples == 0 || canary.events == 0 {
        return 1.0;
    }
    if events > EXACT_EVENTS || canary.events > canary.samples || baseline.events > baseline.samples {
        return more_of_all(canary, baseline);
    }
    let well = |counted: Counted| counted.samples - counted.events;
    let table = [canary.events, baseline.events, well(canary), well(baseline)];
    fishers_exact(&table, Alternative::Greater).map_or(1.0, probability)
}

/// The same for events of which one sample may have several: given all events, each is the canary's by its share of samples.
#[must_use]
pub fn more_of_all(canary: Counted, baseline: Counted) -> f64 {
    let share = number(canary.samples) / (number(canary.samples) + number(baseline.samples)).max(1.0);
    at_least_by_chance(Counted { events: canary.events, samples: canary.events + baseline.events }, share)
}

/// Sums of tiny terms may leave the interval by the last digit.
fn probability(value: f64) -> f64 {
    if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 }
}
