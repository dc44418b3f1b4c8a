//! A cloud that is made up: slots, members that boot and leave, a load balancer whose weights take their time, requests.
//!
//! It is brought up to date whenever somebody looks: one second after the other, members boot, read their assignment from
//! the ledger, say what they run, and serve requests. What must never happen is written down when it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use skiff_wire::{Plan, ServiceControl};

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, ResourceAddress, ResourceView,
        SlotAddress, SlotTraffic, Weights, WeightsRead, codes,
    },
    simulation::registry::Registry,
    state::{Ledger, layout::ServiceScope},
    store::Etag,
};

mod life;
mod shape;

pub use life::Bounds;

/// The made-up cloud.
pub struct Cloud {
    ledger: Ledger,
    registry: Arc<Registry>,
    state: Mutex<State>,
}

/// All that is in the cloud.
#[derive(Debug, Default)]
struct State {
    bounds: Bounds,
    seen: Option<Timestamp>,
    services: BTreeMap<ServiceScope, Service>,
    resources: BTreeMap<ResourceAddress, (String, ResourceView)>,
    controls: BTreeMap<ServiceScope, (Etag, Arc<ServiceControl>)>,
    account: Account,
}

/// One service.
#[derive(Debug, Default)]
struct Service {
    epoch: u64,
    set: Weights,
    effective: Weights,
    effective_at: Option<Timestamp>,
    slots: BTreeMap<String, Slot>,
    requests: u64,
}

/// One slot.
#[derive(Debug, Default)]
struct Slot {
    capacity: Capacity,
    members: Vec<Member>,
    made: u64,
    requests: u64,
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
#[derive(Debug, Clone, PartialEq, Eq)]
struct Runs {
    release: String,
    generation: u64,
    ready: bool,
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
    pub(crate) fn new(ledger: Ledger, registry: Arc<Registry>) -> Self {
        Self { ledger, registry, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets how long things take, and what this cloud cannot do.
    pub fn bind(&self, bounds: Bounds) {
        self.state().bounds = bounds;
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

    /// Ends a member without draining it, as a failure of its machine would.
    pub async fn kill(&self, slot: &SlotAddress, instance: &str) {
        self.catch_up().await;
        let mut state = self.state();
        state.slot(slot).members.retain(|member| member.instance != instance);
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

    fn changed(state: &mut State, fence: &Fence, changed: bool) {
        *state.account.changes.entry(fence.token.clone()).or_default() += u64::from(changed);
    }
}

impl State {
    fn slot(&mut self, address: &SlotAddress) -> &mut Slot {
        self.services.entry(address.service.clone()).or_default().slots.entry(address.slot.clone()).or_default()
    }
}

#[async_trait]
impl Motion for Cloud {
    fn not_honoured(&self, _plan: &Plan) -> Vec<NotHonoured> {
        Vec::new()
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        self.catch_up().await;
        Ok(self.state().slot(slot).capacity)
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(&slot.service, fence)? {
            return Ok(());
        }
        let mut state = self.state();
        let there = std::mem::replace(&mut state.slot(slot).capacity, capacity);
        Self::changed(&mut state, fence, there != capacity);
        state.resize(slot);
        Ok(())
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        self.catch_up().await;
        let mut state = self.state();
        let service = state.services.entry(service.clone()).or_default();
        Ok(WeightsRead { set: service.set.clone(), effective: service.effective.clone() })
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(service, fence)? {
            return Ok(());
        }
        let mut state = self.state();
        let delay = state.bounds.seconds_to_move;
        let now = self.ledger.world.clock.now();
        let service = state.services.entry(service.clone()).or_default();
        let there = std::mem::replace(&mut service.set, weights.clone());
        service.effective_at = now.checked_add(jiff::SignedDuration::from_secs(delay)).ok();
        Self::changed(&mut state, fence, there != *weights);
        Ok(())
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.catch_up().await;
        Ok(self.state().slot(slot).members.iter().map(|member| member.view(&slot.slot)).collect())
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(&slot.service, fence)? {
            return Ok(());
        }
        let mut state = self.state();
        let leaves_at = self.in_seconds(state.bounds.seconds_to_leave);
        let member = state.slot(slot).members.iter_mut().find(|member| member.instance == instance);
        let leaves = member.filter(|member| member.leaves_at.is_none());
        let changed = leaves.map(|member| member.leaves_at = leaves_at).is_some();
        Self::changed(&mut state, fence, changed);
        state.resize(slot);
        Ok(())
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        self.catch_up().await;
        let mut state = self.state();
        let slots = &state.services.entry(service.clone()).or_default().slots;
        let traffic = |slot: &Slot| SlotTraffic { requests: slot.requests, ..SlotTraffic::default() };
        Ok(slots.iter().map(|(letter, slot)| (letter.clone(), traffic(slot))).collect())
    }

    async fn logs(&self, _service: &ServiceScope, _query: &LogQuery) -> Result<LogPage, Error> {
        Ok(LogPage::default())
    }

    fn propagation(&self) -> Duration {
        Duration::from_secs(3)
    }
}

impl Member {
    fn view(&self, slot: &str) -> MemberView {
        let ready = self.runs.as_ref().is_some_and(|runs| runs.ready);
        let (lifecycle, health) = match (self.leaves_at, &self.runs) {
            (Some(_), _) => ("terminating", "draining"),
            (None, None) => ("pending", "initial"),
            (None, Some(_)) if ready => ("in-service", "healthy"),
            (None, Some(_)) => ("in-service", "unhealthy"),
        };
        MemberView {
            instance: self.instance.clone(),
            slot: slot.to_owned(),
            lifecycle: lifecycle.into(),
            target_health: health.into(),
            reason: None,
            in_flight: None,
            cpu_permille: None,
        }
    }
}
