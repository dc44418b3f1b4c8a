//! Steps in a wrong order, or without the time that they need.

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::{
        context::Context,
        step::{Handle, Step, Steps},
    },
    provider::Capacity,
    saga::{
        Kind, Saga, Service, deploy,
        step::{
            hold::{GiveBack, Held, TakeService},
            members::{AssertServing, AwaitHealthy},
            promote::Promote,
            release::{AssignSlot, VerifyRelease},
            slot::{EmptySlot, RaiseSlot, ShrinkOld, Which},
            weights::{AwaitQuiet, ShiftTraffic},
        },
    },
};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

/// Ends the new members on the way back before the requests have gone back: what was done first is taken back first.
#[derive(Clone)]
struct EndsFirst {
    held: Handle<Held>,
}

#[async_trait]
impl Step for EndsFirst {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        PlannedStep {
            kind: "ends-first/1".into(),
            title: "do nothing, and the wrong thing on the way back".into(),
            risk: Risk::Low,
            reversibility: Reversibility::Reversible,
            effect: EffectClass::AbsoluteSet,
            approvals: 0,
            gate: false,
        }
    }

    async fn run(&self, _context: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let fence = context.fence_of_set("shrink").await?;
        context.motion.set_capacity(&context.slot(&held.target), Capacity::default(), &fence).await
    }
}

/// A deploy of two slots whose way back has the wrong order.
pub(super) fn first_in_first_out(saga: &Saga) -> Steps {
    let Saga::Deploy(parameters) = saga else { return saga.steps() };
    let plain = parameters.service.kind == Kind::Web && parameters.before.is_empty();
    if plain { wrong_way_back(parameters) } else { saga.steps() }
}

fn wrong_way_back(parameters: &deploy::Parameters) -> Steps {
    let (mut steps, service) = (Steps::new(), parameters.service.clone());
    let verify = VerifyRelease { service: service.clone(), release: parameters.release.clone(), rollback_of: None };
    steps.add(verify.clone());
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    let assigned = steps.add(AssignSlot { verify, held });
    steps.add(RaiseSlot { service: service.clone(), held, percent: 100 });
    steps.add(AwaitHealthy { service: service.clone(), held, assigned, percent: 100 });
    steps.add(ShiftTraffic { service: service.clone(), held, assigned, overlaps: true, percent: 100 });
    steps.add(EndsFirst { held });
    steps.add(Promote { service: service.clone(), held });
    steps.add(AwaitQuiet { service: service.clone(), held });
    steps.add(ShrinkOld { service: service.clone(), held, assigned });
    steps.add(AssertServing { service: service.clone(), held, assigned });
    steps.add(GiveBack { service });
    steps
}

/// The same saga for a service whose requests get no time to come to their end.
pub(super) fn without_time_to_drain(saga: &Saga) -> Steps {
    let hasty = |service: &Service| Service { drain_seconds: 0, ..service.clone() };
    let mut saga = saga.clone();
    match &mut saga {
        Saga::Deploy(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Canary(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Shadow(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Cutover(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Drain(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Rollback(parameters) => parameters.deploy.service = hasty(&parameters.deploy.service),
        Saga::Scale(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Restart(parameters) => parameters.service = hasty(&parameters.service),
        Saga::Destroy(parameters) => parameters.service = hasty(&parameters.service),
    }
    saga.steps()
}
