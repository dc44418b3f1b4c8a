//! Drivers that compete: two of one operation, two operations on one service, in every order that many seeds give.

use std::collections::BTreeSet;

use skiff_runtime::{
    Error,
    engine::{Engine, Request, Started},
    provider,
    simulation::{
        faults::Fault,
        schedule::{Task, interleaved, to_the_end},
    },
};
use skiff_wire::OperationStatus;

use crate::{
    scenario::{BACKWARD, FORWARD, Prepared},
    stage::Stage,
};

/// How many orders are tried for each situation.
const SEEDS: u64 = 12;

/// One driver; it may be stopped by the other one.
fn driver<'a>(stage: &'a Stage, engine: &'a Engine, operation: &'a str) -> Task<'a, Result<OperationStatus, String>> {
    Box::pin(async move {
        let scope = stage.world.scope();
        match engine.drive(&scope, operation, &mut |_| {}).await {
            Ok(finished) => Ok(finished.status),
            Err(error) => Err(error.code().id.to_owned()),
        }
    })
}

fn rivals(scenario: &Prepared, seed: u64) -> (u64, BTreeSet<String>) {
    let (stage, saga) = scenario.fresh();
    let engines = ["one", "two", "three"].map(|name| stage.world.engine(name));
    let request = stage.request(saga.clone(), Some("rivals"));
    let started = to_the_end(engines[0].start(&request)).expect("it ends").expect("it can be started");
    let tasks = engines.iter().map(|engine| driver(&stage, engine, &started.operation)).collect();
    let ended = interleaved(seed, tasks);
    let stopped = ended.iter().flatten().filter_map(|ended| ended.clone().err()).collect();
    assert!(ended.iter().all(Option::is_some), "{}, seed {seed}: a driver is stuck", scenario.name);
    let last = stage.act(&saga, Some("rivals")).expect("it lives").expect("it can be driven");
    assert!(last.status.is_final(), "{}, seed {seed}: {last:?}", scenario.name);
    stage.assert_clean(&format!("{}, seed {seed}", scenario.name));
    let account = to_the_end(stage.world.cloud.account()).expect("it ends");
    (account.fenced, stopped)
}

#[test]
fn drivers_of_one_operation_stop_each_other_and_do_no_harm() {
    let (mut fenced, mut stopped, mut schedules) = (0, BTreeSet::new(), 0);
    for scenario in FORWARD.iter().chain(BACKWARD).filter(|scenario| !scenario.needs_approval()) {
        let scenario = scenario.prepared();
        let (calm, saga) = scenario.fresh();
        let wanted = calm.act(&saga, Some("rivals")).expect("it lives").expect("it can be driven").status;
        for seed in 0..SEEDS {
            let (refused, codes) = rivals(&scenario, seed);
            fenced += refused;
            stopped.extend(codes);
            schedules += 1;
        }
        assert!(wanted.is_final());
    }
    println!("{schedules} schedules of three drivers; stopped by {stopped:?}; {fenced} effects refused by their epoch");
    let taken_over = skiff_runtime::engine::codes::TAKEN_OVER.id;
    let known = [taken_over, provider::codes::FENCED.id, skiff_runtime::engine::codes::SERVICE_LOST.id];
    assert!(stopped.contains(taken_over));
    assert!(stopped.iter().all(|code| known.contains(&code.as_str())), "{stopped:?}");
}

/// One of two drivers stands still, and wakes up when the other one has brought the operation to its end.
#[test]
fn a_driver_that_wakes_up_when_all_is_over_takes_nothing() {
    let mut total = 0;
    for scenario in FORWARD.iter().filter(|scenario| ["deploy", "restart", "canary"].contains(&scenario.name)) {
        let prepared = scenario.prepared();
        for at in 0..40 {
            let (stage, saga) = prepared.fresh();
            let engines = ["slow", "quick"].map(|name| stage.world.engine(name));
            let request = stage.request(saga.clone(), Some("rivals"));
            let started = to_the_end(engines[0].start(&request)).expect("it ends").expect("it can be started");
            stage.world.faults.plan(at, Fault::Stall(200_000));
            let slow = driver(&stage, &engines[0], &started.operation);
            let quick = driver(&stage, &engines[1], &started.operation);
            let quick: Task<'_, _> = Box::pin(async {
                // It looks around when the lease of the first one is over.
                for _ in 0..200 {
                    stage.world.world.clock.sleep(std::time::Duration::from_millis(400)).await;
                }
                quick.await
            });
            interleaved(at, vec![slow, quick]);
            let last = stage.act(&saga, Some("rivals")).expect("it lives").expect("it can be driven");
            assert!(last.status.is_final(), "{}, still at {at}: {last:?}", scenario.name);
            let what = format!("{}, still at {at}: {:#?}", scenario.name, stage.world.faults.trace());
            assert_eq!(stage.picture().holder, None, "{what}");
            stage.assert_clean(&what);
            total += 1;
        }
    }
    println!("{total} drivers that stood still took nothing");
}

#[test]
fn two_operations_on_one_service_do_not_mix() {
    let mut refused = 0;
    for seed in 0..60 {
        let stage = Stage::new(7, crate::stage::service(skiff_runtime::saga::Kind::Web));
        let first = stage.release("first", 1);
        stage.done(&stage.deploy_of(&first));
        let engines = ["one", "two"].map(|name| stage.world.engine(name));
        let operations: Vec<String> = ["second", "third"]
            .iter()
            .zip(2_u64..)
            .map(|(name, sequence)| {
                let request = stage.request(stage.deploy_of(&stage.release(name, sequence)), None);
                to_the_end(engines[0].start(&request)).expect("it ends").expect("it can be started").operation
            })
            .collect();
        let tasks = engines.iter().zip(&operations).map(|(engine, id)| driver(&stage, engine, id)).collect();
        let ended: Vec<OperationStatus> = interleaved(seed, tasks)
            .into_iter()
            .map(|ended| ended.expect("it ends").expect("nobody stops it"))
            .collect();
        refused += u32::from(ended.contains(&OperationStatus::Compensated));
        assert!(ended.contains(&OperationStatus::Succeeded), "seed {seed}: {ended:?}");
        let picture = stage.picture();
        assert_eq!(picture.holder, None, "seed {seed}");
        assert_eq!(picture.weights.len(), 1, "seed {seed}");
        stage.assert_clean(&format!("seed {seed}"));
    }
    println!("60 schedules of two operations; {refused} times one of them was refused");
    assert!(refused > 0);
}

fn starting<'a>(engine: &'a Engine, request: &'a Request) -> Task<'a, Result<Started, Error>> {
    Box::pin(engine.start(request))
}

/// Two commands that deploy at the same moment with one key have made a release each: only one of them becomes an operation.
#[test]
fn one_key_is_one_operation_whoever_is_first() {
    let mut winners = BTreeSet::new();
    for seed in 0..60 {
        let stage = Stage::new(7, crate::stage::service(skiff_runtime::saga::Kind::Web));
        let engines = ["one", "two"].map(|name| stage.world.engine(name));
        let requests =
            ["second", "third"].map(|name| stage.request(stage.deploy_of(&stage.release(name, 2)), Some("key")));
        let start = |(engine, request)| starting(engine, request);
        let ended = interleaved(seed, engines.iter().zip(&requests).map(start).collect());
        let ended: Vec<_> = ended.into_iter().map(|ended| ended.expect("it ends")).collect();
        let refused: Vec<&str> =
            ended.iter().filter_map(|one| one.as_ref().err()).map(|error| error.code().id).collect();
        assert_eq!(refused, [skiff_runtime::engine::codes::KEY_REUSED.id], "seed {seed}");
        winners.insert(ended[0].is_ok());
        let again = engines.iter().map(|engine| starting(engine, &requests[0])).collect();
        for started in interleaved(seed, again).into_iter().map(|ended| ended.expect("it ends")) {
            assert_eq!(started.is_ok(), ended[0].is_ok(), "seed {seed}");
        }
        let page = to_the_end(stage.world.ledger().store.list("shop/test/operations/", None, 100)).expect("it ends");
        let intents =
            page.expect("it can be listed").keys.into_iter().filter(|key| key.as_str().ends_with("/intent.json"));
        assert_eq!(intents.count(), 1, "seed {seed}");
    }
    assert_eq!(winners.len(), 2, "both are first under some seed");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let trace = |seed| {
        let (stage, saga) = FORWARD[1].prepare(seed);
        stage.done(&saga);
        stage.world.faults.trace()
    };
    for seed in 0..20 {
        assert_eq!(trace(seed), trace(seed));
    }
    assert_ne!(trace(1), trace(2), "ids come from the seed");
}
