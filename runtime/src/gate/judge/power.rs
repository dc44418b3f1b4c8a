//! Sample sizes: from how many on a comparison would notice what it is meant to notice.
//!
//! Eighty of a hundred times at the level of the end of a stage. Both formulas are of the textbooks: Noether's for the test of
//! ranks ("Sample size determination for some common nonparametric tests", 1987) and Cohen's by arcsines for shares
//! ("Statistical power analysis for the behavioral sciences", 1988, chapter 6). What the judge really does at a size is measured,
//! in `docs/gates.md`.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Moment, number};

/// How often an effect of the declared size is to be noticed.
const POWER: f64 = 0.8;

/// What two groups weigh together: half as much as each when they are equal, and no more than the smaller one.
#[must_use]
pub fn together(one: u64, other: u64) -> f64 {
    let (one, other) = (number(one), number(other));
    if one + other > 0.0 { one * other / (one + other) } else { 0.0 }
}

/// What a test of ranks needs, in the measure of [`together`], to notice that latencies are `factor` times as long.
///
/// As if latencies were spread like the times between independent events; most are spread less, and then fewer do.
#[must_use]
pub fn samples_for_ranks(factor: f64, questions: f64) -> f64 {
    let shift = factor / (1.0 + factor) - 0.5;
    quantiles(questions).powi(2) / (12.0 * shift.powi(2)).max(f64::MIN_POSITIVE)
}

/// What a test of shares needs, in the same measure, to tell `worse` from `before`.
#[must_use]
pub fn samples_for_shares(before: f64, worse: f64) -> f64 {
    samples_for_shares_among(before, worse, 1.0)
}

/// Likewise, where several questions share the level.
#[must_use]
pub fn samples_for_shares_among(before: f64, worse: f64, questions: f64) -> f64 {
    let angle = |share: f64| 2.0 * share.clamp(0.0, 1.0).sqrt().asin();
    quantiles(questions).powi(2) / (angle(worse) - angle(before)).powi(2).max(f64::MIN_POSITIVE)
}

fn quantiles(questions: f64) -> f64 {
    let normal = Normal::standard();
    normal.inverse_cdf(1.0 - Moment::End.level() / questions.max(1.0)) + normal.inverse_cdf(POWER)
}
