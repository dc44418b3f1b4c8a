//! Destroy: a service drains and ends; its releases stay in the ledger.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk, ServiceControl};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step, Steps},
    },
    error::Error,
    saga::{
        Service,
        step::{
            hold::{GiveBack, Held, TakeService},
            planned, promote,
            slot::{EmptySlot, Which},
        },
    },
};

/// The saga's name.
pub const NAME: &str = "destroy";

/// What is ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
}

/// Its steps. The approval comes before the service is taken, so that waiting for it keeps nobody from a deploy.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    steps.add(Agree { service: service.clone() });
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Live });
    if service.slots.len() > 1 {
        steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    }
    steps.add(MarkDestroyed { service: service.clone(), held });
    steps.add(GiveBack { service });
    steps
}

/// Goes on when a second person has agreed that the service ends.
#[derive(Debug, Clone)]
pub struct Agree {
    /// The service.
    pub service: Service,
}

#[async_trait]
impl Step for Agree {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        let title = format!("a second person agrees that `{}` ends", self.service.name);
        planned("agree/1", title, Risk::High, Reversibility::PartiallyReversible, EffectClass::Read)
    }

    /// The engine begins a step of high risk only when it is approved; that is all there is to it.
    async fn run(&self, _context: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        Ok(())
    }
}

/// Says in the ledger that the service is destroyed; a deploy brings it back.
#[derive(Debug, Clone)]
pub struct MarkDestroyed {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

#[async_trait]
impl Step for MarkDestroyed {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        let title = "say that the service is destroyed; its releases stay";
        planned("mark-destroyed/1", title, Risk::Low, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let history = promote::history(&held, context.now());
        let change = |body: &mut ServiceControl| {
            (body.live, body.history, body.destroyed) = (None, history, true);
            body.slots.clear();
        };
        context.change(change).await.map(drop)
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        context.change(|body| *body = held.before).await.map(drop)
    }
}
