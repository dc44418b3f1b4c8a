//! A world that is made up: time that passes when somebody waits, chance that a seed gives, a cloud, and faults.
//!
//! | module | gives |
//! |---|---|
//! | [`world`] | [`world::VirtualClock`], [`world::SeededRandom`] |
//! | [`cloud`] | [`cloud::Cloud`]: slots, members that boot, a load balancer whose weights take their time, requests |
//! | [`faults`] | [`faults::Faults`]: a death or a failure at the n-th effect, and the store and the provider that have them |
//! | [`registry`] | [`registry::Registry`]: which releases may be assigned |
//! | [`schedule`] | running drivers until they end or die, several at once in the order that a seed gives |
//!
//! **The same seed gives the same trace, byte for byte.** Nothing here reads the machine's clock, its randomness or the order
//! of a hash table.

use std::sync::Arc;

use crate::{
    engine::{Driver, Engine, Outside},
    gate::NoSources,
    state::{
        Ledger,
        layout::{Scope, ServiceScope},
    },
    store::memory::MemoryStore,
    world::World,
};

pub mod cloud;
pub mod faults;
pub mod registry;
pub mod schedule;
pub mod world;

use cloud::Cloud;
use faults::{Faults, FaultyMotion, FaultyStore};
use registry::Registry;
use world::{SeededRandom, VirtualClock};

/// One made-up world.
#[derive(Clone)]
pub struct Simulation {
    /// What is durable.
    pub store: Arc<MemoryStore>,
    /// The provider.
    pub cloud: Arc<Cloud>,
    /// What goes wrong.
    pub faults: Arc<Faults>,
    /// Which releases may be assigned.
    pub registry: Arc<Registry>,
    /// Time and chance.
    pub world: World,
}

impl Simulation {
    /// A world with nothing in it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let world = World { clock: Arc::new(VirtualClock::new()), random: Arc::new(SeededRandom::new(seed)) };
        let store = Arc::new(MemoryStore::new());
        let registry = Arc::new(Registry::default());
        let cloud = Arc::new(Cloud::new(Ledger::new(store.clone(), members_of(&world, seed)), registry.clone()));
        Self::of(world, store, cloud, registry)
    }

    fn of(world: World, store: Arc<MemoryStore>, cloud: Arc<Cloud>, registry: Arc<Registry>) -> Self {
        let faults = Arc::new(Faults::new(store.clone(), cloud.clone(), world.clone()));
        Self { store, cloud, faults, registry, world }
    }

    /// The same world once more, from here on apart from the first, with chance from another seed and without its faults.
    ///
    /// What takes long to prepare is prepared once.
    #[must_use]
    pub fn fork(&self, seed: u64) -> Self {
        let clock = Arc::new(VirtualClock::at(self.world.clock.now()));
        let world = World { clock, random: Arc::new(SeededRandom::new(seed)) };
        let store = Arc::new(self.store.copy());
        let registry = Arc::new(self.registry.copy());
        let ledger = Ledger::new(store.clone(), members_of(&world, seed));
        let cloud = Arc::new(self.cloud.fork(ledger, registry.clone()));
        Self::of(world, store, cloud, registry)
    }

    /// The application of this world.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::new("shop", "test")
    }

    /// A service of that application.
    #[must_use]
    pub fn service(&self, name: &str) -> ServiceScope {
        self.scope().service(name)
    }

    /// The ledger as it is, without faults.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.store.clone(), self.world.clone())
    }

    /// The store with the faults of this world, as the driver of this name sees it.
    #[must_use]
    pub fn faulty_store(&self, driver: &str) -> FaultyStore {
        FaultyStore { faults: self.faults.clone(), driver: driver.to_owned() }
    }

    /// The provider with the faults of this world, as the driver of this name sees it.
    #[must_use]
    pub fn faulty_motion(&self, driver: &str) -> FaultyMotion {
        FaultyMotion { faults: self.faults.clone(), driver: driver.to_owned() }
    }

    /// An engine whose store and provider have the faults of this world.
    #[must_use]
    pub fn engine(&self, name: &str) -> Engine {
        let driver = Driver { name: name.to_owned(), trust_pin: None };
        let ledger = Ledger::new(Arc::new(self.faulty_store(name)), self.world.clone());
        let engine = Engine::new(ledger, Arc::new(self.faulty_motion(name)), driver);
        engine.verifying(self.registry.clone()).asking(self.outside())
    }

    /// What steps ask beside the ledger and the provider: the cloud answers a rehearsal, and there is no other source.
    #[must_use]
    pub fn outside(&self) -> Outside {
        Outside { sources: Arc::new(NoSources), requests: self.cloud.clone() }
    }
}

/// What members do must not depend on how much chance the drivers have used up.
fn members_of(world: &World, seed: u64) -> World {
    World { clock: world.clock.clone(), random: Arc::new(SeededRandom::new(!seed)) }
}
