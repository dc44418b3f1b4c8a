//! How long a workload that ended waits before it is started again.

use std::time::{Duration, Instant};

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(300);
/// A workload that ran this long without trouble begins anew.
const TROUBLE_FREE: Duration = Duration::from_secs(600);

/// Pauses that double from one second to five minutes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    next: Duration,
    /// How often in a row the workload ended soon.
    pub(crate) failures: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: FIRST, failures: 0 }
    }
}

impl Backoff {
    /// The pause before the next start of a workload that was started at a moment.
    pub(crate) fn after(&mut self, started: Instant, now: Instant) -> Duration {
        if now.saturating_duration_since(started) >= TROUBLE_FREE {
            *self = Self::default();
        }
        let pause = self.next;
        self.next = (self.next * 2).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_begin_anew_after_ten() {
        let (mut backoff, start) = (Backoff::default(), Instant::now());
        let pauses: Vec<u64> = (0..11).map(|_| backoff.after(start, start).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(backoff.failures, 11);
        assert_eq!(backoff.after(start, start + TROUBLE_FREE).as_secs(), 1);
        assert_eq!(backoff.failures, 1);
    }
}
