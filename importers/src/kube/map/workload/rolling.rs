//! The arithmetic of a rolling update: from shares and counts of pods to the bounds of an instance refresh.
//!
//! Kubernetes rounds a share of `maxSurge` up and one of `maxUnavailable` down. Auto Scaling rounds the number of members
//! that must be healthy up, so the percentage is rounded down: of three members, two are 66 percent; 67 would mean three.

use crate::kube::object::Field;

/// A count of pods, or a share of the replicas in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    Count(u64),
    Percent(u64),
}

/// What a rolling update means in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Pods that may be there beyond the replicas.
    pub(super) surge: u64,
    /// Pods that may be missing.
    pub(super) unavailable: u64,
    /// `MinHealthyPercentage` of an instance refresh.
    pub(super) least: u64,
    /// `MaxHealthyPercentage` of an instance refresh.
    pub(super) most: u64,
}

impl Amount {
    /// An amount as the API writes it: `1`, `25%`.
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        let written = field.written()?;
        match written.strip_suffix('%') {
            Some(share) => share.parse().ok().map(Self::Percent),
            None => written.parse().ok().map(Self::Count),
        }
    }

    fn of(self, replicas: u64, up: bool) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(share) if up => replicas.saturating_mul(share).div_ceil(100),
            Self::Percent(share) => replicas.saturating_mul(share) / 100,
        }
    }
}

/// The numbers for this many replicas, of which there is one at least.
///
/// AWS wants at most 100 between the two percentages, so the lower one is raised where they are farther apart.
pub(super) fn numbers(replicas: u64, surge: Amount, unavailable: Amount) -> Numbers {
    let replicas = replicas.max(1);
    let surge = surge.of(replicas, true);
    let unavailable = match unavailable.of(replicas, false).min(replicas) {
        0 if surge == 0 => 1,
        number => number,
    };
    let most = (replicas.saturating_add(surge).saturating_mul(100)).div_ceil(replicas).clamp(100, 200);
    let least = (replicas - unavailable).saturating_mul(100) / replicas;
    Numbers { surge, unavailable, least: least.max(most - 100), most }
}

#[cfg(test)]
mod tests {
    use super::{
        Amount::{Count, Percent},
        numbers,
    };

    fn bounds(replicas: u64, surge: super::Amount, unavailable: super::Amount) -> (u64, u64) {
        let numbers = numbers(replicas, surge, unavailable);
        (numbers.least, numbers.most)
    }

    #[test]
    fn one_replica_launches_first() {
        assert_eq!(bounds(1, Percent(25), Percent(25)), (100, 200));
    }

    #[test]
    fn the_least_is_rounded_down() {
        assert_eq!(bounds(3, Count(0), Count(1)), (66, 100));
        assert_eq!(bounds(3, Percent(25), Percent(25)), (100, 134));
        assert_eq!(bounds(10, Percent(25), Percent(25)), (80, 130));
    }

    #[test]
    fn nothing_and_nothing_is_one_unavailable() {
        assert_eq!(bounds(4, Count(0), Count(0)), (75, 100));
        assert_eq!(bounds(2, Percent(0), Percent(25)), (50, 100));
    }

    #[test]
    fn the_most_is_twice_and_never_100_above_the_least() {
        assert_eq!(bounds(2, Count(9), Count(0)), (100, 200));
        assert_eq!(bounds(1, Count(1), Count(1)), (100, 200));
        assert_eq!(bounds(4, Percent(50), Percent(100)), (50, 150));
    }
}
