//! Which group is next: smooth weighted round robin, exact over each full turn.
//!
//! Every choice adds each weight to its group's credit and takes the total from the one that was chosen. After as many
//! choices as the weights add up to, each group was chosen exactly as often as its weight says, spread out evenly; the
//! method is that of nginx's upstreams. A weight of zero takes no part at all.

use std::sync::{Mutex, PoisonError};

/// The credits of one rule's groups.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    credits: Mutex<Vec<i64>>,
}

impl Wheel {
    /// The place of the next group, or `None` when all weights are zero.
    pub(super) fn next(&self, weights: &[u32]) -> Option<usize> {
        let mut credits = self.credits.lock().unwrap_or_else(PoisonError::into_inner);
        credits.resize(weights.len(), 0);
        let mut best: Option<usize> = None;
        let mut total = 0;
        for (place, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            total += i64::from(*weight);
            credits[place] += i64::from(*weight);
            if best.is_none_or(|best| credits[place] > credits[best]) {
                best = Some(place);
            }
        }
        let best = best?;
        credits[best] -= total;
        Some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(wheel: &Wheel, weights: &[u32], turns: usize) -> Vec<usize> {
        let mut counts = vec![0; weights.len()];
        for _ in 0..turns {
            counts[wheel.next(weights).expect("a choice")] += 1;
        }
        counts
    }

    #[test]
    fn each_turn_is_exact_and_zero_is_never_chosen() {
        let wheel = Wheel::default();
        for _ in 0..10 {
            assert_eq!(turns(&wheel, &[99, 0, 1], 100), [99, 0, 1]);
        }
        assert_eq!(turns(&Wheel::default(), &[0, 100], 1000), [0, 1000]);
        assert_eq!(turns(&Wheel::default(), &[7, 3, 2], 12_000), [7_000, 3_000, 2_000]);
        assert_eq!(Wheel::default().next(&[0, 0]), None);
        assert_eq!(Wheel::default().next(&[]), None);
    }

    #[test]
    fn choices_are_spread_out() {
        let wheel = Wheel::default();
        let order: Vec<usize> = (0..8).filter_map(|_| wheel.next(&[3, 1])).collect();
        assert_eq!(order, [0, 0, 1, 0, 0, 0, 1, 0]);
    }
}
