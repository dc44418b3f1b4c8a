//! Every spec of `golden/plan` still gives the plan that was reviewed, whatever the order of its keys.

use skiff_tests::{
    checkout,
    expected::Expected,
    listed,
    plan_case::{self, FOLDER},
    seam,
};

/// Orders in which each spec is written again.
const SEEDS: [u64; 3] = [1, 2, 3];

#[test]
fn every_plan_is_the_reviewed_one() {
    let (cases, mut problems) = plan_case::planned();
    let mut expected = Expected::new("golden_plan");
    for case in &cases {
        problems.extend(case.expect(&mut expected).err());
    }
    problems.extend(expected.settle());
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn the_order_of_keys_means_nothing() {
    let (cases, _) = plan_case::planned();
    for case in &cases {
        for seed in SEEDS {
            let shuffled = case.shuffled(seed).unwrap_or_else(|problem| panic!("{problem}"));
            assert_eq!(shuffled, case.text, "{} shuffled with seed {seed}", case.case.folder);
        }
    }
}

#[test]
fn there_are_enough_cases() {
    let cases = plan_case::names().expect("golden/plan can be read").len();
    let enough = cases.checked_sub(seam::MINIMUM_PLAN_CASES).is_some();
    assert!(enough, "{cases} cases, at least {} are wanted", seam::MINIMUM_PLAN_CASES);
}

#[test]
fn nothing_lies_beside_the_cases() {
    let loose = checkout::loose(FOLDER).expect("golden/plan can be read");
    assert!(loose.is_empty(), "files that belong to no case: {loose:?}");
}
