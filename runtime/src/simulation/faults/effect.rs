//! One effect, and what comes of it.

use crate::{
    error::{Error, ErrorKind},
    provider::{Capacity, Fence, Motion, Shadow, SlotAddress, Weights, codes},
    simulation::cloud::Cloud,
    state::layout::ServiceScope,
    store::{Condition, Etag, Key, Store, StoreError, StoreErrorKind, memory::MemoryStore},
};

/// One effect.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    Put { key: Key, body: Vec<u8>, condition: Condition },
    Delete { key: Key, version: Etag },
    Capacity { slot: SlotAddress, capacity: Capacity, fence: Fence },
    Weights { service: ServiceScope, weights: Weights, fence: Fence },
    Replace { slot: SlotAddress, instance: String, fence: Fence },
    Shadow { service: ServiceScope, shadow: Shadow, fence: Fence },
    Before { slot: SlotAddress, fence: Fence },
}

/// What an effect gave.
pub(super) enum Answer {
    Store(Result<Option<Etag>, StoreError>),
    Provider(Result<(), Error>),
}

impl Effect {
    pub(super) fn is_of_store(&self) -> bool {
        matches!(self, Self::Put { .. } | Self::Delete { .. })
    }

    pub(super) async fn apply(&self, store: &MemoryStore, cloud: &Cloud) -> Answer {
        match self {
            Self::Put { key, body, condition } => Answer::Store(store.put(key, body, condition).await.map(Some)),
            Self::Delete { key, version } => Answer::Store(store.delete(key, version).await.map(|()| None)),
            Self::Capacity { slot, capacity, fence } => {
                Answer::Provider(cloud.set_capacity(slot, *capacity, fence).await)
            }
            Self::Weights { service, weights, fence } => {
                Answer::Provider(cloud.set_weights(service, weights, fence).await)
            }
            Self::Replace { slot, instance, fence } => {
                Answer::Provider(cloud.replace_member(slot, instance, fence).await)
            }
            Self::Shadow { service, shadow, fence } => Answer::Provider(cloud.set_shadow(service, shadow, fence).await),
            Self::Before { slot, fence } => Answer::Provider(cloud.run_before(slot, fence).await),
        }
    }

    /// One line for a trace.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Put { key, .. } => format!("put {key}"),
            Self::Delete { key, .. } => format!("delete {key}"),
            Self::Capacity { slot, capacity, fence } => {
                let (minimum, desired) = (capacity.minimum, capacity.desired);
                format!("capacity {} {minimum}/{desired} epoch {}", slot.slot, fence.epoch)
            }
            Self::Weights { weights, fence, .. } => format!("weights {:?} epoch {}", weights.by_slot, fence.epoch),
            Self::Replace { instance, fence, .. } => format!("replace {instance} epoch {}", fence.epoch),
            Self::Shadow { shadow, fence, .. } => {
                let slot = shadow.slot.as_deref().unwrap_or("nowhere");
                format!("shadow {slot} {} epoch {}", shadow.mirror_percent, fence.epoch)
            }
            Self::Before { slot, fence } => format!("before {} epoch {}", slot.slot, fence.epoch),
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

    pub(super) fn doubt(&self) -> Answer {
        self.answer(StoreErrorKind::Ambiguous, ErrorKind::OutcomeUnknown, "the answer was lost")
    }

    pub(super) fn busy(&self) -> Answer {
        self.answer(StoreErrorKind::Conflict, ErrorKind::Unavailable, "another request was in the way")
    }

    pub(super) fn refusal(&self) -> Answer {
        self.answer(StoreErrorKind::Denied, ErrorKind::NotAuthorised, "it is not allowed")
    }
}

impl Answer {
    pub(super) fn of_provider(self) -> Result<(), Error> {
        match self {
            Self::Provider(result) => result,
            Self::Store(_) => Ok(()),
        }
    }

    pub(super) fn of_store(self) -> Result<Option<Etag>, StoreError> {
        match self {
            Self::Store(result) => result,
            Self::Provider(_) => Ok(None),
        }
    }
}
