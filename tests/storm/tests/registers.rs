//! The judge of histories is judged itself: by histories of which it is known whether an order explains them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expects"
)]

use skiff_runtime::simulation::world::SeededRandom;
use skiff_storm::register::{Action, Answer, Call, Content, is_linearizable};

/// How many histories of each sort.
const HISTORIES: u64 = 400;
/// Calls in a history.
const CALLS: usize = 40;

/// A history that one order explains, by construction: each call happens at one moment between its beginning and its end.
struct Made {
    calls: Vec<Call>,
    /// The moments at which the calls happened, and what the register held behind each.
    held: Vec<(u64, Content)>,
}

fn below(chance: &SeededRandom, bound: u64) -> u64 {
    chance.next() % bound
}

fn made(seed: u64) -> Made {
    let chance = SeededRandom::new(seed);
    let (mut holds, mut calls, mut held): (Content, _, _) = (None, Vec::new(), Vec::new());
    for number in 0..CALLS as u64 {
        // Moments are ten apart, and calls overlap with up to four others.
        let moment = 100 + number * 10;
        let (begun, ended) = (moment - below(&chance, 25), moment + 1 + below(&chance, 25));
        let new = Some(number + 1);
        let (action, answer) = match below(&chance, 6) {
            0 | 1 => (Action::Read, Answer::Holds(holds)),
            2 => (Action::Swap { expected: Some(9_999), new }, Answer::Refused),
            3 => {
                let happens = below(&chance, 2) == 0;
                let action = Action::Swap { expected: holds, new };
                holds = if happens { new } else { holds };
                (action, Answer::Unknown)
            }
            _ => {
                let action = Action::Swap { expected: holds, new };
                holds = new;
                (action, Answer::Done)
            }
        };
        let ended = (answer != Answer::Unknown).then_some(ended);
        calls.push(Call { begun: begun * 2, ended: ended.map(|ended| ended * 2 + 1), action, answer });
        held.push((moment, holds));
    }
    Made { calls, held }
}

#[test]
fn what_happened_in_an_order_is_explained() {
    for seed in 0..HISTORIES {
        assert!(is_linearizable(&made(seed).calls, None), "seed {seed}");
    }
}

/// A call behind all others.
fn later(made: &Made) -> (u64, Option<u64>) {
    let end = made.calls.iter().filter_map(|call| call.ended).max().unwrap();
    (end + 10, Some(end + 20))
}

#[test]
fn a_stale_read_is_not_explained() {
    let mut tried = 0;
    for seed in 0..HISTORIES {
        let mut made = made(seed);
        let (_, now) = *made.held.last().unwrap();
        let Some((_, before)) = made.held.iter().rev().find(|(_, held)| *held != now) else { continue };
        // What may still happen without an answer cannot bring back what was there.
        let (begun, ended) = later(&made);
        made.calls.push(Call { begun, ended, action: Action::Read, answer: Answer::Holds(now) });
        let (action, answer) = (Action::Read, Answer::Holds(*before));
        made.calls.push(Call { begun: begun + 30, ended: ended.map(|ended| ended + 30), action, answer });
        assert!(!is_linearizable(&made.calls, None), "seed {seed}");
        tried += 1;
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn two_successes_on_one_version_are_not_explained() {
    let mut tried = 0;
    for seed in 0..HISTORIES {
        let mut made = made(seed);
        let won =
            made.calls.iter().find(|call| call.answer == Answer::Done && matches!(call.action, Action::Swap { .. }));
        let Some(Action::Swap { expected, .. }) = won.map(|call| call.action) else { continue };
        let (begun, ended) = later(&made);
        let action = Action::Swap { expected, new: Some(77_777) };
        made.calls.push(Call { begun, ended, action, answer: Answer::Done });
        assert!(!is_linearizable(&made.calls, None), "seed {seed}");
        tried += 1;
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_lost_write_is_not_explained() {
    let mut tried = 0;
    for seed in 0..HISTORIES {
        let mut made = made(seed);
        let (begun, ended) = later(&made);
        let (_, holds) = *made.held.last().unwrap();
        let write = Action::Swap { expected: holds, new: Some(88_888) };
        // Whoever has no answer may have changed it since, so the write is for what a read has seen last.
        made.calls.retain(|call| call.answer != Answer::Unknown || call.begun < begun);
        made.calls.push(Call { begun, ended, action: Action::Read, answer: Answer::Holds(holds) });
        made.calls.push(Call {
            begun: begun + 30,
            ended: ended.map(|end| end + 30),
            action: write,
            answer: Answer::Done,
        });
        let (action, answer) = (Action::Read, Answer::Holds(holds));
        made.calls.push(Call { begun: begun + 60, ended: ended.map(|end| end + 60), action, answer });
        assert!(!is_linearizable(&made.calls, None), "seed {seed}");
        tried += 1;
    }
    assert_eq!(tried, HISTORIES);
}

#[test]
fn a_refusal_of_what_must_succeed_is_not_explained() {
    for seed in 0..HISTORIES {
        let mut made = made(seed);
        let (begun, ended) = later(&made);
        let (_, holds) = *made.held.last().unwrap();
        made.calls.retain(|call| call.answer != Answer::Unknown || explains(&made.held, call));
        made.calls.push(Call { begun, ended, action: Action::Read, answer: Answer::Holds(holds) });
        let action = Action::Swap { expected: holds, new: Some(99_999) };
        made.calls.push(Call { begun: begun + 30, ended: ended.map(|end| end + 30), action, answer: Answer::Refused });
        // A refusal is right only when something else is there, which only a call without an answer could have brought.
        let open = made.calls.iter().any(|call| is_open_on(call, holds));
        assert_eq!(is_linearizable(&made.calls, None), open, "seed {seed}");
    }
}

/// Whether a call without an answer has happened.
fn explains(held: &[(u64, Content)], call: &Call) -> bool {
    matches!(call.action, Action::Swap { new, .. } if held.iter().any(|(_, held)| *held == new))
}

/// Whether a call without an answer may still change this content.
fn is_open_on(call: &Call, holds: Content) -> bool {
    call.answer == Answer::Unknown && matches!(call.action, Action::Swap { expected, .. } if expected == holds)
}

#[test]
fn a_write_without_an_answer_may_happen_late_or_never() {
    let call = |begun, ended, action, answer| Call { begun, ended, action, answer };
    let write = call(1, None, Action::Swap { expected: None, new: Some(1) }, Answer::Unknown);
    let read = |begun, holds| call(begun, Some(begun + 1), Action::Read, Answer::Holds(holds));
    assert!(is_linearizable(&[write.clone(), read(10, None), read(20, None)], None));
    assert!(is_linearizable(&[write.clone(), read(10, None), read(20, Some(1))], None));
    assert!(!is_linearizable(&[write, read(10, Some(1)), read(20, None)], None));
}
