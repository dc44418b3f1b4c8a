//! One member more than usual, so that there are never fewer than usual while members are exchanged.

use async_trait::async_trait;
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::Error,
    provider::Capacity,
    saga::{
        Service,
        step::{hold::Held, members, planned, slot},
    },
};

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
