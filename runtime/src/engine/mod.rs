//! The engine: it carries an operation's steps out, one after the other, so that it can die at any instant and go on.
//!
//! | module | gives |
//! |---|---|
//! | [`request`] | what is asked for, what is told on the way, what comes out |
//! | [`step`] | [`step::Step`]: what a saga is made of, and [`step::Steps`], the list with typed handles on what comes out |
//! | [`status`] | [`status::Status::next`]: what the log adds up to, one pure function |
//! | [`approval`] | the signed statement by which a person lets a step of high risk happen |
//!
//! **The log is the truth.** Each entry is made once under its number; who finds the number taken reads what is there and
//! thinks again. The control document says who drives (its epoch) and repeats what the log adds up to. The intent is stored
//! before any effect, a step's start before its effect, its result before the next step.

use std::sync::Arc;

use crate::{
    error::Error,
    provider::Motion,
    state::{Ledger, layout::Scope},
};

pub mod approval;
pub mod codes;
pub mod request;
pub mod status;
pub mod step;

pub use request::{Ask, Failure, Finished, Operation, Progress, Request, Started};

/// Starts operations, carries them out, and takes them up again.
#[derive(Clone)]
pub struct Engine {
    pub(crate) ledger: Ledger,
    pub(crate) motion: Arc<dyn Motion>,
    pub(crate) driver: Driver,
}

/// Who carries operations out, and what they trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Driver {
    /// Who it is, for people: `user@host` and a process id, or a worker's id.
    pub name: String,
    /// The digest of the trust root to start from, `sha256:…`; absent to start from version 1.
    pub trust_pin: Option<String>,
}

impl Engine {
    /// An engine on a ledger, moving what a provider has.
    #[must_use]
    pub fn new(ledger: Ledger, motion: Arc<dyn Motion>, driver: Driver) -> Self {
        Self { ledger, motion, driver }
    }

    /// Puts an operation into the ledger; nothing is done yet. With an idempotency key that was used before, it is the
    /// operation of then.
    ///
    /// # Errors
    /// A store that fails; an idempotency key that was used with other arguments.
    pub async fn start(&self, request: &Request) -> Result<Started, Error> {
        let _ = (request);
        Err(not_yet())
    }

    /// Carries an operation out until it is done, taken back, or waits for somebody; `tell` hears of it on the way.
    ///
    /// Whoever drives it now stops at its next write.
    ///
    /// # Errors
    /// What cannot be driven: no such operation, one of another Skiff, one that somebody else has taken up since, a store or a
    /// provider that stays away. The operation stays as it is, and driving it again goes on.
    pub async fn drive(
        &self,
        scope: &Scope,
        operation: &str,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Finished, Error> {
        let _ = (scope, operation, tell);
        Err(not_yet())
    }

    /// Asks something of an operation; whoever drives it hears of it, and driving it takes it up.
    ///
    /// # Errors
    /// What cannot be asked of it as it stands.
    pub async fn ask(&self, scope: &Scope, operation: &str, ask: Ask, by: &str) -> Result<Operation, Error> {
        let _ = (scope, operation, ask, by);
        Err(not_yet())
    }

    /// Records an approval: the bytes of a signed envelope around an [`approval::Approval`].
    ///
    /// # Errors
    /// Each reason why it does not count.
    pub async fn approve(&self, scope: &Scope, operation: &str, envelope: &[u8]) -> Result<Operation, Error> {
        let _ = (scope, operation, envelope);
        Err(not_yet())
    }

    /// Refuses what waits for an approval; what was done is taken back when the operation is driven.
    ///
    /// # Errors
    /// Nothing waits.
    pub async fn reject(&self, scope: &Scope, operation: &str, by: &str, reason: &str) -> Result<Operation, Error> {
        let _ = (scope, operation, by, reason);
        Err(not_yet())
    }

    /// The statement to sign so that the waiting step of an operation may happen.
    ///
    /// # Errors
    /// Nothing waits.
    pub async fn approval(
        &self,
        scope: &Scope,
        operation: &str,
        approver: &str,
        expires: jiff::Timestamp,
    ) -> Result<approval::Approval, Error> {
        let _ = (scope, operation, approver, expires);
        Err(not_yet())
    }

    /// An operation as the ledger has it; its whole log is read.
    ///
    /// # Errors
    /// No such operation, or a log that does not add up.
    pub async fn look(&self, scope: &Scope, operation: &str) -> Result<Operation, Error> {
        let _ = (scope, operation);
        Err(not_yet())
    }
}

fn not_yet() -> Error {
    Error::new(&codes::NO_OPERATION, crate::ErrorKind::Internal, "the engine is not there yet")
}
