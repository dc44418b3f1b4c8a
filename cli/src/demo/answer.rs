//! What a request gets: decided from its path and from how many came before it.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::settings::{Settings, milliseconds};

/// What one request gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) after: Duration,
}

/// Counts requests, and decides.
pub(super) struct Answers {
    settings: Settings,
    served: AtomicU64,
}

impl Answers {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, served: AtomicU64::new(0) }
    }

    pub(super) fn version(&self) -> &str {
        &self.settings.version
    }

    /// Decides about the next request.
    pub(super) fn decide(&self, path: &str, query: Option<&str>) -> Answer {
        match path {
            "/healthz" => Answer { status: 200, body: "ok\n".into(), after: Duration::ZERO },
            "/slow" => match slow(query) {
                Some(pause) => Answer { after: pause + self.settings.latency, ..self.usual() },
                None => Answer {
                    status: 400,
                    body: "say how slow, such as /slow?ms=500; 60000 is the most\n".into(),
                    after: Duration::ZERO,
                },
            },
            _ => self.usual(),
        }
    }

    fn usual(&self) -> Answer {
        let version = &self.settings.version;
        let (status, body) = match self.next_fails() {
            true => (500, format!("{version} fails this request on purpose\n")),
            false => (200, format!("hello from {version}\n")),
        };
        Answer { status, body, after: self.settings.latency }
    }

    /// The n-th request fails when the share of n, rounded down, is one more than that of the request before it.
    fn next_fails(&self) -> bool {
        let before = u128::from(self.served.fetch_add(1, Relaxed));
        let share = u128::from(self.settings.failures_per_million);
        (before + 1) * share / 1_000_000 > before * share / 1_000_000
    }
}

fn slow(query: Option<&str>) -> Option<Duration> {
    query?.split('&').find_map(|pair| pair.strip_prefix("ms=")).and_then(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(failures_per_million: u64) -> Answers {
        let mut settings = Settings::of(|_| None).unwrap();
        settings.failures_per_million = failures_per_million;
        settings.latency = Duration::from_millis(3);
        Answers::new(settings)
    }

    fn failed(share: u64, requests: u64) -> Vec<u64> {
        let answers = answers(share);
        (1..=requests).filter(|_| answers.decide("/", None).status == 500).collect()
    }

    #[test]
    fn failures_are_an_exact_share_in_a_fixed_pattern() {
        assert_eq!(failed(50_000, 60), [20, 40, 60]);
        assert!(failed(0, 100).is_empty());
        assert_eq!(failed(1_000_000, 3), [1, 2, 3]);
        assert_eq!(failed(333_333, 1_000_000).len(), 333_333);
    }

    #[test]
    fn health_never_fails_and_never_waits() {
        let answers = answers(1_000_000);
        assert_eq!(answers.decide("/healthz", None).status, 200);
        assert_eq!(answers.decide("/healthz", None).after, Duration::ZERO);
        assert_eq!(answers.decide("/", None).after, Duration::from_millis(3));
    }

    #[test]
    fn slowness_is_asked_for() {
        let answers = answers(0);
        assert_eq!(answers.decide("/slow", Some("x=1&ms=20")).after, Duration::from_millis(23));
        for wrong in [None, Some("ms=60001"), Some("ms=-1"), Some("seconds=1")] {
            assert_eq!(answers.decide("/slow", wrong).status, 400, "{wrong:?}");
        }
    }
}
