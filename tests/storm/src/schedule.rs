//! One schedule: everybody at work while things go wrong; then calm, in which all must come to its end; then the judgement.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use skiff_runtime::{
    engine::{Ask, Engine},
    saga::Saga,
    simulation::{cloud::Bounds, schedule::to_the_end, world::SeededRandom},
};
use skiff_wire::OperationStatus;

use crate::{
    bugs::Bug,
    crew::Crew,
    ground::{Grounds, World},
    judge::{self, Ended},
    plan::Plan,
    record::Record,
    turns::take_turns,
};

/// How many rounds of driving everything must suffice when nothing goes wrong any more.
const ROUNDS: u32 = 14;
/// How often a person lets an operation that waits for a verdict go on, before they take it back.
const PATIENCE: u32 = 2;

/// What a schedule has shown.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// What must not be and is, one sentence each.
    pub findings: Vec<String>,
    /// The states that it went through.
    pub states: BTreeSet<u64>,
    /// How often a driver has died.
    pub deaths: u64,
    /// How many faults there were.
    pub faults: u64,
    /// Operations, and how many of them came to their end.
    pub operations: u64,
    /// Those that came to their end.
    pub ended: u64,
    /// The most effects of one token.
    pub most_effects: u64,
    /// Acknowledged writes that are lost.
    pub lost: u64,
    /// Objects whose calls no order explains.
    pub impossible: u64,
    /// Calls of the store that were judged.
    pub calls: u64,
    /// Everything that happened, one line each.
    pub trace: Vec<String>,
}

/// Runs a schedule, with a mistake on purpose when one is given.
#[must_use]
pub fn run(plan: &Plan, grounds: &Grounds, bug: Option<Bug>) -> Shown {
    let Some(world) = grounds.copy(plan.ground, plan.seed) else {
        return Shown { findings: vec!["the ground is not prepared".into()], ..Shown::default() };
    };
    let bounds = bug.map_or(plan.bounds, |bug| bug.bounds(plan.bounds));
    world.simulation.cloud.bind(bounds);
    let numbered = (1..).zip(&plan.acts);
    let sagas: Vec<(u64, Saga)> =
        numbered.filter_map(|(number, act)| Some((number, world.saga(act, number)?))).collect();
    let record = Record::of(world.simulation.store.clone());
    let crew = Crew { world: &world, record: record.clone(), bug };
    storm(plan, &crew, &sagas);
    world.calm();
    settle(&crew);
    // What arrives last may begin an operation; it may not change one that has ended.
    let _ = to_the_end(world.simulation.faults.land_all());
    let stuck = settle(&crew);
    judged(plan, &world, &record, &stuck)
}

/// Everybody at work while things go wrong.
fn storm(plan: &Plan, crew: &Crew<'_>, sagas: &[(u64, Saga)]) {
    use skiff_runtime::simulation::faults::weather::Weather;
    let faults = &crew.world.simulation.faults;
    let chance = SeededRandom::new(!plan.seed);
    let odds = crew.bug.map_or(plan.odds, |bug| bug.odds(plan.odds));
    faults.brew(Weather::new(chance.next(), odds));
    let mut born = 0;
    let again = |name: &str| {
        born += 1;
        // A client that died is somebody else's worker: nobody remembers what was asked for.
        (name != "cloud").then(|| crew.worker(&format!("{}'{born}", name.split('\'').next().unwrap_or_default())))
    };
    take_turns(chance.next(), faults, crew.all(plan, sagas), again);
}

/// Drives everything in calm until nothing is open; gives what is open all the same.
fn settle(crew: &Crew<'_>) -> Vec<String> {
    let (engine, desk, scope) = (crew.engine("last"), crew.desk(), crew.world.simulation.scope());
    let clock = &crew.world.simulation.world.clock;
    let settled = to_the_end(async {
        for round in 0..ROUNDS {
            let open = desk.open(&scope).await.unwrap_or_default();
            if open.is_empty() {
                return Vec::new();
            }
            for open in open {
                answer(&desk, crew, &open.intent.operation, round).await;
                drop(engine.drive(&scope, &open.intent.operation, &mut |_| {}).await);
            }
            clock.sleep(Duration::from_secs(5)).await;
        }
        left(&desk, crew).await
    });
    settled.unwrap_or_else(|| vec!["calm does not end".into()])
}

/// What a person says to an operation that waits for one.
async fn answer(desk: &Engine, crew: &Crew<'_>, operation: &str, round: u32) {
    let scope = crew.world.simulation.scope();
    let Ok(seen) = desk.look(&scope, operation).await else { return };
    match seen.control.status {
        OperationStatus::AwaitingApproval => {
            drop(desk.reject(&scope, operation, "grace", "the shop is open").await);
        }
        OperationStatus::Paused => {
            let ask = if round < PATIENCE { Ask::Resume } else { Ask::Abort };
            drop(desk.ask(&scope, operation, ask, "grace").await);
        }
        _ => {}
    }
}

async fn left(desk: &Engine, crew: &Crew<'_>) -> Vec<String> {
    let scope = crew.world.simulation.scope();
    let mut left = Vec::new();
    for open in desk.open(&scope).await.unwrap_or_default() {
        let (saga, id) = (&open.intent.saga, &open.intent.operation);
        let status = desk.look(&scope, id).await.map(|seen| (seen.control.status, seen.control.reason));
        left.push(format!("{saga} `{id}` does not come to its end: {status:?}"));
    }
    left
}

fn judged(plan: &Plan, world: &World, record: &Arc<Record>, stuck: &[String]) -> Shown {
    let faults = &world.simulation.faults;
    let bounds = Bounds { requests_per_second: 2, ..world.simulation.cloud.bounds() };
    world.simulation.cloud.bind(bounds);
    let ended = Ended::of(world, plan);
    let (findings, lost, impossible) = judge::findings(plan, world, record, &ended);
    let (puts, calls) = faults.effects();
    Shown {
        findings: stuck.iter().cloned().chain(findings).collect(),
        states: faults.states(),
        deaths: faults.deaths(),
        faults: faults.happened() as u64,
        operations: ended.operations.len() as u64,
        ended: ended.operations.iter().filter(|one| one.status.is_final()).count() as u64,
        most_effects: ended.most_effects,
        lost,
        impossible,
        calls: puts + calls,
        trace: faults.trace(),
    }
}
