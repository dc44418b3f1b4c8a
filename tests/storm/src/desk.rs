//! What people do at their desk about an operation that waits for one of them: approve, refuse, go on without a verdict, and
//! each of these in the ways that must not count.

use std::time::Duration;

use jiff::SignedDuration;
use skiff_runtime::{
    engine::{Ask, Engine, approval::Approval, status::StepProgress},
    simulation::schedule::Task,
};
use skiff_wire::OperationStatus;

use crate::{
    crew::Crew,
    people::{Deed, Visit, Who},
    plan::{Plan, Verdict},
    turns::Worker,
};

/// How often somebody looks whether anything waits, before they do something else.
const LOOKS: u32 = 6;
/// How long an approval counts that is handed in at once.
const LONG: SignedDuration = SignedDuration::from_hours(1);
/// How long one counts that is forgotten on the desk, and for how long it lies there.
const SHORT: SignedDuration = SignedDuration::from_secs(3);
const FORGOTTEN: Duration = Duration::from_secs(5);
/// How often a person lets an operation try again that waits for a verdict, before they take it back.
const PATIENCE: u32 = 2;

/// An operation that waits for a person.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which.
    pub operation: String,
    /// Whether a gate holds it up; else a step of high risk waits for approvals.
    pub held: bool,
}

/// An approval as it is handed in.
pub struct Handed {
    /// What it is for.
    pub waiting: Waiting,
    /// What it says.
    pub statement: Approval,
    /// The same, signed.
    pub envelope: Vec<u8>,
}

impl<'a> Crew<'a> {
    /// Somebody who comes by now and then; the network does to their commands what it does to everybody's.
    #[must_use]
    pub fn approver(&'a self, plan: &'a Plan) -> Option<Worker<'a>> {
        let name = "approver";
        let engine = self.engine(name);
        let task: Task<'a, ()> = Box::pin(async move {
            for visit in &plan.visits {
                self.visit(&engine, *visit).await;
            }
        });
        (!plan.visits.is_empty()).then(|| Worker { name: name.to_owned(), task })
    }

    async fn visit(&self, engine: &Engine, visit: Visit) {
        for _ in 0..LOOKS {
            self.world.simulation.world.clock.sleep(Duration::from_secs(visit.after)).await;
            if let Some(waiting) = self.waiting(engine).await {
                return self.does(engine, &waiting, visit.deed).await;
            }
        }
    }

    /// The first operation that waits for a person.
    async fn waiting(&self, engine: &Engine) -> Option<Waiting> {
        for open in engine.open(&self.world.simulation.scope()).await.unwrap_or_default() {
            let waiting = self.waits(engine, &open.intent.operation).await;
            if waiting.is_some() {
                return waiting;
            }
        }
        None
    }

    async fn waits(&self, engine: &Engine, operation: &str) -> Option<Waiting> {
        let seen = engine.look(&self.world.simulation.scope(), operation).await.ok()?;
        let held = seen.steps.iter().any(|step| step.progress == StepProgress::Held);
        let waits = match seen.control.status {
            OperationStatus::AwaitingApproval => true,
            OperationStatus::Paused => held,
            _ => false,
        };
        waits.then(|| Waiting { operation: operation.to_owned(), held })
    }

    async fn does(&self, engine: &Engine, waiting: &Waiting, deed: Deed) {
        match deed {
            Deed::Approve(who) | Deed::Approves(who) => self.approve(engine, waiting, who, deed, |_| {}).await,
            Deed::Twice => {
                self.approve(engine, waiting, Who::Grace, Deed::Approve(Who::Grace), |_| {}).await;
                self.approve(engine, waiting, Who::Grace, deed, |_| {}).await;
            }
            Deed::AnotherPlan => {
                let other = |statement: &mut Approval| statement.plan = statement.plan.chars().rev().collect();
                self.approve(engine, waiting, Who::Grace, deed, other).await;
            }
            Deed::TooLate => {
                let soon = self.world.simulation.world.clock.now().saturating_add(SHORT).unwrap_or_default();
                self.approve(engine, waiting, Who::Grace, deed, |statement| statement.expires = soon).await;
            }
            Deed::AnotherThing => {
                let other = |statement: &mut Approval| statement.skip = !statement.skip;
                self.approve(engine, waiting, Who::Grace, deed, other).await;
            }
            Deed::Reject => {
                let scope = self.world.simulation.scope();
                // What waits for a verdict cannot be refused, only taken back.
                drop(engine.reject(&scope, &waiting.operation, Who::Grace.name(), "the shop is open").await);
            }
        }
    }

    /// Signs what the engine gives to sign, edited, and hands it in. What is refused is not tried again.
    async fn approve(
        &self,
        engine: &Engine,
        waiting: &Waiting,
        who: Who,
        deed: Deed,
        edit: impl FnOnce(&mut Approval),
    ) {
        let (scope, clock) = (self.world.simulation.scope(), &self.world.simulation.world.clock);
        let expires = clock.now().saturating_add(LONG).unwrap_or_default();
        let Ok(mut statement) = engine.approval(&scope, &waiting.operation, who.name(), expires).await else { return };
        edit(&mut statement);
        let Ok(envelope) = self.world.people.signed(&statement, who) else { return };
        if deed == Deed::TooLate {
            clock.sleep(FORGOTTEN).await;
        }
        self.handed.set(self.handed.get() + 1);
        let handed = Handed { waiting: waiting.clone(), statement, envelope };
        match self.bug.filter(|bug| bug.believes(deed)) {
            Some(bug) => bug.put_on_record(self, engine, &handed).await,
            None => self.hand_in(engine, &handed).await,
        }
    }

    async fn hand_in(&self, engine: &Engine, handed: &Handed) {
        let (scope, Handed { waiting, envelope, .. }) = (self.world.simulation.scope(), handed);
        if waiting.held {
            drop(engine.skip(&scope, &waiting.operation, envelope, "somebody has looked").await);
        } else {
            drop(engine.approve(&scope, &waiting.operation, envelope).await);
        }
    }

    /// What a person says in calm to an operation that waits for one.
    pub async fn answer(&self, desk: &Engine, operation: &str, plan: &Plan, round: u32) {
        let scope = self.world.simulation.scope();
        let Ok(seen) = desk.look(&scope, operation).await else { return };
        match (self.waits(desk, operation).await, plan.verdict) {
            (Some(waiting), Verdict::Approve) => {
                for who in [Who::Grace, Who::Heidi] {
                    self.does(desk, &waiting, Deed::Approve(who)).await;
                }
            }
            (Some(waiting), Verdict::Refuse) if !waiting.held => self.does(desk, &waiting, Deed::Reject).await,
            _ if seen.control.status == OperationStatus::Paused => {
                let ask = if round < PATIENCE { Ask::Resume } else { Ask::Abort };
                drop(desk.ask(&scope, operation, ask, Who::Grace.name()).await);
            }
            _ => {}
        }
    }
}
