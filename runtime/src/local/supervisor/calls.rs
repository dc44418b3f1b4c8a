//! What each call does.

use super::Supervisor;
use crate::{
    error::Error,
    local::call::{Answer, Call, Greeting, Refusal, SlotName},
    provider::SlotAddress,
};

impl Supervisor {
    /// Does what was asked: everything is on the disk when this returns, and weights and shadows are with the load balancer.
    pub(super) async fn answer(&mut self, call: Call) -> Answer {
        match self.obey(call).await {
            Ok(answer) => answer,
            Err(error) => Answer::Refused(Refusal::from(&error)),
        }
    }

    async fn obey(&mut self, call: Call) -> Result<Answer, Error> {
        match call {
            Call::Hello => return Ok(Answer::Hello(self.greeting())),
            Call::Put { owner, key, resource } => self.cloud.put(&owner, &key, resource)?,
            Call::Remove { owner, key } => self.cloud.remove(&owner, &key)?,
            Call::Services { owner, services } => self.cloud.services(&owner, services)?,
            Call::Capacity { slot, capacity, fence } => {
                self.cloud.set_capacity(&slot, capacity, &fence)?;
                // What is asked for now is not to wait for what failed before.
                self.back_off.remove(&address(&slot));
            }
            Call::Weights { service, weights, fence } => {
                self.cloud.set_weights(&service, &weights, &fence)?;
                self.configure_balancer().await;
            }
            Call::Shadow { service, shadow, fence } => {
                self.cloud.set_shadow(&service, &shadow, &fence)?;
                self.configure_balancer().await;
            }
            Call::Replace { slot, instance, fence } => {
                self.cloud.check(&slot.service, &fence)?;
                self.replace(&address(&slot), &instance);
            }
            Call::Before { slot, fence } => {
                self.cloud.check(&slot.service, &fence)?;
                self.run_before(&address(&slot), &fence.token).await?;
            }
            Call::Stop => self.stop()?,
        }
        Ok(Answer::Done)
    }

    fn greeting(&self) -> Greeting {
        Greeting {
            supervisor: self.own.clone(),
            balancer: self.balancer.record(),
            port: self.port,
            stopping: self.stopping,
        }
    }
}

fn address(slot: &SlotName) -> SlotAddress {
    SlotAddress { service: slot.service.scope(), slot: slot.slot.clone() }
}
