//! A member from its start to its end.
//!
//! ```text
//! folder, lock, guard ─► health endpoint ─► boot: verify ─► look again ─► first ─► init ─► main, sidecars ─► … ─► drain ─► stop
//! ```

mod life;
mod phase;
mod ports;
mod signals;

use std::{
    fs::File,
    path::Path,
    process::Child,
    sync::Arc,
    time::{Duration, Instant},
};

use skiff_runtime::{Error, ErrorKind, world::World};
use skiff_wire::MemberPhase;

use crate::{
    Door, before,
    boot::{Booted, Sources},
    configuration::Configuration,
    context::Context,
    folder::{Folder, trouble},
    guard,
    health::{self, Health},
    log::Logs,
    metrics::Metrics,
    program::Program,
    report::Report,
    security,
    variables::main_port,
};
pub(crate) use life::Ended;
use signals::Signals;

/// How long the guard may take to end what is left.
const GUARD: Duration = Duration::from_secs(6);

/// What a member has from its start to its end.
struct Member {
    sources: Sources,
    program: Program,
    logs: Logs,
    report: Report,
    metrics: Metrics,
    health: Health,
    since: Instant,
}

/// Runs a member; gives how it ended.
///
/// # Errors
/// A configuration, folder or port that cannot be used; a refusal; an assignment that changed; a job that failed.
pub(crate) async fn run(
    configuration: &Path,
    program: Program,
    since: Instant,
    door: &Door<'_>,
) -> Result<Ended, Error> {
    let configuration = Configuration::read(configuration)?;
    let world = World::real();
    let mut ledger = configuration.ledger(&world)?;
    ledger.store = door(ledger.store);
    let folder = Folder::make(&configuration.folder)?;
    let lock = folder.lock()?;
    let logs = Logs::open(&folder.part("logs"), &configuration.instance, &world);
    let listener = health::listen(&configuration).await?;
    let mut signals = Signals::take().map_err(|error| trouble(folder.root(), &error))?;
    let left = guard::sweep(folder.root());
    if left > 0 {
        logs.say(None, &format!("ended {left} processes that an earlier run had left"));
    }
    ports::are_free(&configuration).await?;
    let guard = start_guard(&program, &folder, &lock)?;
    let report = Report::begin(&Arc::new(configuration.clone()), &ledger, &logs);
    let metrics = Metrics::new();
    let health = Health::new(metrics.clone(), report.clone());
    tokio::spawn(health::serve(listener, health.clone()));
    let mut sources = Sources::open(&configuration, ledger, &folder)?;
    sources.kept.store = door(sources.kept.store);
    let member = Member { sources, program, logs, report, metrics, health, since };
    let mut ended = member.live(&mut signals).await;
    if configuration.document.before {
        let noted = before::note(&folder, &ended);
        ended = ended.and_then(|ended| noted.map(|()| ended));
    }
    member.say_end(&ended).await;
    // The lock outlives all processes of the member.
    dismiss(guard);
    drop(lock);
    ended
}

impl Member {
    async fn live(&self, signals: &mut Signals) -> Result<Ended, Error> {
        let booted = tokio::select! {
            booted = self.sources.boot(&self.report, &self.logs) => booted,
            () = signals.stop() => return Ok(Ended::Told),
        };
        let context = match booted {
            Ok(booted) => self.accept(booted).await,
            Err(error) => Err(error),
        };
        let context = match context {
            Ok(context) => Arc::new(context),
            Err(error) => return Err(self.refuse(error).await),
        };
        life::live(&context, self, signals).await
    }

    /// The last look before anything starts: at the assignment, at every protection, at every value.
    async fn accept(&self, booted: Booted) -> Result<Context, Error> {
        self.metrics.verified(booted.took);
        let predicate = &booted.release.predicate;
        self.report.set(|state| {
            state.release = Some(booted.release.id.clone());
            state.generation = booted.assignment.generation;
            state.root_version = booted.root_version;
            state.sequence = predicate.sequence;
        });
        let (signers, took) = (booted.release.signers.join(", "), booted.took.as_millis());
        let text = format!("verified release {} signed by {signers} in {took} ms", booted.release.id);
        self.logs.say(None, &text);
        let (board, program) = (self.health.board(), self.program.clone());
        let context =
            Context::make(&self.sources, program, &self.logs, self.metrics.clone(), board, self.since, booted).await?;
        security::check_all(&context)?;
        if let Err(error) = self.sources.still(&context.booted).await
            && matches!(error.kind(), ErrorKind::Conflict | ErrorKind::VerificationFailed)
        {
            return Err(error);
        }
        if let Some(port) = main_port(&context.manifest().main) {
            self.health.look_at(context.configuration.port(port));
        }
        Ok(context)
    }

    /// What speaks against a release on this machine is said, and never tried again by itself. Anything else ends this member
    /// and not the release: whoever launched it launches another.
    async fn refuse(&self, error: Error) -> Error {
        let seen = self.sources.folder.seen().unwrap_or_default();
        self.report.set(|state| {
            state.root_version = state.root_version.max(seen.root_version);
            state.sequence = state.sequence.max(seen.sequence);
        });
        if !speaks_against_release(error.kind()) {
            return error;
        }
        self.report.refused(&error).await;
        let refusal = Error::new(error.code(), ErrorKind::VerificationFailed, error.message());
        match error.advice() {
            Some(advice) => refusal.hint(advice),
            None => refusal,
        }
    }

    async fn say_end(&self, ended: &Result<Ended, Error>) {
        self.health.drain();
        match ended {
            Ok(_) => self.report.phase(MemberPhase::Stopped, None),
            Err(error) => {
                let phase = match error.kind() {
                    ErrorKind::VerificationFailed => MemberPhase::Refused,
                    ErrorKind::GateFailed => MemberPhase::Failing,
                    _ => MemberPhase::Stopped,
                };
                self.report.phase(phase, Some((error.code(), error.message().into())));
            }
        }
        let words = match ended {
            Ok(Ended::Told) => "stopped".to_owned(),
            Ok(Ended::Done) => "the job is done".into(),
            Err(error) => error.to_string(),
        };
        self.logs.say(None, &words);
        self.report.flush().await;
        self.logs.flush();
    }
}

/// Whether an error is of the bytes, the signatures, or what the release asks for, and not of a disk or an engine that may do
/// better the next time.
fn speaks_against_release(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::VerificationFailed
        | ErrorKind::NotFound
        | ErrorKind::Invalid
        | ErrorKind::Usage
        | ErrorKind::GateFailed => true,
        ErrorKind::NotAuthorised
        | ErrorKind::Conflict
        | ErrorKind::Unavailable
        | ErrorKind::Inconclusive
        | ErrorKind::ApprovalNeeded
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Internal
        | ErrorKind::Interrupted => false,
    }
}

fn start_guard(program: &Program, folder: &Folder, lock: &File) -> Result<Child, Error> {
    let guard = lock.try_clone().and_then(|lock| guard::start(program, folder.root(), lock));
    guard.map_err(|error| trouble(folder.root(), &error))
}

/// Closes the guard's pipe and waits until it has gone.
fn dismiss(mut guard: Child) {
    drop(guard.stdin.take());
    let until = Instant::now() + GUARD;
    while Instant::now() < until && matches!(guard.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(5));
    }
}
