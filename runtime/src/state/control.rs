//! Control documents: compare-and-set, with a nonce that tells who won.

use skiff_wire::Control;

use crate::{
    error::Error,
    state::{
        Ledger,
        document::{Body, parse, print, store_error},
    },
    store::{Condition, Etag, Key},
};

/// A control document as it was read: what to decide from, and what to send as `If-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<B> {
    /// The document.
    pub control: Control<B>,
    /// Its version in the store.
    pub etag: Etag,
}

/// What a change of a control document sets; the rest (`revision`, `nonce`) follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next<B> {
    /// The epoch; never lower than before.
    pub epoch: u64,
    /// The holder.
    pub holder: Option<String>,
    /// Until when others leave it alone.
    pub lease_until: Option<jiff::Timestamp>,
    /// The body.
    pub body: B,
}

impl<B: Clone> Next<B> {
    /// What is there, to be changed.
    #[must_use]
    pub fn of(control: &Control<B>) -> Self {
        Self {
            epoch: control.epoch,
            holder: control.holder.clone(),
            lease_until: control.lease_until,
            body: control.body.clone(),
        }
    }
}

impl Ledger {
    /// Reads a control document, or `None` when there is none.
    ///
    /// # Errors
    /// A store that fails, or a document that cannot be read.
    pub async fn read<B: Body>(&self, key: &Key) -> Result<Option<Versioned<B>>, Error> {
        let Some(object) = self.store.get(key).await.map_err(store_error)? else { return Ok(None) };
        Ok(Some(Versioned { control: parse(key, &object.body)?, etag: object.etag }))
    }

    /// Writes a control document: the first (`seen` is `None`) or the next version.
    ///
    /// # Errors
    /// Conflict when somebody else was first; unknown when nobody can tell.
    pub async fn write<B: Body>(
        &self,
        key: &Key,
        seen: Option<&Versioned<B>>,
        next: Next<B>,
    ) -> Result<Versioned<B>, Error> {
        let control = Control {
            schema: B::SCHEMA.into(),
            revision: seen.map_or(0, |seen| seen.control.revision) + 1,
            nonce: self.world.nonce(),
            epoch: next.epoch,
            holder: next.holder,
            lease_until: next.lease_until,
            body: next.body,
        };
        let condition = seen.map_or(Condition::Absent, |seen| Condition::Matches(seen.etag.clone()));
        let etag = self.store.put(key, &print(&control)?, &condition).await.map_err(store_error)?;
        Ok(Versioned { control, etag })
    }

    /// Reads, changes and writes a control document, again when somebody else was first, a bounded number of times.
    ///
    /// `change` sees what is there (`None` before the first write) and gives what shall be there, or `None` to leave it.
    /// Gives what is there in the end, `None` when there is nothing.
    ///
    /// # Errors
    /// What `change` gives; conflict when others were first too often; unknown when nobody can tell.
    pub async fn update<B: Body>(
        &self,
        key: &Key,
        mut change: impl FnMut(Option<&Control<B>>) -> Result<Option<Next<B>>, Error> + Send,
    ) -> Result<Option<Versioned<B>>, Error> {
        let seen = self.read::<B>(key).await?;
        match change(seen.as_ref().map(|seen| &seen.control))? {
            None => Ok(seen),
            Some(next) => self.write(key, seen.as_ref(), next).await.map(Some),
        }
    }
}
