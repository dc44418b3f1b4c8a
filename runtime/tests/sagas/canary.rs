//! What a canary comes to when its gate fails, and when it cannot say.

use jiff::SignedDuration;
use skiff_runtime::{
    engine::{Ask, approval::Approval},
    gate::{Gate, Metric, bound::Bound},
    saga::{
        Kind, Saga,
        canary::{Parameters, Stage as Share},
    },
    simulation::{
        cloud::{Bounds, Metrics},
        registry::SimulatedRelease,
        schedule::to_the_end,
    },
    trust::envelope,
};
use skiff_wire::OperationStatus;

use crate::{
    people::{People, desk},
    stage::{Stage, service},
};

const KEY: Option<&str> = Some("canary");

/// No more than every fifth request may fail; ten are enough to say.
fn gate() -> Gate {
    Gate {
        name: "errors".into(),
        metric: Metric::ErrorRate,
        bound: Some(Bound::parse("20%").unwrap()),
        dry_run: false,
        compare: false,
        effect_percent: 150,
        minimum_samples: Some(10),
        limits: Metric::ErrorRate.limits(),
    }
}

fn beginning(errors_permille: u32, metrics: Metrics) -> (Stage, Saga) {
    let stage = Stage::new(5, service(Kind::Web));
    stage.done(&stage.deploy_of(&stage.release("first", 1)));
    stage.world.cloud.bind(Bounds { requests_per_second: 6, metrics, ..Bounds::default() });
    let release = SimulatedRelease { sequence: 2, errors_permille, ..SimulatedRelease::default() };
    let release = stage.world.registry.put("second", release);
    let stages = [30, 100].map(|percent| Share { percent, bake_seconds: 8 }).to_vec();
    let (service, gates) = (stage.service.clone(), vec![gate()]);
    (stage, Saga::Canary(Parameters { service, release, stages, gates, before: Vec::new() }))
}

#[test]
fn a_good_release_passes_its_gate() {
    let (stage, saga) = beginning(0, Metrics::There);
    stage.done(&saga);
    assert_eq!(stage.picture().live.as_deref(), Some("b"));
    stage.assert_clean("a good canary");
}

#[test]
fn a_release_that_fails_its_gate_is_taken_back() {
    let (stage, saga) = beginning(700, Metrics::There);
    let before = stage.picture();
    let ended = stage.act(&saga, KEY).unwrap().unwrap();
    assert_eq!((ended.status, ended.exit()), (OperationStatus::Compensated, 8), "{ended:?}");
    assert_eq!(stage.picture(), before);
    stage.assert_clean("a bad canary");
}

/// Held up, since nobody counts requests: that is never a pass.
fn held() -> (Stage, Saga, String) {
    let (stage, saga) = beginning(0, Metrics::Gone);
    let ended = stage.act(&saga, KEY).unwrap().unwrap();
    assert_eq!((ended.status, ended.exit()), (OperationStatus::Paused, 8), "{ended:?}");
    stage.world.cloud.bind(Bounds { requests_per_second: 6, ..Bounds::default() });
    (stage, saga, ended.operation)
}

fn asked(ask: Ask) -> (Stage, OperationStatus) {
    let (stage, saga, operation) = held();
    to_the_end(desk(&stage.world).ask(&stage.world.scope(), &operation, ask, "ada")).unwrap().unwrap();
    let ended = stage.act(&saga, KEY).unwrap().unwrap();
    stage.assert_clean("a canary that was held up");
    (stage, ended.status)
}

#[test]
fn what_was_held_up_is_watched_again_when_somebody_resumes_it() {
    let (stage, status) = asked(Ask::Resume);
    assert_eq!(status, OperationStatus::Succeeded);
    assert_eq!(stage.picture().live.as_deref(), Some("b"));
}

#[test]
fn what_was_held_up_is_taken_back_when_somebody_aborts_it() {
    let (stage, status) = asked(Ask::Abort);
    assert_eq!(status, OperationStatus::Compensated);
    assert_eq!(stage.picture().live.as_deref(), Some("a"));
}

#[test]
fn what_was_held_up_goes_on_when_a_second_person_approves() {
    let (stage, saga, operation) = held();
    let people = People::enrolled(&stage.world);
    let (desk, scope) = (desk(&stage.world), stage.world.scope());
    let soon = stage.world.world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap();
    let statement = to_the_end(desk.approval(&scope, &operation, "grace", soon)).unwrap().unwrap();
    assert!(statement.skip);
    let payload = serde_json::to_vec(&statement).unwrap();
    let signed = envelope::sign(Approval::PAYLOAD_TYPE, &payload, std::slice::from_ref(&people.grace)).unwrap();
    to_the_end(desk.skip(&scope, &operation, &signed, "the counter is down")).unwrap().unwrap();
    let ended = stage.act(&saga, KEY).unwrap().unwrap();
    assert_eq!(ended.status, OperationStatus::Succeeded, "{ended:?}");
    stage.assert_clean("a canary without a verdict");
}
