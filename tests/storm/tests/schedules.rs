//! Schedules by chance: none of them shows anything that must not be, and the same seed gives the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expects"
)]

use skiff_storm::{
    figures::Figures,
    ground::Grounds,
    plan::{Plan, SAGAS},
    schedule::{Shown, run},
};

/// How many schedules a test tries when nothing else is said; more in `SKIFF_SCHEDULES`.
const SCHEDULES: u64 = 1500;

fn count() -> u64 {
    std::env::var("SKIFF_SCHEDULES").ok().and_then(|count| count.parse().ok()).unwrap_or(SCHEDULES)
}

fn tried(seeds: impl Iterator<Item = u64>, saga: Option<&str>) -> Figures {
    let grounds = Grounds::prepared().expect("the worlds can be prepared");
    let mut figures = Figures::default();
    for seed in seeds {
        let plan = Plan::of(seed, saga);
        let shown = run(&plan, &grounds, None);
        figures.take_in(&shown);
        assert!(shown.findings.is_empty(), "{plan:?}\n{:#?}\n{:#?}", shown.findings, shown.trace);
    }
    figures
}

#[test]
fn nothing_is_lost_done_twice_or_left_halfway() {
    let figures = tried(1..=count(), None);
    println!("{figures}");
    assert_eq!((figures.stuck(), figures.failed()), (0, 0));
    assert!(figures.most_effects() <= 1);
    assert!(figures.deaths() > figures.schedules() / 4, "too little goes wrong");
    assert!(figures.states() as u64 > figures.schedules(), "too little is different");
    let people = figures.agreement();
    assert_eq!(people.unfounded, 0);
    assert!(people.begun > 0 && people.skips > 0 && people.rejections > 0, "people have too little to say: {people:?}");
    assert!(figures.handed() > people.approvals + people.skips, "what must not count was never handed in");
}

/// Schedules that have found something, by their seeds; see `docs/simulation.md`.
const FOUND: [(u64, Option<&str>); 3] = [(1045, None), (678, Some("restart")), (10_063, None)];

#[test]
fn what_was_found_once_is_not_found_again() {
    for (seed, saga) in FOUND {
        assert_eq!(tried(std::iter::once(seed), saga).stuck(), 0, "seed {seed}");
    }
}

#[test]
fn each_saga_alone_is_tried_as_well() {
    for saga in SAGAS {
        let figures = tried(1..=count() / 30, Some(saga));
        assert_eq!(figures.stuck(), 0, "{saga}");
    }
}

fn text(shown: &Shown) -> String {
    format!("{}\n{:?}", shown.trace.join("\n"), shown.findings)
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let (grounds, others) = (Grounds::prepared().unwrap(), Grounds::prepared().unwrap());
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..100 {
        let plan = Plan::of(seed, None);
        let (one, other) = (run(&plan, &grounds, None), run(&plan, &others, None));
        assert_eq!(text(&one), text(&other), "seed {seed}");
        assert_eq!(one.states, other.states, "seed {seed}");
        different.insert(text(&one));
    }
    assert_eq!(different.len(), 100);
}
