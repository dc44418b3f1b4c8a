//! The runner: the one program on a member's VM. It verifies the signed release, then runs it.
//!
//! | module | gives |
//! |---|---|
//! | `configuration`, `folder` | what the member is told at its launch, and where it keeps things |
//! | `boot` | from an assignment to verified bytes, or a refusal |
//! | `member` | the member's life: boot, start, serve, drain, stop |
//! | `before` | the command that a release runs once before its members serve |
//! | `workload` | one workload: prepared, started, watched, started again, stopped |
//! | [`launch`], `security`, `control_group` | what a workload may not have |
//! | [`guard`] | ends what a killed runner leaves |
//! | `variables`, `space`, `bundle` | what a workload finds: variables, files, volumes, its program |
//! | `probe`, `health`, `metrics`, `report`, `log` | what others see of the member |
//!
//! **Nothing of a release runs before its signatures, its binding, its standing and the digest of the very bytes that are
//! unpacked were verified.** The ledger is needed to boot and never to serve. **Absent:** any control plane; a member decides
//! by itself from what it reads, and writes its own document and nothing else. No secret's value is in a log, an argument of
//! a process, an error or a document.

mod backoff;
mod before;
mod boot;
mod bundle;
pub mod codes;
mod configuration;
mod context;
mod control_group;
mod folder;
mod guard;
mod health;
mod launch;
mod log;
mod member;
mod metrics;
mod probe;
mod program;
mod report;
mod security;
mod space;
mod variables;
mod workload;

use std::{ffi::OsString, path::Path, sync::Arc, time::Instant};

use skiff_runtime::{Error, ErrorKind, store::Store};

pub use program::Program;

/// Every code that the runner can report.
#[must_use]
pub fn codes() -> Vec<&'static skiff_wire::Code> {
    codes::CODES.to_vec()
}

/// What stands between a member and a store that it opens.
pub type Door<'a> = dyn Fn(Arc<dyn Store>) -> Arc<dyn Store> + 'a;

/// How a member ended, when nothing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop, and has stopped.
    Told,
    /// Its job has succeeded.
    Done,
}

/// Runs a member until it is told to stop (SIGTERM, SIGINT), its job is done, or it must not run.
///
/// # Errors
/// The kind decides the exit code. Of a release that must not run on this machine it is always
/// [`ErrorKind::VerificationFailed`] (exit 10: another member would refuse it too); of an assignment that changed
/// [`ErrorKind::Conflict`] (exit 6: launch another member); of a job that failed [`ErrorKind::GateFailed`] (exit 8). Others
/// say nothing against the release: they are of the configuration, the folder, the disk, a port, an engine that does not answer
/// (exit 7, mostly: launch another member).
pub fn run(configuration: &Path, program: Program) -> Result<Ended, Error> {
    run_through(configuration, program, &|store| store)
}

/// The same, with each store that the member opens, the ledger and what it keeps for itself, as `door` gives it back. So a
/// test can stand between a runner and what it writes.
///
/// # Errors
/// As [`run`].
pub fn run_through(configuration: &Path, program: Program, door: &Door<'_>) -> Result<Ended, Error> {
    let since = Instant::now();
    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        let message = format!("no event loop could be started: {error}");
        Error::new(&codes::FOLDER_TROUBLE, ErrorKind::Internal, message)
    })?;
    match waiting.block_on(member::run(configuration, program, since, door))? {
        member::Ended::Told => Ok(Ended::Told),
        member::Ended::Done => Ok(Ended::Done),
    }
}

/// Becomes a workload, as the order among the arguments says. Comes back only when that is impossible: with what to say on
/// standard error, and the exit status to end with.
#[must_use]
pub fn launch(arguments: &[OsString]) -> (String, u8) {
    (launch::launch(arguments), launch::NOT_STARTED)
}

/// Waits until the runner has gone, then ends what is left of its member.
pub fn guard(arguments: &[OsString]) {
    guard::watch(arguments);
}
