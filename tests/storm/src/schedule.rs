//! One schedule: everybody at work while things go wrong; then calm, in which all must come to its end; then the judgement.

use std::{cell::Cell, collections::BTreeSet, sync::Arc, time::Duration};

use crate::{
    agreement::Agreement,
    bugs::Bug,
    crew::Crew,
    ended::Ended,
    ground::{Grounds, World},
    judge,
    plan::Plan,
    record::Record,
    turns::take_turns,
};
use skiff_runtime::{
    engine::Engine,
    saga::Saga,
    simulation::{cloud::Bounds, schedule::to_the_end, world::SeededRandom},
};

/// How many rounds of driving everything must suffice when nothing goes wrong any more.
const ROUNDS: u32 = 14;

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
    /// Effects: writes to the store, and calls that change something at the provider.
    pub effects: u64,
    /// Approvals that were handed in, with those that must not count.
    pub handed: u64,
    /// What people had to do with the operations.
    pub agreement: Agreement,
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
    let crew = Crew { world: &world, record: record.clone(), bug, handed: Cell::default() };
    let mut open = storm(plan, &crew, &sagas);
    world.calm();
    open.extend(settle(plan, &crew));
    // What arrives last may begin an operation; it may not change one that has ended.
    if to_the_end(world.simulation.faults.land_all()).is_none() {
        open.push("what is on the network does not arrive".into());
    }
    open.extend(settle(plan, &crew));
    Shown { handed: crew.handed.get(), ..judged(plan, &world, &record, open) }
}

/// Everybody at work while things go wrong; says so when that does not end.
fn storm(plan: &Plan, crew: &Crew<'_>, sagas: &[(u64, Saga)]) -> Vec<String> {
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
    let over = take_turns(chance.next(), faults, crew.all(plan, sagas), again);
    if over { Vec::new() } else { vec!["somebody is at work without an end".into()] }
}

/// Drives everything in calm until nothing is open; gives what is open all the same.
fn settle(plan: &Plan, crew: &Crew<'_>) -> Vec<String> {
    let (engine, desk, scope) = (crew.engine("last"), crew.desk(), crew.world.simulation.scope());
    let clock = &crew.world.simulation.world.clock;
    let settled = to_the_end(async {
        for round in 0..ROUNDS {
            let open = match desk.open(&scope).await {
                Ok(open) if open.is_empty() => return Vec::new(),
                Ok(open) => open,
                Err(error) => return vec![format!("what is open cannot be read: {error}")],
            };
            for open in open {
                crew.answer(&desk, &open.intent.operation, plan, round).await;
                // Who is stopped goes on in the next round; what is open behind the last one is told.
                drop(engine.drive(&scope, &open.intent.operation, &mut |_| {}).await);
            }
            clock.sleep(Duration::from_secs(5)).await;
        }
        left(&desk, crew).await
    });
    settled.unwrap_or_else(|| vec!["calm does not end".into()])
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

fn judged(plan: &Plan, world: &World, record: &Arc<Record>, open: Vec<String>) -> Shown {
    let faults = &world.simulation.faults;
    let bounds = Bounds { requests_per_second: 2, ..world.simulation.cloud.bounds() };
    world.simulation.cloud.bind(bounds);
    let ended = Ended::of(world, plan);
    let (findings, lost, impossible) = judge::findings(plan, world, record, &ended);
    let (puts, calls) = faults.effects();
    Shown {
        findings: open.into_iter().chain(findings).collect(),
        states: faults.states(),
        deaths: faults.deaths(),
        faults: faults.happened() as u64,
        operations: ended.operations.len() as u64,
        ended: ended.operations.iter().filter(|one| one.status.is_final()).count() as u64,
        most_effects: ended.most_effects(),
        agreement: ended.agreement,
        lost,
        impossible,
        effects: puts + calls,
        trace: faults.trace(),
        ..Shown::default()
    }
}
