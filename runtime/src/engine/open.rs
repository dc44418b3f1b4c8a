//! Which operations are not finished: a marker for each, so that nobody has to look through all there ever were.
//!
//! A marker is made before the intent and removed behind the end. One without an intent, or of a finished operation, is what a
//! crash in between has left; whoever lists finds out and removes it.

use skiff_wire::{LogEntry, OpenOperation, OperationControl, OperationIntent, OperationStatus};

use crate::{
    engine::Engine,
    error::{Error, ErrorKind},
    state::{
        Ledger,
        control::{Next, Versioned},
        document::store_error,
        layout::Scope,
    },
    store::{Key, StoreErrorKind},
};

/// How many markers are asked for at once.
const PAGE: usize = 500;
/// How old a marker without an intent must be before it is removed: whoever made it may still be about to write the intent.
const ABANDONED: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// An operation that is not finished, as its control document has it.
#[derive(Debug, Clone)]
pub struct Open {
    /// What was meant.
    pub intent: OperationIntent,
    /// Where it stands, absent while nobody has driven it yet.
    pub control: Option<Versioned<OperationControl>>,
}

/// Says that an operation is not finished.
pub(crate) async fn mark(ledger: &Ledger, scope: &Scope, operation: &str) -> Result<(), Error> {
    let marker = OpenOperation { schema: OpenOperation::SCHEMA.into(), operation: operation.to_owned() };
    ledger.put_once(&scope.open(operation), &marker).await
}

/// Says it no more; nothing happens when nobody did. A marker that stays costs whoever lists a look, and nothing else.
pub(crate) async fn close(ledger: &Ledger, scope: &Scope, operation: &str) -> Result<(), Error> {
    let key = scope.open(operation);
    let Some(object) = ledger.store.get(&key).await.map_err(store_error)? else { return Ok(()) };
    match ledger.store.delete(&key, &object.etag).await {
        Err(error) if error.kind == StoreErrorKind::Damaged => Err(store_error(error)),
        // It is removed, somebody else was first, it is not known, or nobody may; the next who lists will see.
        Ok(()) | Err(_) => Ok(()),
    }
}

impl Engine {
    /// The operations of a scope that are not finished, the oldest first.
    ///
    /// # Errors
    /// A store that fails, or a document that cannot be read.
    pub async fn open(&self, scope: &Scope) -> Result<Vec<Open>, Error> {
        let mut open = Vec::new();
        for operation in self.marked(scope).await? {
            match self.ledger.get::<OperationIntent>(&scope.intent(&operation)).await? {
                Some(intent) => open.extend(self.unfinished(scope, intent).await?),
                None if self.is_abandoned(&operation) => close(&self.ledger, scope, &operation).await?,
                None => {}
            }
        }
        Ok(open)
    }

    async fn unfinished(&self, scope: &Scope, intent: OperationIntent) -> Result<Option<Open>, Error> {
        let control = self.ledger.read::<OperationControl>(&scope.operation(&intent.operation)).await?;
        if control.as_ref().is_some_and(|control| control.control.body.status.is_final()) {
            close(&self.ledger, scope, &intent.operation).await?;
            return Ok(None);
        }
        Ok(Some(Open { intent, control }))
    }

    async fn marked(&self, scope: &Scope) -> Result<Vec<String>, Error> {
        let prefix = scope.open_prefix();
        let (mut marked, mut after): (Vec<String>, Option<Key>) = (Vec::new(), None);
        loop {
            let page = self.ledger.store.list(&prefix, after.as_ref(), PAGE).await.map_err(store_error)?;
            let id = |key: &Key| key.as_str().strip_prefix(&prefix)?.strip_suffix(".json").map(str::to_owned);
            marked.extend(page.keys.iter().filter_map(id));
            match page.keys.last() {
                Some(last) if page.more => after = Some(last.clone()),
                _ => return Ok(marked),
            }
        }
    }

    /// Whether a marker is older than any writer of its intent can be; its id has the time (RFC 9562, version 7).
    fn is_abandoned(&self, operation: &str) -> bool {
        let made = uuid::Uuid::parse_str(operation).ok().and_then(|id| id.get_timestamp());
        let made = made.map_or(0, |made| i64::try_from(made.to_unix().0).unwrap_or_default());
        self.ledger.world.clock.now().as_second() - made > ABANDONED.as_secs()
    }

    /// Gives up the lease of an operation that this driver was stopped at, so that nobody waits for it to run out.
    ///
    /// Nothing happens when somebody else has it by now: the lease is advice, and the log says what was done.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn let_go(&self, scope: &Scope, operation: &str) -> Result<(), Error> {
        let key = scope.operation(operation);
        let Some(read) = self.ledger.read::<OperationControl>(&key).await? else { return Ok(()) };
        if read.control.holder.as_deref() != Some(self.driver.name.as_str()) {
            return Ok(());
        }
        let next = Next { holder: None, lease_until: None, ..Next::of(&read.control) };
        match self.ledger.write(&key, Some(&read), next).await {
            Err(error) if !matches!(error.kind(), ErrorKind::Conflict | ErrorKind::OutcomeUnknown) => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether a worker may take an operation up: it is not finished, its driver is silent, and it waits for nobody, or whom it
    /// waited for has answered.
    ///
    /// The lease is advice: two who take it up at once do no harm, one of them stops.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn is_free(&self, scope: &Scope, open: &Open) -> Result<bool, Error> {
        use OperationStatus as Status;
        let Some(control) = open.control.as_ref().map(|control| &control.control) else { return Ok(true) };
        if control.lease_until.is_some_and(|until| until > self.ledger.world.clock.now()) {
            return Ok(false);
        }
        match control.body.status {
            Status::Planned | Status::Running | Status::Compensating => Ok(true),
            Status::Succeeded | Status::Compensated | Status::Failed => Ok(false),
            Status::AwaitingApproval | Status::Paused | Status::Unknown | Status::CompensationFailed => {
                let answer = scope.log(&open.intent.operation, control.body.entries);
                Ok(self.ledger.get::<LogEntry>(&answer).await?.is_some())
            }
        }
    }
}
