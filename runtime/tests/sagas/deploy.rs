//! What a deploy and a rollback come to.

use skiff_runtime::{
    engine::{Ask, Finished, Progress},
    saga::{Kind, Saga},
    simulation::schedule::to_the_end,
};
use skiff_wire::OperationStatus;

use crate::{
    people::desk,
    stage::{Stage, service},
};

#[test]
fn a_first_release_comes_into_service() {
    let stage = Stage::new(1, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let picture = stage.picture();
    assert_eq!(picture.live.as_deref(), Some("a"));
    assert_eq!(picture.capacity["a"], (2, 2));
    assert_eq!(picture.weights["a"], 100);
    assert_eq!(picture.members["a"], 2);
    assert_eq!(picture.holder, None);
    stage.assert_clean("first");
}

#[test]
fn a_second_release_takes_the_place_of_the_first_without_a_lost_request() {
    let stage = Stage::new(2, service(Kind::Web));
    let (first, second) = (stage.release("first", 1), stage.release("second", 2));
    stage.done(&stage.deploy_of(&first));
    stage.world.cloud.forget();
    stage.done(&stage.deploy_of(&second));
    let picture = stage.picture();
    assert_eq!(picture.live.as_deref(), Some("b"));
    assert_eq!(picture.capacity["a"], (0, 0));
    assert_eq!(picture.capacity["b"], (2, 2));
    assert_eq!(picture.history, vec![first.clone()]);
    let account = to_the_end(stage.world.cloud.account()).unwrap();
    assert_eq!(account.unserved, 0);
    assert!(account.served[&first] > 0 && account.served[&second] > 0);
    stage.assert_clean("second");
}

#[test]
fn a_live_release_that_is_sick_does_not_keep_a_good_one_out() {
    let stage = Stage::new(3, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    stage.break_slot("a", "first", 1);
    let second = stage.release("second", 2);
    stage.done(&stage.deploy_of(&second));
    assert_eq!(stage.picture().live.as_deref(), Some("b"));
}

/// When all requests go to the new members, something breaks, and somebody asks to go back to the old ones.
fn aborted(seed: u64, breaks: impl Fn(&Stage) + Sync) -> (Stage, Saga, Finished) {
    let stage = Stage::new(seed, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let second = stage.release("second", 2);
    let saga = stage.deploy_of(&second);
    let quiet = saga.plan().iter().position(|step| step.kind == "await-quiet/1").unwrap();
    let (engine, desk, scope) = (stage.engine(), desk(&stage.world), stage.world.scope());
    let request = stage.request(saga.clone(), Some("abort"));
    let operation = to_the_end(engine.start(&request)).unwrap().unwrap().operation;
    let mut tell = |progress| {
        if matches!(progress, Progress::StepStarted { step, .. } if usize::try_from(step) == Ok(quiet)) {
            breaks(&stage);
            to_the_end(desk.ask(&scope, &operation, Ask::Abort, "ada")).unwrap().unwrap();
        }
    };
    let ended = to_the_end(engine.drive(&scope, &operation, &mut tell)).unwrap().unwrap();
    (stage, saga, ended)
}

#[test]
fn a_person_may_accept_a_sick_slot_so_that_a_fix_comes_in() {
    let (stage, saga, ended) = aborted(5, |stage| stage.break_slot("a", "first", 1));
    assert_eq!(ended.status, OperationStatus::CompensationFailed);
    let waive = Ask::WaiveHealth("the fix is ready".into());
    to_the_end(desk(&stage.world).ask(&stage.world.scope(), &ended.operation, waive, "ada")).unwrap().unwrap();
    let ended = stage.act(&saga, Some("abort")).unwrap().unwrap();
    assert_eq!(ended.status, OperationStatus::Compensated, "{ended:?}");
    assert_eq!(stage.picture().weights, [("a".to_owned(), 100)].into());
    let fix = stage.release("fix", 3);
    stage.done(&stage.deploy_of(&fix));
    assert_eq!(stage.picture().weights, [("b".to_owned(), 100)].into());
}

#[test]
fn nobody_waits_for_a_sick_slot_while_the_new_release_serves_nothing_either() {
    let both = |stage: &Stage| {
        stage.break_slot("a", "first", 1);
        stage.break_slot("b", "second", 2);
    };
    let (stage, _, ended) = aborted(6, both);
    assert_eq!(ended.status, OperationStatus::Compensated, "{ended:?}");
    let fix = stage.release("fix", 3);
    stage.done(&stage.deploy_of(&fix));
    assert_eq!(stage.picture().live.as_deref(), Some("b"));
}

#[test]
fn the_new_members_stay_while_the_old_slot_could_not_take_over() {
    let (stage, saga, ended) = aborted(4, |stage| stage.break_slot("a", "first", 1));
    assert_eq!((ended.status, ended.exit()), (OperationStatus::CompensationFailed, 11));
    let picture = stage.picture();
    assert_eq!(picture.weights, [("b".to_owned(), 100)].into(), "the new members serve on");
    assert_eq!(picture.members["b"], 2);
    stage.assert_clean("a bad stable slot");
    // The old release can start again: the same command goes on with the way back.
    stage.release("first", 1);
    stage.reboot("a");
    let ended = stage.act(&saga, Some("abort")).unwrap().unwrap();
    assert_eq!(ended.status, OperationStatus::Compensated, "{ended:?}");
    assert_eq!(stage.picture().weights, [("a".to_owned(), 100)].into());
    stage.assert_clean("and back");
}
