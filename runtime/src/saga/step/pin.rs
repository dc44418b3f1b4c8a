//! The least number of members while a release comes into service share by share.
//!
//! What serves less than usual looks idle to whatever scales it by its load, and would be missing when requests come back. So
//! both slots keep the members they have until the rollout is over: the live one from its beginning, the new one from when it
//! is raised.

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
        step::{hold::Held, planned, slot},
    },
};

/// Makes the least number of members of the live slot the number that it has.
#[derive(Debug, Clone)]
pub struct PinLive {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

/// The slot that another one stands beside, and what its capacity was.
fn beside(held: &Held) -> Option<(&str, Capacity)> {
    let live = held.live.as_deref().filter(|live| *live != held.target)?;
    Some((live, held.capacity?))
}

#[async_trait]
impl Step for PinLive {
    /// The capacity; none where nothing was live.
    type Output = Option<Capacity>;

    fn plan(&self) -> PlannedStep {
        let title = "keep as many members of the live release as it has now, whatever its load";
        planned("pin-live/1", title, Risk::Low, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Option<Capacity>, Error> {
        let held = context.output(self.held)?;
        let Some((live, before)) = beside(&held) else { return Ok(None) };
        let now = context.motion.capacity(&context.slot(live)).await?;
        let pinned = Capacity { minimum: before.desired, desired: now.desired.max(before.desired) };
        slot::set(context, live, pinned, "pin").await?;
        Ok(Some(pinned))
    }

    /// The least number is what it was; the members that came meanwhile may be needed, and stay.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Option<Capacity>>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let Some((live, before)) = beside(&held) else { return Ok(()) };
        let now = context.motion.capacity(&context.slot(live)).await?;
        let free = Capacity { minimum: before.minimum, desired: now.desired.max(before.desired) };
        slot::set(context, live, free, "unpin").await
    }
}

/// Gives the new release the least number of members that the service had before: its own was pinned when it was raised.
#[derive(Debug, Clone)]
pub struct Unpin {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

impl Unpin {
    fn least(&self, held: &Held) -> u32 {
        let before = held.capacity.map_or(0, |capacity| capacity.minimum);
        before.max(self.service.minimum).max(1).min(held.wanted(&self.service))
    }

    async fn set(&self, context: &mut Context<'_>, held: &Held, minimum: u32) -> Result<Capacity, Error> {
        let now = context.motion.capacity(&context.slot(&held.target)).await?;
        let capacity = Capacity { minimum, desired: now.desired.max(minimum) };
        slot::record(context, &held.target, capacity).await?;
        slot::set(context, &held.target, capacity, "unpin").await?;
        Ok(capacity)
    }
}

#[async_trait]
impl Step for Unpin {
    type Output = Capacity;

    fn plan(&self) -> PlannedStep {
        let title = "let the number of members follow the load again, down to the usual least";
        planned("unpin/1", title, Risk::Low, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Capacity, Error> {
        let held = context.output(self.held)?;
        self.set(context, &held, self.least(&held)).await
    }

    /// As it was raised: it has requests yet, which leave it on the further way back.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Capacity>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        self.set(context, &held, held.wanted(&self.service)).await.map(drop)
    }
}
