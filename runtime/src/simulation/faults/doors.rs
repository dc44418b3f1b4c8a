//! The store and the provider as drivers see them, with their faults.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use skiff_wire::Plan;

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress,
        SlotTraffic, Weights, WeightsRead, codes,
    },
    simulation::{
        faults::{Faults, effect::Effect, weather::Weather},
        world::Breath,
    },
    state::layout::ServiceScope,
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind},
};

/// The store with its faults.
pub struct FaultyStore {
    pub(crate) faults: Arc<Faults>,
    pub(crate) driver: String,
}

/// The provider with its faults.
pub struct FaultyMotion {
    pub(crate) faults: Arc<Faults>,
    pub(crate) driver: String,
}

impl Faults {
    /// Whether a read fails now.
    fn fails_to_read(&self) -> bool {
        self.state().weather.as_mut().is_some_and(Weather::at_read)
    }
}

impl FaultyStore {
    async fn reads(&self, key: &str) -> Result<(), StoreError> {
        Breath::default().await;
        if self.faults.fails_to_read() {
            let message = "too many requests".to_owned();
            return Err(StoreError { kind: StoreErrorKind::Unavailable, key: key.to_owned(), message });
        }
        Ok(())
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.reads(key.as_str()).await?;
        self.faults.store.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let effect = Effect::Put { key: key.clone(), body: body.to_vec(), condition: condition.clone() };
        let etag = self.faults.carry_out(&self.driver, effect).await.of_store()?;
        Ok(etag.unwrap_or_else(|| Etag(String::new())))
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.reads(prefix).await?;
        self.faults.store.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        let effect = Effect::Delete { key: key.clone(), version: version.clone() };
        self.faults.carry_out(&self.driver, effect).await.of_store().map(drop)
    }

    fn place(&self) -> String {
        "a simulated store".into()
    }
}

impl FaultyMotion {
    async fn reads(&self) -> Result<(), Error> {
        Breath::default().await;
        if self.faults.fails_to_read() {
            return Err(Error::new(&codes::UNAVAILABLE, ErrorKind::Unavailable, "too many requests"));
        }
        Ok(())
    }

    async fn does(&self, effect: Effect) -> Result<(), Error> {
        self.faults.carry_out(&self.driver, effect).await.of_provider()
    }
}

#[async_trait]
impl Motion for FaultyMotion {
    fn not_honoured(&self, plan: &Plan) -> Vec<NotHonoured> {
        self.faults.cloud.not_honoured(plan)
    }

    async fn capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        self.reads().await?;
        self.faults.cloud.capacity(slot).await
    }

    async fn set_capacity(&self, slot: &SlotAddress, capacity: Capacity, fence: &Fence) -> Result<(), Error> {
        self.does(Effect::Capacity { slot: slot.clone(), capacity, fence: fence.clone() }).await
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        self.reads().await?;
        self.faults.cloud.weights(service).await
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        let (service, weights) = (service.clone(), weights.clone());
        self.does(Effect::Weights { service, weights, fence: fence.clone() }).await
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.reads().await?;
        self.faults.cloud.members(slot).await
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        let (slot, instance) = (slot.clone(), instance.to_owned());
        self.does(Effect::Replace { slot, instance, fence: fence.clone() }).await
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        self.reads().await?;
        self.faults.cloud.traffic(service).await
    }

    async fn logs(&self, service: &ServiceScope, query: &LogQuery) -> Result<LogPage, Error> {
        self.faults.cloud.logs(service, query).await
    }

    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        self.reads().await?;
        self.faults.cloud.shadow(service).await
    }

    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        let (service, shadow) = (service.clone(), shadow.clone());
        self.does(Effect::Shadow { service, shadow, fence: fence.clone() }).await
    }

    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        self.does(Effect::Before { slot: slot.clone(), fence: fence.clone() }).await
    }

    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        self.reads().await?;
        self.faults.cloud.before(slot, token).await
    }

    fn propagation(&self) -> Duration {
        self.faults.cloud.propagation()
    }
}
