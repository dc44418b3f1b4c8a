//! What a group has served between two looks, from counters that may start anew.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::judge::{Counted, number};
use crate::provider::SlotTraffic;

/// Classes of answers that are errors: of the server, and connections that failed.
const ERRORS: [&str; 2] = ["5xx", "connect"];

/// What was served in some stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Requests that came to an end, well or not.
    pub requests: u64,
    /// Of these, those that were answered by 5xx or not at all.
    pub errors: u64,
    /// Answers by the upper bound of their latency's bucket in microseconds, the last one `u64::MAX`.
    pub latency: BTreeMap<u64, u64>,
}

impl Served {
    /// What came after `before`, which was read at `read`.
    ///
    /// When counting began anew since then, everything counted is new. When counters are smaller without that being said, or
    /// nothing was counted before, nobody can tell what is new: nothing is taken, and the next look measures from here.
    #[must_use]
    pub fn between(before: Option<&SlotTraffic>, read: Timestamp, after: &SlotTraffic) -> Self {
        let nothing = SlotTraffic::default();
        let anew = after.since.is_some_and(|since| since > read);
        match before {
            _ if anew => Self::difference(&nothing, after).unwrap_or_default(),
            Some(before) if before.since == after.since => Self::difference(before, after).unwrap_or_default(),
            _ => Self::default(),
        }
    }

    fn difference(before: &SlotTraffic, after: &SlotTraffic) -> Option<Self> {
        let answers = risen(&before.answers, &after.answers)?;
        let latency = risen(&before.latency, &after.latency)?;
        after.requests.checked_sub(before.requests)?;
        let errors = ERRORS.iter().filter_map(|class| answers.get(*class)).sum();
        Some(Self { requests: answers.values().sum(), errors, latency })
    }

    /// Answers of which nothing but their latencies is known, in microseconds.
    #[must_use]
    pub fn of_latencies(microseconds: &[u64]) -> Self {
        let mut served = Self::default();
        for one in microseconds {
            *served.latency.entry(bucket(*one)).or_default() += 1;
        }
        served.requests = served.answers();
        served
    }

    /// Adds another stretch.
    pub fn add(&mut self, other: &Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.errors = self.errors.saturating_add(other.errors);
        for (bound, count) in &other.latency {
            let sum = self.latency.entry(*bound).or_default();
            *sum = sum.saturating_add(*count);
        }
    }

    /// Errors of requests.
    #[must_use]
    pub fn counted(&self) -> Counted {
        Counted { events: self.errors, samples: self.requests }
    }

    /// Answers with a latency.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.latency.values().sum()
    }

    /// The upper bound of the bucket that a percentile is in, in microseconds; absent without an answer.
    #[must_use]
    pub fn bucket_of(&self, permille: u16) -> Option<u64> {
        let rank = self.rank(permille)?;
        let mut below = 0;
        let reaches = |(bound, count): (&u64, &u64)| {
            below += count;
            (number(below) >= rank).then_some(*bound)
        };
        self.latency.iter().find_map(reaches)
    }

    /// A percentile in microseconds, between the bounds of its bucket as if it were evenly filled.
    #[must_use]
    pub fn percentile(&self, permille: u16) -> Option<f64> {
        let rank = self.rank(permille)?;
        let mut below = 0.0;
        for (bound, count) in &self.latency {
            let count = number(*count);
            if below + count >= rank && count > 0.0 {
                let (low, high) = edges(*bound);
                return Some(low + (high - low) * ((rank - below) / count).clamp(0.0, 1.0));
            }
            below += count;
        }
        None
    }

    /// Answers that took longer than a limit; of the bucket that the limit is in, its part above.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a count")]
    pub fn slower_than(&self, limit: f64) -> Counted {
        let part = |(bound, count): (&u64, &u64)| {
            let (low, high) = edges(*bound);
            let above = if *bound == u64::MAX { 1.0 } else { ((high - limit) / (high - low)).clamp(0.0, 1.0) };
            number(*count) * above
        };
        let slow: f64 = self.latency.iter().map(part).sum();
        Counted { events: slow.round() as u64, samples: self.answers() }
    }

    fn rank(&self, permille: u16) -> Option<f64> {
        let answers = self.answers();
        (answers > 0).then(|| (number(answers) * f64::from(permille.min(1000)) / 1000.0).max(1.0))
    }
}

/// The edges of a bucket: at least as wide as the widest that load balancers of ours have, a quarter of the lower edge. The last
/// bucket has no upper edge, and stands for twice its lower one.
fn edges(bound: u64) -> (f64, f64) {
    if bound == u64::MAX {
        return (number(LAST), 2.0 * number(LAST));
    }
    let high = number(bound);
    (high - width(bound), high)
}

/// The lowest and the highest finite bound of the local load balancer, in microseconds.
const FIRST: u64 = 64;
const LAST: u64 = 1 << 27;

/// The upper bound of the bucket that a latency is in, as the local load balancer counts.
fn bucket(microseconds: u64) -> u64 {
    if microseconds > LAST {
        return u64::MAX;
    }
    if microseconds <= FIRST {
        return FIRST;
    }
    let power = 1_u64 << (63 - (microseconds - 1).leading_zeros());
    power + (microseconds - power).div_ceil(power / 4) * (power / 4)
}

/// Four buckets to each doubling: a bound is a power of two and some quarters of it.
fn width(bound: u64) -> f64 {
    let power = 1_u64 << (63 - bound.max(2).saturating_sub(1).leading_zeros());
    number(power) / 4.0
}

fn risen<K: Ord + Clone>(before: &BTreeMap<K, u64>, after: &BTreeMap<K, u64>) -> Option<BTreeMap<K, u64>> {
    if before.keys().any(|key| !after.contains_key(key) && before.get(key).is_some_and(|count| *count > 0)) {
        return None;
    }
    let one = |(key, count): (&K, &u64)| {
        let more = count.checked_sub(before.get(key).copied().unwrap_or(0))?;
        Some((key.clone(), more))
    };
    let all: Option<BTreeMap<K, u64>> = after.iter().map(one).collect();
    all.map(|counts| counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::balancer::bounds;

    #[test]
    fn latencies_are_counted_in_the_buckets_of_the_load_balancer() {
        let bounds = bounds();
        let expected = |latency: u64| bounds.iter().copied().find(|bound| latency <= *bound).unwrap();
        let around = bounds.iter().filter(|bound| **bound < u64::MAX).flat_map(|bound| [bound - 1, *bound, bound + 1]);
        for latency in around.chain([0, 1, u64::MAX]) {
            assert_eq!(bucket(latency), expected(latency), "{latency}");
        }
        assert_eq!(Served::of_latencies(&[64, 70, 75, 1_000]).latency, BTreeMap::from([(64, 1), (80, 2), (1_024, 1)]));
    }
}
