//! What a destroy waits for, and what it leaves.

use std::slice;

use skiff_runtime::{
    ErrorKind,
    engine::{Ask, approval::Approval, codes},
    saga::{Kind, Saga, destroy},
    simulation::schedule::to_the_end,
    trust::{self, envelope},
};
use skiff_wire::{Event, LogEntry, OperationStatus};

use crate::{
    people::{People, approve, desk},
    stage::{Stage, service},
};

fn waiting() -> (Stage, People, String) {
    let stage = Stage::new(5, service(Kind::Web));
    let release = stage.release("first", 1);
    stage.done(&stage.deploy_of(&release));
    let people = People::enrolled(&stage.world);
    let saga = Saga::Destroy(destroy::Parameters { service: stage.service.clone() });
    let finished = stage.act(&saga, Some("end")).expect("it lives").expect("it can be driven");
    assert_eq!(finished.status, OperationStatus::AwaitingApproval);
    assert_eq!(finished.exit(), 9);
    (stage, people, finished.operation)
}

#[test]
fn a_service_ends_when_a_second_person_agrees() {
    let (stage, people, operation) = waiting();
    let before = stage.picture();
    assert_eq!(before.holder, None, "waiting for a person keeps nobody from a deploy");
    approve(&stage.world, &operation, "grace", &people.grace, |_| {}).unwrap();
    let saga = Saga::Destroy(destroy::Parameters { service: stage.service.clone() });
    let finished = stage.act(&saga, Some("end")).unwrap().unwrap();
    assert_eq!(finished.status, OperationStatus::Succeeded, "{finished:?}");
    let picture = stage.picture();
    assert!(picture.destroyed);
    assert_eq!(picture.live, None);
    assert_eq!(picture.members["a"] + picture.members["b"], 0);
    assert!(picture.weights.is_empty());
    assert_eq!(picture.history.len(), 1);
    stage.assert_clean("destroy");
}

#[test]
fn a_service_that_was_destroyed_is_brought_back_by_a_deploy() {
    let (stage, people, operation) = waiting();
    approve(&stage.world, &operation, "grace", &people.grace, |_| {}).unwrap();
    stage.act(&Saga::Destroy(destroy::Parameters { service: stage.service.clone() }), Some("end")).unwrap().unwrap();
    let release = stage.release("second", 2);
    stage.done(&stage.deploy_of(&release));
    let picture = stage.picture();
    assert!(!picture.destroyed);
    assert_eq!(picture.live.as_deref(), Some("a"));
}

#[test]
fn an_approval_counts_only_when_it_is_a_second_persons_about_this_very_operation() {
    let (stage, people, operation) = waiting();
    let world = &stage.world;
    let refused = |outcome: Result<_, skiff_runtime::Error>| -> &'static skiff_wire::Code {
        let error = outcome.map(|_: skiff_runtime::engine::Operation| ()).unwrap_err();
        error.code()
    };
    // Ada asked for it.
    assert_eq!(refused(approve(world, &operation, "ada", &people.ada, |_| {})), &codes::BAD_APPROVAL);
    // Ada signs in the name of Grace.
    assert_eq!(refused(approve(world, &operation, "grace", &people.ada, |_| {})), &codes::BAD_APPROVAL);
    // A build is no person, although it has the role.
    assert_eq!(refused(approve(world, &operation, "build", &people.build, |_| {})), &codes::BAD_APPROVAL);
    // An agent does not even have the role.
    let agent = refused(approve(world, &operation, "robot", &people.robot, |_| {}));
    assert_eq!(agent, &trust::codes::UNTRUSTED_SIGNER);
    // Another plan, another operation, another step, another application, and too late.
    let edits: [fn(&mut Approval); 7] = [
        |approval| approval.plan = "0".repeat(64),
        |approval| approval.operation = "another".into(),
        |approval| approval.step += 1,
        |approval| approval.app = "bank".into(),
        |approval| approval.environment = "prod".into(),
        |approval| approval.schema = "skiff.dev/approval/v2".into(),
        |approval| approval.expires = jiff::Timestamp::UNIX_EPOCH,
    ];
    for edit in edits {
        assert_eq!(refused(approve(world, &operation, "grace", &people.grace, edit)), &codes::BAD_APPROVAL);
    }
    let still = to_the_end(desk(world).look(&world.scope(), &operation));
    assert_eq!(still.unwrap().unwrap().control.status, OperationStatus::AwaitingApproval);
}

#[test]
fn an_approval_that_somebody_writes_into_the_log_is_not_believed() {
    for (signer, text) in [("grace", None), ("ada", None), ("grace", Some("{}"))] {
        let (stage, people, operation) = waiting();
        let (desk, scope, ledger) = (desk(&stage.world), stage.world.scope(), stage.world.ledger());
        let expires = "2099-01-01T00:00:00Z".parse().unwrap();
        let mut statement = to_the_end(desk.approval(&scope, &operation, "grace", expires)).unwrap().unwrap();
        // Grace has signed another plan, or Ada has signed for her.
        if signer == "grace" {
            statement.plan = "0".repeat(64);
        }
        let key = if signer == "grace" { &people.grace } else { &people.ada };
        let signed =
            envelope::sign(Approval::PAYLOAD_TYPE, &serde_json::to_vec(&statement).unwrap(), slice::from_ref(key));
        let envelope = text.map_or_else(|| String::from_utf8(signed.unwrap()).unwrap(), str::to_owned);
        let history = to_the_end(desk.history(&scope, &operation)).unwrap().unwrap();
        let last = history.entries.last().unwrap();
        let event = Event::Approved { step: statement.step, envelope, principal: "grace".into() };
        let entry = LogEntry { index: last.index + 1, event, ..last.clone() };
        to_the_end(ledger.put_once(&scope.log(&operation, entry.index), &entry)).unwrap().unwrap();

        let before = stage.picture();
        let saga = Saga::Destroy(destroy::Parameters { service: stage.service.clone() });
        let error = stage.act(&saga, Some("end")).unwrap().unwrap_err();
        assert_eq!((error.code(), error.kind()), (&codes::BAD_APPROVAL, ErrorKind::VerificationFailed), "{error}");
        assert_eq!(stage.picture().weights, before.weights, "nothing was done because of it");
        to_the_end(desk.ask(&scope, &operation, Ask::Abort, "ada")).unwrap().unwrap();
        let ended = stage.act(&saga, Some("end")).unwrap().unwrap();
        assert!(ended.status.is_final() && ended.status != OperationStatus::Succeeded, "{ended:?}");
    }
}

#[test]
fn what_a_person_refuses_does_not_happen() {
    let (stage, _, operation) = waiting();
    let before = stage.picture();
    let (desk, scope) = (desk(&stage.world), stage.world.scope());
    let rejected = desk.reject(&scope, &operation, "grace", "the shop is open");
    to_the_end(rejected).unwrap().unwrap();
    let saga = Saga::Destroy(destroy::Parameters { service: stage.service.clone() });
    let finished = stage.act(&saga, Some("end")).unwrap().unwrap();
    assert_eq!(finished.status, OperationStatus::Failed);
    assert_eq!(finished.failure.as_ref().map(|failure| failure.code.as_str()), Some(codes::REJECTED.id));
    assert_eq!(finished.exit(), 4);
    assert_eq!(stage.picture(), before);
}
