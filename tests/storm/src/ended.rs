//! How everything ended: where each operation stands, in which order they moved the service, and what that adds up to.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_runtime::{
    engine::{Driver, Engine, History},
    simulation::{cloud::Account, schedule::to_the_end},
    store::Store,
};
use skiff_wire::{Event, IdempotencyRecord, OperationControl, OperationIntent, OperationStatus, ServiceControl};

use crate::{
    agreement::{self, Agreement, Basis},
    crew::key,
    ground::{SERVICE, World},
    judge::AFTERWARDS,
    plan::{Act, Plan},
};

/// How everything ended.
#[derive(Default)]
pub struct Ended {
    /// The operations that are in the ledger, in the order in which they had the service last.
    pub operations: Vec<Operation>,
    /// What people had to do with them.
    pub agreement: Agreement,
    /// What must not be and is, one sentence each: of the documents of single operations.
    pub findings: Vec<String>,
    /// What has happened in the cloud.
    pub account: Account,
    /// The service's control document.
    pub control: ServiceControl,
    /// Who holds the service.
    pub holder: Option<String>,
}

/// How one operation ended.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its number, from one.
    pub number: u64,
    /// What it was to do.
    pub act: Act,
    /// Where it stands.
    pub status: OperationStatus,
    /// Whether a person let it go on without the verdict of a gate.
    pub skipped: bool,
}

/// What the operations that succeeded add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The release that is live.
    pub release: Option<String>,
    /// Whether the service was destroyed.
    pub destroyed: bool,
    /// The weight of the old way of serving.
    pub legacy: u32,
    /// Whether the old way is retired.
    pub retired: bool,
}

impl Ended {
    /// Looks at the world when time has passed.
    #[must_use]
    pub fn of(world: &World, plan: &Plan) -> Self {
        to_the_end(seen(world, plan))
            .unwrap_or_else(|| Self { findings: vec!["the world does not answer".into()], ..Self::default() })
    }

    /// The operations that did what they were to do, in the order in which they had the service.
    pub fn succeeded(&self) -> impl DoubleEndedIterator<Item = &Operation> {
        self.operations.iter().filter(|one| one.status == OperationStatus::Succeeded)
    }

    /// The most effects of one token.
    #[must_use]
    pub fn most_effects(&self) -> u64 {
        self.account.changes.values().copied().max().unwrap_or_default()
    }

    /// What all that succeeded adds up to, one after the other.
    #[must_use]
    pub fn wanted(&self, world: &World) -> Wanted {
        let mut wanted = Wanted { release: world.live.clone(), destroyed: false, legacy: world.legacy, retired: false };
        for one in self.succeeded() {
            match &one.act {
                Act::Deploy { .. } | Act::Canary { .. } | Act::Rollback { .. } => {
                    (wanted.release, wanted.destroyed) = (Some(world.release(&one.act, one.number)), false);
                }
                Act::Cutover { percents, retire } => {
                    wanted.legacy = percents.last().map_or(wanted.legacy, |last| 100 - last);
                    wanted.retired |= retire;
                }
                Act::Destroy => (wanted.release, wanted.destroyed) = (None, true),
                Act::Shadow { .. } | Act::Drain | Act::Scale { .. } | Act::Restart => {}
            }
        }
        wanted
    }
}

async fn seen(world: &World, plan: &Plan) -> Ended {
    let simulation = &world.simulation;
    simulation.world.clock.sleep(AFTERWARDS).await;
    let mut ended = Ended { account: simulation.cloud.account().await, ..Ended::default() };
    match simulation.ledger().read::<ServiceControl>(&simulation.service(SERVICE).control()).await {
        Ok(Some(seen)) => (ended.control, ended.holder) = (seen.control.body, seen.control.holder),
        Ok(None) => {}
        Err(error) => ended.findings.push(format!("the service's control document cannot be read: {error}")),
    }
    let turns = turns(world);
    let mut operations = Vec::new();
    for (number, act) in (1..).zip(&plan.acts) {
        match history(world, number).await {
            Ok(Some(history)) => {
                let turn = turns.get(&history.intent.operation).copied();
                operations.push((turn, taken_in(world, plan, &mut ended, (number, act), &history).await));
            }
            Ok(None) => {}
            Err(why) => ended.findings.push(why),
        }
    }
    operations.sort_by_key(|(turn, _)| *turn);
    ended.operations = operations.into_iter().map(|(_, operation)| operation).collect();
    ended
}

/// When each operation had the service last, as a place among all that was written.
fn turns(world: &World) -> BTreeMap<String, usize> {
    let key = world.simulation.service(SERVICE).control();
    let mut turns = BTreeMap::new();
    for (place, (_, body)) in
        world.simulation.faults.written().iter().enumerate().filter(|(_, (known, _))| *known == key)
    {
        let document: Value = serde_json::from_slice(body).unwrap_or_default();
        if let Some(holder) = document.get("holder").and_then(Value::as_str) {
            turns.insert(holder.to_owned(), place);
        }
    }
    turns
}

/// All that happened to the operation that a client has asked for; nothing when its client died before it was there.
async fn history(world: &World, number: u64) -> Result<Option<History>, String> {
    let (ledger, scope) = (world.simulation.ledger(), world.simulation.scope());
    let engine =
        Engine::new(ledger.clone(), world.simulation.cloud.clone(), Driver { name: "judge".into(), trust_pin: None });
    let failed = |error: skiff_runtime::Error| format!("operation {number} cannot be read: {error}");
    let record = ledger.get::<IdempotencyRecord>(&scope.idempotency(&key(number))).await.map_err(failed)?;
    let Some(record) = record else { return Ok(None) };
    let intent = ledger.get::<OperationIntent>(&scope.intent(&record.operation)).await.map_err(failed)?;
    if intent.is_none() {
        return Ok(None);
    }
    engine.history(&scope, &record.operation).await.map(Some).map_err(failed)
}

async fn taken_in(
    world: &World,
    plan: &Plan,
    ended: &mut Ended,
    (number, act): (u64, &Act),
    history: &History,
) -> Operation {
    let (scope, intent, status) = (world.simulation.scope(), &history.intent, history.status.state);
    let bytes = world.simulation.store.get(&scope.intent(&intent.operation)).await;
    let bytes = bytes.ok().flatten().map(|object| object.body).unwrap_or_default();
    let needed = if plan.two_party { 2 } else { 1 };
    let basis = Basis { root: &world.people.root, plan: agreement::digest(&bytes), needed };
    let (agreement, findings) = agreement::of(history, &basis);
    ended.agreement.add(&agreement);
    ended.findings.extend(findings);
    let control = world.simulation.ledger().read::<OperationControl>(&scope.operation(&intent.operation)).await;
    let said = control.ok().flatten().map(|seen| seen.control.body.status);
    if !status.is_final() || said != Some(status) {
        let (saga, id) = (&intent.saga, &intent.operation);
        ended.findings.push(format!("{saga} `{id}` is {status:?}, and its control document says {said:?}"));
    }
    let skipped = history.entries.iter().any(|entry| matches!(entry.event, Event::StepSkipped { .. }));
    Operation { number, act: act.clone(), status, skipped }
}
