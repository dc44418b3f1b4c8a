//! Mistakes on purpose: each is found, within so many schedules.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expects"
)]

use skiff_storm::{
    bugs::{ALL, Bug},
    ground::Grounds,
    plan::Plan,
    schedule::run,
};

/// A mistake that is not found within so many schedules counts as not found.
const PATIENCE: u64 = 3000;

fn found(bug: Bug, grounds: &Grounds) -> Option<(u64, String)> {
    (1..=PATIENCE).find_map(|seed| {
        let shown = run(&Plan::of(seed, bug.saga()), grounds, Some(bug));
        shown.findings.first().map(|finding| (seed, finding.clone()))
    })
}

#[test]
fn every_mistake_is_found() {
    let grounds = Grounds::prepared().unwrap();
    let mut missed = Vec::new();
    for bug in ALL {
        match found(bug, &grounds) {
            Some((schedules, finding)) => println!("{:20} found in schedule {schedules:4}: {finding}", bug.name()),
            None => missed.push(bug.name()),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}

#[test]
fn every_mistake_has_a_name_of_its_own() {
    for bug in ALL {
        assert_eq!(Bug::named(bug.name()), Some(bug));
    }
    assert_eq!(Bug::named("none"), None);
}
