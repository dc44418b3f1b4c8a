//! Verifying a release, and assigning it to a slot that is empty.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skiff_wire::{Assignment, EffectClass, PlannedStep, Reversibility, Risk, ServiceControl, SlotControl};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
        verify::{Assignable, Floor},
    },
    error::{Error, ErrorKind},
    saga::{
        Kind, Service, codes,
        step::{hold::Held, members, planned, weights},
    },
};

/// Verifies that a release may be assigned: signatures, binding, expiry, sequence, revocation.
#[derive(Debug, Clone)]
pub struct VerifyRelease {
    /// The service.
    pub service: Service,
    /// The release.
    pub release: String,
    /// The earlier release that it must repeat.
    pub rollback_of: Option<String>,
}

/// What was verified of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// Its sequence.
    pub sequence: u64,
    /// What people call it.
    #[serde(default)]
    pub label: Option<String>,
    /// Whose signatures counted.
    pub signers: Vec<String>,
    /// The version of the trust root that vouches for it.
    pub root_version: u64,
}

impl VerifyRelease {
    async fn verify(&self, context: &Context<'_>, known: Option<&ServiceControl>) -> Result<Assignable, Error> {
        let floor = known
            .map_or_else(Floor::default, |known| Floor { sequence: known.sequence, root_version: known.root_version });
        let verification = context.verification();
        let found = verification.assignable(context.ledger, &context.service, &self.release, floor).await?;
        let repeats = found.release.predicate.rollback_of.as_ref();
        if self.rollback_of.is_some() && repeats != self.rollback_of.as_ref() {
            return Err(other_rollback(&self.release, self.rollback_of.as_deref().unwrap_or_default()));
        }
        Ok(found)
    }
}

fn other_rollback(release: &str, wanted: &str) -> Error {
    let message = format!("release `{release}` does not say that it repeats `{wanted}`");
    Error::new(&codes::NO_ROLLBACK, ErrorKind::VerificationFailed, message)
        .hint("let `skiff rollback` make the release that repeats it")
}

#[async_trait]
impl Step for VerifyRelease {
    type Output = Verified;

    fn plan(&self) -> PlannedStep {
        let title = format!("verify release `{}`", short(&self.release));
        planned("verify-release/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Verified, Error> {
        let control = context.control().await?;
        let found = self.verify(context, control.as_ref().map(|control| &control.body)).await?;
        Ok(Verified {
            sequence: found.release.predicate.sequence,
            label: found.release.predicate.label,
            signers: found.release.signers,
            root_version: found.root_version,
        })
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Verified>) -> Result<(), Error> {
        Ok(())
    }
}

/// Assigns a release to the slot that is empty; from then on the assignment is frozen until the slot is empty again.
#[derive(Debug, Clone)]
pub struct AssignSlot {
    /// The release, verified again when it is assigned: it may have been revoked in the meantime.
    pub verify: VerifyRelease,
    /// What was there.
    pub held: Handle<Held>,
}

/// What was assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// The slot.
    pub slot: String,
    /// What its members are to run.
    pub assignment: Assignment,
}

impl AssignSlot {
    /// The assignment that this operation made before, when it did.
    fn made(&self, now: &ServiceControl, held: &Held) -> Option<Assignment> {
        let of = |control: &ServiceControl| control.slots.get(&held.target).and_then(|slot| slot.assignment.clone());
        of(now).filter(|made| made.release == self.verify.release && Some(made) != of(&held.before).as_ref())
    }

    async fn assign(&self, context: &mut Context<'_>, held: &Held) -> Result<Assignment, Error> {
        let service = &self.verify.service;
        let now = context.held().await?;
        let found = self.verify.verify(context, Some(&now)).await?;
        must_be_empty(context, service, &held.target).await?;
        let assignment = Assignment {
            release: self.verify.release.clone(),
            sequence: found.release.predicate.sequence,
            // The epoch only rises, so no two assignments of a service ever have the same.
            generation: context.epoch().await?,
            launch_template_version: None,
        };
        let wanted = if service.kind == Kind::Job { 0 } else { held.wanted(service) };
        let slot = SlotControl { assignment: Some(assignment.clone()), weight: 0, minimum: wanted, desired: wanted };
        let change = |body: &mut ServiceControl| {
            body.slots.insert(held.target.clone(), slot);
            body.sequence = body.sequence.max(assignment.sequence);
            body.root_version = body.root_version.max(found.root_version);
            body.destroyed = false;
        };
        context.change(change).await?;
        Ok(assignment)
    }
}

/// Refuses to touch the assignment of a slot that has weight, capacity or a member in any state.
async fn must_be_empty(context: &Context<'_>, service: &Service, slot: &str) -> Result<(), Error> {
    let refuse = |what: &str| {
        let message = format!("slot `{slot}` of `{}` is not empty: {what}", service.name);
        Err(Error::new(&codes::NOT_EMPTY, ErrorKind::Conflict, message).hint("see what moves it: `skiff status`"))
    };
    if service.kind == Kind::Web && !weights::is_zero(&context.motion.weights(&context.service).await?, slot) {
        return refuse("it has weight");
    }
    if context.motion.capacity(&context.slot(slot)).await?.desired > 0 {
        return refuse("it is to have members");
    }
    match members::present(context, slot).await?.first() {
        Some(member) => refuse(&format!("member `{}` is {}", member.instance, member.lifecycle)),
        None => Ok(()),
    }
}

#[async_trait]
impl Step for AssignSlot {
    type Output = Assigned;

    fn plan(&self) -> PlannedStep {
        let title = format!("assign release `{}` to the empty slot", short(&self.verify.release));
        planned("assign-slot/1", title, Risk::Low, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Assigned, Error> {
        let held = context.output(self.held)?;
        let now = context.held().await?;
        let assignment = match self.made(&now, &held) {
            Some(made) => made,
            None => self.assign(context, &held).await?,
        };
        let summary = format!("release `{}` is assigned to slot `{}`", short(&assignment.release), held.target);
        let data = json!({"release": assignment.release, "slot": held.target, "generation": assignment.generation});
        context.event("release-assigned", summary, data).await?;
        Ok(Assigned { slot: held.target, assignment })
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Assigned>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let now = context.held().await?;
        if self.made(&now, &held).is_none() {
            return Ok(());
        }
        must_be_empty(context, &self.verify.service, &held.target).await?;
        context.change(|body| put_back(body, &held)).await.map(drop)
    }
}

/// Lets the target slot, and whether the service is destroyed, be what they were before the assignment.
fn put_back(body: &mut ServiceControl, held: &Held) {
    body.destroyed = held.before.destroyed;
    match held.before.slots.get(&held.target) {
        Some(slot) => drop(body.slots.insert(held.target.clone(), slot.clone())),
        None => drop(body.slots.remove(&held.target)),
    }
}

/// Takes back what was assigned to a slot that is empty again: the end of a release that was only tried.
#[derive(Debug, Clone)]
pub struct Unassign {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for Unassign {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        let title = "let the idle slot say what it said before";
        planned("unassign/1", title, Risk::None, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        must_be_empty(context, &self.service, &held.target).await?;
        context.change(|body| put_back(body, &held)).await.map(drop)
    }

    /// The way back of the assignment leads to the same.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        Ok(())
    }
}

/// The first twelve digits of a digest: enough for people to tell releases apart.
#[must_use]
pub fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
