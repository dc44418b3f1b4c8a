//! What a graph looks like when it is drawn.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use skiff_wire::{OperationStatus, Reversibility, Risk};

use super::{
    Graph, GraphStep,
    live::{Group, Live},
    text::{Form, draw, duration, state},
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn step(number: usize, kind: &str, title: &str, progress: &'static str) -> GraphStep {
    GraphStep {
        number,
        kind: kind.into(),
        title: title.into(),
        risk: Risk::None,
        reversibility: Reversibility::Reversible,
        progress,
        attempts: 1,
        approvals_needed: 0,
        approved_by: Vec::new(),
        skipped_by: None,
        begun: None,
        ended: None,
        seen: None,
        output: None,
        evidence: Value::Null,
    }
}

/// A canary that is being watched, before a step that two people must approve.
fn graph() -> Graph {
    let shift = GraphStep {
        risk: Risk::Medium,
        begun: Some(at(0)),
        ended: Some(at(1)),
        attempts: 2,
        seen: Some("weights read back: a 75, b 25".into()),
        output: Some(json!({"by_slot": {"a": 75, "b": 25}})),
        ..step(1, "shift-traffic/1", "send 25 of 100 requests", "done")
    };
    let bake = GraphStep { begun: Some(at(1)), ..step(2, "bake/1", "watch 25 of 100 requests", "running") };
    let end = GraphStep {
        risk: Risk::High,
        reversibility: Reversibility::Irreversible,
        approvals_needed: 2,
        approved_by: vec!["anna".into()],
        attempts: 0,
        ..step(3, "mark-destroyed/1", "end it", "waiting")
    };
    Graph {
        operation: "01a1".into(),
        saga: "canary".into(),
        service: Some("web".into()),
        status: OperationStatus::Running,
        reason: None,
        requested_by: "ben@desk".into(),
        requested_at: at(0),
        driver: Some("worker@desk process 1 of 1".into()),
        driven: true,
        definition: "d1".into(),
        last: at(1),
        entries: 5,
        steps: vec![shift, bake, end],
        live: None,
    }
}

#[test]
fn each_step_has_its_status_its_risk_its_time_and_what_it_has_seen() {
    let page = draw(&graph(), Form::Full, at(73));
    let expected = "\
canary of `web`: running, step 2 of 3
operation   01a1
asked for   by ben@desk at 2027-01-15T08:00:00Z
driven      by worker@desk process 1 of 1
definition  sha256:d1

 ●  1  send 25 of 100 requests  [done, 1.0 s]
 │     shift-traffic/1 · medium risk · reversible · 2 attempts
 │     weights read back: a 75, b 25
 ▶  2  watch 25 of 100 requests  [running, 1 min 12 s]
 │     bake/1 · no risk · reversible
 ○  3  end it  [waiting]
 │     mark-destroyed/1 · high risk · cannot be taken back · 1 of 2 approvals: anna
";
    assert_eq!(page, expected);
}

#[test]
fn a_screen_gets_what_is_worth_a_line_and_both_slots() {
    let slow = Group {
        weight: 25,
        requests: 137,
        errors: 1,
        error_rate: Some(0.007),
        latency_p50: Some(2_000),
        latency_p99: Some(1_500_000),
        healthy: 1,
        members: 1,
    };
    let silent = Group { weight: 75, members: 2, healthy: 2, ..Group::default() };
    let groups = BTreeMap::from([("b".to_owned(), slow), ("legacy".to_owned(), silent)]);
    let graph = Graph { live: Some(Live { seconds: 5.0, groups }), ..graph() };
    let page = draw(&graph, Form::Lines(23), at(11));
    let expected = "\
canary of `web`: running, step 2 of 3

 ●  1  send 25 of 100 requests  [done, 1.0 s]
 │     weights read back: a 75, b 25
 ▶  2  watch 25 of 100 requests  [running, 10 s]
 ○  3  end it  [waiting]

now, over the last 5.0 s
  slot b   weight  25     137 requests  errors   0.7%  p50   2.0 ms  p99    1.5 s  1/1 healthy
  old way  weight  75       0 requests  errors      –  p50        –  p99        –  2/2 healthy
";
    assert_eq!(page, expected);
}

#[test]
fn of_many_steps_those_around_the_current_one_are_on_a_small_screen() {
    let steps = (1..=24).map(|number| {
        let progress = if number < 9 {
            "done"
        } else if number == 9 {
            "running"
        } else {
            "waiting"
        };
        GraphStep { begun: None, ..step(number, "raise-slot/1", &format!("step {number}"), progress) }
    });
    let graph = Graph { steps: steps.collect(), ..graph() };
    let page = draw(&graph, Form::Lines(9), at(11));
    let expected = "\
canary of `web`: running, step 9 of 24

 …     8 steps before
 ▶  9  step 9  [running]
 ○ 10  step 10  [waiting]
 ○ 11  step 11  [waiting]
 ○ 12  step 12  [waiting]
 ○ 13  step 13  [waiting]
 …     11 steps after
";
    assert_eq!(page, expected);
    assert_eq!(draw(&graph, Form::Lines(26), at(11)).lines().count(), 26, "all of them where there is room");
    let back = Graph { status: OperationStatus::Compensating, ..graph.clone() };
    let page = draw(&back, Form::Lines(9), at(11));
    assert!(page.contains(" …     15 steps after\n"), "on the way back what is before comes next: {page}");
    let last = Graph { status: OperationStatus::Succeeded, steps: graph.steps[..8].to_vec(), ..graph };
    let page = draw(&last, Form::Lines(7), at(11));
    assert!(page.ends_with("step 7  [done]\n ●  8  step 8  [done]\n"), "{page}");
}

#[test]
fn an_end_names_no_step_and_a_rest_says_why() {
    let over = Graph { status: OperationStatus::Succeeded, ..graph() };
    assert_eq!((state(&over).as_str(), over.rests()), ("done", true));
    let reason = Some("`anna` asked to pause".into());
    let forged = Graph { reason: Some("no\n ●  9  done\u{1b}[2J".into()), ..graph() };
    assert!(!draw(&forged, Form::Full, at(1)).contains("\n ●  9"), "what others wrote is one line");
    let paused = Graph { status: OperationStatus::Paused, reason, driven: false, ..graph() };
    assert_eq!(state(&paused), "paused, step 2 of 3 (`anna` asked to pause)");
    assert!(paused.rests() && !graph().rests());
}

#[test]
fn times_are_short() {
    let words = |seconds| duration(jiff::SignedDuration::from_secs(seconds));
    assert_eq!(
        [9, 10, 60, 61, 3600, 7320].map(words),
        ["9.0 s", "10 s", "1 min", "1 min 1 s", "1 h 0 min", "2 h 2 min"]
    );
}
