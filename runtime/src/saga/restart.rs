//! Restart: each member is replaced by a new one of the same release, one after the other.
//!
//! Where the service's maximum allows it, one member more than usual serves meanwhile, so that there are never fewer than
//! usual; otherwise one is missing at a time, and never more than one.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step, Steps},
    },
    error::Error,
    provider::Capacity,
    saga::{
        Service,
        step::{
            hold::{GiveBack, Held, TakeService},
            members, planned, slot,
        },
    },
};

/// The saga's name.
pub const NAME: &str = "restart";

/// What is restarted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    let held = steps.add(TakeService { service: service.clone(), live: true });
    let old = steps.add(ListMembers { service: service.clone(), held });
    let surge = steps.add(Surge { service: service.clone(), held });
    steps.add(ReplaceMembers { service: service.clone(), held, old, surge });
    steps.add(EndSurge { service: service.clone(), held });
    steps.add(GiveBack { service });
    steps
}

/// Writes down which members there are: those, and no others, are replaced.
#[derive(Debug, Clone)]
pub struct ListMembers {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for ListMembers {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = "write down which members there are";
        planned("list-members/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?;
        let there = members::present(context, live).await?;
        Ok(members::Serving { members: there.into_iter().map(|member| member.instance).collect() })
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}

/// Starts one member more, where the service's maximum allows it.
#[derive(Debug, Clone)]
pub struct Surge {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for Surge {
    type Output = Capacity;

    fn plan(&self) -> PlannedStep {
        let title = "start one member more, where the maximum allows it";
        planned("surge/1", title, Risk::Low, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Capacity, Error> {
        let held = context.output(self.held)?;
        let (live, usual) = (held.live_slot(&self.service)?, held.capacity.unwrap_or_default());
        let room = usual.desired > 0 && usual.desired < self.service.maximum;
        let desired = usual.desired + u32::from(room);
        let surged = Capacity { desired, ..usual };
        slot::set(context, live, surged, "surge").await?;
        Ok(surged)
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Capacity>) -> Result<(), Error> {
        usual(context, &self.service, self.held).await
    }
}

/// Back to the usual number of members.
async fn usual(context: &mut Context<'_>, service: &Service, held: Handle<Held>) -> Result<(), Error> {
    let held = context.output(held)?;
    let live = held.live_slot(service)?;
    slot::set(context, live, held.capacity.unwrap_or_default(), "usual").await
}

/// Replaces the members that were written down, one after the other, each when all the others serve.
#[derive(Debug, Clone)]
pub struct ReplaceMembers {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// The members to replace.
    pub old: Handle<members::Serving>,
    /// How many members there are meanwhile.
    pub surge: Handle<Capacity>,
}

#[async_trait]
impl Step for ReplaceMembers {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = "replace the members, one after the other";
        planned("replace-members/1", title, Risk::Medium, Reversibility::Compensatable, EffectClass::Token)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        let (held, old) = (context.output(self.held)?, context.output(self.old)?);
        let count = context.output(self.surge)?.desired;
        let live = held.live_slot(&self.service)?;
        for instance in &old.members {
            if members::present(context, live).await?.iter().any(|member| member.instance == *instance) {
                members::await_exactly(context, &self.service, live, &held, count).await?;
                let fence = context.fence(instance).await?;
                context.motion.replace_member(&context.slot(live), instance, &fence).await?;
                self.await_left(context, live, instance).await?;
            }
        }
        members::await_exactly(context, &self.service, live, &held, count).await
    }

    /// A member that was replaced runs the same release as the one before: nothing is to be taken back.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}

impl ReplaceMembers {
    async fn await_left(&self, context: &mut Context<'_>, live: &str, instance: &str) -> Result<(), Error> {
        let leave = self.service.drain_seconds.saturating_add(self.service.grace_seconds);
        let mut patience = context.patience(self.service.deadline_seconds.saturating_add(leave));
        while members::present(context, live).await?.iter().any(|member| member.instance == instance) {
            patience.wait(context, &format!("member `{instance}` has not left yet")).await?;
        }
        Ok(())
    }
}

/// Ends the member that was one more than usual.
#[derive(Debug, Clone)]
pub struct EndSurge {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for EndSurge {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = "go back to the usual number of members";
        planned("end-surge/1", title, Risk::Low, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        usual(context, &self.service, self.held).await?;
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?;
        let count = held.capacity.unwrap_or_default().desired;
        members::await_exactly(context, &self.service, live, &held, count).await
    }

    /// Taking the surge back is for the step that made it.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}
