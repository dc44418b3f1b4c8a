//! [`Motion`] on this machine.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use skiff_wire::Plan;

use crate::{
    error::Error,
    local::{
        LocalCloud,
        call::{Call, ServiceName, SlotName},
        client::not_honoured,
    },
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress,
        SlotTraffic, Weights, WeightsRead,
    },
    state::layout::ServiceScope,
};

/// How long a change of weights takes at most: the load balancer is one process and applies a configuration at once.
const PROPAGATION: Duration = Duration::from_millis(200);

#[async_trait]
impl Motion for LocalCloud {
    fn not_honoured(&self, plan: &Plan) -> Vec<NotHonoured> {
        not_honoured(plan, &self.known_legacies(plan))
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        self.read_capacity(slot)
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        self.change(&Call::Capacity { slot: SlotName::from(slot), capacity, fence: fence.clone() }).await
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        self.read_weights(service).await
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        let service = ServiceName::from(service);
        self.change(&Call::Weights { service, weights: weights.clone(), fence: fence.clone() }).await
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.read_slot_members(slot).await
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        let slot = SlotName::from(slot);
        self.change(&Call::Replace { slot, instance: instance.into(), fence: fence.clone() }).await
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        self.read_traffic(service).await
    }

    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        self.read_logs(service, query)
    }

    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        self.read_shadow(service).await
    }

    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        let service = ServiceName::from(service);
        self.change(&Call::Shadow { service, shadow: shadow.clone(), fence: fence.clone() }).await
    }

    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        self.change(&Call::Before { slot: SlotName::from(slot), fence: fence.clone() }).await
    }

    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        self.read_run(slot, token)
    }

    fn propagation(&self) -> Duration {
        PROPAGATION
    }
}
