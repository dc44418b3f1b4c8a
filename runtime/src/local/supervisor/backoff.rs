//! How long to wait before another member takes the place of one that ended by itself.

use std::time::Duration;

/// A member that lived this long had a good start: what ended it is no fault of how it starts.
const GOOD: Duration = Duration::from_secs(60);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);
/// The shortest wait after a refusal: the same bytes will be refused again.
const REFUSED: Duration = Duration::from_secs(5);

/// The recent past of a slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// A member ended by itself after it had lived for some time; how long its place stays empty: nothing the first time,
    /// then one second, doubled each time up to a minute.
    pub(super) fn ended(&mut self, lived: Duration, refused: bool) -> Duration {
        if lived >= GOOD {
            self.failures = 0;
        }
        let wait = match self.failures.checked_sub(1) {
            None => Duration::ZERO,
            Some(doublings) => Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST),
        };
        self.failures = self.failures.saturating_add(1);
        if refused { wait.max(REFUSED) } else { wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_replaced_at_once_and_those_that_keep_ending_later_and_later() {
        let mut back_off = BackOff::default();
        let waits: Vec<u64> = (0..9).map(|_| back_off.ended(Duration::from_secs(1), false).as_secs()).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_long_life_is_a_good_start() {
        let mut back_off = BackOff::default();
        back_off.ended(Duration::ZERO, false);
        back_off.ended(Duration::ZERO, false);
        assert_eq!(back_off.ended(GOOD, false), Duration::ZERO);
    }

    #[test]
    fn a_refusal_is_not_repeated_in_a_hurry() {
        assert_eq!(BackOff::default().ended(Duration::ZERO, true), REFUSED);
    }
}
