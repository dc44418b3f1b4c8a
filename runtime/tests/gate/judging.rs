//! The judge's arithmetic against numbers from elsewhere.

use std::collections::BTreeMap;

use proptest::prelude::*;
use skiff_runtime::gate::judge::{Counted, Moment, power, rank, share};
use skiff_wire::Verdict;

fn counted(events: u64, samples: u64) -> Counted {
    Counted { events, samples }
}

fn histogram(values: &[u64]) -> BTreeMap<u64, u64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(*value).or_default() += 1;
    }
    counts
}

/// The series of spinnaker/spinnaker#5622, in thousandths: nothing before, something now.
const CONTROL: [u64; 10] = [0; 10];
const CANARY: [u64; 10] = [0, 48, 0, 180, 89, 0, 98, 35, 0, 0];

#[test]
fn new_errors_where_there_were_none_are_noticed_by_ranks() {
    let chance = rank::larger(&histogram(&CANARY), &histogram(&CONTROL));
    assert!((0.0070..0.0080).contains(&chance), "{chance}");
    assert!(chance < Moment::End.level());
}

/// Worked out by hand: the canary wins 16 of 25 pairs, three values are tied at 1 and four at 2, so the deviation is 3 of 4.5795.
#[test]
fn ranks_correct_for_ties() {
    let chance = rank::larger(&histogram(&[1, 2, 2, 3, 5]), &histogram(&[1, 1, 2, 2, 4]));
    assert!((chance - 0.256_21).abs() < 5e-4, "{chance}");
}

#[test]
fn the_exact_test_gives_what_the_tea_lady_knows() {
    // Fisher's own table: three of four guessed right.
    let chance = share::more_often(counted(3, 4), counted(1, 4));
    assert!((chance - 17.0 / 70.0).abs() < 1e-9, "{chance}");
    assert!((share::more_often(counted(6, 10), counted(0, 10)) - 0.005_417_956).abs() < 1e-6);
}

#[test]
fn beyond_the_exact_test_the_answer_is_close_and_careful() {
    let (canary, baseline) = (counted(10_300, 100_000), counted(10_000, 100_000));
    let exact = share::more_often(counted(9_990, 100_000), counted(9_690, 100_000));
    let approximate = share::more_often(canary, baseline);
    assert!(exact < 0.02 && approximate < 0.02 && approximate > 0.0, "{exact} {approximate}");
}

#[test]
fn a_share_has_three_answers() {
    let end = |events, samples| share::at_most(counted(events, samples), 0.01, None, Moment::End).0;
    assert_eq!(end(0, 0), Verdict::Inconclusive);
    assert_eq!(end(0, 148), Verdict::Inconclusive);
    assert_eq!(end(0, 149), Verdict::Pass);
    assert_eq!(end(2, 149), Verdict::Inconclusive);
    assert_eq!(end(10, 1000), Verdict::Pass);
    assert_eq!(end(11, 1000), Verdict::Fail);
    assert_eq!(end(5, 20), Verdict::Fail);
    assert_eq!(share::needed(0.01), 149);
}

#[test]
fn one_error_is_no_evidence_and_nothing_allowed_is_nothing() {
    let midway = |events, samples, bound| share::at_most(counted(events, samples), bound, None, Moment::Midway).0;
    assert_eq!(midway(1, 1, 0.0001), Verdict::Inconclusive);
    assert_eq!(midway(11, 1000, 0.01), Verdict::Inconclusive);
    assert_eq!(midway(3, 3, 0.01), Verdict::Fail);
    assert_eq!(midway(1, 100_000, 0.0), Verdict::Fail);
    assert_eq!(midway(0, 298, 0.0), Verdict::Inconclusive);
    assert_eq!(midway(0, 299, 0.0), Verdict::Pass);
}

#[test]
fn a_given_minimum_decides_when_the_measured_share_is_enough() {
    let end = |events, samples| share::at_most(counted(events, samples), 0.01, Some(50), Moment::End).0;
    assert_eq!(end(0, 49), Verdict::Inconclusive);
    assert_eq!(end(0, 50), Verdict::Pass);
    assert_eq!(end(1, 50), Verdict::Fail);
}

#[test]
fn a_tiny_difference_of_very_many_does_not_matter() {
    let matters = share::Matters { least: 0.001, factor: 1.2, noticed: 0.01, minimum: None };
    let (verdict, chance) =
        share::no_more_than(counted(3_300, 3_000_000), counted(3_000, 3_000_000), &matters, Moment::End);
    assert!(chance < 0.001, "{chance}");
    assert_eq!(verdict, Verdict::Pass);
}

#[test]
fn sample_sizes_are_those_of_the_textbooks() {
    // (2.326 + 0.842)² / (12 · 0.1²) together, which is 168 in each of two equal groups.
    assert!((power::samples_for_ranks(1.5, 1.0) - 83.6).abs() < 0.2);
    assert!((power::together(168, 168) - 84.0).abs() < 1e-9);
    assert!((power::samples_for_shares(0.0, 0.01) - 250.0).abs() < 1.5);
}

proptest! {
    /// No count whatever gives a probability outside of its interval, nor none at all.
    #[test]
    fn probabilities_are_probabilities(
        one in 0_u64..100_000, more in 0_u64..100_000, two in 0_u64..100_000, others in 0_u64..100_000,
    ) {
        let (canary, baseline) = (counted(one, one + more), counted(two, two + others));
        for chance in [share::more_often(canary, baseline), share::more_of_all(canary, baseline)] {
            prop_assert!((0.0..=1.0).contains(&chance));
        }
    }

    /// What is larger for one is smaller for the other: both cannot be improbable.
    #[test]
    fn only_one_side_is_larger(
        canary in proptest::collection::btree_map(0_u64..40, 1_u64..1000, 0..12),
        baseline in proptest::collection::btree_map(0_u64..40, 1_u64..1000, 0..12),
    ) {
        let (one, other) = (rank::larger(&canary, &baseline), rank::larger(&baseline, &canary));
        prop_assert!((0.0..=1.0).contains(&one) && (0.0..=1.0).contains(&other));
        prop_assert!(one.min(other) >= 0.0 && one.max(other) >= 0.5 - 1e-9);
    }

    /// More errors of as many requests are never better.
    #[test]
    fn more_errors_never_pass_where_fewer_fail(events in 0_u64..200, samples in 200_u64..20_000) {
        let order = |verdict| match verdict { Verdict::Pass => 0, Verdict::Inconclusive => 1, _ => 2 };
        for moment in [Moment::Midway, Moment::End] {
            let fewer = order(share::at_most(counted(events, samples), 0.01, None, moment).0);
            let more = order(share::at_most(counted(events + 1, samples), 0.01, None, moment).0);
            prop_assert!(fewer <= more);
        }
    }
}
