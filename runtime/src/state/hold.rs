//! Holding a control document: who works on it, with an epoch that tells an earlier holder from a later one.
//!
//! The lease is advice, for a clock may be wrong: whoever takes over raises the epoch, and the earlier holder's next write
//! fails by its revision, its next effect by its epoch.

use std::time::Duration;

use jiff::Timestamp;
use skiff_wire::Control;

use crate::{
    error::{Error, ErrorKind},
    state::{
        Ledger, codes,
        control::{Next, Versioned},
        document::Body,
    },
    store::Key,
};

/// Who wants to hold a control document, and on what terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    /// The holder's id: an operation's, a worker's.
    pub holder: String,
    /// For how long others are asked to leave it alone.
    pub lease: Duration,
    /// The epoch of another's hold that may be ended, because its holder is known to be finished or gone.
    pub over: Option<u64>,
}

/// Whether others should leave a document to its holder at this time.
#[must_use]
pub fn is_leased<B>(control: &Control<B>, now: Timestamp) -> bool {
    control.holder.is_some() && control.lease_until.is_some_and(|until| until > now)
}

/// Whether this holder has the document in this epoch.
#[must_use]
pub fn is_held_by<B>(control: &Control<B>, holder: &str, epoch: u64) -> bool {
    control.holder.as_deref() == Some(holder) && control.epoch == epoch
}

impl Ledger {
    /// Takes a document: sets the holder and raises the epoch by one. `first` is its body when there is none yet.
    ///
    /// A holder that has it already takes it anew, with a higher epoch: the same operation in another process.
    ///
    /// # Errors
    /// Another holder ([`codes::HELD`]) whose hold the taker may not end; what [`Ledger::update`] gives.
    pub async fn take<B: Body>(&self, key: &Key, taker: &Taker, first: B) -> Result<Versioned<B>, Error> {
        let lease_until = self.lease(taker.lease);
        let taken = self
            .update::<B>(key, |control| {
                if let Some(control) = control {
                    may_take(key, control, taker)?;
                }
                let mut next = control.map_or_else(|| free(first.clone()), Next::of);
                next.epoch += 1;
                next.holder = Some(taker.holder.clone());
                next.lease_until = lease_until;
                Ok(Some(next))
            })
            .await?;
        taken.ok_or_else(|| taken_over(key, &taker.holder))
    }

    /// Changes a document that this holder has in this epoch, and renews its lease when one is given.
    ///
    /// # Errors
    /// Somebody else has it by now ([`codes::TAKEN_OVER`]); what `change` or [`Ledger::update`] gives.
    pub async fn change_held<B: Body>(
        &self,
        key: &Key,
        (holder, epoch): (&str, u64),
        lease: Option<Duration>,
        mut change: impl FnMut(&mut B) -> Result<(), Error> + Send,
    ) -> Result<Versioned<B>, Error> {
        let renewed = lease.and_then(|lease| self.lease(lease));
        let changed = self
            .update::<B>(key, |control| {
                let held = control.filter(|control| is_held_by(control, holder, epoch));
                let mut next = Next::of(held.ok_or_else(|| taken_over(key, holder))?);
                next.lease_until = renewed.or(next.lease_until);
                change(&mut next.body)?;
                Ok(Some(next))
            })
            .await?;
        changed.ok_or_else(|| taken_over(key, holder))
    }

    /// Gives a document back: no holder, no lease, the same epoch. Done already when this holder does not have it any more.
    ///
    /// # Errors
    /// What [`Ledger::update`] gives.
    pub async fn give_back<B: Body>(&self, key: &Key, (holder, epoch): (&str, u64)) -> Result<(), Error> {
        let given = self.update::<B>(key, |control| {
            let held = control.filter(|control| is_held_by(control, holder, epoch));
            Ok(held.map(|control| Next { holder: None, lease_until: None, ..Next::of(control) }))
        });
        given.await.map(drop)
    }

    fn lease(&self, lease: Duration) -> Option<Timestamp> {
        self.world.clock.now().checked_add(lease).ok()
    }
}

fn free<B>(body: B) -> Next<B> {
    Next { epoch: 0, holder: None, lease_until: None, body }
}

fn may_take<B>(key: &Key, control: &Control<B>, taker: &Taker) -> Result<(), Error> {
    let Some(holder) = control.holder.as_ref().filter(|holder| **holder != taker.holder) else { return Ok(()) };
    if taker.over == Some(control.epoch) {
        return Ok(());
    }
    let until =
        control.lease_until.map(|until| format!(", and wants to be left alone until {until}")).unwrap_or_default();
    Err(Error::new(&codes::HELD, ErrorKind::Conflict, format!("`{key}` is held by `{holder}`{until}"))
        .hint(format!("`skiff status` shows how far it is; `skiff resume {holder}` finishes it when it has stopped")))
}

fn taken_over(key: &Key, holder: &str) -> Error {
    Error::new(&codes::TAKEN_OVER, ErrorKind::Conflict, format!("`{holder}` does not hold `{key}` any more"))
        .hint("`skiff status` shows who goes on with it")
}
