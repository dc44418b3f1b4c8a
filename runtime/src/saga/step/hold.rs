//! Taking a service for an operation, and giving it back.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{Assignment, EffectClass, PlannedStep, Reversibility, Risk, ServiceControl};

use crate::{
    engine::{context::Context, step::Step},
    error::{Error, ErrorKind},
    provider::Capacity,
    saga::{
        Service, codes,
        step::{planned, weights},
    },
};

/// Takes the service, so that no other operation moves it.
#[derive(Debug, Clone)]
pub struct TakeService {
    /// The service.
    pub service: Service,
    /// Whether a release must be live already.
    pub live: bool,
}

/// What was there when the service was taken; every way back leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The slot that serves.
    #[serde(default)]
    pub live: Option<String>,
    /// The slot that a release is to be assigned to: the idle one, or the only one.
    pub target: String,
    /// What the service's control document said.
    pub before: ServiceControl,
    /// What the provider said of the live slot's capacity.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The weight of what the service takes over from, which a release leaves alone.
    #[serde(default, skip_serializing_if = "crate::saga::is_zero")]
    pub legacy: u32,
}

impl Held {
    /// What the live slot runs.
    #[must_use]
    pub fn assignment(&self) -> Option<&Assignment> {
        self.live.as_ref().and_then(|live| self.before.slots.get(live)).and_then(|slot| slot.assignment.as_ref())
    }

    /// Whether a release takes the place of the live one in the same slot.
    #[must_use]
    pub fn in_place(&self) -> bool {
        self.live.as_ref() == Some(&self.target)
    }

    /// How many members the target is to get: as many as serve now, within the service's bounds, and one at least.
    #[must_use]
    pub fn wanted(&self, service: &Service) -> u32 {
        let now = self.capacity.map_or(0, |capacity| capacity.desired);
        let least = service.minimum.max(1);
        now.max(least).min(service.maximum.max(least))
    }

    /// How many members the target is to have while it gets so many of a hundred requests.
    #[must_use]
    pub fn wanted_for(&self, service: &Service, percent: u32) -> u32 {
        self.wanted(service).saturating_mul(percent.min(100)).div_ceil(100).max(1)
    }

    /// The weight that all slots have together: what the old way of serving leaves.
    #[must_use]
    pub fn share(&self) -> u32 {
        100_u32.saturating_sub(self.legacy)
    }

    /// The live slot.
    ///
    /// # Errors
    /// Nothing is live.
    pub fn live_slot(&self, service: &Service) -> Result<&str, Error> {
        self.live.as_deref().ok_or_else(|| nothing_live(service))
    }
}

fn nothing_live(service: &Service) -> Error {
    let message = format!("no release of service `{}` is live", service.name);
    Error::new(&codes::NOTHING_LIVE, ErrorKind::Invalid, message)
        .hint(format!("deploy one first: `skiff deploy {}`", service.name))
}

#[async_trait]
impl Step for TakeService {
    type Output = Held;

    fn plan(&self) -> PlannedStep {
        let title = format!("take `{}`, so that no other operation moves it", self.service.name);
        planned("take-service/1", title, Risk::None, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Held, Error> {
        let before = context.take().await?;
        let live = before.live.clone().filter(|live| self.service.slots.contains(live));
        if self.live && live.is_none() {
            return Err(nothing_live(&self.service));
        }
        let capacity = match &live {
            Some(live) => Some(context.motion.capacity(&context.slot(live)).await?),
            None => None,
        };
        let idle = self.service.slots.iter().find(|slot| Some(*slot) != live.as_ref());
        let target = idle.or(live.as_ref()).cloned().unwrap_or_default();
        let legacy = if self.service.legacy { weights::of_legacy(context).await? } else { 0 };
        Ok(Held { live, target, before, capacity, legacy })
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Held>) -> Result<(), Error> {
        context.give_back().await
    }
}

/// Gives the service back: the last step of every saga, behind which others may be at work.
#[derive(Debug, Clone)]
pub struct GiveBack {
    /// The service.
    pub service: Service,
}

#[async_trait]
impl Step for GiveBack {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        let title = format!("give `{}` back", self.service.name);
        planned("give-back/1", title, Risk::None, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        context.give_back().await
    }

    /// Taking the service back is what the way back of taking it is for: it gives back what is still held.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        Ok(())
    }
}
