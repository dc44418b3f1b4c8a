//! The mechanical tests: no saga may be added that does not pass them.
//!
//! A driver dies at every durable write and at every call of the provider: before it, after it, and such that its request
//! lands when another driver has gone on. Every write and every call fails, is refused, or is left in doubt. Each time the
//! same command is given again until it ends, and the world must be what it would have been, without one effect more.

use skiff_runtime::{
    engine::Finished,
    provider::{Capacity, Fence, Motion, SlotAddress},
    saga::Saga,
    simulation::{cloud::Bounds, faults::Fault, schedule::to_the_end},
};
use skiff_wire::OperationStatus;

use crate::{
    scenario::{BACKWARD, FORWARD, Prepared, Scenario},
    stage::{Picture, Stage},
};

const KEY: Option<&str> = Some("the-same-command");

/// How often the same command is given before it must have ended.
const PATIENCE: u32 = 6;

/// The ways of dying at one effect.
const DEATHS: [Fault; 5] =
    [Fault::DieBefore, Fault::DieAfter, Fault::DieAndLand(1), Fault::DieAndLand(3), Fault::DieAndLand(9)];

/// The ways in which a driver that lives on does not hear what became of one effect, or hears of it late.
const DOUBTS: [Fault; 7] = [
    Fault::DoneInDoubt,
    Fault::NotDoneInDoubt,
    Fault::LandInDoubt(1),
    Fault::LandInDoubt(4),
    Fault::DoneTwice(1),
    Fault::DoneTwice(6),
    Fault::Busy,
];

/// What it should come to, and how many effects that takes.
struct Measure {
    prepared: Prepared,
    effects: u64,
    puts: u64,
    calls: u64,
    before: Picture,
    after: Picture,
    status: OperationStatus,
}

fn measure(scenario: &Scenario) -> Measure {
    let prepared = scenario.prepared();
    let (stage, saga) = prepared.fresh();
    let before = stage.picture();
    let finished = stage.act(&saga, KEY).expect("it lives").expect("it can be driven");
    stage.assert_clean(scenario.name);
    let (puts, calls) = stage.world.faults.effects();
    Measure { prepared, effects: puts + calls, puts, calls, before, after: stage.picture(), status: finished.status }
}

/// Gives the same command until it ends.
fn persist(stage: &Stage, saga: &Saga, what: &str) -> Finished {
    for _ in 0..PATIENCE {
        let ended = stage.act(saga, KEY);
        stage.world.faults.revive_with_faults();
        match ended {
            Some(Ok(finished)) if finished.status.is_final() => return finished,
            Some(Ok(_) | Err(_)) | None => {}
        }
    }
    let last = stage.act(saga, KEY);
    panic!("{what}: it does not end: {last:?}\n{:#?}", stage.world.faults.trace());
}

/// Faults at chosen effects, then the same command until it ends; gives how it ended.
fn disturbed(prepared: &Prepared, faults: &[(u64, Fault)]) -> (Stage, Finished) {
    let (stage, saga) = prepared.fresh();
    for (at, fault) in faults {
        stage.world.faults.plan(*at, *fault);
    }
    let what = format!("{} with {faults:?}", prepared.name);
    let finished = persist(&stage, &saga, &what);
    stage.assert_clean(&what);
    (stage, finished)
}

fn assert_same(measure: &Measure, faults: &[(u64, Fault)]) {
    let (stage, finished) = disturbed(&measure.prepared, faults);
    let what = format!("{} with {faults:?}", measure.prepared.name);
    assert_eq!(finished.status, measure.status, "{what}: {finished:?}\n{:#?}", stage.world.faults.trace());
    assert_eq!(stage.picture(), measure.after, "{what}\n{:#?}", stage.world.faults.trace());
}

#[test]
fn what_each_saga_does_is_what_it_promises() {
    for scenario in FORWARD {
        let measure = measure(scenario);
        assert_eq!(measure.status, OperationStatus::Succeeded, "{}", scenario.name);
        assert_eq!(measure.after.holder, None, "{}", scenario.name);
        println!("{:32} {:3} writes {:2} calls", scenario.name, measure.puts, measure.calls);
    }
    for scenario in BACKWARD {
        let measure = measure(scenario);
        assert_eq!(measure.status, OperationStatus::Compensated, "{}", scenario.name);
        assert_eq!(measure.after, measure.before, "{}", scenario.name);
        println!("{:32} {:3} writes {:2} calls", scenario.name, measure.puts, measure.calls);
    }
}

#[test]
fn a_driver_may_die_at_every_effect_on_the_way_forward() {
    die_everywhere(FORWARD);
}

#[test]
fn a_driver_may_die_at_every_effect_on_the_way_back() {
    die_everywhere(BACKWARD);
}

fn die_everywhere(scenarios: &[Scenario]) {
    let mut total = 0;
    for scenario in scenarios {
        let measure = measure(scenario);
        for at in 0..measure.effects {
            for death in DEATHS {
                assert_same(&measure, &[(at, death)]);
                total += 1;
            }
        }
    }
    println!("{total} deaths survived");
}

#[test]
fn a_provider_that_knows_no_tokens_has_no_effect_twice() {
    let bounds = Bounds { ignores_tokens: true, ..Bounds::default() };
    let mut total = 0;
    for scenario in FORWARD.iter().filter(|scenario| {
        ["deploy", "restart", "scale up", "deploy with a command before", "drain"].contains(&scenario.name)
    }) {
        let measure = measure(scenario);
        for at in 0..measure.effects {
            let (stage, saga) = measure.prepared.fresh();
            stage.world.cloud.bind(bounds);
            stage.world.faults.plan(at, Fault::DieAfter);
            let what = format!("{} without tokens, dead at {at}", scenario.name);
            assert_eq!(persist(&stage, &saga, &what).status, measure.status, "{what}");
            assert_eq!(stage.picture(), measure.after, "{what}");
            stage.assert_clean(&what);
            total += 1;
        }
    }
    println!("{total} deaths survived without tokens");
}

#[test]
fn an_effect_that_happens_twice_is_seen() {
    for (ignores_tokens, wanted) in [(false, 1), (true, 2)] {
        let stage = Stage::new(1, crate::stage::service(skiff_runtime::saga::Kind::Web));
        stage.world.cloud.bind(Bounds { ignores_tokens, ..Bounds::default() });
        let slot = SlotAddress { service: stage.world.service("web"), slot: "a".into() };
        let changes = to_the_end(async {
            for (token, desired) in [("up", 2), ("down", 0), ("up", 2)] {
                let fence = Fence { operation: "o".into(), epoch: 1, token: token.into() };
                let capacity = Capacity { minimum: desired, desired };
                stage.world.cloud.set_capacity(&slot, capacity, &fence).await.expect("it is admitted");
            }
            stage.world.cloud.account().await.changes["up"]
        });
        assert_eq!(changes, Some(wanted));
    }
}

#[test]
fn answers_may_be_lost_and_others_may_be_in_the_way_at_every_effect() {
    let mut total = 0;
    for scenario in FORWARD.iter().chain(BACKWARD) {
        let measure = measure(scenario);
        for at in 0..measure.effects {
            for fault in DOUBTS {
                assert_same(&measure, &[(at, fault)]);
                total += 1;
            }
        }
    }
    println!("{total} doubts resolved");
}

#[test]
fn what_is_refused_is_taken_back_or_done_but_never_left_halfway() {
    ends_on_one_side(Fault::Refused);
}

/// Its lease is over when it wakes up, and so may be the time that a step has.
#[test]
fn a_driver_that_stands_still_at_any_effect_goes_on_or_takes_everything_back() {
    ends_on_one_side(Fault::Stall(1));
}

fn ends_on_one_side(fault: Fault) {
    let (mut done, mut taken_back) = (0, 0);
    for scenario in FORWARD {
        let measure = measure(scenario);
        for at in 0..measure.effects {
            let (stage, finished) = disturbed(&measure.prepared, &[(at, fault)]);
            let name = scenario.name;
            let what = format!("{name}, {fault:?} at {at}: {finished:?}\n{:#?}", stage.world.faults.trace());
            match finished.status {
                OperationStatus::Succeeded => {
                    assert_eq!(stage.picture(), measure.after, "{what}");
                    done += 1;
                }
                _ => {
                    assert_eq!(stage.picture(), measure.before, "{what}");
                    taken_back += 1;
                }
            }
        }
    }
    println!("{fault:?}: {done} done all the same, {taken_back} taken back");
}

#[test]
fn what_is_refused_on_the_way_back_is_tried_again() {
    let mut total = 0;
    for scenario in BACKWARD {
        let measure = measure(scenario);
        for at in 0..measure.effects {
            let (stage, finished) = disturbed(&measure.prepared, &[(at, Fault::Refused)]);
            assert_ne!(finished.status, OperationStatus::Succeeded, "{} refused at {at}", scenario.name);
            assert_eq!(stage.picture(), measure.before, "{} refused at {at}", scenario.name);
            total += 1;
        }
    }
    println!("{total} refusals on the way back");
}

/// Sagas of no more effects than this are tried with every two deaths; longer ones with so many pairs by chance, unless
/// `SKIFF_PAIRS=all` asks for every pair of them as well.
const FEW: u64 = 30;
const PAIRS: usize = 60;
/// How many effects more than it would have an operation has, when somebody takes it up on the way: about so many.
const TAKEN_UP: u64 = 12;

#[test]
fn two_deaths_are_survived_as_well() {
    let all = std::env::var("SKIFF_PAIRS").is_ok_and(|pairs| pairs == "all");
    let (mut total, begun) = (0, std::time::Instant::now());
    for scenario in FORWARD.iter().chain(BACKWARD) {
        let measure = measure(scenario);
        let pairs = pairs(measure.effects, all);
        for (first, second) in &pairs {
            let pick = |number: u64| DEATHS[usize::try_from(number % 5).expect("less than five")];
            let (one, other) = (pick(first + second), pick(first + 3 * second));
            assert_same(&measure, &[(*first, one), (*second, other)]);
        }
        total += pairs.len();
        println!("{:44} {:3} effects {:5} pairs", scenario.name, measure.effects, pairs.len());
    }
    println!("{total} double deaths survived, in {} s", begun.elapsed().as_secs());
}

/// Where two drivers die; the second one is counted from the same beginning, and has the first one's work to look at.
fn pairs(effects: u64, all: bool) -> Vec<(u64, u64)> {
    if all || effects <= FEW {
        let seconds = |first| (first + 1..effects + TAKEN_UP).map(move |second| (first, second));
        return (0..effects).flat_map(seconds).collect();
    }
    let chance = skiff_runtime::simulation::world::SeededRandom::new(11);
    let pair = |_| {
        let first = chance.next() % effects;
        (first, first + 1 + chance.next() % (effects + TAKEN_UP - first - 1))
    };
    (0..PAIRS).map(pair).collect()
}
