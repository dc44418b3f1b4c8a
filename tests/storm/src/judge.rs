//! What must hold when everything has come to its end, whatever went wrong on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use skiff_runtime::{
    provider::{LEGACY, Motion, SlotAddress},
    simulation::schedule::to_the_end,
    store::Store,
};
use skiff_wire::{MemberPhase, MemberState};

use crate::{
    chain,
    ended::{Ended, Operation, Wanted},
    ground::{Ground, SERVICE, World},
    plan::{Act, Plan, Quality},
    record::Record,
};

/// Until then, members that were told to leave have left, and others have booted.
pub const AFTERWARDS: Duration = Duration::from_secs(40);

/// Everything that must not be and is; how many acknowledged writes are lost; how many objects have an impossible history.
#[must_use]
pub fn findings(plan: &Plan, world: &World, record: &Arc<Record>, ended: &Ended) -> (Vec<String>, u64, u64) {
    let mut findings = ended.findings.clone();
    findings.extend(ended.account.violations.iter().cloned());
    let twice = ended.account.changes.iter().filter(|(_, changes)| **changes > 1);
    findings.extend(twice.map(|(token, changes)| format!("the effect `{token}` happened {changes} times")));
    findings.extend(unfit(plan, ended));
    findings.extend(chain::broken(&world.simulation.faults.written()));
    let lost = lost(world, record);
    findings.extend(lost.iter().map(|key| format!("an acknowledged write of `{key}` is lost")));
    let impossible = record.impossible();
    findings.extend(impossible.iter().map(|key| format!("no order explains what was seen of `{key}`")));
    let world_now = to_the_end(misplaced(world, ended));
    findings.extend(world_now.unwrap_or_else(|| vec!["the cloud does not answer".into()]));
    (findings, lost.len() as u64, impossible.len() as u64)
}

/// Operations that should not have succeeded.
fn unfit(plan: &Plan, ended: &Ended) -> Vec<String> {
    // A rehearsal compares: beside a release that fails, another one that fails is no worse.
    let no_worse = |quality: Quality| quality == Quality::Failing && plan.ground == Ground::Failing;

    let bad = |one: &&Operation| match &one.act {
        Act::Deploy { quality, before } => *quality == Quality::Sick || before.is_some_and(|before| before != 0),
        Act::Canary { quality: Quality::Failing, gated, .. } => *gated && !one.skipped,
        Act::Canary { quality, .. } => *quality == Quality::Sick,
        Act::Shadow { quality } => *quality != Quality::Good && !no_worse(*quality),
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
async fn misplaced(world: &World, ended: &Ended) -> Vec<String> {
    let mut findings = Vec::new();
    if let Some(holder) = &ended.holder {
        findings.push(format!("the service is held by `{holder}` yet"));
    }
    let (control, wanted) = (&ended.control, ended.wanted(world));
    let live = control.live.as_ref();
    let assignment = live.and_then(|live| control.slots.get(live)).and_then(|slot| slot.assignment.as_ref());
    let legacy = control.legacy.as_ref().filter(|_| world.service.legacy);
    let said = Wanted {
        release: assignment.map(|assignment| assignment.release.clone()),
        destroyed: control.destroyed,
        legacy: legacy.map_or(world.legacy, |legacy| legacy.weight),
        retired: legacy.is_some_and(|legacy| legacy.retired_at.is_some()),
    };
    if said != wanted {
        findings.push(format!("the ledger says {said:?}, and it should say {wanted:?}"));
    }
    for slot in &world.service.slots {
        let release = wanted.release.as_deref().filter(|_| live == Some(slot));
        findings.extend(slot_is(world, ended, slot, release).await);
    }
    if world.has_weights() {
        findings.extend(weights_are(world, &wanted, live.map(String::as_str)).await);
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
async fn weights_are(world: &World, wanted: &Wanted, live: Option<&str>) -> Vec<String> {
    let (cloud, service) = (&world.simulation.cloud, world.simulation.service(SERVICE));
    let Ok(read) = cloud.weights(&service).await else { return vec!["the weights cannot be read".into()] };
    let of = |group: &str| read.effective.by_slot.get(group).copied().unwrap_or_default();
    let should = |group: String| {
        let is_live = Some(group.as_str()) == live;
        let weight = match group.as_str() {
            LEGACY => wanted.legacy,
            _ if is_live => 100 - wanted.legacy,
            _ => 0,
        };
        (group, weight)
    };
    let should: BTreeMap<String, u32> = world.groups().into_iter().map(should).collect();
    let mut findings = Vec::new();
    if should.iter().any(|(group, weight)| of(group) != *weight) {
        findings.push(format!("the weights are {:?}, and they should be {should:?}", read.effective.by_slot));
    }
    match cloud.shadow(&service).await {
        Ok(read) if read.set.slot.is_none() && read.effective.slot.is_none() => {}
        Ok(read) => {
            findings.push(format!("the test listener leads somewhere yet: {:?}, {:?}", read.set, read.effective));
        }
        Err(error) => findings.push(format!("nobody says where the test listener leads: {error}")),
    }
    findings
}
