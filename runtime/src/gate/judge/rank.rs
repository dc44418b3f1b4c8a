//! Mann and Whitney's test on histograms: whether one group's values tend to be larger.

use std::collections::BTreeMap;

use statrs::distribution::{ContinuousCDF, Normal};

use super::number;

/// The probability that the canary's values tend to be larger by chance: one-sided, from counts by bucket.
///
/// All values of a bucket are ties of each other. The statistic is taken for normal, with the corrections for ties and for
/// continuity; that is good from eight values of each group on. Without a value of either, or with all in one bucket, it is 1.
#[must_use]
pub fn larger(canary: &BTreeMap<u64, u64>, baseline: &BTreeMap<u64, u64>) -> f64 {
    let (many, other): (u64, u64) = (canary.values().sum(), baseline.values().sum());
    let (many, other) = (number(many), number(other));
    let all = many + other;
    if many == 0.0 || other == 0.0 {
        return 1.0;
    }
    let (wins, ties) = ranked(canary, baseline);
    let spread = many * other / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
    // A rounding error of what would be nothing at all must not become a tiny deviation.
    if spread <= all * 1e-9 {
        return 1.0;
    }
    let score = (wins - many * other / 2.0 - 0.5) / spread.sqrt();
    Normal::standard().sf(score).clamp(0.0, 1.0)
}

/// How many pairs the canary wins, ties counted by halves; and the sum of `t³ - t` over all ties.
fn ranked(canary: &BTreeMap<u64, u64>, baseline: &BTreeMap<u64, u64>) -> (f64, f64) {
    let mut buckets: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for (bound, count) in canary {
        buckets.entry(*bound).or_default().0 += number(*count);
    }
    for (bound, count) in baseline {
        buckets.entry(*bound).or_default().1 += number(*count);
    }
    let (mut below, mut wins, mut ties) = (0.0, 0.0, 0.0);
    for (mine, theirs) in buckets.values() {
        wins += mine * (below + theirs / 2.0);
        below += theirs;
        let tied = mine + theirs;
        ties += tied.powi(3) - tied;
    }
    (wins, ties)
}
