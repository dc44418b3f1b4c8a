//! Asking twice, asking for something else on the way, and what the engine refuses to drive.

use std::collections::BTreeSet;

use skiff_runtime::{
    Error, ErrorKind,
    engine::{Ask, Finished, Progress, Request, codes},
    saga::{self, Kind, Saga, step},
    simulation::{
        faults::Fault,
        registry::SimulatedRelease,
        schedule::{to_the_end, until_death},
    },
    store::{Condition, Store},
};
use skiff_wire::{Event, LogEntry, OperationControl, OperationStatus};

use crate::{
    people::desk,
    stage::{Stage, service},
};

fn stage() -> (Stage, Saga) {
    let stage = Stage::new(3, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let second = stage.release("second", 2);
    let saga = stage.deploy_of(&second);
    (stage, saga)
}

fn start(stage: &Stage, request: &Request) -> Result<skiff_runtime::engine::Started, Error> {
    to_the_end(stage.engine().start(request)).expect("it ends")
}

fn drive(stage: &Stage, operation: &str) -> Result<Finished, Error> {
    to_the_end(stage.engine().drive(&stage.world.scope(), operation, &mut |_| {})).expect("it ends")
}

/// Drives, and asks for something when a step of this place begins.
fn drive_and_ask(stage: &Stage, operation: &str, at: u32, ask: &Ask) -> Finished {
    let (engine, scope) = (stage.engine(), stage.world.scope());
    let desk = desk(&stage.world);
    let mut tell = |progress| {
        if matches!(progress, Progress::StepStarted { step, .. } if step == at) {
            to_the_end(desk.ask(&scope, operation, ask.clone(), "ada")).expect("it ends").expect("it can be asked");
        }
    };
    until_death(&stage.world.faults, engine.drive(&scope, operation, &mut tell))
        .expect("it lives")
        .expect("it can be driven")
}

#[test]
fn the_same_key_is_the_same_operation() {
    let (stage, saga) = stage();
    let request = stage.request(saga, Some("once"));
    let first = start(&stage, &request).unwrap();
    assert!(!first.again);
    assert_eq!(drive(&stage, &first.operation).unwrap().status, OperationStatus::Succeeded);
    let effects = stage.world.faults.effects();
    let second = start(&stage, &request).unwrap();
    assert!(second.again);
    assert_eq!(second.operation, first.operation);
    let again = drive(&stage, &second.operation).unwrap();
    assert_eq!((again.status, again.exit()), (OperationStatus::Succeeded, 0));
    let calls = stage.world.faults.effects().1 - effects.1;
    assert_eq!(calls, 0, "nothing is done again");
}

#[test]
fn the_same_key_with_other_arguments_is_a_mistake() {
    let (stage, saga) = stage();
    start(&stage, &stage.request(saga.clone(), Some("once"))).unwrap();
    let third = stage.release("third", 3);
    let error = start(&stage, &stage.request(stage.deploy_of(&third), Some("once"))).unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::KEY_REUSED, ErrorKind::Usage));
    let two = Request { two_party: true, ..stage.request(saga, Some("once")) };
    assert_eq!(start(&stage, &two).unwrap_err().code(), &codes::KEY_REUSED, "one asked for two people, one did not");
    for key in ["", "a/b", "..", "ä"] {
        let error = start(&stage, &stage.request(stage.deploy_of(&third), Some(key))).unwrap_err();
        assert_eq!(error.code(), &codes::BAD_KEY, "{key}");
    }
}

#[test]
fn a_pause_stops_between_two_steps_and_resume_goes_on() {
    let (stage, saga) = stage();
    let operation = start(&stage, &stage.request(saga, None)).unwrap().operation;
    let paused = drive_and_ask(&stage, &operation, 4, &Ask::Pause);
    assert_eq!((paused.status, paused.exit()), (OperationStatus::Paused, 3));
    let seen = to_the_end(desk(&stage.world).look(&stage.world.scope(), &operation)).unwrap().unwrap();
    assert_eq!(seen.control.status, OperationStatus::Paused);
    assert_eq!(seen.holder, None);
    assert_eq!(drive(&stage, &operation).unwrap().status, OperationStatus::Paused, "until somebody asks to go on");
    let asked = desk(&stage.world);
    to_the_end(asked.ask(&stage.world.scope(), &operation, Ask::Resume, "ada")).unwrap().unwrap();
    assert_eq!(drive(&stage, &operation).unwrap().status, OperationStatus::Succeeded);
    stage.assert_clean("pause");
}

#[test]
fn an_abort_is_heard_at_every_step_and_takes_everything_back() {
    let (_, saga) = stage();
    let steps = u32::try_from(saga.plan().len()).unwrap();
    for at in 0..steps - 1 {
        let (stage, saga) = stage();
        let before = stage.picture();
        let operation = start(&stage, &stage.request(saga, None)).unwrap().operation;
        let ended = drive_and_ask(&stage, &operation, at, &Ask::Abort);
        let back = [OperationStatus::Compensated, OperationStatus::Failed];
        assert!(back.contains(&ended.status), "at {at}: {ended:?}");
        assert_eq!(ended.exit(), 130);
        assert_eq!(stage.picture(), before, "at {at}");
        stage.assert_clean("abort");
    }
}

/// Who takes the service again reads the log for that, and finds there what was asked; the step does not go on to its end.
#[test]
fn an_abort_that_is_heard_while_a_step_acts_is_not_forgotten() {
    let (stage, saga) = stage();
    let place = |kind: &str| saga.plan().iter().position(|step| step.kind == kind).unwrap();
    let (healthy, shift) = (place("await-healthy/1") as u32, place("shift-traffic/1") as u32);
    let before = stage.picture();
    let operation = start(&stage, &stage.request(saga.clone(), None)).unwrap().operation;
    assert_eq!(drive_and_ask(&stage, &operation, healthy, &Ask::Pause).status, OperationStatus::Paused);
    let (desk, scope) = (desk(&stage.world), stage.world.scope());
    to_the_end(desk.ask(&scope, &operation, Ask::Resume, "ada")).unwrap().unwrap();
    assert_eq!(drive_and_ask(&stage, &operation, shift, &Ask::Abort).status, OperationStatus::Compensated);
    let history = to_the_end(desk.history(&scope, &operation)).unwrap().unwrap();
    let done = |entry: &LogEntry| matches!(entry.event, Event::StepSucceeded { step, .. } if step == shift);
    assert!(!history.entries.iter().any(done), "it went on to its end");
    assert_eq!(stage.picture(), before);
    stage.assert_clean("an abort in between");
}

#[test]
fn what_is_finished_takes_no_requests() {
    let (stage, saga) = stage();
    let operation = stage.done(&saga).operation;
    for ask in [Ask::Pause, Ask::Resume, Ask::Abort] {
        let error = to_the_end(desk(&stage.world).ask(&stage.world.scope(), &operation, ask.clone(), "ada")).unwrap();
        assert_eq!(error.unwrap_err().code(), &codes::NOT_NOW);
    }
    let error = to_the_end(desk(&stage.world).reject(&stage.world.scope(), &operation, "ada", "no")).unwrap();
    assert_eq!(error.unwrap_err().code(), &codes::NOT_NOW);
    let error = drive(&stage, "nobody-knows").unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::NO_OPERATION, ErrorKind::NotFound));
}

#[test]
fn one_operation_at_a_time_moves_a_service() {
    let (stage, saga) = stage();
    let first = start(&stage, &stage.request(saga.clone(), None)).unwrap().operation;
    // The first driver dies when it has taken the service.
    stage.world.faults.plan(12, Fault::DieAfter);
    let engine = stage.engine();
    let scope = stage.world.scope();
    assert!(until_death(&stage.world.faults, engine.drive(&scope, &first, &mut |_| {})).is_none());
    stage.world.faults.revive();
    let second = start(&stage, &stage.request(saga, None)).unwrap().operation;
    let refused = drive(&stage, &second).unwrap();
    let failure = refused.failure.clone().unwrap();
    assert_eq!((failure.code.as_str(), refused.exit()), (saga::codes::BUSY.id, 6));
    assert!(failure.message.contains(&first), "{}", failure.message);
    assert_eq!(drive(&stage, &first).unwrap().status, OperationStatus::Succeeded);
    stage.assert_clean("busy");
}

#[test]
fn another_version_of_a_saga_is_not_resumed() {
    let (stage, saga) = stage();
    let operation = start(&stage, &stage.request(saga, None)).unwrap().operation;
    let shorter = |saga: &Saga| {
        let mut steps = skiff_runtime::engine::step::Steps::new();
        if let Saga::Deploy(parameters) = saga {
            steps.add(step::hold::GiveBack { service: parameters.service.clone() });
        }
        steps
    };
    let engine = stage.engine().doing(shorter);
    let scope = stage.world.scope();
    let error = to_the_end(engine.drive(&scope, &operation, &mut |_| {})).unwrap().unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::OTHER_DEFINITION, ErrorKind::Invalid));
    assert_eq!(drive(&stage, &operation).unwrap().status, OperationStatus::Succeeded);
}

#[test]
fn a_log_that_was_edited_is_not_driven() {
    let (stage, saga) = stage();
    let operation = stage.done(&saga).operation;
    let key = stage.world.scope().log(&operation, 4);
    let (store, ledger) = (&stage.world.store, stage.world.ledger());
    to_the_end(async {
        let mut entry: LogEntry = ledger.get(&key).await.unwrap().unwrap();
        entry.epoch += 1;
        let there = store.get(&key).await.unwrap().unwrap();
        let body = serde_json::to_vec(&entry).unwrap();
        store.put(&key, &body, &Condition::Matches(there.etag)).await.unwrap();
    })
    .unwrap();
    let error = drive(&stage, &operation).unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::BROKEN_LOG, ErrorKind::Invalid));
    assert!(error.message().contains("entry 4"), "{}", error.message());
}

#[test]
fn a_saga_of_another_skiff_is_named() {
    let error = Saga::read("levitate", &serde_json::Value::Null).unwrap_err();
    assert_eq!(error.code(), &saga::codes::UNKNOWN_SAGA);
    let error = Saga::read("deploy", &serde_json::json!({"release": 7})).unwrap_err();
    assert_eq!(error.code(), &saga::codes::UNKNOWN_SAGA);
}

/// Others are asked to leave an operation alone for a minute; a step that waits longer asks again before that is over.
#[test]
fn a_lease_is_renewed_while_a_step_waits() {
    let stage = Stage::new(3, service(Kind::Web));
    let sick = SimulatedRelease { sequence: 1, sick: true, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("sick", sick);
    let operation = start(&stage, &stage.request(stage.deploy_of(&release), None)).unwrap().operation;
    let (engine, scope, ledger) = (stage.engine(), stage.world.scope(), stage.world.ledger());
    let mut leases = BTreeSet::new();
    let mut tell = |progress| {
        if matches!(progress, Progress::Waiting { .. }) {
            let control = to_the_end(ledger.read::<OperationControl>(&scope.operation(&operation))).unwrap().unwrap();
            let lease = control.unwrap().control.lease_until.unwrap();
            assert!(lease > ledger.world.clock.now(), "it is over while somebody works");
            leases.insert(lease);
        }
    };
    let ended = to_the_end(engine.drive(&scope, &operation, &mut tell)).unwrap().unwrap();
    assert_eq!(ended.status, OperationStatus::Compensated);
    assert!((2..8).contains(&leases.len()), "not with each look: {leases:?}");
    assert_eq!(to_the_end(desk(&stage.world).look(&scope, &operation)).unwrap().unwrap().holder, None);
}
