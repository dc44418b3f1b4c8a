//! An operation's log and its control document, as one driver writes them.
//!
//! The order of all that happens is the order of the log's numbers. A driver takes a higher epoch in the control document
//! and then says so in the log; from there on, nobody with a lower epoch finds a free number any more.

use std::time::Duration;

use skiff_wire::{Event, LogEntry, OperationControl, OperationIntent};

use crate::{
    engine::{codes, status::Status},
    error::{Error, ErrorKind},
    state::{
        Ledger,
        control::{Next, Versioned},
        document::{print, store_error},
        layout::Scope,
    },
    store::{Condition, Key, StoreError, StoreErrorKind},
};

/// How often a write is tried that somebody else was first with, or that the store did not take.
const ATTEMPTS: u32 = 8;
/// For how long a driver asks others to leave an operation to it. Advice only; renewed when half of it is over.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// What a log says, read from its beginning.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) status: Status,
    pub(crate) next: u64,
    pub(crate) epoch: u64,
}

impl Log {
    /// The log of an operation that nobody has driven.
    pub(crate) fn empty(intent: &OperationIntent) -> Self {
        Self { status: Status::planned(&intent.steps), next: 0, epoch: 0 }
    }

    /// Reads a whole log.
    pub(crate) async fn read(ledger: &Ledger, scope: &Scope, intent: &OperationIntent) -> Result<Self, Error> {
        Self::follow(ledger, scope, intent, drop).await
    }

    /// Reads a whole log, and shows each entry to somebody.
    pub(crate) async fn follow(
        ledger: &Ledger,
        scope: &Scope,
        intent: &OperationIntent,
        mut show: impl FnMut(LogEntry) + Send,
    ) -> Result<Self, Error> {
        let mut log = Self::empty(intent);
        while let Some(entry) = ledger.get::<LogEntry>(&scope.log(&intent.operation, log.next)).await? {
            log.fold(&intent.operation, &entry)?;
            show(entry);
        }
        Ok(log)
    }

    /// Takes one more entry into account.
    pub(crate) fn fold(&mut self, operation: &str, entry: &LogEntry) -> Result<(), Error> {
        let claims = matches!(entry.event, Event::Claimed { .. });
        let in_order = if claims { entry.epoch > self.epoch } else { entry.epoch == self.epoch };
        if entry.index != self.next || !in_order {
            return Err(broken(operation, self.next, "its number or its epoch is out of order"));
        }
        let status = self.status.clone().next(&entry.event);
        self.status = status.map_err(|refused| broken(operation, self.next, refused.why))?;
        self.next += 1;
        self.epoch = entry.epoch;
        Ok(())
    }
}

fn broken(operation: &str, index: u64, why: &str) -> Error {
    let message = format!("the log of operation `{operation}` does not add up at entry {index}: {why}");
    Error::new(&codes::BROKEN_LOG, ErrorKind::Invalid, message).hint("look at it with `skiff state verify`")
}

/// The log and the control document of the operation that is driven.
pub(crate) struct Journal {
    ledger: Ledger,
    scope: Scope,
    operation: String,
    epoch: u64,
    log: Log,
    control: Versioned<OperationControl>,
}

impl Journal {
    /// Takes an operation up with a new epoch. Whoever drove it before stops at its next write.
    pub(crate) async fn claim(
        ledger: &Ledger,
        scope: &Scope,
        intent: &OperationIntent,
        holder: &str,
    ) -> Result<Self, Error> {
        let control = claim_control(ledger, scope, intent, holder).await?;
        let mut journal = Self {
            ledger: ledger.clone(),
            scope: scope.clone(),
            operation: intent.operation.clone(),
            epoch: control.control.epoch,
            log: Log::read(ledger, scope, intent).await?,
            control,
        };
        journal.check_epoch(journal.log.epoch)?;
        if !journal.status().state.is_final() {
            journal.record(Event::Claimed { holder: holder.to_owned() }).await?;
        }
        Ok(journal)
    }

    /// What the log adds up to.
    pub(crate) fn status(&self) -> &Status {
        &self.log.status
    }

    /// The epoch that the operation is driven with.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many entries the log has.
    pub(crate) fn entries(&self) -> u64 {
        self.log.next
    }

    /// Records what has happened, behind whatever others wrote in between.
    pub(crate) async fn record(&mut self, event: Event) -> Result<(), Error> {
        while !self.append(&event).await? {}
        Ok(())
    }

    /// Records what is about to be done; `false` when somebody else wrote first, and it must be thought about again.
    pub(crate) async fn intend(&mut self, event: Event) -> Result<bool, Error> {
        self.append(&event).await
    }

    /// Reads what others wrote in the meantime; `true` when there was something. A driver that listens is at work: its lease
    /// is renewed when it is time.
    pub(crate) async fn listen(&mut self) -> Result<bool, Error> {
        self.renew().await?;
        let mut heard = false;
        while let Some(entry) = self.ledger.get::<LogEntry>(&self.scope.log(&self.operation, self.log.next)).await? {
            self.hear(&entry)?;
            heard = true;
        }
        Ok(heard)
    }

    /// Renews the lease when half of it is over. It is advice: a store that does not take it stops nobody, and a driver that
    /// was taken over stops.
    async fn renew(&mut self) -> Result<(), Error> {
        let known = &self.control.control;
        let now = self.ledger.world.clock.now();
        let half_over = known.lease_until.is_none_or(|until| until.duration_since(now) < LEASE / 2);
        if known.holder.is_none() || !half_over {
            return Ok(());
        }
        match self.write(Next { lease_until: now.checked_add(LEASE).ok(), ..Next::of(known) }).await {
            Err(error) if error.code() == &codes::TAKEN_OVER => Err(error),
            _ => Ok(()),
        }
    }

    fn hear(&mut self, entry: &LogEntry) -> Result<(), Error> {
        self.check_epoch(entry.epoch)?;
        self.log.fold(&self.operation, entry)
    }

    fn check_epoch(&self, seen: u64) -> Result<(), Error> {
        if seen > self.epoch { Err(taken_over(&self.operation, seen, self.epoch)) } else { Ok(()) }
    }

    async fn append(&mut self, event: &Event) -> Result<bool, Error> {
        let entry = LogEntry {
            schema: LogEntry::SCHEMA.into(),
            index: self.log.next,
            epoch: self.epoch,
            at: self.ledger.world.clock.now(),
            event: event.clone(),
        };
        // What cannot be folded must not be written: a log is never mended.
        let mut after = self.log.clone();
        after.fold(&self.operation, &entry)?;
        match self.put(&entry).await? {
            None => {
                self.log = after;
                Ok(true)
            }
            Some(other) => {
                self.hear(&other)?;
                Ok(false)
            }
        }
    }

    /// Writes an entry under its number; gives what is there instead when somebody else was first.
    async fn put(&self, entry: &LogEntry) -> Result<Option<LogEntry>, Error> {
        let key = self.scope.log(&self.operation, entry.index);
        let body = print(entry)?;
        let (mut attempt, mut doubt) = (0, None::<StoreError>);
        loop {
            let Err(error) = self.ledger.store.put(&key, &body, &Condition::Absent).await else { return Ok(None) };
            if let Some(there) = self.there(&key, &error).await? {
                return Ok(Some(there).filter(|there| there != entry));
            }
            // Once an answer was lost, no later one makes it certain that nothing was written.
            let error = doubt.filter(|first| first.kind == StoreErrorKind::Ambiguous).unwrap_or(error);
            if attempt + 1 == ATTEMPTS {
                return Err(store_error(error));
            }
            doubt = Some(error);
            self.ledger.world.clock.sleep(back_off(&self.ledger, attempt)).await;
            attempt += 1;
        }
    }

    /// What is under a number whose write was not simply acknowledged; nothing as well while the store is not available.
    async fn there(&self, key: &Key, error: &StoreError) -> Result<Option<LogEntry>, Error> {
        match error.kind {
            StoreErrorKind::Denied | StoreErrorKind::Full | StoreErrorKind::Damaged => Err(store_error(error.clone())),
            StoreErrorKind::Unavailable => Ok(None),
            StoreErrorKind::Missing
            | StoreErrorKind::Precondition
            | StoreErrorKind::Conflict
            | StoreErrorKind::Ambiguous => match self.ledger.get::<LogEntry>(key).await {
                Err(error) if error.kind() == ErrorKind::Unavailable => Ok(None),
                there => there,
            },
        }
    }

    /// Makes the control document say what the log adds up to; a final or resting operation has no holder.
    pub(crate) async fn settle(&mut self, resting: bool) -> Result<(), Error> {
        let status = self.status();
        let body = OperationControl {
            status: status.state,
            entries: self.log.next,
            step: status.step,
            reason: status.reason.clone(),
        };
        let known = &self.control.control;
        if known.body.status == body.status && known.holder.is_some() != resting {
            return if resting { Ok(()) } else { self.renew().await };
        }
        let mut next = Next::of(known);
        next.body = body;
        next.lease_until = self.ledger.world.clock.now().checked_add(LEASE).ok();
        if resting {
            (next.holder, next.lease_until) = (None, None);
        }
        self.write(next).await
    }

    async fn write(&mut self, next: Next<OperationControl>) -> Result<(), Error> {
        let key = self.scope.operation(&self.operation);
        for _ in 0..ATTEMPTS {
            match self.ledger.write(&key, Some(&self.control), next.clone()).await {
                Ok(written) => {
                    self.control = written;
                    return Ok(());
                }
                Err(error) if !matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => {
                    return Err(error);
                }
                Err(_) => {}
            }
            if let Some(seen) = self.ledger.read(&key).await? {
                self.control = seen;
            }
            self.check_epoch(self.control.control.epoch)?;
            if self.control.control.body == next.body && self.control.control.holder == next.holder {
                return Ok(());
            }
        }
        Err(contended(&self.operation))
    }
}

async fn claim_control(
    ledger: &Ledger,
    scope: &Scope,
    intent: &OperationIntent,
    holder: &str,
) -> Result<Versioned<OperationControl>, Error> {
    let key = scope.operation(&intent.operation);
    for attempt in 0..ATTEMPTS {
        let seen = ledger.read::<OperationControl>(&key).await?;
        let body = seen.as_ref().map_or_else(planned, |seen| seen.control.body.clone());
        let next = Next {
            epoch: seen.as_ref().map_or(0, |seen| seen.control.epoch) + 1,
            holder: Some(holder.to_owned()),
            lease_until: ledger.world.clock.now().checked_add(LEASE).ok(),
            body,
        };
        match ledger.write(&key, seen.as_ref(), next).await {
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => {
                ledger.world.clock.sleep(back_off(ledger, attempt)).await;
            }
            other => return other,
        }
    }
    Err(contended(&intent.operation))
}

fn planned() -> OperationControl {
    OperationControl { status: skiff_wire::OperationStatus::Planned, entries: 0, step: 0, reason: None }
}

pub(crate) fn taken_over(operation: &str, seen: u64, own: u64) -> Error {
    let message = format!("operation `{operation}` was taken up with epoch {seen}; this driver has {own} and stops");
    Error::new(&codes::TAKEN_OVER, ErrorKind::Conflict, message).hint("look at it with `skiff status`")
}

fn contended(operation: &str) -> Error {
    let message = format!("others wrote the control document of operation `{operation}` each time");
    Error::new(&codes::TAKEN_OVER, ErrorKind::Conflict, message)
        .hint(format!("try again with `skiff resume {operation}`"))
}

/// How long to wait before the next attempt: a tenth of a second, twice as long each time, ten seconds at most, with up to
/// half of it left to chance so that those who collided do not collide again.
pub(crate) fn back_off(ledger: &Ledger, attempt: u32) -> Duration {
    let whole = 100_u64.saturating_mul(1 << attempt.min(7)).min(10_000);
    Duration::from_millis(whole / 2 + ledger.world.below(whole / 2))
}
