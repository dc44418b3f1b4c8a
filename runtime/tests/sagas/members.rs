//! Exchanging members, one or all, when some of them are not there, not well, or alone; and how many there are meanwhile.

use std::collections::BTreeSet;

use skiff_runtime::{
    engine::{Finished, Progress},
    provider::{Capacity, Motion, SlotAddress},
    saga::{self, Kind, Saga, drain, restart},
    simulation::{
        registry::SimulatedRelease,
        schedule::{to_the_end, until_death},
    },
};
use skiff_wire::OperationStatus;

use crate::{
    scenario::FORWARD,
    stage::{Stage, WEB, service},
};

fn live(stage: &Stage) -> SlotAddress {
    SlotAddress { service: stage.world.service(WEB), slot: "a".into() }
}

/// Drives to the end, and looks at something whenever a step begins or waits.
fn watched(stage: &Stage, saga: &Saga, look: &mut (dyn FnMut(&Progress) + Send)) -> Finished {
    let (engine, request) = (stage.engine(), stage.request(saga.clone(), None));
    until_death(&stage.world.faults, async {
        let started = engine.start(&request).await.unwrap();
        engine.drive(&request.scope, &started.operation, &mut |progress| look(&progress)).await.unwrap()
    })
    .expect("it lives")
}

#[test]
fn the_only_member_is_drained_when_another_serves_and_the_surge_is_taken_back() {
    let scenario = FORWARD.iter().find(|scenario| scenario.name == "drain of the only member").unwrap();
    let (stage, saga) = scenario.prepare(7);
    let (cloud, slot) = (stage.world.cloud.clone(), live(&stage));
    let mut healthy = BTreeSet::new();
    let mut look = |_: &Progress| {
        let members = to_the_end(cloud.members(&slot)).unwrap().unwrap();
        healthy.insert(members.iter().filter(|member| member.target_health == "healthy").count());
    };
    assert_eq!(watched(&stage, &saga, &mut look).status, OperationStatus::Succeeded);
    assert_eq!(healthy, BTreeSet::from([1, 2]), "there is one at every moment, and never a third");
    let members = to_the_end(stage.world.cloud.members(&slot)).unwrap().unwrap();
    let there: Vec<&str> = members.iter().map(|member| member.instance.as_str()).collect();
    assert!(!there.contains(&"i-web-a-0001"), "{there:?}");
    assert_eq!(stage.picture().capacity["a"], (1, 1));
    stage.assert_clean("the only member");
}

#[test]
fn a_member_that_is_not_there_is_not_drained() {
    let stage = Stage::new(3, service(Kind::Web));
    stage.done(&stage.deploy_of(&stage.release("first", 1)));
    let before = stage.picture();
    let instance = "i-web-a-0099".to_owned();
    let saga = Saga::Drain(drain::Parameters { service: stage.service.clone(), instance });
    let ended = stage.act(&saga, None).unwrap().unwrap();
    let failure = ended.failure.clone().unwrap();
    assert_eq!((failure.code.as_str(), ended.exit()), (saga::codes::NO_MEMBER.id, 5));
    assert!(failure.message.contains("`i-web-a-0099`"), "{}", failure.message);
    assert_eq!(stage.picture(), before);
}

/// One of two members has refused the release when it booted; the release is good again by now.
fn half_refused() -> Stage {
    let stage = Stage::new(3, service(Kind::Web));
    stage.done(&stage.deploy_of(&stage.release("first", 1)));
    let refused = SimulatedRelease { sequence: 1, refused: true, ..SimulatedRelease::default() };
    stage.world.registry.put("first", refused);
    to_the_end(stage.world.cloud.kill(&live(&stage), "i-web-a-0001")).unwrap();
    to_the_end(stage.world.world.clock.sleep(std::time::Duration::from_secs(20))).unwrap();
    let members = to_the_end(stage.world.cloud.members(&live(&stage))).unwrap().unwrap();
    assert_eq!(members.iter().filter(|member| member.target_health == "healthy").count(), 1);
    stage.release("first", 1);
    stage
}

#[test]
fn a_restart_replaces_first_what_will_never_serve() {
    let stage = half_refused();
    let saga = Saga::Restart(restart::Parameters { service: stage.service.clone() });
    stage.done(&saga);
    let members = to_the_end(stage.world.cloud.members(&live(&stage))).unwrap().unwrap();
    assert_eq!(members.iter().filter(|member| member.target_health == "healthy").count(), 2, "{members:?}");
}

#[test]
fn what_will_never_serve_can_be_drained() {
    let stage = half_refused();
    let members = to_the_end(stage.world.cloud.members(&live(&stage))).unwrap().unwrap();
    let sick = members.iter().find(|member| member.target_health != "healthy").unwrap().instance.clone();
    stage.done(&Saga::Drain(drain::Parameters { service: stage.service.clone(), instance: sick.clone() }));
    let members = to_the_end(stage.world.cloud.members(&live(&stage))).unwrap().unwrap();
    assert!(members.iter().all(|member| member.instance != sick && member.target_health == "healthy"), "{members:?}");
}

/// What is live serves, and would be refused if it booted once more: nobody waits for that until the time is over.
#[test]
fn nothing_is_drained_when_its_successor_will_never_serve() {
    let stage = Stage::new(3, service(Kind::Web));
    stage.done(&stage.deploy_of(&stage.release("first", 1)));
    let before = stage.picture();
    let refused = SimulatedRelease { sequence: 1, refused: true, ..SimulatedRelease::default() };
    stage.world.registry.put("first", refused);
    let instance = "i-web-a-0001".to_owned();
    let saga = Saga::Drain(drain::Parameters { service: stage.service.clone(), instance: instance.clone() });
    let ended = stage.act(&saga, None).unwrap().unwrap();
    let failure = ended.failure.clone().unwrap();
    assert_eq!((failure.code.as_str(), ended.exit()), (saga::codes::HOPELESS.id, 8), "{failure:?}");
    let members = to_the_end(stage.world.cloud.members(&live(&stage))).unwrap().unwrap();
    assert!(members.iter().any(|member| member.instance == instance && member.target_health == "healthy"));
    assert_eq!(stage.picture(), before);
}

/// What follows the load would end members that a canary leaves with little to do.
#[test]
fn both_slots_keep_their_members_until_a_canary_is_over() {
    let scenario = FORWARD.iter().find(|scenario| scenario.name == "canary of what scales itself").unwrap();
    let (stage, saga) = scenario.prepare(7);
    let cloud = stage.world.cloud.clone();
    let slots = ["a", "b"].map(|slot| SlotAddress { slot: slot.into(), ..live(&stage) });
    let mut seen = Vec::new();
    let mut look = |progress: &Progress| {
        if matches!(progress, Progress::StepStarted { title, .. } if title.starts_with("watch ")) {
            seen.push(slots.each_ref().map(|slot| to_the_end(cloud.capacity(slot)).unwrap().unwrap()));
        }
    };
    assert_eq!(watched(&stage, &saga, &mut look).status, OperationStatus::Succeeded);
    let of = |minimum, desired| Capacity { minimum, desired };
    assert_eq!(seen, [[of(3, 3), of(1, 1)], [of(3, 3), of(3, 3)]]);
    assert_eq!(stage.picture().capacity, [("a".to_owned(), (0, 0)), ("b".to_owned(), (1, 3))].into());
    assert_eq!(stage.control().0.slots["b"].minimum, 1);
}
