//! What was served, counted: requests, answers by class, what is in flight, and how long answers took.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use jiff::Timestamp;

use super::report::MirrorTraffic;
use crate::provider::SlotTraffic;

/// Steps of the latency's bounds for each doubling.
const STEPS: usize = 4;
/// The first doubling begins at this power of two, in microseconds: 64 µs.
const FIRST: usize = 6;
/// Doublings: up to 2^27 µs, two minutes.
const DOUBLINGS: usize = 21;
/// Buckets with a finite bound.
const FINITE: usize = STEPS * DOUBLINGS + 1;

/// Upper bounds of the latency's buckets in microseconds, the same for ever so that histograms can be added: four to each
/// doubling from 64 µs to two minutes, so that a quantile is known to a fifth; then `u64::MAX`.
#[must_use]
pub fn bounds() -> Vec<u64> {
    (0..FINITE).map(bound).chain([u64::MAX]).collect()
}

fn bound(bucket: usize) -> u64 {
    let doubled = 1_u64 << (FIRST + bucket / STEPS);
    doubled + doubled / 4 * (bucket % STEPS) as u64
}

/// The bucket of a duration: the first whose bound is not below it.
fn bucket(microseconds: u64) -> usize {
    let (mut low, mut high) = (0, FINITE);
    while low < high {
        let middle = usize::midpoint(low, high);
        if bound(middle) < microseconds {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Counters of one target or one group.
#[derive(Debug)]
pub(super) struct Counts {
    requests: AtomicU64,
    classes: [AtomicU64; 5],
    connect: AtomicU64,
    in_flight: AtomicU64,
    latency: [AtomicU64; FINITE + 1],
    /// Microseconds of all answers together.
    sum: AtomicU64,
    mirrored: AtomicU64,
    not_mirrored: AtomicU64,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: AtomicU64::new(0),
            classes: Default::default(),
            connect: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            latency: std::array::from_fn(|_| AtomicU64::new(0)),
            sum: AtomicU64::new(0),
            mirrored: AtomicU64::new(0),
            not_mirrored: AtomicU64::new(0),
        }
    }
}

impl Counts {
    pub(super) fn sent(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn connect_failed(&self) {
        self.connect.fetch_add(1, Relaxed);
    }

    /// An answer's head came after this time; one that never came counts as what the client got instead.
    pub(super) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from((status / 100).clamp(1, 5)) - 1;
        self.classes[class].fetch_add(1, Relaxed);
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latency[bucket(microseconds)].fetch_add(1, Relaxed);
        self.sum.fetch_add(microseconds, Relaxed);
    }

    /// A request of a user was mirrored, or was left out because too many were under way.
    pub(super) fn mirrored(&self, sent: bool) {
        let counter = if sent { &self.mirrored } else { &self.not_mirrored };
        counter.fetch_add(1, Relaxed);
    }

    /// What was mirrored.
    pub(super) fn mirrors(&self) -> MirrorTraffic {
        MirrorTraffic { sent: self.mirrored.load(Relaxed), left_out: self.not_mirrored.load(Relaxed) }
    }

    pub(super) fn enter(&self) {
        self.in_flight.fetch_add(1, Relaxed);
    }

    /// One less in flight; gives how many are left.
    pub(super) fn leave(&self) -> u64 {
        self.in_flight.fetch_sub(1, Relaxed) - 1
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }

    /// Microseconds of all answers together.
    pub(super) fn sum(&self) -> u64 {
        self.sum.load(Relaxed)
    }

    /// As a document; buckets and classes that are empty are left out.
    pub(super) fn report(&self, since: Option<Timestamp>) -> SlotTraffic {
        let classes = self.classes.iter().zip(["1xx", "2xx", "3xx", "4xx", "5xx"]);
        let answers = classes.map(|(count, class)| (class.to_owned(), count.load(Relaxed)));
        let answers = answers.chain([("connect".to_owned(), self.connect.load(Relaxed))]);
        let latency = bounds().into_iter().zip(self.latency.iter().map(|count| count.load(Relaxed)));
        SlotTraffic {
            since,
            requests: self.requests.load(Relaxed),
            answers: answers.filter(|(_, count)| *count > 0).collect(),
            in_flight: self.in_flight(),
            latency: latency.filter(|(_, count)| *count > 0).collect::<BTreeMap<_, _>>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_rise_evenly_and_every_duration_has_its_bucket() {
        let bounds = bounds();
        assert_eq!((bounds[0], bounds[1], bounds[4], bounds.len()), (64, 80, 128, FINITE + 1));
        assert_eq!(bounds[FINITE - 1], 1 << 27);
        assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]));
        for microseconds in [0, 1, 64, 65, 80, 81, 1_000, 123_456, 1 << 27, (1 << 27) + 1, u64::MAX] {
            let place = bucket(microseconds);
            assert!(microseconds <= bounds[place] && (place == 0 || microseconds > bounds[place - 1]));
        }
    }

    #[test]
    fn a_report_has_what_was_counted() {
        let counts = Counts::default();
        counts.enter();
        counts.sent();
        counts.answered(204, Duration::from_micros(70));
        counts.answered(599, Duration::from_secs(3_600));
        counts.connect_failed();
        let report = counts.report(None);
        assert_eq!((report.requests, report.in_flight), (1, 1));
        assert_eq!(report.answers, BTreeMap::from([("2xx".into(), 1), ("5xx".into(), 1), ("connect".into(), 1)]));
        assert_eq!(report.latency, BTreeMap::from([(80, 1), (u64::MAX, 1)]));
        assert_eq!((counts.leave(), counts.in_flight()), (0, 0));
    }
}
