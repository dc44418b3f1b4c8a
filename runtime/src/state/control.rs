//! Control documents: compare-and-set, with a nonce that tells who won.

use std::time::Duration;

use skiff_wire::Control;

use crate::{
    error::{Error, ErrorKind},
    state::{
        Ledger, codes,
        document::{ATTEMPTS, Body, parse, print_for, store_error},
    },
    store::{self, Condition, Etag, Key, StoreError, StoreErrorKind},
};

/// How often a change is decided anew because somebody else was first.
const ROUNDS: u32 = 120;

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

/// What became of a write.
enum Written<B> {
    /// It is there, or was until somebody built on it.
    Won(Versioned<B>),
    /// Somebody else was first; nothing of it is there, and nothing will be.
    Lost(Error),
}

/// What reading back says of a write that was not simply acknowledged.
enum Resolved {
    Won(Etag),
    Lost,
    /// It is not there, and may still arrive: the same bytes on the same condition are sent again.
    Absent,
    Unknown,
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
    /// An answer that is lost or ambiguous is resolved by reading back and comparing the nonce.
    ///
    /// # Errors
    /// Conflict when somebody else was first; unknown when nobody can tell.
    pub async fn write<B: Body>(
        &self,
        key: &Key,
        seen: Option<&Versioned<B>>,
        next: Next<B>,
    ) -> Result<Versioned<B>, Error> {
        match self.try_write(key, seen, next).await? {
            Written::Won(versioned) => Ok(versioned),
            Written::Lost(error) => Err(error),
        }
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
        for round in 0..ROUNDS {
            let seen = self.read::<B>(key).await?;
            let Some(next) = change(seen.as_ref().map(|seen| &seen.control))? else { return Ok(seen) };
            if let Written::Won(versioned) = self.try_write(key, seen.as_ref(), next).await? {
                return Ok(Some(versioned));
            }
            self.pause(round).await;
        }
        let message = format!("`{key}` was changed by others {ROUNDS} times while it was to be changed here");
        Err(Error::new(&codes::CONTENDED, ErrorKind::Conflict, message)
            .hint("find out who works on it so often, then run the command again"))
    }

    async fn try_write<B: Body>(
        &self,
        key: &Key,
        seen: Option<&Versioned<B>>,
        next: Next<B>,
    ) -> Result<Written<B>, Error> {
        let control = self.following(seen, next);
        let body = print_for(key, &control)?;
        let condition = seen.map_or(Condition::Absent, |seen| Condition::Matches(seen.etag.clone()));
        let mut maybe_there = false;
        let mut last = None;
        for attempt in 0..ATTEMPTS {
            let error = match self.store.put(key, &body, &condition).await {
                Ok(etag) => return Ok(Written::Won(Versioned { control, etag })),
                Err(error) => error,
            };
            maybe_there |= error.kind == StoreErrorKind::Ambiguous;
            match self.resolve(key, seen, &control, &error, maybe_there).await? {
                Resolved::Won(etag) => return Ok(Written::Won(Versioned { control, etag })),
                Resolved::Lost => return Ok(Written::Lost(beaten(key, error))),
                Resolved::Unknown => return Err(unknown(key)),
                Resolved::Absent => self.pause(attempt).await,
            }
            last = Some(error);
        }
        Err(last.filter(|_| !maybe_there).map_or_else(|| unknown(key), store_error))
    }

    fn following<B: Body>(&self, seen: Option<&Versioned<B>>, next: Next<B>) -> Control<B> {
        Control {
            schema: B::SCHEMA.into(),
            revision: seen.map_or(0, |seen| seen.control.revision) + 1,
            nonce: self.world.nonce(),
            epoch: next.epoch,
            holder: next.holder,
            lease_until: next.lease_until,
            body: next.body,
        }
    }

    /// Reads back after an answer that was no simple "written".
    async fn resolve<B: Body>(
        &self,
        key: &Key,
        seen: Option<&Versioned<B>>,
        ours: &Control<B>,
        error: &StoreError,
        maybe_there: bool,
    ) -> Result<Resolved, Error> {
        let lost = if maybe_there { Resolved::Unknown } else { Resolved::Lost };
        match error.kind {
            StoreErrorKind::Denied | StoreErrorKind::Full | StoreErrorKind::Damaged if !maybe_there => {
                return Err(store_error(error.clone()));
            }
            StoreErrorKind::Unavailable => return Ok(Resolved::Absent),
            _ => {}
        }
        let object = match self.store.get(key).await {
            Ok(Some(object)) => object,
            Ok(None) => return Ok(if seen.is_none() { Resolved::Absent } else { lost }),
            Err(_) => return Ok(if maybe_there { Resolved::Absent } else { lost }),
        };
        let there: Control<B> = parse(key, &object.body)?;
        Ok(match seen {
            _ if there.nonce == ours.nonce => Resolved::Won(object.etag),
            Some(seen) if seen.etag == object.etag => Resolved::Absent,
            // Somebody else has written this very revision, so ours was not and never will be.
            _ if there.revision == ours.revision => Resolved::Lost,
            _ => lost,
        })
    }

    /// Waits a little, longer each time, and never as long as somebody else.
    pub(crate) async fn pause(&self, attempt: u32) {
        let most = 4_u64 << attempt.min(6);
        self.world.clock.sleep(Duration::from_millis(most / 4 + self.world.below(most))).await;
    }
}

/// Somebody else was first, however the store has put it.
fn beaten(key: &Key, error: StoreError) -> Error {
    if error.kind == StoreErrorKind::Missing {
        return store_error(error);
    }
    Error::new(&store::codes::CHANGED, ErrorKind::Conflict, format!("`{key}` was changed by somebody else"))
        .hint("look at what is there now, then run the command again")
}

fn unknown(key: &Key) -> Error {
    let message = format!("nobody can tell whether `{key}` was written: the answer was lost");
    Error::new(&store::codes::UNKNOWN, ErrorKind::OutcomeUnknown, message)
        .hint("`skiff resume OPERATION` reads what is there and goes on from it")
}
