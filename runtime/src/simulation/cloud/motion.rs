//! What a driver asks of the made-up cloud, and sets.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use skiff_wire::Plan;

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, LogPage, LogQuery, MemberView, Motion, NotHonoured, RunView, Shadow, ShadowRead, SlotAddress,
        SlotTraffic, Weights, WeightsRead, codes,
    },
    simulation::cloud::{Cloud, Metrics},
    state::layout::ServiceScope,
};

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
        if capacity.desired == 0 {
            state.judge_emptying(slot);
        }
        let there = std::mem::replace(&mut state.slot(slot).capacity, capacity);
        state.changed(fence, there != capacity);
        state.resize(slot);
        Ok(())
    }

    async fn weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        self.catch_up().await;
        let mut state = self.state();
        let service = state.service(service);
        Ok(WeightsRead { set: service.set.clone(), effective: service.effective.clone() })
    }

    async fn set_weights(&self, service: &ServiceScope, weights: &Weights, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(service, fence)? || self.lies(service) {
            return Ok(());
        }
        let effective_at = self.in_seconds(self.bounds().seconds_to_move);
        let mut state = self.state();
        let service = state.service(service);
        let there = std::mem::replace(&mut service.set, weights.clone());
        service.effective_at = effective_at;
        state.changed(fence, there != *weights);
        Ok(())
    }

    async fn members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        self.catch_up().await;
        let mut state = self.state();
        let (flaps, second) = (state.bounds.flaps, state.seen.map_or(0, jiff::Timestamp::as_second));
        let there = state.slot(slot);
        let view = |(index, member): (i64, &crate::simulation::cloud::Member)| {
            let in_flight = there.flights.iter().filter(|flight| flight.instance == member.instance).count() as u64;
            member.view(&slot.slot, in_flight, flaps && (second + 3 * index) % 11 == 0)
        };
        Ok((0..).zip(&there.members).map(view).collect())
    }

    async fn replace_member(&self, slot: &SlotAddress, instance: &str, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(&slot.service, fence)? {
            return Ok(());
        }
        let leaves_at = self.in_seconds(self.bounds().seconds_to_leave);
        let mut state = self.state();
        let there = state.slot(slot);
        // It is taken out of service first, and leaves when it has finished what it has in hand.
        let finished = there.flights.iter().filter(|flight| flight.instance == instance).map(|flight| flight.until);
        let leaves_at = leaves_at.max(finished.max());
        let member = there.members.iter_mut().find(|member| member.instance == instance);
        let leaves = member.filter(|member| member.leaves_at.is_none());
        let changed = leaves.map(|member| member.leaves_at = leaves_at).is_some();
        state.changed(fence, changed);
        state.resize(slot);
        Ok(())
    }

    async fn traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        self.catch_up().await;
        let mut state = self.state();
        match state.bounds.metrics {
            Metrics::There => Ok(state.service(service).traffic()),
            Metrics::Gone => Ok(BTreeMap::new()),
            Metrics::Unavailable => {
                Err(Error::new(&codes::UNAVAILABLE, ErrorKind::Unavailable, "nobody counts requests now"))
            }
        }
    }

    async fn logs(&self, _service: &ServiceScope, _query: &LogQuery) -> Result<LogPage, Error> {
        Ok(LogPage::default())
    }

    async fn shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        self.catch_up().await;
        Ok(self.read_shadow(service))
    }

    async fn set_shadow(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(service, fence)? || self.lies(service) {
            return Ok(());
        }
        self.lead_aside(service, shadow, fence);
        Ok(())
    }

    async fn run_before(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        self.catch_up().await;
        if self.admit(&slot.service, fence)? { Ok(()) } else { self.run_once(slot, fence).await }
    }

    async fn before(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        self.catch_up().await;
        Ok(self.what_ran(slot, token))
    }

    fn propagation(&self) -> Duration {
        Duration::from_secs(3)
    }
}

impl Cloud {
    /// Whether this set is acknowledged without anything happening.
    fn lies(&self, service: &ServiceScope) -> bool {
        let mut state = self.state();
        let every = state.bounds.lies_every;
        let service = state.service(service);
        service.sets += 1;
        service.sets.checked_rem(every) == Some(0)
    }
}
