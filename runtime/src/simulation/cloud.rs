//! A cloud that is made up: slots, members that boot and leave, a load balancer whose weights take their time, requests.
//!
//! | module | what is in it |
//! |---|---|
//! | `motion` | what a driver asks and sets |
//! | `life` | what happens while time passes, and what must not |
//! | `requests` | requests of users, their answers and how long those take; a rehearsal's requests |
//! | `aside` | the test listener and mirroring, commands that run once, the old way of serving |
//! | `shape` | resources |
//!
//! It is brought up to date whenever somebody looks: one second after the other, members boot, read their assignment from
//! the ledger, say what they run, and serve requests. What must never happen is written down when it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use skiff_wire::ServiceControl;

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, MemberView, Motion, ResourceAddress, ResourceView, SlotAddress, SlotTraffic, Weights, codes,
    },
    simulation::registry::Registry,
    state::{Ledger, layout::ServiceScope},
    store::Etag,
};

mod aside;
mod bounds;
mod life;
mod motion;
mod requests;
mod shape;

pub use bounds::{Bounds, Metrics};

use aside::{Aside, Run};
use requests::{Flight, Manners};

/// The made-up cloud.
pub struct Cloud {
    ledger: Ledger,
    registry: Arc<Registry>,
    state: Mutex<State>,
}

/// All that is in the cloud.
#[derive(Debug, Clone, Default)]
struct State {
    bounds: Bounds,
    seen: Option<Timestamp>,
    services: BTreeMap<ServiceScope, Service>,
    resources: BTreeMap<ResourceAddress, (String, ResourceView)>,
    controls: BTreeMap<ServiceScope, (Etag, Arc<ServiceControl>)>,
    account: Account,
}

/// One service.
#[derive(Debug, Clone, Default)]
struct Service {
    epoch: u64,
    set: Weights,
    effective: Weights,
    effective_at: Option<Timestamp>,
    aside: Aside,
    runs: BTreeMap<String, Run>,
    slots: BTreeMap<String, Slot>,
    requests: u64,
    sets: u64,
}

/// One slot, or the old way of serving.
#[derive(Debug, Clone, Default)]
struct Slot {
    capacity: Capacity,
    members: Vec<Member>,
    made: u64,
    traffic: SlotTraffic,
    flights: Vec<Flight>,
}

/// One member.
#[derive(Debug, Clone)]
struct Member {
    instance: String,
    boots_at: Timestamp,
    leaves_at: Option<Timestamp>,
    runs: Option<Runs>,
}

/// What a member runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Runs {
    release: String,
    generation: u64,
    ready: bool,
    manners: Manners,
    /// Whether it is something else than what its slot was assigned when it began.
    stale: bool,
}

/// What has happened, for a test to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Requests by the release that served them.
    pub served: BTreeMap<String, u64>,
    /// What must never happen and did.
    pub violations: BTreeSet<String>,
    /// How often a call with a token has changed something.
    pub changes: BTreeMap<String, u64>,
    /// Effects that were refused because their epoch was old.
    pub fenced: u64,
    /// Requests while no slot had weight: allowed when a service is recreated, destroyed, or not deployed yet.
    pub unserved: u64,
}

impl Cloud {
    /// A cloud with nothing in it, whose members read and write this ledger.
    #[must_use]
    pub fn new(ledger: Ledger, registry: Arc<Registry>) -> Self {
        Self { ledger, registry, state: Mutex::default() }
    }

    /// The same cloud once more, from here on apart from the first: with the ledger and the releases of another world.
    pub(crate) fn fork(&self, ledger: Ledger, registry: Arc<Registry>) -> Self {
        Self { ledger, registry, state: Mutex::new(self.state().clone()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how long things take, and what this cloud cannot do.
    pub fn bind(&self, bounds: Bounds) {
        self.state().bounds = bounds;
    }

    /// How long things take, and what this cloud cannot do.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.state().bounds
    }

    /// What has happened until now.
    pub async fn account(&self) -> Account {
        self.catch_up().await;
        self.state().account.clone()
    }

    /// Forgets what was counted; what must never happen stays written down.
    pub fn forget(&self) {
        let account = &mut self.state().account;
        account.served.clear();
        account.unserved = 0;
    }

    /// Ends a member without draining it, as a failure of its machine would: what it has in hand is lost with it.
    pub async fn kill(&self, slot: &SlotAddress, instance: &str) {
        self.catch_up().await;
        let mut state = self.state();
        let slot = state.slot(slot);
        slot.members.retain(|member| member.instance != instance);
        slot.flights.retain(|flight| flight.instance != instance);
    }

    /// Ends all members of a slot in that way; others come up in their place.
    pub async fn kill_all(&self, slot: &SlotAddress) {
        for member in self.members(slot).await.unwrap_or_default() {
            self.kill(slot, &member.instance).await;
        }
    }

    /// Whether an effect may happen, and whether it was there before.
    fn admit(&self, service: &ServiceScope, fence: &Fence) -> Result<bool, Error> {
        let mut state = self.state();
        let bounds = state.bounds;
        let known = state.services.entry(service.clone()).or_default().epoch;
        if fence.epoch < known && !bounds.ignores_epochs {
            state.account.fenced += 1;
            let message = format!("epoch {} of operation `{}` is older than {known}", fence.epoch, fence.operation);
            return Err(Error::new(&codes::FENCED, ErrorKind::Conflict, message));
        }
        state.services.entry(service.clone()).or_default().epoch = known.max(fence.epoch);
        Ok(state.account.changes.contains_key(&fence.token) && !bounds.ignores_tokens)
    }
}

impl State {
    fn service(&mut self, service: &ServiceScope) -> &mut Service {
        self.services.entry(service.clone()).or_default()
    }

    fn slot(&mut self, address: &SlotAddress) -> &mut Slot {
        self.service(&address.service).slots.entry(address.slot.clone()).or_default()
    }

    fn changed(&mut self, fence: &Fence, changed: bool) {
        *self.account.changes.entry(fence.token.clone()).or_default() += u64::from(changed);
    }

    fn violated(&mut self, at: Timestamp, what: &str) {
        self.account.violations.insert(format!("{at}: {what}"));
    }
}

impl Service {
    /// The weight that a group has by what was set or is in effect, whichever is more.
    fn weight(&self, group: &str) -> u32 {
        let of = |weights: &Weights| weights.by_slot.get(group).copied().unwrap_or_default();
        of(&self.set).max(of(&self.effective))
    }
}

impl Member {
    /// Whether the load balancer may send it requests.
    fn is_up(&self) -> bool {
        self.leaves_at.is_none() && self.runs.as_ref().is_some_and(|runs| runs.ready)
    }

    fn view(&self, slot: &str, in_flight: u64, flaps: bool) -> MemberView {
        let ready = self.runs.as_ref().is_some_and(|runs| runs.ready);
        let (lifecycle, health) = match (self.leaves_at, &self.runs) {
            (Some(_), _) => ("terminating", "draining"),
            (None, None) => ("pending", "initial"),
            (None, Some(_)) if ready && !flaps => ("in-service", "healthy"),
            (None, Some(_)) => ("in-service", "unhealthy"),
        };
        MemberView {
            instance: self.instance.clone(),
            slot: slot.to_owned(),
            lifecycle: lifecycle.into(),
            target_health: health.into(),
            reason: None,
            in_flight: Some(in_flight),
            cpu_permille: self.runs.is_some().then(|| u32::try_from(100 + 20 * in_flight).unwrap_or(1000).min(1000)),
        }
    }
}
