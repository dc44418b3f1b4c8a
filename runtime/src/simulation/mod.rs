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
    engine::{Driver, Engine},
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
        // What members do must not depend on how much chance the drivers have used up.
        let members = World { clock: world.clock.clone(), random: Arc::new(SeededRandom::new(!seed)) };
        let registry = Arc::new(Registry::default());
        let cloud = Arc::new(Cloud::new(Ledger::new(store.clone(), members), registry.clone()));
        let faults = Arc::new(Faults::new(store.clone(), cloud.clone()));
        Self { store, cloud, faults, registry, world }
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

    /// An engine whose store and provider have the faults of this world.
    #[must_use]
    pub fn engine(&self, name: &str) -> Engine {
        let store = Arc::new(FaultyStore { faults: self.faults.clone() });
        let motion = Arc::new(FaultyMotion { faults: self.faults.clone() });
        let driver = Driver { name: name.to_owned(), trust_pin: None };
        Engine::new(Ledger::new(store, self.world.clone()), motion, driver).verifying(self.registry.clone())
    }
}
