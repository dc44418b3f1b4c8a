//! Requests that arrive when nobody expects them any more: of a driver that is dead, and of one that was told that nobody knows.

use skiff_runtime::{
    engine::Ask,
    simulation::{faults::Fault, schedule::to_the_end},
};
use skiff_wire::OperationStatus;

use crate::{
    people::desk,
    scenario::{FORWARD, Prepared, Scenario},
    stage::{Picture, Stage},
};

/// Later than anything that the operation does itself.
const AT_LAST: u64 = 1000;

/// Drives until it ends; when a driver has died, somebody asks to take the operation back.
fn until_it_ends(stage: &Stage, prepared: &Prepared, abort: bool) -> OperationStatus {
    let (_, saga) = prepared.fresh();
    for _ in 0..6 {
        let ended = stage.act(&saga, Some("late"));
        if ended.is_none() && abort {
            to_the_end(async {
                let (desk, request) = (desk(&stage.world), stage.request(saga.clone(), Some("late")));
                if let Ok(started) = desk.start(&request).await {
                    drop(desk.ask(&request.scope, &started.operation, Ask::Abort, "ada").await);
                }
            })
            .expect("it ends");
        }
        stage.world.faults.revive_with_faults();
        if let Some(Ok(finished)) = ended
            && finished.status.is_final()
        {
            return finished.status;
        }
    }
    panic!("{}: it does not end\n{:#?}", prepared.name, stage.world.faults.trace());
}

/// What the world is like on either side of an operation.
struct Sides {
    prepared: Prepared,
    effects: u64,
    before: Picture,
    after: Picture,
}

fn sides(scenario: &Scenario) -> Sides {
    let prepared = scenario.prepared();
    let (stage, saga) = prepared.fresh();
    let before = stage.picture();
    stage.act(&saga, Some("late")).expect("it lives").expect("it can be driven");
    let (puts, calls) = stage.world.faults.effects();
    Sides { prepared, effects: puts + calls, before, after: stage.picture() }
}

/// Faults in a fresh world; what is still on its way arrives when all is over, and must change nothing.
fn changes_nothing(sides: &Sides, faults: &[(u64, Fault)], abort: bool) {
    let (stage, _) = sides.prepared.fresh();
    for (at, fault) in faults {
        stage.world.faults.plan(*at, *fault);
    }
    let status = until_it_ends(&stage, &sides.prepared, abort);
    to_the_end(stage.world.faults.land_all()).expect("it waits for nothing");
    let what = format!("{} with {faults:?}", sides.prepared.name);
    stage.assert_clean(&what);
    let wanted = if status == OperationStatus::Succeeded { &sides.after } else { &sides.before };
    assert_eq!(stage.picture(), *wanted, "{what}: {status:?}\n{:#?}", stage.world.faults.trace());
}

fn everywhere(tried: impl Fn(u64) -> Vec<(u64, Fault)>, abort: bool) {
    let mut total = 0;
    for scenario in FORWARD.iter().filter(|scenario| !scenario.needs_approval()) {
        let sides = sides(scenario);
        for at in 0..sides.effects {
            changes_nothing(&sides, &tried(at), abort);
            total += 1;
        }
    }
    println!("{total} late requests refused");
}

#[test]
fn what_a_dead_driver_sent_arrives_when_the_operation_is_done() {
    everywhere(|at| vec![(at, Fault::DieAndLand(AT_LAST))], false);
}

#[test]
fn what_a_dead_driver_sent_arrives_when_the_operation_was_taken_back() {
    everywhere(|at| vec![(at, Fault::DieAndLand(AT_LAST))], true);
}

/// The provider is told of a higher epoch before anything is decided anew; here it refuses to hear of it.
#[test]
fn what_is_in_doubt_arrives_although_the_next_calls_were_refused() {
    everywhere(|at| vec![(at, Fault::LandInDoubt(AT_LAST)), (at + 2, Fault::Refused)], false);
}
