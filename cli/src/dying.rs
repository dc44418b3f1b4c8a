//! Dying on purpose, for tests: a debug build kills itself, or another process of its state folder, at a durable write or a
//! provider call of its own, with SIGKILL, so that a test can try every point with real processes.
//!
//! | where | who dies |
//! |---|---|
//! | `SKIFF_DIE_AT=POINTS` in the environment of a command | the command |
//! | `SKIFF_KILL_AT=POINTS:runner` there | the newest member's runner |
//! | `SKIFF_KILL_AT=POINTS:balancer` there | the load balancer; both are given with a comma between them |
//! | the file `local/die-at` of the state folder, `POINTS` | the runner that finds it first, at a write of its own |
//!
//! `POINTS` is `3`, before the third takes place; `3+`, right after it; `3/8`, before the third and every eighth after it. A
//! release build has none of this.

mod killing;
mod points;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    local::LocalCloud,
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress,
        SlotTraffic, Weights, WeightsRead,
    },
    state::layout::ServiceScope,
    store::{Condition, Etag, Key, Object, Page, Store, StoreError},
};
use skiff_wire::Plan;

use self::{
    killing::Killing,
    points::{Points, Taken},
};

/// When this process dies.
const OWN: &str = "SKIFF_DIE_AT";
/// When it kills another one.
const OTHER: &str = "SKIFF_KILL_AT";

/// What happens at which effects; shared by the stores and the provider of one process.
#[derive(Debug)]
pub(crate) struct Fate {
    seen: AtomicU64,
    own: Option<Points>,
    others: Vec<(Points, Killing)>,
    taken: Option<Taken>,
}

impl Fate {
    /// What the environment says, `None` when it says nothing.
    pub(crate) fn of_environment(cloud: &LocalCloud) -> Option<Arc<Self>> {
        let own = std::env::var(OWN).ok().and_then(|text| Points::read(&text));
        let others = std::env::var(OTHER).unwrap_or_default();
        let others: Vec<_> = others.split(',').filter_map(|text| other(cloud, text)).collect();
        (own.is_some() || !others.is_empty()).then(|| Self::new(own, others, None))
    }

    /// What the state folder of a member says: the first runner that asks takes it, so that the next one lives.
    pub(crate) fn of_member(configuration: &Path) -> Option<Arc<Self>> {
        let (taken, text) = Taken::take(configuration)?;
        Some(Self::new(Points::read(&text), Vec::new(), Some(taken)))
    }

    fn new(own: Option<Points>, others: Vec<(Points, Killing)>, taken: Option<Taken>) -> Arc<Self> {
        Arc::new(Self { seen: AtomicU64::new(0), own, others, taken })
    }

    async fn around<T>(&self, effect: impl Future<Output = T>) -> T {
        let number = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        self.strike(number, false).await;
        let result = effect.await;
        self.strike(number, true).await;
        result
    }

    async fn strike(&self, number: u64, after: bool) {
        if self.own.as_ref().is_some_and(|own| own.are_due(number, after)) {
            self.taken.iter().for_each(Taken::obey);
            die();
        }
        for (_, killing) in self.others.iter().filter(|(points, _)| points.are_due(number, after)) {
            killing.at(number).await;
        }
    }
}

/// Who is killed when, of `3/8:runner`.
fn other(cloud: &LocalCloud, text: &str) -> Option<(Points, Killing)> {
    let (points, victim) = text.split_once(':')?;
    Some((Points::read(points)?, Killing::of(cloud, victim)?))
}

fn die() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    // SIGKILL takes effect before the call returns; what follows is for the type system.
    std::process::abort();
}

/// A store, or a provider, whose process dies when it is time.
pub(crate) struct Dying<T: ?Sized> {
    fate: Arc<Fate>,
    inner: Arc<T>,
}

/// The store with the process's fate around it.
pub(crate) fn store(inner: Arc<dyn Store>, fate: Option<&Arc<Fate>>) -> Arc<dyn Store> {
    match fate {
        Some(fate) => Arc::new(Dying { fate: Arc::clone(fate), inner }),
        None => inner,
    }
}

/// The provider with the process's fate around it.
pub(crate) fn motion(inner: Arc<dyn Motion>, fate: Option<&Arc<Fate>>) -> Arc<dyn Motion> {
    match fate {
        Some(fate) => Arc::new(Dying { fate: Arc::clone(fate), inner }),
        None => inner,
    }
}

#[async_trait]
impl Store for Dying<dyn Store> {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.fate.around(self.inner.put(key, body, condition)).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.fate.around(self.inner.delete(key, version)).await
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}

#[async_trait]
impl Motion for Dying<dyn Motion> {
    fn not_honoured(&self, plan: &Plan) -> Vec<NotHonoured> {
        self.inner.not_honoured(plan)
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        self.inner.capacity(slot).await
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        self.fate.around(self.inner.set_capacity(slot, capacity, fence)).await
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        self.inner.weights(service).await
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        self.fate.around(self.inner.set_weights(service, weights, fence)).await
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.inner.members(slot).await
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        self.fate.around(self.inner.replace_member(slot, instance, fence)).await
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        self.inner.traffic(service).await
    }

    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        self.inner.logs(service, query).await
    }

    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        self.inner.shadow(service).await
    }

    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        self.fate.around(self.inner.set_shadow(service, shadow, fence)).await
    }

    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        self.fate.around(self.inner.run_before(slot, fence)).await
    }

    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        self.inner.before(slot, token).await
    }

    fn propagation(&self) -> Duration {
        self.inner.propagation()
    }
}
