//! What load has shown: counts, failures, latencies, and which release answered when.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Failures that are kept one by one; more are only counted.
const KEPT: usize = 10_000;

/// All of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// How long it was made, in seconds.
    pub seconds: f64,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Answers of a status below 500.
    pub answered: u64,
    /// Requests a second.
    pub throughput: f64,
    /// Connections that were opened.
    pub connections: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Answers by the release that gave them; the empty name for those that do not say.
    pub releases: BTreeMap<String, Seen>,
    /// Failures by kind.
    pub failures_by_kind: BTreeMap<FailureKind, u64>,
    /// Failures in the order of their ends, the first ten thousand.
    pub failures: Vec<Failure>,
    /// Latencies of all requests, failed ones included.
    pub latency: Latency,
    #[serde(skip)]
    histogram: Option<Histogram<u64>>,
}

/// When a release answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How often.
    pub answers: u64,
    /// The first time, in milliseconds from the start.
    pub first_ms: u64,
    /// The last time.
    pub last_ms: u64,
}

/// A request that did not get what it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When it was sent, in milliseconds from the start.
    pub sent_ms: u64,
    /// When it failed.
    pub failed_ms: u64,
    /// How.
    pub kind: FailureKind,
    /// The system's or the load balancer's own words.
    pub detail: String,
    /// Whether its connection had served a request before.
    pub reused: bool,
}

impl Failure {
    /// Whether it was in flight at a moment.
    #[must_use]
    pub fn was_in_flight(&self, at_ms: u64) -> bool {
        self.sent_ms <= at_ms && at_ms <= self.failed_ms
    }
}

/// How a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Nobody listened.
    Refused,
    /// The connection ended before the answer did.
    Reset,
    /// The answer did not come in time.
    Timeout,
    /// The answer's status is 500 or above.
    Status,
    /// Anything else: the load generator itself, or an answer that is no HTTP.
    Other,
}

/// Latencies in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// Half are below.
    pub p50: u64,
    /// Nine in ten are below.
    pub p90: u64,
    /// 99 in a hundred are below.
    pub p99: u64,
    /// 999 in a thousand are below.
    pub p999: u64,
    /// The longest.
    pub max: u64,
}

impl Report {
    /// Nothing yet.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            seconds: 0.0,
            requests: 0,
            answered: 0,
            throughput: 0.0,
            connections: 0,
            statuses: BTreeMap::new(),
            releases: BTreeMap::new(),
            failures_by_kind: BTreeMap::new(),
            failures: Vec::new(),
            latency: Latency::default(),
            // One microsecond to ten minutes, known to a thousandth: bounds that the library takes.
            histogram: Histogram::new_with_bounds(1, 600_000_000, 3).ok(),
        }
    }

    /// A worker that broke is a failure like any other.
    #[must_use]
    pub fn broken(why: &str) -> Self {
        let mut report = Self::empty();
        let detail = why.to_owned();
        report.failed(Failure { sent_ms: 0, failed_ms: 0, kind: FailureKind::Other, detail, reused: false });
        report
    }

    /// How many requests failed.
    #[must_use]
    pub fn failed_requests(&self) -> u64 {
        self.failures_by_kind.values().sum()
    }

    pub(super) fn answered(&mut self, status: u16, release: &str, at_ms: u64) {
        *self.statuses.entry(status).or_default() += 1;
        if let Some(seen) = self.releases.get_mut(release) {
            seen.answers += 1;
            seen.last_ms = at_ms;
        } else {
            let seen = Seen { answers: 1, first_ms: at_ms, last_ms: at_ms };
            self.releases.insert(release.to_owned(), seen);
        }
        if status < 500 {
            self.requests += 1;
            self.answered += 1;
        }
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        self.requests += 1;
        *self.failures_by_kind.entry(failure.kind).or_default() += 1;
        if self.failures.len() < KEPT {
            self.failures.push(failure);
        }
    }

    pub(super) fn took(&mut self, latency: Duration) {
        let microseconds = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record(microseconds);
        }
    }

    /// Adds what another worker has seen.
    pub(super) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.answered += other.answered;
        self.connections += other.connections;
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        for (release, seen) in other.releases {
            let own = self.releases.entry(release).or_insert_with(|| Seen { answers: 0, ..seen.clone() });
            own.answers += seen.answers;
            own.first_ms = own.first_ms.min(seen.first_ms);
            own.last_ms = own.last_ms.max(seen.last_ms);
        }
        for (kind, count) in other.failures_by_kind {
            *self.failures_by_kind.entry(kind).or_default() += count;
        }
        self.failures.extend(other.failures);
        if let (Some(own), Some(others)) = (&mut self.histogram, &other.histogram) {
            // Both have the same bounds, which is all that could be wrong.
            let _ = own.add(others);
        }
    }

    /// Works out what is told of the whole.
    pub(super) fn settle(&mut self, took: Duration) {
        self.seconds = took.as_secs_f64();
        self.throughput = self.requests as f64 / self.seconds.max(1e-9);
        self.failures.sort_by_key(|failure| failure.failed_ms);
        self.failures.truncate(KEPT);
        let Some(histogram) = &self.histogram else { return };
        let quantile = |share| histogram.value_at_quantile(share);
        self.latency = Latency {
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: histogram.max(),
        };
    }
}
