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
            members, planned,
            surge::{EndSurge, Surge},
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

/// Replaces the members that were written down, one after the other, each when all the others serve. Those that will never serve
/// are replaced first and at once: nothing is lost with them, and waiting for them would be in vain.
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
        let ailing = members::ailing(context, &self.service, live, &held).await?;
        let (first, then): (Vec<_>, Vec<_>) = old.members.iter().partition(|old| ailing.contains_key(*old));
        for instance in first.into_iter().chain(then) {
            if members::present(context, live).await?.iter().any(|member| member.instance == *instance) {
                if !ailing.contains_key(instance) {
                    let others = count.saturating_sub(1);
                    members::await_others(context, &self.service, live, &held, instance, others).await?;
                }
                let fence = context.fence(instance).await?;
                context.motion.replace_member(&context.slot(live), instance, &fence).await?;
                members::await_left(context, &self.service, live, instance).await?;
            }
        }
        members::await_exactly(context, &self.service, live, &held, count).await
    }

    /// A member that was replaced runs the same release as the one before: nothing is to be taken back.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}
