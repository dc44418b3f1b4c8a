//! Engines with a mistake: each must be caught, or the tests beside this one prove nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::{
        Engine,
        context::Context,
        step::{Handle, Step, Steps},
    },
    provider::Capacity,
    saga::{
        Kind, Saga, Service,
        step::{
            hold::{GiveBack, Held, TakeService},
            members::{AssertServing, AwaitHealthy},
            promote::Promote,
            release::{AssignSlot, Assigned, VerifyRelease},
            slot::{EmptySlot, RaiseSlot, ShrinkOld, Which},
            weights::{AwaitQuiet, ShiftTraffic, all_to},
        },
    },
    simulation::{cloud::Bounds, faults::Fault, registry::SimulatedRelease, schedule::until_death},
};
use skiff_wire::{EffectClass, OperationStatus, PlannedStep, Reversibility, Risk};

use crate::stage::{Stage, service};

/// A step that does something wrong.
#[derive(Clone)]
struct Wrong {
    service: Service,
    held: Handle<Held>,
    what: Mistake,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// Believes that traffic has moved because the call returned.
    BelievesTheCall,
    /// Ends the old members without looking at the weights.
    ShrinksBlindly,
    /// Writes the assignment of the slot although members are there.
    AssignsUnderMembers,
    /// Does on the way back what another step should do first.
    UndoesInTheWrongOrder,
    /// Replaces each member all at once.
    ReplacesAllAtOnce,
}

#[async_trait]
impl Step for Wrong {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        PlannedStep {
            kind: "wrong/1".into(),
            title: "do something wrong".into(),
            risk: Risk::Low,
            reversibility: Reversibility::Reversible,
            effect: EffectClass::AbsoluteSet,
        }
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        match self.what {
            Mistake::BelievesTheCall => {
                let fence = context.fence("weights").await?;
                let wanted = all_to(&self.service, Some(&held.target));
                context.motion.set_weights(&context.service, &wanted, &fence).await
            }
            Mistake::ShrinksBlindly => {
                let Some(live) = &held.live else { return Ok(()) };
                let fence = context.fence("shrink").await?;
                context.motion.set_capacity(&context.slot(live), Capacity::default(), &fence).await
            }
            Mistake::AssignsUnderMembers => {
                let Some(live) = held.live.clone() else { return Ok(()) };
                let change = |body: &mut skiff_wire::ServiceControl| {
                    if let Some(assignment) = body.slots.get_mut(&live).and_then(|slot| slot.assignment.as_mut()) {
                        assignment.generation += 100;
                    }
                };
                context.change(change).await.map(drop)
            }
            Mistake::UndoesInTheWrongOrder => Ok(()),
            Mistake::ReplacesAllAtOnce => {
                let live = context.slot(held.live_slot(&self.service)?);
                for member in context.motion.members(&live).await? {
                    let fence = context.fence(&member.instance).await?;
                    context.motion.replace_member(&live, &member.instance, &fence).await?;
                }
                Ok(())
            }
        }
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        if self.what != Mistake::UndoesInTheWrongOrder {
            return Ok(());
        }
        // First in, first out: the new members go before the traffic has gone back.
        let held = context.output(self.held)?;
        let fence = context.fence("shrink").await?;
        context.motion.set_capacity(&context.slot(&held.target), Capacity::default(), &fence).await
    }
}

/// The steps of a deploy of a web service, each to be left out or exchanged.
struct Deploy {
    steps: Steps,
    service: Service,
    held: Handle<Held>,
    assigned: Handle<Assigned>,
}

fn begun(saga: &Saga) -> Deploy {
    let Saga::Deploy(parameters) = saga else { panic!("only deploys are mutated") };
    let (mut steps, service) = (Steps::new(), parameters.service.clone());
    let verify = VerifyRelease { service: service.clone(), release: parameters.release.clone(), rollback_of: None };
    steps.add(verify.clone());
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    let assigned = steps.add(AssignSlot { verify, held });
    steps.add(RaiseSlot { service: service.clone(), held });
    Deploy { steps, service, held, assigned }
}

impl Deploy {
    fn healthy(mut self) -> Self {
        self.steps.add(AwaitHealthy { service: self.service.clone(), held: self.held, assigned: self.assigned });
        self
    }

    fn shifted(mut self) -> Self {
        let (service, held, assigned) = (self.service.clone(), self.held, self.assigned);
        self.steps.add(ShiftTraffic { service, held, assigned, overlaps: true });
        self
    }

    fn wrong(mut self, what: Mistake) -> Self {
        self.steps.add(Wrong { service: self.service.clone(), held: self.held, what });
        self
    }

    fn promoted(mut self) -> Self {
        self.steps.add(Promote { service: self.service.clone(), held: self.held });
        self
    }

    fn shrunk(mut self) -> Self {
        self.steps.add(AwaitQuiet { service: self.service.clone(), held: self.held });
        self.steps.add(ShrinkOld { service: self.service.clone(), held: self.held, assigned: self.assigned });
        self
    }

    fn asserted(mut self) -> Self {
        self.steps.add(AssertServing { service: self.service.clone(), held: self.held, assigned: self.assigned });
        self
    }

    fn ended(mut self) -> Steps {
        self.steps.add(GiveBack { service: self.service });
        self.steps
    }
}

/// Deploys a second release with these steps, and with each fault in turn; gives whether a check of the world failed.
fn is_caught(steps_of: fn(&Saga) -> Steps, sick: bool, bounds: Bounds, faults: &[Option<(u64, Fault)>]) -> bool {
    faults.iter().any(|fault| {
        let outcome = catch_unwind(AssertUnwindSafe(|| one(steps_of, sick, bounds, *fault)));
        outcome.is_err()
    })
}

fn one(steps_of: fn(&Saga) -> Steps, sick: bool, bounds: Bounds, fault: Option<(u64, Fault)>) {
    let stage = Stage::new(7, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    stage.world.cloud.bind(bounds);
    let before = stage.picture();
    let release = SimulatedRelease { sequence: 2, sick, ..SimulatedRelease::default() };
    let saga = stage.deploy_of(&stage.world.registry.put("second", release));
    if let Some((at, fault)) = fault {
        stage.world.faults.plan(at, fault);
    }
    let request = stage.request(saga, Some("mutant"));
    let engine: Engine = stage.engine().doing(steps_of);
    for _ in 0..6 {
        let ended = until_death(&stage.world.faults, async {
            let started = engine.start(&request).await?;
            engine.drive(&request.scope, &started.operation, &mut |_| {}).await
        });
        stage.world.faults.revive_with_faults();
        let Some(Ok(finished)) = ended else { continue };
        if finished.status.is_final() {
            let picture = stage.picture();
            stage.assert_clean("a mutant");
            match finished.status {
                OperationStatus::Succeeded => assert_eq!(picture.weights, [("b".to_owned(), 100)].into()),
                _ => assert_eq!(picture, before),
            }
            assert_eq!(picture.members.values().sum::<usize>(), 2);
            return;
        }
    }
    panic!("it does not end");
}

fn every(fault: Fault) -> Vec<Option<(u64, Fault)>> {
    (0..46).map(|at| Some((at, fault))).collect()
}

#[test]
fn the_right_steps_are_not_caught() {
    let right = |saga: &Saga| begun(saga).healthy().shifted().promoted().shrunk().asserted().ended();
    let faults = [vec![None], every(Fault::DieAfter), every(Fault::DieAndLand(3))].concat();
    assert!(!is_caught(right, false, Bounds::default(), &faults));
    assert!(!is_caught(right, true, Bounds::default(), &[None]));
}

#[test]
fn traffic_that_is_believed_to_have_moved() {
    let wrong = |saga: &Saga| {
        begun(saga)
            .healthy()
            .wrong(Mistake::BelievesTheCall)
            .promoted()
            .wrong(Mistake::ShrinksBlindly)
            .asserted()
            .ended()
    };
    assert!(is_caught(wrong, false, Bounds::default(), &[None]));
}

#[test]
fn traffic_that_is_sent_before_anybody_is_healthy() {
    let wrong = |saga: &Saga| begun(saga).wrong(Mistake::BelievesTheCall).promoted().shrunk().asserted().ended();
    assert!(is_caught(wrong, false, Bounds::default(), &[None]));
}

#[test]
fn an_old_slot_that_is_shrunk_before_traffic_has_left_it() {
    let wrong =
        |saga: &Saga| begun(saga).healthy().wrong(Mistake::ShrinksBlindly).shifted().promoted().asserted().ended();
    assert!(is_caught(wrong, false, Bounds::default(), &[None]));
}

#[test]
fn an_assignment_that_changes_under_its_members() {
    let wrong = |saga: &Saga| {
        begun(saga).wrong(Mistake::AssignsUnderMembers).healthy().shifted().promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, false, Bounds::default(), &[None]));
}

#[test]
fn steps_that_are_taken_back_first_in_first_out() {
    // The step behind the shift takes back what the raise did, and so does it first. The last refusal makes it happen.
    let wrong = |saga: &Saga| {
        let deploy = begun(saga).healthy().shifted().wrong(Mistake::UndoesInTheWrongOrder);
        deploy.promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, false, Bounds::default(), &every(Fault::Refused)));
}

#[test]
fn members_that_are_replaced_all_at_once() {
    let wrong = |saga: &Saga| {
        begun(saga).wrong(Mistake::ReplacesAllAtOnce).healthy().shifted().promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, false, Bounds::default(), &[None]));
}

#[test]
fn effects_of_an_old_epoch_that_are_not_refused() {
    // Nothing is wrong with the steps: the provider lets a dead driver's request through when another one has gone on.
    let right = |saga: &Saga| begun(saga).healthy().shifted().promoted().shrunk().asserted().ended();
    let bounds = Bounds { ignores_epochs: true, ..Bounds::default() };
    let late: Vec<_> = [1, 2, 4, 7, 11, 16].into_iter().flat_map(|later| every(Fault::DieAndLand(later))).collect();
    assert!(is_caught(right, false, bounds, &late));
    assert!(!is_caught(right, false, Bounds::default(), &late), "with epochs it is safe");
}
