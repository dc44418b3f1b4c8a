//! The page of a canary that a gate has stopped: everything that a reviewer looks for is in it, and nothing is believed.

use base64::{Engine as _, engine::general_purpose};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use skiff_runtime::engine::{History, status::Status};
use skiff_wire::{EffectClass, Event, LogEntry, OperationIntent, PlannedStep, Reversibility, Risk};

/// The page, with the slashes that the template writes as entities.
fn page(history: &History) -> Result<String, crate::failure::Failure> {
    super::page(history).map(|page| page.replace("&#x2f;", "/"))
}

const BEGIN: &str = "2026-11-21T12:00:00Z";

fn at(second: i64) -> Timestamp {
    BEGIN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

fn step(kind: &str, title: &str, risk: Risk, effect: EffectClass) -> PlannedStep {
    let gate = kind.starts_with("bake/");
    let (kind, title) = (kind.to_owned(), title.to_owned());
    PlannedStep { kind, title, risk, reversibility: Reversibility::Reversible, effect, approvals: 0, gate }
}

fn intent(steps: Vec<PlannedStep>) -> OperationIntent {
    OperationIntent {
        schema: OperationIntent::SCHEMA.into(),
        operation: "01a1fec7-c867-7537-99c6-67760e0d31bb".into(),
        saga: "canary".into(),
        definition: "0".repeat(64),
        app: "shop".into(),
        environment: "production".into(),
        service: Some("web".into()),
        parameters: json!({"release": "7".repeat(64)}),
        steps,
        requested_by: "<ada>".into(),
        requested_at: at(0),
        idempotency_key: None,
    }
}

fn history(steps: Vec<PlannedStep>, events: Vec<(i64, Event)>) -> History {
    let intent = intent(steps);
    let entry = |(index, (second, event))| LogEntry {
        schema: LogEntry::SCHEMA.into(),
        index: u64::try_from(index).unwrap(),
        epoch: 1,
        at: at(second),
        event,
    };
    let entries: Vec<LogEntry> = events.into_iter().enumerate().map(entry).collect();
    let status =
        entries.iter().fold(Status::planned(&intent.steps), |status, entry| status.next(&entry.event).unwrap());
    History { intent, entries, status }
}

fn started(step: u32, kind: &str) -> Event {
    Event::StepStarted { step, kind: kind.into(), input: "0".into(), attempt: 1 }
}

fn stopped_by_a_gate() -> History {
    let group = |weight: u32, errors: u32| {
        json!({"weight": weight, "requests": 100, "errors": errors, "latency_p50": 1000, "latency_p99": 8000,
            "healthy": 2, "members": 2})
    };
    let point =
        |second: i64, errors: u32| json!({"at": at(second), "groups": {"a": group(75, 0), "b": group(25, errors)}});
    let evidence = json!({
        "from": at(10), "until": at(30), "canary": "b", "baseline": "a",
        "points": [point(10, 0), point(20, 3), point(30, 9)],
        "gates": [{"gate": "error-rate", "verdict": "fail", "reason": "9 of 100 against 0 of 300", "limit": "1%",
            "canary": {"value": 0.09, "samples": 100}, "baseline": {"value": 0.0, "samples": 300}, "p_value": 0.00001,
            "evaluations": {"pass": 1, "fail": 2, "inconclusive": 0, "error": 0}}],
    });
    let steps = vec![
        step("shift-traffic/1", "send 25 of 100 requests", Risk::Medium, EffectClass::AbsoluteSet),
        step("bake/1", "watch 25 of 100 requests", Risk::None, EffectClass::Read),
    ];
    let output = json!({"by_slot": {"a": 75, "b": 25}});
    history(
        steps,
        vec![
            (0, Event::Claimed { holder: "<ada>".into() }),
            (1, started(0, "shift-traffic/1")),
            (10, Event::StepSucceeded { step: 0, output }),
            (10, started(1, "bake/1")),
            (
                30,
                Event::StepFailed {
                    step: 1,
                    code: "SK2801".into(),
                    message: "error-rate: 9 of 100 against 0 of 300".into(),
                    exit: 8,
                    evidence,
                },
            ),
            (30, Event::CompensationStarted { step: 0, attempt: 1 }),
            (36, Event::CompensationSucceeded { step: 0 }),
            (36, Event::Finished),
        ],
    )
}

#[test]
fn a_canary_that_a_gate_has_stopped() {
    let page = page(&stopped_by_a_gate()).unwrap();
    let says = |text: &str| assert!(page.contains(text), "`{text}` is missing in\n{page}");
    says("<span class=\"badge undone\">taken back</span>");
    says("error-rate: 9 of 100 against 0 of 300 [SK2801]");
    says("9% (100 samples)");
    says("0% (300 samples)");
    says("1 pass, 2 fail");
    says("&lt; 0.0001");
    says("slot b against slot a");
    says("aria-label=\"Weights of each group over 36 s\"");
    says("aria-label=\"Latency of each group over 36 s\"");
    says("left:27.78%;width:55.56%");
    says("step 1 (shift-traffic/1) is taken back, attempt 1");
}

#[test]
fn what_others_wrote_is_text_and_nothing_is_loaded() {
    let page = page(&stopped_by_a_gate()).unwrap();
    assert!(page.contains("&lt;ada&gt;") && !page.contains("<ada>"), "{page}");
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "`{foreign}` is in the page");
    }
}

#[test]
fn the_same_history_gives_the_same_page() {
    assert_eq!(page(&stopped_by_a_gate()).unwrap(), page(&stopped_by_a_gate()).unwrap());
}

#[test]
fn approvals_and_skipped_gates_are_named_with_their_people() {
    let steps = vec![
        step("bake/1", "watch", Risk::None, EffectClass::Read),
        step("retire-legacy/1", "retire the old way", Risk::High, EffectClass::Ledger),
    ];
    let events = vec![
        (0, started(0, "bake/1")),
        (5, Event::StepHeld { step: 0, code: "SK2802".into(), message: "too little".into(), evidence: json!(null) }),
        (60, Event::StepSkipped { step: 0, envelope: "{}".into(), principal: "grace".into(), reason: "quiet".into() }),
        (61, Event::ApprovalRequested { step: 1, plan: "00".into() }),
        (90, Event::Approved { step: 1, envelope: "{}".into(), principal: "ida".into() }),
    ];
    let page = page(&history(steps, events)).unwrap();
    for text in ["went on without its verdict, approved by grace", "approved step 2 (retire-legacy/1)", "bar waits"] {
        assert!(page.contains(text), "`{text}` is missing in\n{page}");
    }
}

#[test]
fn two_approvals_are_waited_for_until_the_second_and_who_asked_is_recognised() {
    let mut retire = step("retire-legacy/1", "retire the old way", Risk::High, EffectClass::Ledger);
    retire.approvals = 2;
    let statement = json!({"schema": "skiff.dev/approval/v1", "app": "shop", "environment": "production",
        "operation": "1", "step": 0, "plan": "00", "approver": "ida", "by": "<ada>", "expires": at(900)});
    let payload = general_purpose::STANDARD.encode(statement.to_string());
    let signature = general_purpose::STANDARD.encode([0; 64]);
    let envelope = json!({"payload": payload, "payloadType": "application/vnd.skiff.approval+json",
        "signatures": [{"keyid": "0".repeat(64), "sig": signature}]});
    let approved =
        |principal: &str, envelope: String| Event::Approved { step: 0, envelope, principal: principal.into() };
    let events = vec![
        (0, Event::ApprovalRequested { step: 0, plan: "00".into() }),
        (25, approved("grace", "{}".into())),
        (50, approved("ida", envelope.to_string())),
        (100, Event::AbortRequested { by: "ops".into(), superseded_by: None }),
        (100, Event::Finished),
    ];
    let page = page(&history(vec![retire], events)).unwrap();
    assert!(page.contains("bar waits\" style=\"left:0.00%;width:50.00%\""), "until the second approval: {page}");
    let same =
        "approved step 1 (retire-legacy/1); the same person has asked for it, as far as names can tell: both from";
    assert_eq!(page.matches(same).count(), 1, "{page}");
    assert!(page.contains("<td>&lt;ada&gt;</td><td>asked for it</td>"), "{page}");
}

#[test]
fn a_rehearsal_is_told_with_what_differed() {
    let steps = vec![step("rehearse/1", "send requests", Risk::Low, EffectClass::Read)];
    let seen = json!({"sent": 10, "failed": 1, "differed": 0,
        "differences": [{"request": "GET /orders", "live": "200", "new": "500"}],
        "live_microseconds": [1000, 2000], "new_microseconds": [1500, 9000]});
    let failed = Event::StepFailed {
        step: 0,
        code: "SK2314".into(),
        message: "it failed".into(),
        exit: 8,
        evidence: json!({ "rehearsal": seen }),
    };
    let page = page(&history(steps, vec![(0, started(0, "rehearse/1")), (4, failed)])).unwrap();
    for text in ["10 requests were sent to each release", "GET /orders", "9 ms"] {
        assert!(page.contains(text), "`{text}` is missing in\n{page}");
    }
}
