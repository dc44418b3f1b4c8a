//! Traffic cutover: requests move from what a service takes over from to the service, share by share.
//!
//! The live release serves beside the old way of serving, which has its own group behind the same rule. Each share is read back
//! and watched, with the old way as the baseline. The old way is retired only when it is seen to be quiet, and a person has
//! approved. Until then every way back gives it the weight that it had.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skiff_wire::{EffectClass, LegacyControl, PlannedStep, Reversibility, Risk, ServiceControl};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step, Steps},
    },
    error::{Error, ErrorKind},
    gate::Gate,
    provider::{LEGACY, Weights},
    saga::{
        Service,
        canary::Stage,
        codes,
        step::{
            bake::{Bake, Watched},
            hold::{GiveBack, Held, TakeService},
            members, planned, weights,
        },
    },
};

/// The saga's name.
pub const NAME: &str = "traffic-cutover";

/// What moves, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// Shares of the service in their order, of a hundred; a lower one after a higher one moves requests back.
    pub stages: Vec<Stage>,
    /// What must hold at each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Whether the old way is retired in the end; it must be at zero then.
    pub retire: bool,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    let held = steps.add(TakeService { service: service.clone(), live: true });
    for stage in &parameters.stages {
        steps.add(MoveFromLegacy { service: service.clone(), held, percent: stage.percent });
        if stage.bake_seconds > 0 {
            let (watched, gates) = (Watched::Cutover(held), parameters.gates.clone());
            steps.add(Bake { service: service.clone(), watched, stage: *stage, gates });
        }
    }
    if parameters.retire {
        steps.add(AwaitLegacyQuiet { service: service.clone() });
        steps.add(RetireLegacy { service: service.clone(), held });
    }
    steps.add(GiveBack { service });
    steps
}

/// Gives the live slot so many of a hundred requests, and the old way the rest.
#[derive(Debug, Clone)]
pub struct MoveFromLegacy {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// The live slot's share.
    pub percent: u32,
}

#[async_trait]
impl Step for MoveFromLegacy {
    type Output = Weights;

    fn plan(&self) -> PlannedStep {
        let old = 100_u32.saturating_sub(self.percent);
        let title = format!("send {} of 100 requests here and {old} the old way, and read that back", self.percent);
        planned("move-from-legacy/1", title, Risk::Medium, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Weights, Error> {
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?.to_owned();
        self.must_have_legacy(&held)?;
        if let Some(assignment) = held.assignment().filter(|_| self.percent > 0) {
            let enough = held.capacity.map_or(1, |capacity| capacity.desired).max(1);
            members::await_serving(context, &self.service, &live, assignment, enough).await?;
        }
        let wanted = weights::against_legacy(&self.service, &live, self.percent);
        weights::move_to(context, &self.service, &wanted, "weights").await?;
        record(context, &live, &wanted).await?;
        let summary = format!("{} of 100 requests go to slot `{live}`, the rest the old way", self.percent);
        context.event("traffic-shifted", summary, json!({"weights": wanted.by_slot})).await?;
        Ok(wanted)
    }

    /// The old way gets back what it had when the service was taken.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Weights>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let live = held.live_slot(&self.service)?.to_owned();
        let wanted = weights::against_legacy(&self.service, &live, held.share());
        if !weights::already(context, &self.service, &wanted).await? {
            weights::move_to(context, &self.service, &wanted, "weights").await?;
            let summary = format!("the old way of serving has its {} of 100 requests again", held.legacy);
            context.event("traffic-shifted", summary, json!({"weights": wanted.by_slot})).await?;
        }
        let change = |body: &mut ServiceControl| {
            body.legacy = held.before.legacy.clone();
            if let (Some(slot), Some(before)) = (body.slots.get_mut(&live), held.before.slots.get(&live)) {
                slot.weight = before.weight;
            }
        };
        context.change(change).await.map(drop)
    }
}

impl MoveFromLegacy {
    fn must_have_legacy(&self, held: &Held) -> Result<(), Error> {
        let retired = held.before.legacy.as_ref().is_some_and(|legacy| legacy.retired_at.is_some());
        if self.service.legacy && !retired {
            return Ok(());
        }
        let why = if retired { "has retired its old way of serving" } else { "takes over from nothing" };
        Err(no_legacy(&self.service, why))
    }
}

fn no_legacy(service: &Service, why: &str) -> Error {
    let message = format!("service `{}` {why}", service.name);
    Error::new(&codes::NO_LEGACY, ErrorKind::Invalid, message).hint("name the old way in `cutover.from`")
}

/// Says in the ledger what was read back.
async fn record(context: &mut Context<'_>, live: &str, wanted: &Weights) -> Result<(), Error> {
    let of = |group: &str| wanted.by_slot.get(group).copied().unwrap_or_default();
    let change = |body: &mut ServiceControl| {
        if let Some(slot) = body.slots.get_mut(live) {
            slot.weight = of(live);
        }
        body.legacy.get_or_insert_default().weight = of(LEGACY);
    };
    context.change(change).await.map(drop)
}

/// Looks until the old way of serving has no weight and gets no request any more: the evidence to retire it by.
#[derive(Debug, Clone)]
pub struct AwaitLegacyQuiet {
    /// The service.
    pub service: Service,
}

#[async_trait]
impl Step for AwaitLegacyQuiet {
    type Output = weights::Quiet;

    fn plan(&self) -> PlannedStep {
        let title =
            format!("see that the old way gets no request, {} at least", weights::seconds(self.service.drain_seconds));
        planned("await-legacy-quiet/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    /// What is not there is never seen to be quiet.
    async fn run(&self, context: &mut Context<'_>) -> Result<weights::Quiet, Error> {
        if !self.service.legacy {
            return Err(no_legacy(&self.service, "takes over from nothing"));
        }
        weights::quiet(context, &self.service, LEGACY).await
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<weights::Quiet>) -> Result<(), Error> {
        Ok(())
    }
}

/// Retires the old way of serving, on evidence and with an approval: no operation gives it weight any more.
#[derive(Debug, Clone)]
pub struct RetireLegacy {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for RetireLegacy {
    type Output = LegacyControl;

    fn plan(&self) -> PlannedStep {
        let title = "retire the old way of serving: it gets no weight any more, and may be taken down";
        planned("retire-legacy/1", title, Risk::High, Reversibility::PartiallyReversible, EffectClass::Ledger)
    }

    /// An approval may take days, so the evidence is looked at once more.
    async fn run(&self, context: &mut Context<'_>) -> Result<LegacyControl, Error> {
        weights::quiet(context, &self.service, LEGACY).await?;
        let retired = LegacyControl { weight: 0, retired_at: Some(context.now()) };
        let there = context.held().await?.legacy.filter(|legacy| legacy.retired_at.is_some());
        let retired = there.unwrap_or(retired);
        context.change(|body| body.legacy = Some(retired.clone())).await?;
        context.event("legacy-retired", "the old way of serving is retired".to_owned(), json!({})).await?;
        Ok(retired)
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<LegacyControl>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let change = |body: &mut ServiceControl| {
            if let Some(legacy) = &mut body.legacy {
                legacy.retired_at = held.before.legacy.as_ref().and_then(|before| before.retired_at);
            }
        };
        context.change(change).await.map(drop)
    }
}
