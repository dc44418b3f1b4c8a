//! Members: waiting until enough of them run what they should, and asserting it in the end.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{Assignment, EffectClass, MemberPhase, MemberState, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::{Error, ErrorKind},
    provider::MemberView,
    saga::{
        Kind, Service, codes,
        step::{hold::Held, planned, release::Assigned, release::short, weights},
    },
};

/// What the members of a slot are, measured by what they should run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// Members that are healthy and run it, sorted.
    pub serving: Vec<String>,
    /// All members, in any state.
    pub present: Vec<MemberView>,
    /// What speaks against some of them for good, by instance: it refused the release, or its workload fails again and again.
    pub hopeless: BTreeMap<String, String>,
}

/// The members of a slot that are not gone.
///
/// # Errors
/// A provider that does not answer.
pub async fn present(context: &Context<'_>, slot: &str) -> Result<Vec<MemberView>, Error> {
    let mut members = context.motion.members(&context.slot(slot)).await?;
    members.retain(|member| member.lifecycle != "terminated");
    Ok(members)
}

/// Whether a slot has a member that the load balancer calls healthy.
///
/// # Errors
/// A provider that does not answer.
pub async fn any_healthy(context: &Context<'_>, slot: &str) -> Result<bool, Error> {
    let members = present(context, slot).await?;
    Ok(members.iter().any(|member| member.lifecycle == "in-service" && member.target_health == "healthy"))
}

/// Counts the members of a slot by what they say of themselves and what the load balancer says of them.
///
/// # Errors
/// A provider or a store that does not answer.
pub async fn census(
    context: &Context<'_>,
    service: &Service,
    slot: &str,
    assignment: &Assignment,
) -> Result<Census, Error> {
    let mut census = Census::default();
    for member in context.motion.members(&context.slot(slot)).await? {
        let is_gone = member.lifecycle == "terminated";
        if !is_gone {
            census.present.push(member.clone());
        }
        let key = context.service.member(&member.instance);
        let Some(state) = context.ledger.read::<MemberState>(&key).await? else { continue };
        let state = state.control.body;
        let runs = state.release.as_deref() == Some(assignment.release.as_str())
            && state.generation == assignment.generation
            && state.slot == slot;
        if runs && state.phase == MemberPhase::Ready && is_up(service, &member) {
            census.serving.push(member.instance.clone());
        }
        // Who refuses ends at once, and has said why: what is left of it is evidence against the release all the same.
        let fails = !is_gone && state.phase == MemberPhase::Failing;
        if runs && (fails || state.phase == MemberPhase::Refused) {
            census.hopeless.insert(member.instance.clone(), complaint(&member, &state));
        }
    }
    Ok(census)
}

fn is_up(service: &Service, member: &MemberView) -> bool {
    member.lifecycle == "in-service" && (service.kind != Kind::Web || member.target_health == "healthy")
}

fn complaint(member: &MemberView, state: &MemberState) -> String {
    let what = if state.phase == MemberPhase::Refused { "refused the release" } else { "fails again and again" };
    let why = state.reason.as_ref().map_or_else(String::new, |why| format!(": {} [{}]", why.message, why.code));
    format!("member `{}` {what}{why}", member.instance)
}

/// Waits until at least `enough` members of a slot serve what is assigned; gives them.
///
/// # Errors
/// They do not when the time is over, or one of them never will.
pub async fn await_serving(
    context: &mut Context<'_>,
    service: &Service,
    slot: &str,
    assignment: &Assignment,
    enough: u32,
) -> Result<Vec<String>, Error> {
    let mut patience = context.patience(service.deadline_seconds);
    loop {
        let census = census(context, service, slot, assignment).await?;
        if enough_of(&census.serving, enough) {
            return Ok(census.serving);
        }
        if let Some(why) = census.hopeless.values().next() {
            return Err(hopeless(service, slot, why));
        }
        let (serving, release) = (census.serving.len(), short(&assignment.release));
        let (noun, verb) = if enough == 1 { ("member", "serves") } else { ("members", "serve") };
        let what = format!("{serving} of {enough} {noun} of slot `{slot}` {verb} release `{release}`");
        patience.wait(context, &what).await?;
    }
}

fn hopeless(service: &Service, slot: &str, why: &str) -> Error {
    let message = format!("service `{}`, slot `{slot}`: {why}", service.name);
    Error::new(&codes::HOPELESS, ErrorKind::GateFailed, message)
        .hint(format!("see what it wrote: `skiff logs {}`", service.name))
}

fn are(number: usize) -> String {
    if number == 1 { "1 member is".into() } else { format!("{number} members are") }
}

fn enough_of(serving: &[String], enough: u32) -> bool {
    u32::try_from(serving.len()).unwrap_or(u32::MAX) >= enough
}

/// Waits until the live slot has exactly so many members, and all of them serve what it is assigned.
///
/// # Errors
/// They do not when the time is over, or one of them never will.
pub async fn await_exactly(
    context: &mut Context<'_>,
    service: &Service,
    live: &str,
    held: &Held,
    count: u32,
) -> Result<Serving, Error> {
    let assignment = held.assignment().ok_or_else(|| unassigned(service, live))?;
    let mut patience = context.patience(service.deadline_seconds);
    loop {
        let members = await_serving(context, service, live, assignment, count).await?;
        let there = present(context, live).await?.len();
        if u32::try_from(there).unwrap_or(u32::MAX) == count && there == members.len() {
            return Ok(Serving { members });
        }
        patience
            .wait(
                context,
                &format!("{} there, and {count} {} to be", are(there), if count == 1 { "is" } else { "are" }),
            )
            .await?;
    }
}

fn unassigned(service: &Service, live: &str) -> Error {
    let message = format!("slot `{live}` of `{}` is live, and nothing is assigned to it", service.name);
    Error::new(&codes::NOTHING_LIVE, ErrorKind::Invalid, message).hint("deploy a release again")
}

/// Waits until a slot has no member in any state.
///
/// # Errors
/// It has one when the time is over.
pub async fn await_gone(context: &mut Context<'_>, service: &Service, slot: &str) -> Result<(), Error> {
    // A member that is told to leave drains, and then has its grace.
    let leave = service.drain_seconds.saturating_add(service.grace_seconds);
    let mut patience = context.patience(service.deadline_seconds.saturating_add(leave));
    loop {
        let there = present(context, slot).await?.len();
        if there == 0 {
            return Ok(());
        }
        let (noun, verb) = if there == 1 { ("member", "has") } else { ("members", "have") };
        patience.wait(context, &format!("{there} {noun} of slot `{slot}` {verb} not left yet")).await?;
    }
}

/// Waits until one member of a slot has left.
///
/// # Errors
/// It has not when the time is over.
pub async fn await_left(context: &mut Context<'_>, service: &Service, slot: &str, instance: &str) -> Result<(), Error> {
    let leave = service.drain_seconds.saturating_add(service.grace_seconds);
    let mut patience = context.patience(service.deadline_seconds.saturating_add(leave));
    while present(context, slot).await?.iter().any(|member| member.instance == instance) {
        patience.wait(context, &format!("member `{instance}` has not left yet")).await?;
    }
    Ok(())
}

/// The members of the live slot that say themselves that they will never serve what it is assigned.
///
/// # Errors
/// A provider or a store that does not answer, or a live slot without an assignment.
pub async fn ailing(
    context: &Context<'_>,
    service: &Service,
    live: &str,
    held: &Held,
) -> Result<BTreeMap<String, String>, Error> {
    let assignment = held.assignment().ok_or_else(|| unassigned(service, live))?;
    Ok(census(context, service, live, assignment).await?.hopeless)
}

/// Waits until so many members of the live slot serve beside one of them, whatever that one does.
///
/// # Errors
/// They do not when the time is over, or one of them never will.
pub async fn await_others(
    context: &mut Context<'_>,
    service: &Service,
    live: &str,
    held: &Held,
    instance: &str,
    count: u32,
) -> Result<(), Error> {
    let assignment = held.assignment().ok_or_else(|| unassigned(service, live))?;
    let mut patience = context.patience(service.deadline_seconds);
    loop {
        let mut census = census(context, service, live, assignment).await?;
        census.serving.retain(|serving| serving != instance);
        census.hopeless.remove(instance);
        if enough_of(&census.serving, count) {
            return Ok(());
        }
        if let Some(why) = census.hopeless.values().next() {
            return Err(hopeless(service, live, why));
        }
        let (serving, noun) = (census.serving.len(), if count == 1 { "member" } else { "members" });
        let what = format!("{serving} of {count} {noun} beside `{instance}` serve");
        patience.wait(context, &what).await?;
    }
}

/// Waits until a member of the live slot serves that was not there before.
///
/// # Errors
/// None does when the time is over, or one of them never will.
pub async fn await_another(
    context: &mut Context<'_>,
    service: &Service,
    live: &str,
    held: &Held,
    before: &Serving,
) -> Result<(), Error> {
    let assignment = held.assignment().ok_or_else(|| unassigned(service, live))?;
    let mut patience = context.patience(service.deadline_seconds);
    let is_new = |instance: &String| !before.members.contains(instance);
    loop {
        let census = census(context, service, live, assignment).await?;
        if census.serving.iter().any(is_new) {
            return Ok(());
        }
        if let Some((_, why)) = census.hopeless.iter().find(|(instance, _)| is_new(instance)) {
            return Err(hopeless(service, live, why));
        }
        patience.wait(context, &format!("no further member of slot `{live}` serves yet")).await?;
    }
}

/// Waits until the new members are healthy, and say themselves that they run this very release.
#[derive(Debug, Clone)]
pub struct AwaitHealthy {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// What the new members are to run.
    pub assigned: Handle<Assigned>,
    /// For how many of a hundred requests they are to be enough.
    pub percent: u32,
}

/// The members that were seen to serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serving {
    /// Their instance ids, sorted.
    pub members: Vec<String>,
}

#[async_trait]
impl Step for AwaitHealthy {
    type Output = Serving;

    fn plan(&self) -> PlannedStep {
        let title = "wait until the new members are healthy and name this release themselves";
        planned("await-healthy/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Serving, Error> {
        let (held, assigned) = (context.output(self.held)?, context.output(self.assigned)?);
        let enough = held.wanted_for(&self.service, self.percent);
        let members = await_serving(context, &self.service, &held.target, &assigned.assignment, enough).await?;
        Ok(Serving { members })
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Serving>) -> Result<(), Error> {
        Ok(())
    }
}

/// Asserts the state that was meant, by digest on every member: nothing is believed because a step before said so.
#[derive(Debug, Clone)]
pub struct AssertServing {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// What all members are to run.
    pub assigned: Handle<Assigned>,
}

#[async_trait]
impl Step for AssertServing {
    type Output = Serving;

    fn plan(&self) -> PlannedStep {
        let title = "assert by digest that every member serves this release, and no other slot has any";
        planned("assert-serving/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Serving, Error> {
        let (held, assigned) = (context.output(self.held)?, context.output(self.assigned)?);
        let mut patience = context.patience(self.service.deadline_seconds);
        loop {
            match self.amiss(context, &held, &assigned).await? {
                Ok(members) => return Ok(Serving { members }),
                Err(what) => patience.wait(context, &what).await?,
            }
        }
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Serving>) -> Result<(), Error> {
        Ok(())
    }
}

impl AssertServing {
    /// What is not as it was meant, or the members that serve.
    async fn amiss(
        &self,
        context: &Context<'_>,
        held: &Held,
        assigned: &Assigned,
    ) -> Result<Result<Vec<String>, String>, Error> {
        let (service, target) = (&self.service, &held.target);
        let census = census(context, service, target, &assigned.assignment).await?;
        let wanted = held.wanted(service);
        if !enough_of(&census.serving, wanted) || census.serving.len() != census.present.len() {
            let (serving, present) = (census.serving.len(), census.present.len());
            let (noun, verb) = if present == 1 { ("member", "serves") } else { ("members", "serve") };
            return Ok(Err(format!("{serving} of {present} {noun} of slot `{target}` {verb} it; {wanted} should")));
        }
        for slot in service.slots.iter().filter(|slot| *slot != target) {
            if let Some(member) = present(context, slot).await?.first() {
                return Ok(Err(format!("member `{}` of slot `{slot}` is {}", member.instance, member.lifecycle)));
            }
        }
        let wanted = weights::all_to(service, held, Some(target));
        if service.kind == Kind::Web && !weights::already(context, service, &wanted).await? {
            return Ok(Err("requests do not all go to the new slot".to_owned()));
        }
        Ok(Ok(census.serving))
    }
}
