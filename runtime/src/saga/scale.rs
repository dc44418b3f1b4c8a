//! Scale: how many members of the live slot serve.

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
        Kind, Service, codes,
        step::{
            hold::{GiveBack, Held, TakeService},
            members, planned, slot,
        },
    },
};

/// The saga's name.
pub const NAME: &str = "scale";

/// How many members there are to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The number of members that is wanted, from one to the service's maximum; it is the least number as well.
    pub members: u32,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    let held = steps.add(TakeService { service: service.clone(), live: true });
    steps.add(ScaleLive { service: service.clone(), members: parameters.members, held });
    steps.add(AwaitMembers { service: service.clone(), members: parameters.members, held });
    steps.add(GiveBack { service });
    steps
}

/// Sets the capacity of the live slot.
#[derive(Debug, Clone)]
pub struct ScaleLive {
    /// The service.
    pub service: Service,
    /// The number of members that is wanted.
    pub members: u32,
    /// What was there.
    pub held: Handle<Held>,
}

impl ScaleLive {
    fn check(&self) -> Result<Capacity, Error> {
        let most = if self.service.kind == Kind::Job { 0 } else { self.service.maximum };
        if self.members >= 1 && self.members <= most {
            return Ok(Capacity { minimum: self.members, desired: self.members });
        }
        let name = &self.service.name;
        let message = if self.service.kind == Kind::Job {
            format!("service `{name}` is a job, which has members only while it runs")
        } else {
            format!("service `{name}` serves with 1 to {most} members, not with {}", self.members)
        };
        Err(Error::new(&codes::OUT_OF_BOUNDS, ErrorKind::Usage, message)
            .hint(format!("change `scale` of `services.{name}` in the spec, and apply the shape")))
    }
}

#[async_trait]
impl Step for ScaleLive {
    type Output = Capacity;

    fn plan(&self) -> PlannedStep {
        let title = format!("set the capacity of the live slot to {}", self.members);
        planned("scale-live/1", title, Risk::Medium, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Capacity, Error> {
        let capacity = self.check()?;
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?;
        slot::record(context, live, capacity).await?;
        slot::set(context, live, capacity, "scale").await?;
        Ok(capacity)
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Capacity>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let (live, capacity) = (held.live_slot(&self.service)?, held.capacity.unwrap_or_default());
        let before = held.before.slots.get(live);
        let recorded = before.map(|slot| Capacity { minimum: slot.minimum, desired: slot.desired });
        slot::record(context, live, recorded.unwrap_or_default()).await?;
        slot::set(context, live, capacity, "scale").await
    }
}

/// Waits until there are as many members as were asked for, all of them healthy.
#[derive(Debug, Clone)]
pub struct AwaitMembers {
    /// The service.
    pub service: Service,
    /// The number of members that is wanted.
    pub members: u32,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for AwaitMembers {
    type Output = members::Serving;

    fn plan(&self) -> PlannedStep {
        let title = format!("wait until {} members serve, and no more are there", self.members);
        planned("await-members/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<members::Serving, Error> {
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?;
        members::await_exactly(context, &self.service, live, &held, self.members).await
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<members::Serving>) -> Result<(), Error> {
        Ok(())
    }
}
