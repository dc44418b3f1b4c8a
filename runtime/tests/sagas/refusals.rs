//! Why a saga does not go on: each reason by its code, and what is there afterwards.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    Error,
    engine::{Driver, Engine, Finished, Progress, codes as engine_codes},
    provider::{Capacity, Fence, Motion, SlotAddress, Weights},
    saga::{Kind, Saga, Service, codes, cutover, deploy, restart, rollback, scale, shadow},
    simulation::{faults::Fault, registry::SimulatedRelease, schedule::to_the_end},
    state::control::Next,
    store::{Condition, Store},
    trust::{self, SigningKey, envelope},
};
use skiff_wire::{Event, LogEntry, OperationStatus, ReleasePredicate, ReleaseStatement, ServiceControl};

use crate::{
    people::People,
    scenario::{BACKWARD, FORWARD},
    stage::{Stage, WEB, service},
};

/// One release in service, and another one to come.
fn stage() -> (Stage, Saga) {
    let stage = Stage::new(9, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    let second = stage.release("second", 2);
    let saga = stage.deploy_of(&second);
    (stage, saga)
}

fn code(finished: &Finished) -> &str {
    finished.failure.as_ref().map_or("", |failure| failure.code.as_str())
}

/// Drives a deploy, and meddles when a step of this kind begins.
fn meddled(stage: &Stage, saga: &Saga, kind: &str, mut meddle: impl FnMut() + Send) -> Result<Finished, Error> {
    let place = saga.plan().iter().position(|step| step.kind == kind).expect("there is such a step");
    let engine = stage.engine();
    let request = stage.request(saga.clone(), None);
    let started = to_the_end(engine.start(&request)).expect("it ends")?;
    let mut done = false;
    let mut tell = |progress| {
        let begins = matches!(progress, Progress::StepStarted { step, .. } if usize::try_from(step) == Ok(place));
        if begins && !done {
            done = true;
            meddle();
        }
    };
    to_the_end(engine.drive(&request.scope, &started.operation, &mut tell)).expect("it ends")
}

fn fence(token: &str) -> Fence {
    Fence { operation: "somebody".into(), epoch: 1_000, token: token.into() }
}

/// Fences as somebody would have who works without Skiff: with the epoch that there is.
fn rogue(stage: &Stage, token: &str) -> Fence {
    let key = stage.world.service(WEB).control();
    let read = to_the_end(stage.world.ledger().read::<ServiceControl>(&key)).expect("it ends");
    Fence { epoch: read.expect("it can be read").expect("it is there").control.epoch, ..fence(token) }
}

#[test]
fn members_that_never_become_healthy_run_out_of_time() {
    let (stage, _) = stage();
    let before = stage.picture();
    let sick = SimulatedRelease { sequence: 2, sick: true, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("sick", sick);
    let finished = stage.act(&stage.deploy_of(&release), None).unwrap().unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::Compensated, engine_codes::TIMED_OUT.id));
    assert_eq!(finished.exit(), 8);
    assert_eq!(stage.picture(), before);
}

#[test]
fn a_member_that_refuses_ends_the_waiting_at_once() {
    let (stage, _) = stage();
    let refused = SimulatedRelease { sequence: 2, refused: true, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("refused", refused);
    let finished = stage.act(&stage.deploy_of(&release), None).unwrap().unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::Compensated, codes::HOPELESS.id));
    stage.assert_clean("refused");
}

#[test]
fn a_release_that_may_not_be_assigned_changes_nothing() {
    let (stage, _) = stage();
    let (before, calls) = (stage.picture(), stage.world.faults.effects().1);
    let revoked = SimulatedRelease { sequence: 2, revoked: true, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("revoked", revoked);
    let finished = stage.act(&stage.deploy_of(&release), None).unwrap().unwrap();
    assert_eq!((finished.status, finished.exit()), (OperationStatus::Failed, 10));
    assert_eq!(stage.picture(), before);
    assert_eq!(stage.world.faults.effects().1, calls);
}

#[test]
fn a_release_that_is_revoked_on_the_way_is_not_assigned() {
    let (stage, saga) = stage();
    let before = stage.picture();
    let registry = stage.world.registry.clone();
    let revoke = || {
        let revoked = SimulatedRelease { sequence: 2, revoked: true, ..SimulatedRelease::default() };
        registry.put("second", revoked);
    };
    let finished = meddled(&stage, &saga, "assign-slot/1", revoke).unwrap();
    assert_eq!((finished.status, finished.exit()), (OperationStatus::Compensated, 10));
    assert_eq!(stage.picture(), before);
}

#[test]
fn a_rollback_names_what_it_brings_back() {
    let (stage, _) = stage();
    let release = stage.release("second", 2);
    let deploy = deploy::Parameters { service: stage.service.clone(), release, before: Vec::new() };
    let saga = Saga::Rollback(rollback::Parameters {
        deploy,
        rollback_of: stage.release("first", 1),
        stages: Vec::new(),
        gates: Vec::new(),
    });
    let finished = stage.act(&saga, None).unwrap().unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::Failed, codes::NO_ROLLBACK.id));
    assert_eq!(finished.exit(), 10);
}

#[test]
fn what_is_not_live_is_not_scaled_or_restarted() {
    let stage = Stage::new(9, service(Kind::Web));
    let service = stage.service.clone();
    for saga in [
        Saga::Scale(scale::Parameters { service: service.clone(), members: 2 }),
        Saga::Restart(restart::Parameters { service }),
    ] {
        let finished = stage.act(&saga, None).unwrap().unwrap();
        assert_eq!(code(&finished), codes::NOTHING_LIVE.id);
        assert_eq!(stage.picture().holder, None);
    }
}

#[test]
fn a_service_is_scaled_within_its_bounds() {
    let (stage, _) = stage();
    for members in [0, 5] {
        let service = stage.service.clone();
        let saga = Saga::Scale(scale::Parameters { service, members });
        let finished = stage.act(&saga, None).unwrap().unwrap();
        assert_eq!((code(&finished), finished.exit()), (codes::OUT_OF_BOUNDS.id, 2));
    }
    let job = Service { kind: Kind::Job, ..stage.service.clone() };
    let finished = stage.act(&Saga::Scale(scale::Parameters { service: job, members: 1 }), None).unwrap().unwrap();
    assert_eq!(code(&finished), codes::OUT_OF_BOUNDS.id);
}

#[test]
fn a_slot_that_somebody_filled_is_not_assigned() {
    let (stage, saga) = stage();
    let slot = SlotAddress { service: stage.world.service(WEB), slot: "b".into() };
    let fill = || {
        let capacity = Capacity { minimum: 1, desired: 1 };
        to_the_end(stage.world.cloud.set_capacity(&slot, capacity, &rogue(&stage, "by hand"))).unwrap().unwrap();
    };
    let finished = meddled(&stage, &saga, "assign-slot/1", fill).unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::Compensated, codes::NOT_EMPTY.id));
    assert_eq!(stage.picture().live.as_deref(), Some("a"));
}

#[test]
fn a_slot_that_has_weight_again_is_not_shrunk() {
    let (stage, saga) = stage();
    let before = stage.picture();
    let back = || {
        let weights = Weights { by_slot: [("a".to_owned(), 100), ("b".to_owned(), 0)].into() };
        let service = stage.world.service(WEB);
        to_the_end(stage.world.cloud.set_weights(&service, &weights, &rogue(&stage, "by hand"))).unwrap().unwrap();
    };
    let finished = meddled(&stage, &saga, "shrink-old/1", back).unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::Compensated, codes::HAS_WEIGHT.id));
    assert_eq!(stage.picture(), before);
    stage.assert_clean("weight");
}

#[test]
fn a_service_that_was_given_to_another_operation_is_left_alone() {
    let (stage, saga) = stage();
    stage.world.faults.plan(16, Fault::DieAfter);
    assert!(stage.act(&saga, Some("lost")).is_none());
    stage.world.faults.revive();
    let (ledger, key) = (stage.world.ledger(), stage.world.service(WEB).control());
    let given = ledger.update::<ServiceControl>(&key, |control| {
        let control = control.expect("it is there");
        Ok(Some(Next { epoch: control.epoch + 1, holder: Some("another".into()), ..Next::of(control) }))
    });
    to_the_end(given).unwrap().unwrap();
    let calls = stage.world.faults.effects().1;
    let error = stage.act(&saga, Some("lost")).unwrap().unwrap_err();
    assert_eq!(error.code(), &engine_codes::SERVICE_LOST);
    assert_eq!(stage.world.faults.effects().1, calls, "it moves nothing");
}

#[test]
fn an_output_of_another_type_is_named() {
    let (stage, saga) = stage();
    // It dies when the service is taken and that is written down.
    stage.world.faults.plan(11, Fault::DieAfter);
    assert!(stage.act(&saga, Some("edited")).is_none());
    stage.world.faults.revive();
    let request = stage.request(saga.clone(), Some("edited"));
    let operation = to_the_end(stage.engine().start(&request)).unwrap().unwrap().operation;
    let (ledger, store) = (stage.world.ledger(), &stage.world.store);
    let edited = to_the_end(async {
        for index in 0.. {
            let key = stage.world.scope().log(&operation, index);
            let Some(mut entry) = ledger.get::<LogEntry>(&key).await.unwrap() else { return false };
            if let Event::StepSucceeded { step: 1, output } = &mut entry.event {
                *output = serde_json::json!({"live": 7});
                let there = store.get(&key).await.unwrap().unwrap();
                store.put(&key, &serde_json::to_vec(&entry).unwrap(), &Condition::Matches(there.etag)).await.unwrap();
                return true;
            }
        }
        false
    });
    assert_eq!(edited, Some(true));
    let finished = stage.act(&saga, Some("edited")).unwrap().unwrap();
    assert_eq!((finished.status, code(&finished)), (OperationStatus::CompensationFailed, engine_codes::BAD_OUTPUT.id));
    assert_eq!(finished.exit(), 11);
    assert!(!finished.doctor.is_empty());
}

#[test]
fn a_service_that_the_plan_cannot_describe_is_named() {
    let text = |kind: &str, slots: serde_json::Value| {
        let motion = serde_json::json!({
            "kind": kind, "slots": slots, "minimum": 1, "maximum": 2,
            "release": {"main": {"name": "main", "artifact": {"bundle": {"path": "app"}}, "command": {}}},
            "rollout": {"strategy": "recreate", "steps": [], "deadline_seconds": 60},
            "stop": {"grace_seconds": 1, "drain_seconds": 1},
        });
        let motion: skiff_wire::Motion = serde_json::from_value(motion).unwrap();
        Service::of(WEB, &motion)
    };
    let slot = serde_json::json!({"a": {"auto_scaling_group": "x", "launch_template": "y"}});
    assert_eq!(text("levitating", slot.clone()).unwrap_err().code(), &codes::UNFIT_SERVICE);
    assert_eq!(text("web", serde_json::json!({})).unwrap_err().code(), &codes::UNFIT_SERVICE);
    let fit = text("worker", slot).unwrap();
    assert_eq!((fit.kind, fit.recreate, fit.slots), (Kind::Worker, true, vec!["a".to_owned()]));
}

/// A release as `skiff release create` signs it, by the keys that the root names.
fn signed(stage: &Stage, key: &SigningKey, sequence: u64) -> (String, Vec<u8>) {
    let expires = stage.world.world.clock.now().checked_add(SignedDuration::from_hours(24)).unwrap();
    let manifest =
        serde_json::json!({"main": {"name": "main", "artifact": {"bundle": {"path": "app"}}, "command": {}}});
    let sha256 = "ab".repeat(32);
    let artifact = skiff_wire::ReleaseArtifact::Bundle { sha256, size: 3 };
    let artifacts: BTreeMap<_, _> = [("main".to_owned(), artifact)].into();
    let statement = ReleaseStatement {
        statement_type: ReleaseStatement::STATEMENT_TYPE.into(),
        subject: trust::verify::subject(&artifacts),
        predicate_type: ReleaseStatement::PREDICATE_TYPE.into(),
        predicate: ReleasePredicate {
            app: "shop".into(),
            environment: "test".into(),
            service: WEB.into(),
            sequence,
            expires: Timestamp::from_millisecond(expires.as_millisecond()).unwrap(),
            artifacts,
            manifest: serde_json::from_value(manifest).unwrap(),
            label: None,
            previous: None,
            rollback_of: None,
        },
    };
    let payload = serde_json::to_vec(&statement).unwrap();
    let signed = envelope::sign(ReleaseStatement::PAYLOAD_TYPE, &payload, std::slice::from_ref(key)).unwrap();
    (trust::verify::digest(&payload), signed)
}

#[test]
fn releases_are_verified_by_the_root_in_the_ledger() {
    let stage = Stage::new(9, service(Kind::Web));
    let people = People::enrolled(&stage.world);
    let driver = Driver { name: "driver".into(), trust_pin: None };
    let engine = Engine::new(stage.world.ledger(), stage.world.cloud.clone(), driver);
    let deploy = |release: &str| {
        let request = stage.request(stage.deploy_of(release), None);
        to_the_end(async {
            let started = engine.start(&request).await.unwrap();
            engine.drive(&request.scope, &started.operation, &mut |_| {}).await.unwrap()
        })
        .unwrap()
    };
    let put = |name: &str, body: &[u8]| {
        let key = stage.world.service(WEB).release(name);
        to_the_end(stage.world.store.put(&key, body, &Condition::Absent)).unwrap().unwrap();
    };
    // The robot has the role `release`, a build has not.
    let (good, envelope) = signed(&stage, &people.robot, 1);
    let (foreign, forged) = signed(&stage, &people.build, 2);
    assert_eq!(code(&deploy(&good)), engine_codes::NO_RELEASE.id);
    put(&good, &envelope);
    put(&foreign, &forged);
    put("0123", &envelope);
    assert_eq!(deploy(&foreign).exit(), 10);
    assert_eq!(code(&deploy("0123")), engine_codes::OTHER_RELEASE.id);
    let healthy = SimulatedRelease { sequence: 1, ..SimulatedRelease::default() };
    stage.world.registry.insert(&good, healthy);
    assert_eq!(deploy(&good).status, OperationStatus::Succeeded);
    assert_eq!(deploy(&good).status, OperationStatus::Succeeded, "the same release goes to the other slot");
    stage.assert_clean("trusted");
}

#[test]
fn a_command_that_fails_before_is_named_and_nothing_of_the_release_serves() {
    let (stage, _) = stage();
    let before = stage.picture();
    let release = SimulatedRelease { sequence: 2, before_ends_with: 3, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("the one that migrates", release);
    let command = vec!["migrate".to_owned()];
    let saga = Saga::Deploy(deploy::Parameters { service: stage.service.clone(), release, before: command });
    let finished = stage.act(&saga, None).unwrap().unwrap();
    assert_eq!((code(&finished), finished.exit()), (codes::BEFORE_FAILED.id, 8));
    assert!(finished.failure.unwrap().message.contains("`migrate` of service `web`: it ended with 3"));
    assert_eq!(stage.picture(), before);
}

#[test]
fn what_takes_over_from_nothing_retires_nothing() {
    let (stage, _) = stage();
    let service = stage.service.clone();
    let saga = Saga::Cutover(cutover::Parameters { service, stages: Vec::new(), gates: Vec::new(), retire: true });
    let finished = stage.act(&saga, None).unwrap().unwrap();
    assert_eq!((code(&finished), finished.exit()), (codes::NO_LEGACY.id, 12));
}

#[test]
fn an_old_way_that_has_weight_is_not_retired_and_the_reason_says_so() {
    let scenario = BACKWARD.iter().find(|scenario| scenario.name == "cutover that retires too early").unwrap();
    let (stage, saga) = scenario.prepare(7);
    let finished = stage.act(&saga, None).unwrap().unwrap();
    assert_eq!(code(&finished), codes::HAS_WEIGHT.id);
    assert_eq!(finished.reason.as_deref(), Some("the old way of `web` has weight yet, and is not retired"));
}

#[test]
fn a_rehearsal_that_sent_nothing_shows_nothing() {
    let scenario = FORWARD.iter().find(|scenario| scenario.name == "shadow").unwrap();
    let (stage, saga) = scenario.prepare(7);
    let Saga::Shadow(parameters) = saga else { panic!("it is a shadow") };
    let finished = stage.act(&Saga::Shadow(shadow::Parameters { rounds: 0, ..parameters }), None).unwrap().unwrap();
    assert_eq!((code(&finished), finished.exit()), (codes::REHEARSAL_FAILED.id, 8));
}
