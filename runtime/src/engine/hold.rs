//! The service that an operation works on: held by one operation at a time, with an epoch that fences its effects.
//!
//! Each driver of an operation takes an epoch of its own, so that a driver which was only slow can do no harm: the ledger
//! refuses its writes by their version, the provider its effects by their epoch. Where a provider cannot tell, every
//! destructive step looks again before it acts.

use skiff_wire::{Control, ServiceControl};

use crate::{
    engine::{codes, context::Context},
    error::{Error, ErrorKind},
    provider::{Fence, SlotAddress},
    saga,
    state::control::{Next, Versioned},
};

const ATTEMPTS: u32 = 8;

/// The service's control document as this driver wrote it last, once it holds the service.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    seen: Option<Versioned<ServiceControl>>,
}

impl Hold {
    /// Forgets what was written, because it is not known whether it was.
    pub(crate) fn forget(&mut self) {
        self.seen = None;
    }
}

impl Context<'_> {
    /// What the service's control document says, as it is now; nothing before its first operation.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn control(&self) -> Result<Option<Control<ServiceControl>>, Error> {
        let seen = self.ledger.read::<ServiceControl>(&self.service.control()).await?;
        Ok(seen.map(|seen| seen.control))
    }

    /// Takes the service for this operation, with an epoch of its own; gives what its control document says.
    ///
    /// # Errors
    /// Another operation holds it.
    pub async fn take(&mut self) -> Result<ServiceControl, Error> {
        for _ in 0..ATTEMPTS {
            let seen = self.ledger.read::<ServiceControl>(&self.service.control()).await?;
            let held_by = seen.as_ref().and_then(|seen| seen.control.holder.clone());
            if let Some(other) = held_by.filter(|holder| *holder != self.operation()) {
                return Err(busy(&self.service.service, &other));
            }
            if let Some(body) = self.write_hold(seen).await? {
                return Ok(body);
            }
        }
        Err(contended(&self.service.service))
    }

    /// Writes this operation as the holder, with a higher epoch; nothing when somebody else was first.
    ///
    /// A driver that stood still may wake up when another one has brought the operation to its end and given the service back:
    /// between reading the document and writing it, the log says whether this driver is still the one.
    async fn write_hold(&mut self, seen: Option<Versioned<ServiceControl>>) -> Result<Option<ServiceControl>, Error> {
        self.journal.listen().await?;
        let next = Next {
            epoch: seen.as_ref().map_or(0, |seen| seen.control.epoch) + 1,
            holder: Some(self.operation().to_owned()),
            lease_until: None,
            body: seen.as_ref().map(|seen| seen.control.body.clone()).unwrap_or_default(),
        };
        match self.ledger.write(&self.service.control(), seen.as_ref(), next).await {
            Ok(written) => {
                let body = written.control.body.clone();
                self.hold.seen = Some(written);
                Ok(Some(body))
            }
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The service's control document, which nobody else writes while this operation holds the service.
    ///
    /// # Errors
    /// The service is held by another operation.
    pub async fn held(&mut self) -> Result<ServiceControl, Error> {
        if let Some(seen) = &self.hold.seen {
            return Ok(seen.control.body.clone());
        }
        for _ in 0..ATTEMPTS {
            let seen = self.ledger.read::<ServiceControl>(&self.service.control()).await?;
            let holder = seen.as_ref().and_then(|seen| seen.control.holder.clone());
            if holder.as_deref() != Some(self.operation()) {
                return Err(lost(&self.service.service, holder.as_deref()));
            }
            if let Some(body) = self.write_hold(seen).await? {
                if let Err(error) = self.fence_provider().await {
                    // A provider that has not heard of the epoch would still take what an older driver has sent.
                    self.hold.forget();
                    return Err(error);
                }
                return Ok(body);
            }
        }
        Err(contended(&self.service.service))
    }

    /// Lets the provider know of this driver before anything is looked at to be taken back, when the operation holds the
    /// service: what an older driver sent may still be on its way, and would land behind a look that finds nothing to do.
    pub(crate) async fn fence_before_taking_back(&mut self) -> Result<(), Error> {
        if self.hold.seen.is_some() {
            return Ok(());
        }
        let holder = self.control().await?.and_then(|control| control.holder);
        if holder.as_deref() == Some(self.operation()) { self.held().await.map(drop) } else { Ok(()) }
    }

    /// Lets the provider know of the new epoch before anything is read to decide from: what an older driver sent and what
    /// is still on its way is refused from here on. It sets what is there already.
    async fn fence_provider(&mut self) -> Result<(), Error> {
        let Some(slot) = self.slots.first().cloned() else { return Ok(()) };
        let address = self.slot(&slot);
        let fence = self.fence_now("hold");
        let epoch = fence.epoch;
        let fence = Fence { token: format!("{}.{epoch}", fence.token), ..fence };
        let capacity = self.motion.capacity(&address).await?;
        self.motion.set_capacity(&address, capacity, &fence).await
    }

    /// Changes the service's control document; gives what it says then.
    ///
    /// # Errors
    /// The service is held by another operation, or by another driver of this one.
    pub async fn change(&mut self, change: impl FnOnce(&mut ServiceControl) + Send) -> Result<ServiceControl, Error> {
        let mut body = self.held().await?;
        change(&mut body);
        let Some(seen) = self.hold.seen.clone() else { return Err(contended(&self.service.service)) };
        if body == seen.control.body {
            return Ok(body);
        }
        let next = Next { body: body.clone(), ..Next::of(&seen.control) };
        match self.ledger.write(&self.service.control(), Some(&seen), next).await {
            Ok(written) => self.hold.seen = Some(written),
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => {
                self.was_written(&seen, &body).await?;
            }
            Err(error) => return Err(error),
        }
        Ok(body)
    }

    /// Whether a write that was not acknowledged is there all the same: under this epoch nobody else writes.
    async fn was_written(&mut self, before: &Versioned<ServiceControl>, body: &ServiceControl) -> Result<(), Error> {
        self.hold.forget();
        let seen = self.ledger.read::<ServiceControl>(&self.service.control()).await?;
        let Some(seen) = seen.filter(|seen| seen.control.epoch == before.control.epoch) else {
            return Err(contended(&self.service.service));
        };
        if seen.control.body == *body {
            self.hold.seen = Some(seen);
            return Ok(());
        }
        let message =
            format!("a write of the control document of service `{}` is unaccounted for", self.service.service);
        Err(Error::new(&codes::TAKEN_OVER, ErrorKind::OutcomeUnknown, message))
    }

    /// Gives the service back; nothing happens when this operation does not hold it any more.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn give_back(&mut self) -> Result<(), Error> {
        self.hold.forget();
        for _ in 0..ATTEMPTS {
            let seen = self.ledger.read::<ServiceControl>(&self.service.control()).await?;
            let holder = seen.as_ref().and_then(|seen| seen.control.holder.as_deref());
            let ours = holder == Some(self.operation());
            // A driver that died may have sent its taking, which lands when nobody expects it any more. Whoever takes back writes
            // the document anew, so that what is on its way finds another version and is refused.
            let may_land_late = self.undoing && holder.is_none();
            if !ours && !may_land_late {
                return Ok(());
            }
            let next = seen.as_ref().map_or_else(fresh, |seen| Next { holder: None, ..Next::of(&seen.control) });
            match self.ledger.write(&self.service.control(), seen.as_ref(), next).await {
                Ok(_) => return Ok(()),
                Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => {}
                Err(error) => return Err(error),
            }
        }
        Err(contended(&self.service.service))
    }

    /// What an effect carries that may happen once only: this operation, the epoch that it holds the service with, and a
    /// token that is the same whoever drives the operation.
    ///
    /// # Errors
    /// The service is held by another operation.
    pub async fn fence(&mut self, effect: &str) -> Result<Fence, Error> {
        self.held().await?;
        Ok(self.fence_now(effect))
    }

    /// What an absolute set carries: as [`Context::fence`], with a token of this driver's own.
    ///
    /// A set may be repeated, and must be: when a set of a driver that has died was overtaken by another one, a provider that
    /// knew its token would not set it again.
    ///
    /// # Errors
    /// The service is held by another operation.
    pub async fn fence_of_set(&mut self, effect: &str) -> Result<Fence, Error> {
        let fence = self.fence(effect).await?;
        Ok(Fence { token: format!("{}.{}", fence.token, fence.epoch), ..fence })
    }

    fn fence_now(&self, effect: &str) -> Fence {
        let epoch = self.hold.seen.as_ref().map_or(0, |seen| seen.control.epoch);
        let operation = self.operation().to_owned();
        let back = if self.undoing { "u" } else { "" };
        Fence { token: format!("{operation}.{}{back}.{effect}", self.step()), operation, epoch }
    }

    /// The epoch that the service is held with; it only rises, and no two operations have the same.
    ///
    /// # Errors
    /// The service is held by another operation.
    pub async fn epoch(&mut self) -> Result<u64, Error> {
        self.held().await?;
        Ok(self.hold.seen.as_ref().map_or(0, |seen| seen.control.epoch))
    }

    /// A slot of the service.
    #[must_use]
    pub fn slot(&self, slot: &str) -> SlotAddress {
        SlotAddress { service: self.service.clone(), slot: slot.to_owned() }
    }
}

/// A control document of a service that nothing was done to.
fn fresh() -> Next<ServiceControl> {
    Next { epoch: 0, holder: None, lease_until: None, body: ServiceControl::default() }
}

fn busy(service: &str, other: &str) -> Error {
    let message = format!("operation `{other}` works on service `{service}`");
    Error::new(&saga::codes::BUSY, ErrorKind::Conflict, message)
        .hint(format!("wait for it, or go on with it by `skiff resume {other}` when its process has died"))
}

fn lost(service: &str, holder: Option<&str>) -> Error {
    let held = holder.map_or_else(|| "nobody".to_owned(), |holder| format!("operation `{holder}`"));
    Error::new(&codes::SERVICE_LOST, ErrorKind::Conflict, format!("service `{service}` is held by {held} now"))
        .hint("look at it with `skiff status`")
}

fn contended(service: &str) -> Error {
    let message = format!("somebody else wrote the control document of service `{service}`");
    Error::new(&codes::TAKEN_OVER, ErrorKind::Conflict, message).hint("look at it with `skiff status`")
}
