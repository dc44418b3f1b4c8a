//! Rehearsals: what the answers of two releases come to, and what of it decides.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::Outside,
    gate::{NoSources, codes as gates},
    saga::{Kind, Saga, codes, shadow, step::rehearse::Rehearsed},
    shadow::{Answer, Aspect, Request, Requests},
    simulation::schedule::to_the_end,
};
use skiff_wire::{Event, OperationStatus, Verdict};

use crate::stage::{Stage, service};

/// A body and its time in microseconds, from the number of the request.
type Says = fn(u64) -> (String, u64);

/// Two releases that answer each request as they are told, always with 200.
struct Both {
    live: Says,
    new: Says,
    asked: AtomicU64,
}

#[async_trait]
impl Requests for Both {
    async fn send(&self, address: &str, _request: &Request) -> Result<Answer, Error> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let says = if address.starts_with("test.") { self.new } else { self.live };
        let (body, microseconds) = says(number);
        Ok(Answer { status: Ok(200), microseconds, body: Some(body) })
    }
}

/// What a rehearsal came to: how it ended, its code, what was seen, and how many requests were sent in all.
struct Ended {
    status: OperationStatus,
    code: String,
    seen: Rehearsed,
    asked: u64,
}

fn rehearse(live: Says, new: Says, rounds: u32, deciding: &[Aspect]) -> Ended {
    let stage = Stage::new(5, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let saga = Saga::Shadow(shadow::Parameters {
        service: stage.service.clone(),
        release: stage.release("second", 2),
        percent: 0,
        requests: vec![Request { method: "GET".into(), path: "/".into(), headers: Vec::new() }],
        rounds,
        tolerated_permille: 0,
        mirror_percent: 0,
        watch_seconds: 0,
        gates: Vec::new(),
        deciding: deciding.to_vec(),
        before: Vec::new(),
    });
    let both = Arc::new(Both { live, new, asked: AtomicU64::new(0) });
    let requests: Arc<dyn Requests> = Arc::clone(&both) as _;
    let engine = stage.engine().asking(Outside { sources: Arc::new(NoSources), requests });
    let request = stage.request(saga, None);
    let started = to_the_end(engine.start(&request)).expect("it ends").expect("it starts");
    let driven = to_the_end(engine.drive(&request.scope, &started.operation, &mut |_| {})).expect("it ends");
    let finished = driven.expect("it can be driven");
    let history =
        to_the_end(engine.history(&request.scope, &started.operation)).expect("it ends").expect("it is there");
    let seen = history.entries.iter().find_map(|entry| match &entry.event {
        Event::StepSucceeded { output, .. } => output.get("sent").map(|_| output.clone()),
        Event::StepFailed { evidence, .. } | Event::StepHeld { evidence, .. } => evidence.get("rehearsal").cloned(),
        _ => None,
    });
    Ended {
        status: finished.status,
        code: finished.failure.map_or_else(String::new, |failure| failure.code),
        seen: serde_json::from_value(seen.expect("it was rehearsed")).expect("it is what was seen"),
        asked: both.asked.load(Ordering::Relaxed),
    }
}

fn same(_: u64) -> (String, u64) {
    ("the same".into(), 1_000)
}

fn another(_: u64) -> (String, u64) {
    ("another".into(), 1_000)
}

fn time_of_day(number: u64) -> (String, u64) {
    (format!("it is {number}"), 1_000)
}

fn slow(_: u64) -> (String, u64) {
    ("the same".into(), 3_000)
}

#[test]
fn other_bodies_are_told_and_decide_only_when_that_was_asked_for() {
    let told = rehearse(same, another, 4, &[]);
    assert_eq!((told.status, told.seen.differed), (OperationStatus::Succeeded, 0));
    let bodies = told.seen.bodies.unwrap();
    assert_eq!((bodies.compared, bodies.differed, bodies.varying), (4, 4, 0));
    assert_eq!(told.asked, 12, "the live release is asked once more to know what a difference means");
    let difference = &told.seen.differences[0];
    assert_eq!((difference.live.as_str(), difference.new.as_str()), ("body the same", "body another"));
    let decided = rehearse(same, another, 4, &[Aspect::Bodies]);
    assert_eq!((decided.status, decided.code.as_str()), (OperationStatus::Compensated, codes::REHEARSAL_FAILED.id));
    let alike = rehearse(same, same, 4, &[Aspect::Bodies]);
    assert_eq!((alike.status, alike.asked), (OperationStatus::Succeeded, 8));
}

#[test]
fn what_the_live_release_answers_in_two_ways_is_no_difference_and_no_pass() {
    let told = rehearse(time_of_day, time_of_day, 5, &[]);
    let bodies = told.seen.bodies.unwrap();
    assert_eq!((told.status, bodies.compared, bodies.varying), (OperationStatus::Succeeded, 0, 1));
    assert_eq!((told.asked, told.seen.differences.len()), (11, 0));
    let decided = rehearse(time_of_day, time_of_day, 5, &[Aspect::Bodies]);
    assert_eq!((decided.status, decided.code.as_str()), (OperationStatus::Paused, gates::INCONCLUSIVE.id));
}

#[test]
fn a_slower_release_is_told_and_fails_only_when_that_was_asked_for() {
    let told = rehearse(same, slow, 200, &[]);
    let latency = told.seen.latency.unwrap();
    assert_eq!((told.status, latency.verdict, latency.dry_run), (OperationStatus::Succeeded, Verdict::Fail, true));
    assert!(latency.p_value.unwrap() < 0.01 && latency.canary.unwrap().samples == 200, "{}", latency.reason);
    let decided = rehearse(same, slow, 200, &[Aspect::Latency]);
    assert_eq!((decided.status, decided.code.as_str()), (OperationStatus::Compensated, codes::REHEARSAL_FAILED.id));
    let as_fast = rehearse(same, same, 200, &[Aspect::Latency]);
    assert_eq!((as_fast.status, as_fast.seen.latency.unwrap().dry_run), (OperationStatus::Succeeded, false));
    let few = rehearse(same, same, 20, &[Aspect::Latency]);
    assert_eq!((few.status, few.code.as_str()), (OperationStatus::Paused, gates::INCONCLUSIVE.id));
    assert_eq!(few.seen.latency.unwrap().verdict, Verdict::Inconclusive);
}
