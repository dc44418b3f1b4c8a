//! The one function from what was to what is: every event in every status, and any log at all.

use proptest::prelude::*;
use skiff_runtime::engine::status::{Action, Status};
use skiff_wire::{EffectClass, Event, PlannedStep, Reversibility, Risk};

fn steps() -> Vec<PlannedStep> {
    let step = |kind: &str, risk, effect| PlannedStep {
        kind: kind.into(),
        title: kind.into(),
        risk,
        reversibility: Reversibility::Reversible,
        effect,
        approvals: 0,
        gate: false,
    };
    vec![
        step("look/1", Risk::None, EffectClass::Read),
        step("dare/1", Risk::High, EffectClass::AbsoluteSet),
        step("end/1", Risk::None, EffectClass::Ledger),
    ]
}

fn started(step: u32, attempt: u32) -> Event {
    let kind = steps()[usize::try_from(step).unwrap()].kind.clone();
    Event::StepStarted { step, kind, input: "input".into(), attempt }
}

fn succeeded(step: u32) -> Event {
    Event::StepSucceeded { step, output: serde_json::Value::Null }
}

fn failed(step: u32) -> Event {
    Event::StepFailed {
        step,
        code: "SK0000".into(),
        message: "it broke".into(),
        exit: 8,
        evidence: serde_json::Value::Null,
    }
}

fn unknown(step: u32) -> Event {
    Event::StepUnknown { step, message: "who knows".into() }
}

fn asked(step: u32) -> Event {
    Event::ApprovalRequested { step, plan: "plan".into() }
}

fn approved(step: u32) -> Event {
    Event::Approved { step, envelope: "signed".into(), principal: "grace".into() }
}

fn rejected(step: u32) -> Event {
    Event::Rejected { step, principal: "grace".into(), reason: "no".into() }
}

fn undoing(step: u32, attempt: u32) -> Event {
    Event::CompensationStarted { step, attempt }
}

fn not_undone(step: u32) -> Event {
    Event::CompensationFailed { step, code: "SK0000".into(), message: "it stays".into() }
}

fn by() -> String {
    "ada".into()
}

fn status(events: &[Event]) -> Status {
    events.iter().fold(Status::planned(&steps()), |status, event| {
        status.next(event).unwrap_or_else(|refused| panic!("{event:?}: {refused:?}"))
    })
}

/// A log that leads to each status, by its name.
fn logs() -> Vec<(&'static str, Vec<Event>)> {
    let looked = vec![started(0, 1), succeeded(0)];
    let dared = [looked.clone(), vec![asked(1), approved(1), started(1, 1)]].concat();
    let broken = [dared.clone(), vec![failed(1)]].concat();
    let with = |log: &[Event], more: &[Event]| [log, more].concat();
    vec![
        ("planned", vec![]),
        ("running, between", looked.clone()),
        ("running, in flight", dared.clone()),
        ("running, at the end", with(&dared, &[succeeded(1), started(2, 1)])),
        ("awaiting-approval", with(&looked, &[asked(1)])),
        ("paused", with(&looked, &[Event::PauseRequested { by: by() }])),
        ("unknown", with(&dared, &[unknown(1)])),
        ("compensating", broken.clone()),
        ("compensating, in flight", with(&broken, &[undoing(1, 1)])),
        ("compensation-failed", with(&broken, &[undoing(1, 1), not_undone(1)])),
        ("succeeded", with(&dared, &[succeeded(1), started(2, 1), succeeded(2), Event::Finished])),
        ("compensated", with(&broken, &[undoing(1, 1), Event::CompensationSucceeded { step: 1 }, Event::Finished])),
        ("failed", vec![started(0, 1), failed(0), Event::Finished]),
    ]
}

/// Each kind of event, as it would come for the step whose turn it may be.
fn events() -> Vec<(&'static str, Event)> {
    vec![
        ("claimed", Event::Claimed { holder: by() }),
        ("started 0", started(0, 1)),
        ("started 1", started(1, 1)),
        ("started 1 again", started(1, 2)),
        ("started 2", started(2, 1)),
        ("accepted 1", Event::EffectAccepted { step: 1, provider_operation: "p".into() }),
        ("succeeded 1", succeeded(1)),
        ("failed 1", failed(1)),
        ("unknown 1", unknown(1)),
        ("succeeded 2", succeeded(2)),
        ("asked 1", asked(1)),
        ("approved 1", approved(1)),
        ("rejected 1", rejected(1)),
        ("pause", Event::PauseRequested { by: by() }),
        ("resume", Event::ResumeRequested { by: by() }),
        ("abort", Event::AbortRequested { by: by(), superseded_by: None }),
        ("health waived", Event::HealthWaived { by: by(), reason: "the fix is ready".into() }),
        ("undoing 1", undoing(1, 1)),
        ("undoing 1 again", undoing(1, 2)),
        ("undone 1", Event::CompensationSucceeded { step: 1 }),
        ("not undone 1", not_undone(1)),
        ("finished", Event::Finished),
        ("nonsense", succeeded(77)),
    ]
}

fn word(status: &Status) -> String {
    serde_json::to_value(status.state).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_event_in_every_status() {
    let mut table = String::new();
    for (name, log) in logs() {
        table.push_str(&format!("{name}\n"));
        for (event_name, event) in events() {
            if let Ok(next) = status(&log).next(&event) {
                table.push_str(&format!("  {event_name} -> {}\n", word(&next)));
            }
        }
    }
    assert_eq!(table, include_str!("status.txt"), "\n{table}");
}

#[test]
fn a_final_status_takes_nothing() {
    for (name, log) in logs() {
        let status = status(&log);
        for (event_name, event) in events() {
            let taken = status.clone().next(&event).is_ok();
            assert!(!(status.state.is_final() && taken), "{name} takes {event_name}");
        }
    }
}

#[test]
fn steps_that_are_not_what_was_recorded_are_refused() {
    let dared = status(&logs()[2].1);
    let other = |kind: &str, input: &str| {
        let event = Event::StepStarted { step: 1, kind: kind.into(), input: input.into(), attempt: 2 };
        dared.clone().next(&event).map(drop).map_err(|refused| refused.why)
    };
    assert_eq!(other("dare/1", "input"), Ok(()));
    assert_eq!(other("dare/2", "input"), Err("the step is of another kind"));
    assert_eq!(other("dare/1", "something else"), Err("the step has another input"));
}

#[test]
fn steps_are_taken_back_in_the_opposite_order() {
    let log = [logs()[3].1.clone(), vec![succeeded(2)]].concat();
    let begun = status(&log);
    assert!(
        begun.clone().next(&Event::AbortRequested { by: by(), superseded_by: None }).is_err(),
        "its last step has begun"
    );
    let mut failed = status(&[logs()[3].1.clone(), vec![failed(2)]].concat());
    let mut order = Vec::new();
    while let Action::Compensate { step, attempt } = failed.action() {
        failed = failed.next(&undoing(step, attempt)).unwrap();
        failed = failed.next(&Event::CompensationSucceeded { step }).unwrap();
        order.push(step);
    }
    assert_eq!(order, [2, 1], "and a step that only looked is not taken back");
}

fn any_event() -> impl Strategy<Value = Event> {
    let names = events().len();
    prop_oneof![
        4 => (0..names).prop_map(|index| events()[index].1.clone()),
        1 => (0_u32..4, 0_u32..4).prop_map(|(step, attempt)| undoing(step, attempt)),
        1 => (0_u32..3, 1_u32..4).prop_map(|(step, attempt)| started(step, attempt)),
        1 => (0_u32..5).prop_map(succeeded),
        1 => (0_u32..5).prop_map(failed),
        1 => (0_u32..5).prop_map(unknown),
    ]
}

/// What a driver would write next, when it does what it is to do.
fn obey(status: &Status) -> Option<Event> {
    match status.action() {
        Action::Start { step, attempt } => Some(started(step, attempt)),
        Action::AskApproval { step } => Some(asked(step)),
        Action::Compensate { step, attempt } => Some(undoing(step, attempt)),
        Action::Finish => Some(Event::Finished),
        Action::Rest => None,
    }
}

proptest! {
    #[test]
    fn any_log_folds_or_is_refused_and_what_is_to_be_done_can_be(events in prop::collection::vec(any_event(), 0..60)) {
        let mut log = Vec::new();
        let mut incremental = Status::planned(&steps());
        for event in events {
            if let Ok(next) = incremental.clone().next(&event) {
                log.push(event);
                incremental = next;
            }
            // The log read from its beginning says what was said entry by entry.
            prop_assert_eq!(&status(&log), &incremental);
            if let Some(next) = obey(&incremental) {
                let taken = incremental.clone().next(&next);
                prop_assert!(taken.is_ok(), "{:?} of {:?} {:?}", next, incremental, taken);
            } else {
                let rests = incremental.state.is_final()
                    || matches!(word(&incremental).as_str(), "paused" | "awaiting-approval");
                prop_assert!(rests, "{:?}", incremental);
            }
        }
    }
}

/// An operation whose only step judges, and one whose step needs two people.
fn judged() -> Status {
    let mut planned = steps();
    planned.truncate(2);
    planned[0].gate = true;
    planned[1].approvals = 2;
    Status::planned(&planned).next(&started(0, 1)).unwrap()
}

fn held(step: u32) -> Event {
    let evidence = serde_json::json!({"gates": []});
    Event::StepHeld { step, code: "SK2802".into(), message: "too little".into(), evidence }
}

fn skipped(step: u32) -> Event {
    Event::StepSkipped { step, envelope: "signed".into(), principal: "grace".into(), reason: "known".into() }
}

fn refusal(status: &Status, event: &Event) -> &'static str {
    status.clone().next(event).map(drop).unwrap_err().why
}

#[test]
fn a_gate_that_cannot_say_waits_for_a_person() {
    let waits = judged().next(&held(0)).unwrap();
    assert_eq!((word(&waits).as_str(), waits.action()), ("paused", Action::Rest));
    assert_eq!(waits.held.as_ref().map(|held| (held.step, held.exit)), Some((0, 8)));
    assert_eq!(waits.steps[0].evidence, serde_json::json!({"gates": []}));
    let again = waits.clone().next(&Event::ResumeRequested { by: by() }).unwrap();
    assert_eq!((again.action(), again.held.clone()), (Action::Start { step: 0, attempt: 2 }, None));
    assert!(again.next(&started(0, 2)).is_ok());
    let on = waits.clone().next(&skipped(0)).unwrap();
    assert_eq!(on.steps[0].skipped_by.as_deref(), Some("grace"));
    assert_eq!((word(&on).as_str(), on.action()), ("running", Action::AskApproval { step: 1 }));
    let back = waits.next(&Event::AbortRequested { by: by(), superseded_by: Some("other".into()) }).unwrap();
    assert_eq!((word(&back).as_str(), back.held.clone()), ("compensating", None));
    assert!(back.reason.unwrap().contains("`other`"));
}

#[test]
fn only_a_gate_is_held_and_only_what_is_held_is_skipped() {
    let dared = status(&logs()[2].1);
    assert_eq!(refusal(&dared, &held(1)), "the step judges nothing");
    let paused = judged().next(&succeeded(0)).unwrap().next(&Event::PauseRequested { by: by() }).unwrap();
    assert_eq!(refusal(&paused, &skipped(0)), "it is not this step's turn");
    assert_eq!(refusal(&paused, &skipped(1)), "the step is not held");
    let aborted = judged().next(&Event::AbortRequested { by: by(), superseded_by: None }).unwrap();
    for late in [held(0), unknown(0)] {
        let after = aborted.clone().next(&late).unwrap();
        let told = (word(&after), after.held, after.reason);
        let asked = Some("`ada` asked to take it back".to_owned());
        assert_eq!(told, ("compensating".to_owned(), None, asked), "what was asked for stands");
    }
}

#[test]
fn two_people_are_two_people() {
    let waits = judged().next(&succeeded(0)).unwrap().next(&asked(1)).unwrap();
    let one = waits.next(&approved(1)).unwrap();
    assert_eq!((word(&one).as_str(), one.action()), ("awaiting-approval", Action::Rest));
    assert_eq!(refusal(&one, &approved(1)), "this principal has approved it already");
    assert_eq!(refusal(&one, &started(1, 1)), "the operation does not stand there");
    let other = Event::Approved { step: 1, envelope: "signed".into(), principal: "ida".into() };
    let both = one.next(&other).unwrap();
    assert_eq!(both.action(), Action::Start { step: 1, attempt: 1 });
    assert_eq!(both.steps[1].approved_by, ["grace", "ida"]);
}
