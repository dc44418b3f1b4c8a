//! What people ask of an operation that somebody else may be driving: to pause, to go on, to take it back, to approve.
//!
//! Each request is an entry of the log, made under the next free number; the driver finds it there.

use skiff_wire::{Event, LogEntry, OperationControl, OperationIntent, OperationStatus};

use crate::{
    engine::{
        Ask, Engine, History, Operation,
        approval::{Approval, Expected},
        begin::digest,
        codes,
        journal::Log,
    },
    error::{Error, ErrorKind},
    state::layout::Scope,
};

/// How often a request is tried when the driver was first with the number.
const ATTEMPTS: u32 = 32;

impl Engine {
    /// An operation as the ledger has it; its whole log is read.
    ///
    /// # Errors
    /// No such operation, or a log that does not add up.
    pub async fn look(&self, scope: &Scope, operation: &str) -> Result<Operation, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let log = Log::read(&self.ledger, scope, &intent).await?;
        self.seen(scope, intent, log).await
    }

    /// All that happened to an operation, from its intent to the last entry of its log.
    ///
    /// # Errors
    /// No such operation, or a log that does not add up.
    pub async fn history(&self, scope: &Scope, operation: &str) -> Result<History, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let mut entries = Vec::new();
        let log = Log::follow(&self.ledger, scope, &intent, |entry| entries.push(entry)).await?;
        Ok(History { intent, entries, status: log.status })
    }

    async fn seen(&self, scope: &Scope, intent: OperationIntent, log: Log) -> Result<Operation, Error> {
        let control = self.ledger.read::<OperationControl>(&scope.operation(&intent.operation)).await?;
        let status = log.status;
        Ok(Operation {
            intent,
            control: OperationControl {
                status: status.state,
                entries: log.next,
                step: status.step,
                reason: status.reason,
            },
            steps: status.steps,
            holder: control.and_then(|control| control.control.holder),
            failure: status.failure.or(status.held),
        })
    }

    /// Asks something of an operation; whoever drives it hears of it, and driving it takes it up.
    ///
    /// # Errors
    /// What cannot be asked of it as it stands.
    pub async fn ask(&self, scope: &Scope, operation: &str, ask: Ask, by: &str) -> Result<Operation, Error> {
        let by = by.to_owned();
        let event = match ask {
            Ask::Pause => Event::PauseRequested { by },
            Ask::Resume => Event::ResumeRequested { by },
            Ask::Abort => Event::AbortRequested { by, superseded_by: None },
            Ask::GiveWayTo(other) => Event::AbortRequested { by, superseded_by: Some(other) },
            Ask::WaiveHealth(reason) => Event::HealthWaived { by, reason },
        };
        let intent = self.read_intent(scope, operation).await?;
        self.request(scope, intent, event).await
    }

    /// The statement to sign so that the waiting step of an operation may happen, or so that the operation may go on without
    /// the verdict of a gate that could not say.
    ///
    /// # Errors
    /// Nothing waits.
    pub async fn approval(
        &self,
        scope: &Scope,
        operation: &str,
        approver: &str,
        expires: jiff::Timestamp,
    ) -> Result<Approval, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let log = Log::read(&self.ledger, scope, &intent).await?;
        let skip = log.status.held.is_some();
        if !skip {
            waiting(&intent, &log)?;
        }
        Ok(Approval {
            schema: Approval::SCHEMA.into(),
            app: scope.app.clone(),
            environment: scope.environment.clone(),
            plan: digest(&intent)?,
            operation: intent.operation,
            step: log.status.step,
            skip,
            approver: approver.to_owned(),
            by: None,
            expires,
        })
    }

    /// Records an approval: the bytes of a signed envelope around an [`Approval`].
    ///
    /// # Errors
    /// Each reason why it does not count.
    pub async fn approve(&self, scope: &Scope, operation: &str, envelope: &[u8]) -> Result<Operation, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let log = Log::read(&self.ledger, scope, &intent).await?;
        waiting(&intent, &log)?;
        let (step, principal) = self.approver(&intent, &log, envelope).await?;
        let envelope = String::from_utf8_lossy(envelope).into_owned();
        self.request(scope, intent, Event::Approved { step, envelope, principal }).await
    }

    /// Records an approval to go on without the verdict of a gate that could not say.
    ///
    /// # Errors
    /// No gate holds the operation up, or each reason why the approval does not count.
    pub async fn skip(
        &self,
        scope: &Scope,
        operation: &str,
        envelope: &[u8],
        reason: &str,
    ) -> Result<Operation, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let log = Log::read(&self.ledger, scope, &intent).await?;
        if log.status.held.is_none() {
            let message = format!("no gate holds operation `{operation}` up");
            return Err(Error::new(&codes::NOT_NOW, ErrorKind::Invalid, message)
                .hint(format!("see where it stands: `skiff saga show {operation}`")));
        }
        let (step, principal) = self.approver(&intent, &log, envelope).await?;
        let (envelope, reason) = (String::from_utf8_lossy(envelope).into_owned(), reason.to_owned());
        self.request(scope, intent, Event::StepSkipped { step, envelope, principal, reason }).await
    }

    /// Whose approval of the step that waits this is.
    async fn approver(&self, intent: &OperationIntent, log: &Log, envelope: &[u8]) -> Result<(u32, String), Error> {
        let (skip, now) = (log.status.held.is_some(), self.ledger.world.clock.now());
        let expected = Expected::of(intent, log.status.step, skip, now)?;
        let principal = self.verify.approval(&self.ledger, envelope, &expected).await?;
        Ok((expected.step, principal))
    }

    /// Refuses what waits for an approval; what was done is taken back when the operation is driven.
    ///
    /// # Errors
    /// Nothing waits.
    pub async fn reject(&self, scope: &Scope, operation: &str, by: &str, reason: &str) -> Result<Operation, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let log = Log::read(&self.ledger, scope, &intent).await?;
        waiting(&intent, &log)?;
        let event = Event::Rejected { step: log.status.step, principal: by.to_owned(), reason: reason.to_owned() };
        self.request(scope, intent, event).await
    }

    /// Writes a request under the next free number of the log.
    async fn request(&self, scope: &Scope, intent: OperationIntent, event: Event) -> Result<Operation, Error> {
        let mut log = Log::read(&self.ledger, scope, &intent).await?;
        for _ in 0..ATTEMPTS {
            log.status.clone().next(&event).map_err(|refused| {
                let message = format!("operation `{}`: {}", intent.operation, refused.why);
                Error::new(&codes::NOT_NOW, ErrorKind::Invalid, message).hint("see where it stands: `skiff status`")
            })?;
            let entry = LogEntry {
                schema: LogEntry::SCHEMA.into(),
                index: log.next,
                epoch: log.epoch,
                at: self.ledger.world.clock.now(),
                event: event.clone(),
            };
            let key = scope.log(&intent.operation, log.next);
            match self.ledger.put_once(&key, &entry).await {
                Ok(()) => {
                    log.fold(&intent.operation, &entry)?;
                    return self.seen(scope, intent, log).await;
                }
                Err(error) => {
                    let Some(there) = self.ledger.get::<LogEntry>(&key).await? else { return Err(error) };
                    log.fold(&intent.operation, &there)?;
                }
            }
        }
        let message = format!("the driver of operation `{}` was first each time", intent.operation);
        Err(Error::new(&codes::NOT_NOW, ErrorKind::Conflict, message).hint("ask again"))
    }
}

fn waiting(intent: &OperationIntent, log: &Log) -> Result<(), Error> {
    if log.status.state == OperationStatus::AwaitingApproval {
        return Ok(());
    }
    let message = format!("operation `{}` does not wait for an approval", intent.operation);
    Err(Error::new(&codes::NOT_NOW, ErrorKind::Invalid, message).hint("see where it stands: `skiff status`"))
}
