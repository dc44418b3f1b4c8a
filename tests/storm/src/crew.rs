//! Who is at work in a schedule: clients that ask for an operation and drive it, workers that take up what is free, people
//! who change their mind.

use std::{cell::Cell, sync::Arc, time::Duration};

use skiff_runtime::{
    engine::{Ask, Driver, Engine, Request, verify::Verify},
    provider::Motion,
    saga::Saga,
    simulation::{cloud::Bounds, schedule::Task},
    state::Ledger,
    store::Store,
};

use crate::{
    bugs::Bug,
    ground::World,
    people::Who,
    plan::{Asked, Plan, Wish},
    record::Record,
    turns::Worker,
};

/// How often a client drives what it has started, when it was stopped; and how often a worker looks around.
const ROUNDS: u32 = 5;
/// Seconds between two looks of a worker.
const LOOKS: Duration = Duration::from_secs(7);
/// Workers beside the clients.
const WORKERS: usize = 1;

/// Everybody in one world.
pub struct Crew<'a> {
    /// Where they are.
    pub world: &'a World,
    /// What they see.
    pub record: Arc<Record>,
    /// The mistake that they make, when they make one.
    pub bug: Option<Bug>,
    /// How many approvals people have handed in.
    pub handed: Cell<u64>,
}

impl<'a> Crew<'a> {
    /// The engine of a driver: with the faults of the world, its mistake, and all that it sees of the store written down.
    #[must_use]
    pub fn engine(&self, name: &str) -> Engine {
        let simulation = &self.world.simulation;
        let mut store: Arc<dyn Store> = Arc::new(simulation.faulty_store(name));
        let mut motion: Arc<dyn Motion> = Arc::new(simulation.faulty_motion(name));
        let mut world = simulation.world.clone();
        if let Some(bug) = self.bug {
            (store, motion, world) = (bug.store(store), bug.motion(motion), bug.world(world));
        }
        let ledger = Ledger::new(self.record.seen_by(store), world);
        let driver = Driver { name: name.to_owned(), trust_pin: None };
        let door: Arc<dyn Verify> = simulation.registry.clone();
        let door = self.bug.map_or(door.clone(), |bug| bug.door(door));
        let engine = Engine::new(ledger, motion, driver).verifying(door);
        let engine = engine.asking(simulation.outside());
        match self.bug.and_then(Bug::steps) {
            Some(steps_of) => engine.doing(steps_of),
            None => engine,
        }
    }

    /// The ledger without faults, with all that is seen of it written down.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let simulation = &self.world.simulation;
        Ledger::new(self.record.seen_by(simulation.store.clone()), simulation.world.clone())
    }

    /// An engine without faults or mistakes, for what people do.
    #[must_use]
    pub fn desk(&self) -> Engine {
        let driver = Driver { name: "desk".into(), trust_pin: None };
        Engine::new(self.ledger(), self.world.simulation.cloud.clone(), driver)
    }

    /// Everybody at the beginning.
    #[must_use]
    pub fn all(&'a self, plan: &'a Plan, sagas: &[(u64, Saga)]) -> Vec<Worker<'a>> {
        let clients = sagas.iter().map(|(number, saga)| self.client(plan, *number, saga.clone()));
        let workers = (0..WORKERS).map(|number| self.worker(&format!("worker {number}")));
        let person = Worker { name: "person".into(), task: self.person(&plan.asks) };
        let cloud = Worker { name: "cloud".into(), task: self.blindness(plan) };
        clients.chain(workers).chain([person, cloud]).chain(self.approver(plan)).collect()
    }

    /// Asks for an operation, and drives it.
    fn client(&'a self, plan: &Plan, number: u64, saga: Saga) -> Worker<'a> {
        let name = format!("client {number}");
        let engine = self.engine(&name);
        let request = self.request(plan, number, saga);
        let task: Task<'a, ()> = Box::pin(async move {
            for _ in 0..ROUNDS {
                if let Ok(started) = engine.start(&request).await
                    && engine.drive(&request.scope, &started.operation, &mut |_| {}).await.is_ok()
                {
                    return;
                }
                self.world.simulation.world.clock.sleep(LOOKS).await;
            }
        });
        Worker { name, task }
    }

    fn request(&self, plan: &Plan, number: u64, saga: Saga) -> Request {
        Request {
            scope: self.world.simulation.scope(),
            saga,
            requested_by: Who::Ada.name().into(),
            idempotency_key: Some(key(number)),
            two_party: plan.two_party && self.bug != Some(Bug::OneIsEnough),
        }
    }

    /// Looks for operations that nobody drives, and drives them.
    #[must_use]
    pub fn worker(&'a self, name: &str) -> Worker<'a> {
        let engine = self.engine(name);
        let task: Task<'a, ()> = Box::pin(async move {
            for _ in 0..ROUNDS {
                self.world.simulation.world.clock.sleep(LOOKS).await;
                self.look_around(&engine).await;
            }
        });
        Worker { name: name.to_owned(), task }
    }

    async fn look_around(&self, engine: &Engine) {
        let scope = self.world.simulation.scope();
        for open in engine.open(&scope).await.unwrap_or_default() {
            if engine.is_free(&scope, &open).await.unwrap_or(false) {
                // Whoever is stopped leaves it to the next who looks.
                drop(engine.drive(&scope, &open.intent.operation, &mut |_| {}).await);
            }
        }
    }

    /// A person who asks for things.
    fn person(&'a self, asks: &'a [Asked]) -> Task<'a, ()> {
        Box::pin(async move {
            let (desk, scope) = (self.desk(), self.world.simulation.scope());
            for (number, ask) in asks.iter().enumerate() {
                self.world.simulation.world.clock.sleep(Duration::from_secs(ask.after)).await;
                let open = desk.open(&scope).await.unwrap_or_default();
                let Some(chosen) = open.get(number % open.len().max(1)) else { continue };
                let wish = match ask.what {
                    Wish::Pause => Ask::Pause,
                    Wish::Resume => Ask::Resume,
                    Wish::Abort => Ask::Abort,
                };
                // What cannot be asked now is not asked again.
                drop(desk.ask(&scope, &chosen.intent.operation, wish, Who::Ada.name()).await);
            }
        })
    }

    /// For a while nobody counts requests.
    fn blindness(&'a self, plan: &'a Plan) -> Task<'a, ()> {
        Box::pin(async move {
            let Some((after, long, metrics)) = plan.blind else { return };
            let (clock, cloud) = (&self.world.simulation.world.clock, &self.world.simulation.cloud);
            clock.sleep(Duration::from_secs(after)).await;
            let bounds = cloud.bounds();
            cloud.bind(Bounds { metrics, ..bounds });
            clock.sleep(Duration::from_secs(long)).await;
            cloud.bind(bounds);
        })
    }
}

/// The key of the n-th operation.
#[must_use]
pub fn key(number: u64) -> String {
    format!("act-{number}")
}
