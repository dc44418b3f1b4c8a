//! What must hold when everything has come to its end, whatever went wrong on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use skiff_runtime::{
    engine::{Driver, Engine},
    provider::{LEGACY, Motion, SlotAddress},
    simulation::{cloud::Account, schedule::to_the_end},
    store::Store,
};
use skiff_wire::{IdempotencyRecord, MemberPhase, MemberState, OperationStatus, ServiceControl};

use crate::{
    chain,
    crew::key,
    ground::{Ground, SERVICE, World},
    plan::{Act, Plan, Quality},
    record::Record,
};

/// Until then, members that were told to leave have left, and others have booted.
const AFTERWARDS: Duration = Duration::from_secs(40);

/// How everything ended.
pub struct Ended {
    /// The operations that are in the ledger.
    pub operations: Vec<Operation>,
    /// The most effects of one token.
    pub most_effects: u64,
    account: Account,
    control: Option<ServiceControl>,
    holder: Option<String>,
}

/// How one operation ended.
pub struct Operation {
    /// Its number, from one.
    pub number: u64,
    /// What it was to do.
    pub act: Act,
    /// Where it stands.
    pub status: OperationStatus,
}

impl Ended {
    /// Looks at the world when time has passed.
    #[must_use]
    pub fn of(world: &World, plan: &Plan) -> Self {
        let simulation = &world.simulation;
        let seen = to_the_end(async {
            simulation.world.clock.sleep(AFTERWARDS).await;
            let account = simulation.cloud.account().await;
            let key = simulation.service(SERVICE).control();
            let control = simulation.ledger().read::<ServiceControl>(&key).await.ok().flatten();
            (account, control, operations(world, plan).await)
        });
        let (account, control, operations) = seen.unwrap_or_default();
        let most_effects = account.changes.values().copied().max().unwrap_or_default();
        let holder = control.as_ref().and_then(|seen| seen.control.holder.clone());
        Self { operations, most_effects, account, control: control.map(|seen| seen.control.body), holder }
    }

    fn succeeded(&self) -> impl DoubleEndedIterator<Item = &Operation> {
        self.operations.iter().filter(|one| one.status == OperationStatus::Succeeded)
    }
}

async fn operations(world: &World, plan: &Plan) -> Vec<Operation> {
    let (ledger, scope) = (world.simulation.ledger(), world.simulation.scope());
    let driver = Driver { name: "judge".into(), trust_pin: None };
    let engine = Engine::new(ledger.clone(), world.simulation.cloud.clone(), driver);
    let mut operations = Vec::new();
    for (number, act) in (1..).zip(&plan.acts) {
        let record = ledger.get::<IdempotencyRecord>(&scope.idempotency(&key(number))).await;
        let Some(record) = record.ok().flatten() else { continue };
        if let Ok(seen) = engine.look(&scope, &record.operation).await {
            operations.push(Operation { number, act: act.clone(), status: seen.control.status });
        }
    }
    operations
}

/// Everything that must not be and is; how many acknowledged writes are lost; how many objects have an impossible history.
#[must_use]
pub fn findings(plan: &Plan, world: &World, record: &Arc<Record>, ended: &Ended) -> (Vec<String>, u64, u64) {
    let mut findings: Vec<String> = ended.account.violations.iter().cloned().collect();
    let twice = ended.account.changes.iter().filter(|(_, changes)| **changes > 1);
    findings.extend(twice.map(|(token, changes)| format!("the effect `{token}` happened {changes} times")));
    findings.extend(unfit(plan, ended));
    findings.extend(chain::broken(&world.simulation.faults.written()));
    let lost = lost(world, record);
    findings.extend(lost.iter().map(|key| format!("an acknowledged write of `{key}` is lost")));
    let impossible = record.impossible();
    findings.extend(impossible.iter().map(|key| format!("no order explains what was seen of `{key}`")));
    let world_now = to_the_end(misplaced(plan, world, ended));
    findings.extend(world_now.unwrap_or_else(|| vec!["the cloud does not answer".into()]));
    (findings, lost.len() as u64, impossible.len() as u64)
}

/// Operations that should not have succeeded.
fn unfit(plan: &Plan, ended: &Ended) -> Vec<String> {
    // A rehearsal compares: beside a release that fails, another one that fails is no worse.
    let no_worse = |quality: Quality| quality == Quality::Failing && plan.ground == Ground::Failing;

    let bad = |one: &&Operation| match &one.act {
        Act::Deploy { quality, before } => *quality == Quality::Sick || before.is_some_and(|before| before != 0),
        Act::Canary { quality, gated } => *quality == Quality::Sick || (*gated && *quality == Quality::Failing),
        Act::Shadow { quality } => *quality != Quality::Good && !no_worse(*quality),
        Act::Destroy | Act::Cutover { retire: true, .. } => true,
        Act::Scale { members } => *members > 4,
        _ => false,
    };
    ended
        .succeeded()
        .filter(bad)
        .map(|one| format!("operation {} succeeded and may not: {:?}", one.number, one.act))
        .collect()
}

/// Acknowledged writes that are not there: of a document that is written once, what is there; of others, what ever was.
fn lost(world: &World, record: &Record) -> Vec<String> {
    let written = world.simulation.faults.written();
    let mut lost = Vec::new();
    for (key, body) in record.acknowledged() {
        if key.as_str().contains("/open/") {
            continue;
        }
        let there = if key.as_str().ends_with("/control.json") {
            written.iter().any(|(known, bytes)| *known == key && *bytes == body)
        } else {
            let there = to_the_end(world.simulation.store.get(&key));
            there.is_some_and(|there| there.is_ok_and(|there| there.is_some_and(|there| there.body == body)))
        };
        if !there {
            lost.push(key.to_string());
        }
    }
    lost
}

/// What the ledger says and the cloud has, where it is not what the operations add up to.
async fn misplaced(plan: &Plan, world: &World, ended: &Ended) -> Vec<String> {
    let mut findings = Vec::new();
    if let Some(holder) = &ended.holder {
        findings.push(format!("the service is held by `{holder}` yet"));
    }
    let control = ended.control.clone().unwrap_or_default();
    let live = control.live.clone();
    let release = live.as_ref().and_then(|live| control.slots.get(live)).and_then(|slot| slot.assignment.as_ref());
    let release = release.map(|assignment| assignment.release.clone());
    let rollout = ended.succeeded().rev().find(|one| one.act.brings().is_some());
    let wanted = rollout.map(|one| world.release(&one.act, one.number)).or_else(|| world.live.clone());
    if release != wanted {
        findings.push(format!("release {release:?} is live, and it should be {wanted:?}"));
    }
    for slot in &world.service.slots {
        let is_live = live.as_ref() == Some(slot);
        let wanted = wanted.as_deref().filter(|_| is_live);
        findings.extend(slot_is(world, ended, slot, wanted).await);
    }
    if world.has_weights() {
        findings.extend(weights_are(plan, world, ended, live.as_deref()).await);
    }
    findings
}

/// What is wrong with a slot: it has the release's members, as many as it should, or none at all.
async fn slot_is(world: &World, ended: &Ended, slot: &str, release: Option<&str>) -> Vec<String> {
    let address = SlotAddress { service: world.simulation.service(SERVICE), slot: slot.to_owned() };
    let (cloud, ledger) = (&world.simulation.cloud, world.simulation.ledger());
    let desired = cloud.capacity(&address).await.map(|capacity| capacity.desired).unwrap_or_default();
    let members = cloud.members(&address).await.unwrap_or_default();
    let mut findings = Vec::new();
    let usual = if release.is_some() { world.service.minimum } else { 0 };
    let scaled = |one: &Operation| matches!(one.act, Act::Scale { members } if members == desired);
    if desired != usual && !(release.is_some() && ended.succeeded().any(scaled)) {
        findings.push(format!("slot {slot} is to have {desired} members, and it should be {usual}"));
    }
    if members.len() as u64 != u64::from(desired) {
        findings.push(format!("slot {slot} has {} members, and it is to have {desired}", members.len()));
    }
    for member in members {
        let state = ledger.read::<MemberState>(&address.service.member(&member.instance)).await.ok().flatten();
        let state = state.map(|state| state.control.body);
        let right = |state: &MemberState| state.release.as_deref() == release && state.phase == MemberPhase::Ready;
        if !state.as_ref().is_some_and(right) {
            findings
                .push(format!("member `{}` of slot {slot} is {state:?}, and should run {release:?}", member.instance));
        }
    }
    findings
}

/// What is wrong with the weights, and with what is beside them.
async fn weights_are(plan: &Plan, world: &World, ended: &Ended, live: Option<&str>) -> Vec<String> {
    let (cloud, service) = (&world.simulation.cloud, world.simulation.service(SERVICE));
    let Ok(read) = cloud.weights(&service).await else { return vec!["the weights cannot be read".into()] };
    let of = |group: &str| read.effective.by_slot.get(group).copied().unwrap_or_default();
    let mut findings = Vec::new();
    let moved: Vec<u32> = ended.succeeded().filter_map(|one| legacy_behind(&one.act)).collect();
    let legacy = of(LEGACY);
    let explained = if moved.is_empty() { legacy == world.legacy } else { moved.contains(&legacy) };
    if !explained {
        findings
            .push(format!("the old way has {legacy} of 100 requests, and it was {} in {:?}", world.legacy, plan.acts));
    }
    let wanted: BTreeMap<String, u32> = world
        .groups()
        .into_iter()
        .map(|group| {
            let weight = if group == LEGACY {
                legacy
            } else if Some(group.as_str()) == live {
                100 - legacy
            } else {
                0
            };
            (group, weight)
        })
        .collect();
    if wanted.iter().any(|(group, weight)| of(group) != *weight) {
        findings.push(format!("the weights are {:?}, and they should be {wanted:?}", read.effective.by_slot));
    }
    let shadow = cloud.shadow(&service).await.map(|read| (read.set, read.effective));
    if shadow.as_ref().is_ok_and(|(set, effective)| set.slot.is_some() || effective.slot.is_some()) {
        findings.push(format!("the test listener leads somewhere yet: {shadow:?}"));
    }
    findings
}

fn legacy_behind(act: &Act) -> Option<u32> {
    match act {
        Act::Cutover { percents, .. } => percents.last().map(|last| 100 - last),
        _ => None,
    }
}
