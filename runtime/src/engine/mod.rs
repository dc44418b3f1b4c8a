//! The engine: it carries an operation's steps out, one after the other, so that it can die at any instant and go on.
//!
//! | module | gives |
//! |---|---|
//! | [`request`] | what is asked for, what is told on the way, what comes out |
//! | [`step`] | [`step::Step`]: what a saga is made of, and [`step::Steps`], the list with typed handles on what comes out |
//! | [`context`] | [`context::Context`]: what a step has to work with, the service it holds among it |
//! | [`open`] | which operations are not finished, and which of them a worker may take up |
//! | [`status`] | [`status::Status::next`]: what the log adds up to, one pure function |
//! | [`approval`] | the signed statement by which a person lets a step of high risk happen |
//! | [`verify`] | how a step has a release verified |
//!
//! **The log is the truth.** Each entry is made once under its number; who finds the number taken reads what is there and
//! thinks again. The control document says who drives (its epoch) and repeats what the log adds up to. The intent is stored
//! before any effect, a step's start before its effect, its result before the next step.
//!
//! **Absent on purpose:** time in any decision about safety. A lease is advice for others; who may write follows from epochs.

use std::sync::Arc;

use crate::{
    engine::step::Steps,
    gate::{NoSources, Sources},
    provider::Motion,
    saga::Saga,
    shadow::{self, Requests},
    state::Ledger,
};

mod agreed;
mod ask;
mod begin;
mod drive;
mod hold;
pub(crate) mod journal;

pub mod approval;
pub mod codes;
pub mod context;
pub mod open;
pub mod request;
pub mod status;
pub mod step;
pub mod verify;

pub use open::Open;
pub use request::{Ask, Failure, Finished, History, Operation, Progress, Request, Started};

/// Starts operations, carries them out, and takes them up again.
#[derive(Clone)]
pub struct Engine {
    pub(crate) ledger: Ledger,
    pub(crate) motion: Arc<dyn Motion>,
    pub(crate) driver: Driver,
    pub(crate) verify: Arc<dyn verify::Verify>,
    pub(crate) steps_of: fn(&Saga) -> Steps,
    pub(crate) outside: Outside,
}

/// What steps ask beside the ledger and the provider.
#[derive(Clone)]
pub struct Outside {
    /// Where measurements come from that the provider does not have.
    pub sources: Arc<dyn Sources>,
    /// What sends requests to a test listener.
    pub requests: Arc<dyn Requests>,
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
        let verify = Arc::new(verify::Trust { pin: driver.trust_pin.clone() });
        let outside = Outside { sources: Arc::new(NoSources), requests: Arc::new(shadow::Client::new()) };
        Self { ledger, motion, driver, verify, steps_of: Saga::steps, outside }
    }

    /// The same engine with other doors to what is outside of ledger and provider.
    #[must_use]
    pub fn asking(mut self, outside: Outside) -> Self {
        self.outside = outside;
        self
    }

    /// The same engine with other steps for its sagas, for simulations of what must not happen.
    #[must_use]
    pub fn doing(mut self, steps_of: fn(&Saga) -> Steps) -> Self {
        self.steps_of = steps_of;
        self
    }

    /// The same engine with another way of verifying releases and approvals, for simulations.
    #[must_use]
    pub fn verifying(mut self, verify: Arc<dyn verify::Verify>) -> Self {
        self.verify = verify;
        self
    }
}
