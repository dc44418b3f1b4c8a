//! Drain: one member is taken out of service, and another of the same release takes its place.
//!
//! Where the service's maximum allows it, one member more than usual serves first, and until the end: the only member of a
//! service is never missed. What the drained one has in hand is finished: the load balancer gives it nothing new, it gets its
//! seconds to drain, SIGTERM, and its grace.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step, Steps},
    },
    error::{Error, ErrorKind},
    provider::Capacity,
    saga::{
        Service, codes,
        step::{
            hold::{GiveBack, Held, TakeService},
            members, planned,
            surge::{EndSurge, Surge},
        },
    },
};

/// The saga's name.
pub const NAME: &str = "drain";

/// What is drained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The member.
    pub instance: String,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    let held = steps.add(TakeService { service: service.clone(), live: true });
    let found = steps.add(FindMember { service: service.clone(), held, instance: parameters.instance.clone() });
    let surge = steps.add(Surge { service: service.clone(), held });
    let instance = parameters.instance.clone();
    steps.add(DrainMember { service: service.clone(), held, found, surge, instance });
    steps.add(EndSurge { service: service.clone(), held });
    steps.add(GiveBack { service });
    steps
}

/// Looks whether the member is there: what was never there is no success.
#[derive(Debug, Clone)]
pub struct FindMember {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// The member.
    pub instance: String,
}

#[async_trait]
impl Step for FindMember {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = format!("find member `{}`", self.instance);
        planned("find-member/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        let held = context.output(self.held)?;
        let there = members::present(context, held.live_slot(&self.service)?).await?;
        if there.iter().all(|member| member.instance != self.instance) {
            let message = format!("service `{}` has no member `{}`", self.service.name, self.instance);
            return Err(Error::new(&codes::NO_MEMBER, ErrorKind::NotFound, message)
                .hint("list its members: `skiff status --direct`"));
        }
        Ok(members::Serving { members: there.into_iter().map(|member| member.instance).collect() })
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}

/// Ends the member once a further one serves, and waits until there are as many as before that.
#[derive(Debug, Clone)]
pub struct DrainMember {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// Who was there.
    pub found: Handle<members::Serving>,
    /// How many members there are meanwhile.
    pub surge: Handle<Capacity>,
    /// The member.
    pub instance: String,
}

#[async_trait]
impl Step for DrainMember {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = format!("drain member `{}`, and wait until another serves in its place", self.instance);
        planned("drain-member/2", title, Risk::Low, Reversibility::Irreversible, EffectClass::Token)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        let (held, found, surge) =
            (context.output(self.held)?, context.output(self.found)?, context.output(self.surge)?);
        let live = held.live_slot(&self.service)?.to_owned();
        let there = members::present(context, &live).await?;
        if there.iter().any(|member| member.instance == self.instance) {
            // Where there is no room for a further one, the others have to do.
            if surge.desired > held.capacity.unwrap_or_default().desired {
                members::await_another(context, &self.service, &live, &held, &found).await?;
            }
            let fence = context.fence(&format!("replace.{}", self.instance)).await?;
            context.motion.replace_member(&context.slot(&live), &self.instance, &fence).await?;
        }
        members::await_left(context, &self.service, &live, &self.instance).await?;
        members::await_exactly(context, &self.service, &live, &held, surge.desired).await
    }

    /// A member that has left does not come back; another one has its place.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}
