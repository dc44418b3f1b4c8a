//! Dying on purpose, for tests: a debug build that finds `SKIFF_DIE_AT=N` in its environment kills itself at the N-th durable
//! write or provider call, with SIGKILL, so that a test can try every point with real processes.
//!
//! `SKIFF_DIE_AT=3` dies before the third takes place, `SKIFF_DIE_AT=3+` right after it. A release build has none of this.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress,
        SlotTraffic, Weights, WeightsRead,
    },
    state::layout::ServiceScope,
    store::{Condition, Etag, Key, Object, Page, Store, StoreError},
};
use skiff_wire::Plan;

const VARIABLE: &str = "SKIFF_DIE_AT";

/// When to die; shared by the store and the provider of one process.
#[derive(Debug)]
pub(crate) struct Fate {
    at: u64,
    after: bool,
    seen: AtomicU64,
}

impl Fate {
    /// What the environment says, `None` when it says nothing.
    pub(crate) fn of_environment() -> Option<Arc<Self>> {
        let text = std::env::var(VARIABLE).ok()?;
        let (number, after) = text.strip_suffix('+').map_or((text.as_str(), false), |number| (number, true));
        Some(Arc::new(Self { at: number.parse().ok()?, after, seen: AtomicU64::new(0) }))
    }

    async fn around<T>(&self, effect: impl Future<Output = T>) -> T {
        let due = self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.at;
        if due && !self.after {
            die();
        }
        let result = effect.await;
        if due {
            die();
        }
        result
    }
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
