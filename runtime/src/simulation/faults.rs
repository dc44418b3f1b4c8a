//! What goes wrong: the n-th effect of the drivers is their last, fails, or lands when nobody expects it any more.
//!
//! Effects are the writes to the store and the calls that change something at the provider, counted together from zero.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use skiff_wire::Plan;

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, SlotAddress, SlotTraffic, Weights,
        WeightsRead, codes,
    },
    simulation::{cloud::Cloud, world::Breath},
    state::layout::ServiceScope,
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};

/// What happens to one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The driver dies before it asks.
    DieBefore,
    /// The driver dies when it is done, before it hears of it.
    DieAfter,
    /// The driver dies, and its request lands when so many further effects have happened.
    DieAndLand(u64),
    /// The answer is lost: it is done, and the driver hears that nobody knows.
    DoneInDoubt,
    /// The request is lost: it is not done, and the driver hears that nobody knows.
    NotDoneInDoubt,
    /// It is not done, and another request is said to have been in the way (409), or it is not available now.
    Busy,
    /// It is refused for good.
    Refused,
}

/// The faults of a simulation, and the account of the effects.
pub struct Faults {
    store: Arc<MemoryStore>,
    cloud: Arc<Cloud>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: BTreeMap<u64, Fault>,
    count: u64,
    dead: bool,
    late: Vec<(u64, Effect)>,
    trace: Vec<String>,
    puts: u64,
    calls: u64,
    happened: BTreeSet<u64>,
}

/// One effect.
#[derive(Debug, Clone)]
enum Effect {
    Put { key: Key, body: Vec<u8>, condition: Condition },
    Delete { key: Key, version: Etag },
    Capacity { slot: SlotAddress, capacity: Capacity, fence: Fence },
    Weights { service: ServiceScope, weights: Weights, fence: Fence },
    Replace { slot: SlotAddress, instance: String, fence: Fence },
}

/// What an effect gave.
enum Answer {
    Store(Result<Option<Etag>, StoreError>),
    Provider(Result<(), Error>),
}

impl Faults {
    pub(crate) fn new(store: Arc<MemoryStore>, cloud: Arc<Cloud>) -> Self {
        Self { store, cloud, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans a fault for the n-th effect from now on.
    pub fn plan(&self, after: u64, fault: Fault) {
        let mut state = self.state();
        let at = state.count + after;
        state.planned.insert(at, fault);
    }

    /// Forgets the faults that have not happened, and lets a new driver live.
    pub fn revive(&self) {
        let mut state = self.state();
        state.dead = false;
        state.planned.clear();
    }

    /// Lets a new driver live, with the faults that are still planned.
    pub fn revive_with_faults(&self) {
        self.state().dead = false;
    }

    /// Whether the driver has died.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// How many effects there were: writes to the store, calls of the provider.
    #[must_use]
    pub fn effects(&self) -> (u64, u64) {
        let state = self.state();
        (state.puts, state.calls)
    }

    /// How many of the planned faults have happened.
    #[must_use]
    pub fn happened(&self) -> usize {
        self.state().happened.len()
    }

    /// Every effect in its order, one line each.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        self.state().trace.clone()
    }

    async fn carry_out(&self, effect: Effect) -> Answer {
        Breath::default().await;
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
        self.land_what_is_due().await;
        let fault = self.count(&effect);
        match fault {
            None => self.apply(&effect).await,
            Some(Fault::DieBefore) => self.die().await,
            Some(Fault::DieAfter) => {
                self.apply(&effect).await;
                self.die().await
            }
            Some(Fault::DieAndLand(later)) => {
                self.postpone(effect, later);
                self.die().await
            }
            Some(Fault::DoneInDoubt) => {
                self.apply(&effect).await;
                effect.doubt()
            }
            Some(Fault::NotDoneInDoubt) => effect.doubt(),
            Some(Fault::Busy) => effect.busy(),
            Some(Fault::Refused) => effect.refusal(),
        }
    }

    fn count(&self, effect: &Effect) -> Option<Fault> {
        let mut state = self.state();
        let index = state.count;
        let fault = state.planned.get(&index).copied();
        let marked = fault.map_or_else(String::new, |fault| format!(" ({fault:?})"));
        state.trace.push(format!("{index} {}{marked}", effect.line()));
        state.count += 1;
        if matches!(effect, Effect::Put { .. } | Effect::Delete { .. }) {
            state.puts += 1;
        } else {
            state.calls += 1;
        }
        if fault.is_some() {
            state.happened.insert(index);
        }
        fault
    }

    async fn die(&self) -> Answer {
        self.state().dead = true;
        std::future::pending().await
    }

    fn postpone(&self, effect: Effect, later: u64) {
        let mut state = self.state();
        let due = state.count + later;
        state.late.push((due, effect));
    }

    async fn land_what_is_due(&self) {
        let due: Vec<Effect> = {
            let mut state = self.state();
            let now = state.count;
            let (due, late) = std::mem::take(&mut state.late).into_iter().partition(|(due, _)| *due <= now);
            state.late = late;
            let due: Vec<(u64, Effect)> = due;
            for (_, effect) in &due {
                let line = format!("late: {}", effect.line());
                state.trace.push(line);
            }
            due.into_iter().map(|(_, effect)| effect).collect()
        };
        for effect in due {
            self.apply(&effect).await;
        }
    }

    async fn apply(&self, effect: &Effect) -> Answer {
        match effect {
            Effect::Put { key, body, condition } => Answer::Store(self.store.put(key, body, condition).await.map(Some)),
            Effect::Delete { key, version } => Answer::Store(self.store.delete(key, version).await.map(|()| None)),
            Effect::Capacity { slot, capacity, fence } => {
                Answer::Provider(self.cloud.set_capacity(slot, *capacity, fence).await)
            }
            Effect::Weights { service, weights, fence } => {
                Answer::Provider(self.cloud.set_weights(service, weights, fence).await)
            }
            Effect::Replace { slot, instance, fence } => {
                Answer::Provider(self.cloud.replace_member(slot, instance, fence).await)
            }
        }
    }
}

impl Effect {
    fn line(&self) -> String {
        match self {
            Self::Put { key, .. } => format!("put {key}"),
            Self::Delete { key, .. } => format!("delete {key}"),
            Self::Capacity { slot, capacity, fence } => {
                let (minimum, desired) = (capacity.minimum, capacity.desired);
                format!("capacity {} {minimum}/{desired} epoch {}", slot.slot, fence.epoch)
            }
            Self::Weights { weights, fence, .. } => format!("weights {:?} epoch {}", weights.by_slot, fence.epoch),
            Self::Replace { instance, fence, .. } => format!("replace {instance} epoch {}", fence.epoch),
        }
    }

    fn answer(&self, store: StoreErrorKind, provider: ErrorKind, why: &str) -> Answer {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } => {
                Answer::Store(Err(StoreError { kind: store, key: key.to_string(), message: why.into() }))
            }
            _ => Answer::Provider(Err(Error::new(&codes::UNAVAILABLE, provider, why))),
        }
    }

    fn doubt(&self) -> Answer {
        self.answer(StoreErrorKind::Ambiguous, ErrorKind::OutcomeUnknown, "the answer was lost")
    }

    fn busy(&self) -> Answer {
        self.answer(StoreErrorKind::Conflict, ErrorKind::Unavailable, "another request was in the way")
    }

    fn refusal(&self) -> Answer {
        self.answer(StoreErrorKind::Denied, ErrorKind::NotAuthorised, "it is not allowed")
    }
}

fn provider(answer: Answer) -> Result<(), Error> {
    match answer {
        Answer::Provider(result) => result,
        Answer::Store(_) => Ok(()),
    }
}

/// The store with its faults.
pub struct FaultyStore {
    pub(crate) faults: Arc<Faults>,
}

#[async_trait]
impl Store for FaultyStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        Breath::default().await;
        self.faults.store.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let effect = Effect::Put { key: key.clone(), body: body.to_vec(), condition: condition.clone() };
        match self.faults.carry_out(effect).await {
            Answer::Store(result) => result.map(|etag| etag.unwrap_or_else(|| Etag(String::new()))),
            Answer::Provider(_) => Ok(Etag(String::new())),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        Breath::default().await;
        self.faults.store.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        match self.faults.carry_out(Effect::Delete { key: key.clone(), version: version.clone() }).await {
            Answer::Store(result) => result.map(drop),
            Answer::Provider(_) => Ok(()),
        }
    }

    fn place(&self) -> String {
        "a simulated store".into()
    }
}

/// The provider with its faults.
pub struct FaultyMotion {
    pub(crate) faults: Arc<Faults>,
}

#[async_trait]
impl Motion for FaultyMotion {
    fn not_honoured(&self, plan: &Plan) -> Vec<NotHonoured> {
        self.faults.cloud.not_honoured(plan)
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        Breath::default().await;
        self.faults.cloud.capacity(slot).await
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        let effect = Effect::Capacity { slot: slot.clone(), capacity, fence: fence.clone() };
        provider(self.faults.carry_out(effect).await)
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        Breath::default().await;
        self.faults.cloud.weights(service).await
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        let effect = Effect::Weights { service: service.clone(), weights: weights.clone(), fence: fence.clone() };
        provider(self.faults.carry_out(effect).await)
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        Breath::default().await;
        self.faults.cloud.members(slot).await
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        let effect = Effect::Replace { slot: slot.clone(), instance: instance.to_owned(), fence: fence.clone() };
        provider(self.faults.carry_out(effect).await)
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        Breath::default().await;
        self.faults.cloud.traffic(service).await
    }

    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        self.faults.cloud.logs(service, query).await
    }

    fn propagation(&self) -> Duration {
        self.faults.cloud.propagation()
    }
}
