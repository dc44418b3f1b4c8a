//! A provider that is believed too much.

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
};
use skiff_wire::Plan;

use super::Bug;

/// A provider with a mistake in how it is read.
pub(super) struct Wrong {
    pub(super) bug: Bug,
    pub(super) motion: Arc<dyn Motion>,
    /// How often somebody has asked for requests that nobody counts.
    pub(super) asked: AtomicU64,
}

/// More requests each time, all of them answered well.
fn all_is_well(asked: u64) -> SlotTraffic {
    let requests = 100 * asked;
    let (answers, latency) = ([("2xx".to_owned(), requests)].into(), [(20_000, requests)].into());
    SlotTraffic { requests, answers, latency, ..SlotTraffic::default() }
}

#[async_trait]
impl Motion for Wrong {
    fn not_honoured(&self, plan: &Plan) -> Vec<NotHonoured> {
        self.motion.not_honoured(plan)
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        self.motion.capacity(slot).await
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        self.motion.set_capacity(slot, capacity, fence).await
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        let read = self.motion.weights(service).await?;
        Ok(match self.bug {
            Bug::WeightBelieved => WeightsRead { effective: read.set.clone(), set: read.set },
            _ => read,
        })
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        self.motion.set_weights(service, weights, fence).await
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.motion.members(slot).await
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        self.motion.replace_member(slot, instance, fence).await
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        let mut traffic = match (self.bug, self.motion.traffic(service).await) {
            (Bug::NoDataPasses, Err(_)) => BTreeMap::new(),
            (_, traffic) => traffic?,
        };
        if self.bug == Bug::NoDataPasses && traffic.is_empty() {
            let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            let none = SlotTraffic::default();
            // Nobody is seen to ask the slot that leaves, so that it becomes quiet.
            traffic = [("a".to_owned(), all_is_well(asked)), ("b".to_owned(), none)].into();
        }
        if self.bug == Bug::ShrinkBeforeDrain {
            traffic.values_mut().for_each(|slot| slot.in_flight = 0);
        }
        Ok(traffic)
    }

    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        self.motion.logs(service, query).await
    }

    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        self.motion.shadow(service).await
    }

    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        self.motion.set_shadow(service, shadow, fence).await
    }

    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        self.motion.run_before(slot, fence).await
    }

    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        self.motion.before(slot, token).await
    }

    fn propagation(&self) -> Duration {
        match self.bug {
            Bug::WeightBelieved | Bug::ShrinkBeforeDrain => Duration::ZERO,
            _ => self.motion.propagation(),
        }
    }
}
