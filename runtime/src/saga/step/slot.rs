//! Capacity: emptying a slot, raising one, shrinking the one that has served.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk, ServiceControl};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::Error,
    provider::Capacity,
    saga::{
        Kind, Service,
        step::{hold::Held, members, planned, release::Assigned, weights},
    },
};

/// Which slot is meant; the letter is known when the service is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that a release is assigned to.
    Target,
    /// The one that serves.
    Live,
}

impl Which {
    fn of(self, held: &Held) -> Option<&str> {
        match self {
            Self::Target => Some(&held.target),
            Self::Live => held.live.as_deref(),
        }
    }
}

/// Empties a slot: no weight, no capacity, no member in any state.
#[derive(Debug, Clone)]
pub struct EmptySlot {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// Which slot.
    pub which: Which,
}

/// A slot that is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emptied {
    /// The slot, absent when there was none to empty.
    #[serde(default)]
    pub slot: Option<String>,
}

#[async_trait]
impl Step for EmptySlot {
    type Output = Emptied;

    fn plan(&self) -> PlannedStep {
        let serves = self.which == Which::Live || self.service.slots.len() == 1;
        let (risk, title) = if serves {
            (Risk::Medium, "end the members that serve, before the new ones begin")
        } else {
            (Risk::Low, "make sure that the idle slot is empty")
        };
        planned("empty-slot/1", title, risk, Reversibility::Compensatable, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Emptied, Error> {
        let held = context.output(self.held)?;
        let Some(slot) = self.which.of(&held).map(str::to_owned) else { return Ok(Emptied { slot: None }) };
        if self.service.kind == Kind::Web {
            self.take_traffic_away(context, &slot).await?;
        }
        shrink(context, &self.service, &slot).await?;
        Ok(Emptied { slot: Some(slot) })
    }

    /// An idle slot stays empty; one that served comes back.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Emptied>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        if self.which.of(&held) != held.live.as_deref() {
            return Ok(());
        }
        restore(context, &self.service, &held).await?;
        if self.service.kind == Kind::Web {
            weights::back_to_live(context, &self.service, &held).await?;
        }
        Ok(())
    }
}

impl EmptySlot {
    /// Leaves the weights of the other slots as they are.
    async fn take_traffic_away(&self, context: &mut Context<'_>, slot: &str) -> Result<(), Error> {
        let mut wanted = context.motion.weights(&context.service).await?.set;
        wanted.by_slot.insert(slot.to_owned(), 0);
        if !weights::already(context, &self.service, &wanted).await? {
            weights::move_to(context, &self.service, &wanted, "weights").await?;
        }
        if members::present(context, slot).await?.is_empty() {
            return Ok(());
        }
        weights::quiet(context, &self.service, slot).await.map(drop)
    }
}

/// Takes a slot's capacity away, and waits until its members have left. Its weight is looked at first, every time.
pub(crate) async fn shrink(context: &mut Context<'_>, service: &Service, slot: &str) -> Result<(), Error> {
    if service.kind == Kind::Web {
        weights::must_be_weightless(context, service, slot).await?;
    }
    set(context, slot, Capacity::default(), "shrink").await?;
    members::await_gone(context, service, slot).await
}

/// Sets a slot's capacity, unless it is so already.
pub(crate) async fn set(context: &mut Context<'_>, slot: &str, capacity: Capacity, effect: &str) -> Result<(), Error> {
    let address = context.slot(slot);
    if context.motion.capacity(&address).await? == capacity {
        return Ok(());
    }
    let fence = context.fence_of_set(&format!("{effect}.{slot}")).await?;
    context.motion.set_capacity(&address, capacity, &fence).await
}

/// Gives the slot that served its capacity back, and waits until enough of its members serve again.
pub(crate) async fn restore(context: &mut Context<'_>, service: &Service, held: &Held) -> Result<(), Error> {
    let (Some(live), Some(capacity)) = (&held.live, held.capacity) else { return Ok(()) };
    set(context, live, capacity, "restore").await?;
    let Some(assignment) = held.assignment().filter(|_| !context.is_health_waived()) else { return Ok(()) };
    let enough = capacity.desired.min(service.minimum.max(1));
    members::await_serving(context, service, live, assignment, enough).await.map(drop)
}

/// Gives the slot with the new release as many members as its share of the requests needs.
#[derive(Debug, Clone)]
pub struct RaiseSlot {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// How many of a hundred requests it is to be able to serve; of as many members as serve now.
    pub percent: u32,
}

#[async_trait]
impl Step for RaiseSlot {
    type Output = Capacity;

    fn plan(&self) -> PlannedStep {
        let title = match self.percent {
            100.. => "start as many members of the new release as serve now".to_owned(),
            percent => format!("start members of the new release for {percent} of 100 requests"),
        };
        planned("raise-slot/1", title, Risk::Low, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Capacity, Error> {
        let held = context.output(self.held)?;
        let wanted = held.wanted_for(&self.service, self.percent);
        let capacity = Capacity { minimum: wanted, desired: wanted };
        set(context, &held.target, capacity, "raise").await?;
        Ok(capacity)
    }

    /// Members that were added for a further share serve an earlier one yet: requests leave them first.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Capacity>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let web = self.service.kind == Kind::Web;
        if web && !weights::is_zero(&context.motion.weights(&context.service).await?, &held.target) {
            weights::back_to_live(context, &self.service, &held).await?;
            weights::quiet(context, &self.service, &held.target).await?;
        }
        shrink(context, &self.service, &held.target).await
    }
}

/// Ends the members of the slot that served before: no weight, new members healthy, looked at again just before.
#[derive(Debug, Clone)]
pub struct ShrinkOld {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// What the new members run.
    pub assigned: Handle<Assigned>,
}

#[async_trait]
impl Step for ShrinkOld {
    type Output = Emptied;

    fn plan(&self) -> PlannedStep {
        let title = "end the members of the old release";
        planned("shrink-old/1", title, Risk::Medium, Reversibility::Compensatable, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Emptied, Error> {
        let (held, assigned) = (context.output(self.held)?, context.output(self.assigned)?);
        let Some(old) = held.live.clone().filter(|live| *live != held.target) else {
            return Ok(Emptied { slot: None });
        };
        let enough = held.wanted(&self.service);
        members::await_serving(context, &self.service, &held.target, &assigned.assignment, enough).await?;
        record(context, &old, Capacity::default()).await?;
        shrink(context, &self.service, &old).await?;
        Ok(Emptied { slot: Some(old) })
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Emptied>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let Some(old) = held.live.clone().filter(|live| *live != held.target) else { return Ok(()) };
        let before = held.before.slots.get(&old);
        let before = before.map(|slot| Capacity { minimum: slot.minimum, desired: slot.desired });
        record(context, &old, before.unwrap_or_default()).await?;
        restore(context, &self.service, &held).await
    }
}

/// Says in the ledger what capacity a slot is to have, before the provider hears of it.
pub(crate) async fn record(context: &mut Context<'_>, slot: &str, capacity: Capacity) -> Result<(), Error> {
    let change = |body: &mut ServiceControl| {
        if let Some(entry) = body.slots.get_mut(slot) {
            (entry.minimum, entry.desired) = (capacity.minimum, capacity.desired);
        }
    };
    context.change(change).await.map(drop)
}
