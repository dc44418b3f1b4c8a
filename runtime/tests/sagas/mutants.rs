//! Engines with a mistake: each must be caught, or the tests beside this one prove nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::{
        Ask, Engine, Request,
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
    simulation::{
        cloud::Bounds,
        faults::Fault,
        registry::SimulatedRelease,
        schedule::{to_the_end, until_death},
    },
};
use skiff_wire::{EffectClass, OperationStatus, PlannedStep, Reversibility, Risk};

use crate::{
    people::desk,
    stage::{Stage, service},
};

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
            approvals: 0,
            gate: false,
        }
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        match self.what {
            Mistake::BelievesTheCall => {
                let fence = context.fence("weights").await?;
                let wanted = all_to(&self.service, &held, Some(&held.target));
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
    steps.add(RaiseSlot { service: service.clone(), held, percent: 100 });
    Deploy { steps, service, held, assigned }
}

impl Deploy {
    fn healthy(mut self) -> Self {
        self.steps.add(AwaitHealthy {
            service: self.service.clone(),
            held: self.held,
            assigned: self.assigned,
            percent: 100,
        });
        self
    }

    fn shifted(mut self) -> Self {
        let (service, held, assigned) = (self.service.clone(), self.held, self.assigned);
        self.steps.add(ShiftTraffic { service, held, assigned, overlaps: true, percent: 100 });
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

/// How a mistake is looked for.
#[derive(Clone, Copy, Default)]
struct Trial {
    /// Whether the second release is one that never becomes healthy.
    sick: bool,
    /// What the cloud does.
    bounds: Bounds,
    /// Whether somebody asks to take the operation back when its driver has died.
    abort: bool,
}

/// Deploys a second release with these steps, and with each fault in turn; gives whether a check of the world failed.
fn is_caught(steps_of: fn(&Saga) -> Steps, trial: Trial, faults: &[Option<(u64, Fault)>]) -> bool {
    faults.iter().any(|fault| catch_unwind(AssertUnwindSafe(|| one(steps_of, trial, *fault))).is_err())
}

fn one(steps_of: fn(&Saga) -> Steps, trial: Trial, fault: Option<(u64, Fault)>) {
    let stage = Stage::new(7, service(Kind::Web));
    let first = stage.release("first", 1);
    stage.done(&stage.deploy_of(&first));
    stage.world.cloud.bind(trial.bounds);
    let before = stage.picture();
    let release = SimulatedRelease { sequence: 2, sick: trial.sick, ..SimulatedRelease::default() };
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
        let Some(Ok(finished)) = ended else {
            if trial.abort {
                ask_back(&stage, &request);
            }
            continue;
        };
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

/// Asks to take the operation back, if there is one yet and it is not all but done.
fn ask_back(stage: &Stage, request: &Request) {
    let desk = desk(&stage.world);
    to_the_end(async {
        if let Ok(started) = desk.start(request).await {
            drop(desk.ask(&request.scope, &started.operation, Ask::Abort, "ada").await);
        }
    })
    .expect("it ends");
}

fn every(fault: Fault) -> Vec<Option<(u64, Fault)>> {
    (0..50).map(|at| Some((at, fault))).collect()
}

#[test]
fn the_right_steps_are_not_caught() {
    let right = |saga: &Saga| begun(saga).healthy().shifted().promoted().shrunk().asserted().ended();
    let faults = [vec![None], every(Fault::DieAfter), every(Fault::DieAndLand(3))].concat();
    assert!(!is_caught(right, Trial::default(), &faults));
    assert!(!is_caught(right, Trial { sick: true, ..Trial::default() }, &[None]));
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
    assert!(is_caught(wrong, Trial::default(), &[None]));
}

#[test]
fn traffic_that_is_sent_before_anybody_is_healthy() {
    let wrong =
        |saga: &Saga| begun(saga).wrong(Mistake::BelievesTheCall).healthy().promoted().shrunk().asserted().ended();
    assert!(is_caught(wrong, Trial::default(), &[None]));
}

#[test]
fn an_old_slot_that_is_shrunk_before_traffic_has_left_it() {
    let wrong =
        |saga: &Saga| begun(saga).healthy().wrong(Mistake::ShrinksBlindly).shifted().promoted().asserted().ended();
    assert!(is_caught(wrong, Trial::default(), &[None]));
}

#[test]
fn an_assignment_that_changes_under_its_members() {
    let wrong = |saga: &Saga| {
        begun(saga).wrong(Mistake::AssignsUnderMembers).healthy().shifted().promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, Trial::default(), &[None]));
}

#[test]
fn steps_that_are_taken_back_first_in_first_out() {
    // The step behind the shift takes back what the raise did, and so does it first. The last refusal makes it happen.
    let wrong = |saga: &Saga| {
        let deploy = begun(saga).healthy().shifted().wrong(Mistake::UndoesInTheWrongOrder);
        deploy.promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, Trial::default(), &every(Fault::Refused)));
}

#[test]
fn members_that_are_replaced_all_at_once() {
    let wrong = |saga: &Saga| {
        begun(saga).wrong(Mistake::ReplacesAllAtOnce).healthy().shifted().promoted().shrunk().asserted().ended()
    };
    assert!(is_caught(wrong, Trial::default(), &[None]));
}

#[test]
fn effects_of_an_old_epoch_that_are_not_refused() {
    // Nothing is wrong with the steps. A dead driver's last request is still on its way when somebody asks to take the
    // operation back; it lands when that is done, on a provider that does not look at its epoch.
    let right = |saga: &Saga| begun(saga).healthy().shifted().promoted().shrunk().asserted().ended();
    let late: Vec<_> = [8, 10, 12, 14, 16].into_iter().flat_map(|later| every(Fault::DieAndLand(later))).collect();
    let safe = Trial { abort: true, ..Trial::default() };
    let bounds = Bounds { ignores_epochs: true, ..Bounds::default() };
    assert!(is_caught(right, Trial { bounds, ..safe }, &late));
    assert!(!is_caught(right, safe, &late), "with epochs it is safe");
}
