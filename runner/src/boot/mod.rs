//! From an assignment to verified bytes: what a member does before anything of a release runs.
//!
//! ```text
//! control.json ─► assignment ─► root, from the pin ─► release, verified ─► artifacts, by digest ─► kept for the next start
//! ```
//!
//! Everything is read from the ledger; when it cannot be read, from what was kept, and verified again in the same way. **A
//! refusal starts nothing.**

mod keep;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use skiff_runtime::{
    Error, ErrorKind,
    release::{fetch_artifact, read_verified},
    state::Ledger,
    trust::{Purpose, VerifiedArtifact, VerifiedRelease, load_root},
};
use skiff_wire::{Assignment, MemberPhase, ReleaseArtifact, ServiceControl};

use crate::{
    codes,
    configuration::{self, Configuration},
    folder::{Folder, Seen},
    log::Logs,
    report::Report,
};

/// How often the ledger is tried before the member starts from what it has kept.
const TRIES: u32 = 4;
/// How long the member waits between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// A release that this member may run.
#[derive(Debug, Clone)]
pub(crate) struct Booted {
    /// The release.
    pub(crate) release: VerifiedRelease,
    /// What it is assigned by.
    pub(crate) assignment: Assignment,
    /// The version of the root that it was verified by.
    pub(crate) root_version: u64,
    /// How long the verification took, artifacts and all.
    pub(crate) took: Duration,
    /// Why the ledger was not read, when the member starts from what it has kept.
    pub(crate) offline: Option<Error>,
    /// The bundles, as they were read and verified, by digest.
    pub(crate) bundles: BTreeMap<String, Arc<VerifiedArtifact>>,
}

/// Where a member boots from.
#[derive(Clone)]
pub(crate) struct Sources {
    /// The member.
    pub(crate) configuration: Configuration,
    /// The ledger of its application.
    pub(crate) ledger: Ledger,
    /// What it has kept, under the same keys.
    pub(crate) kept: Ledger,
    /// Its folder.
    pub(crate) folder: Folder,
}

impl Sources {
    /// The sources of a member.
    pub(crate) fn open(configuration: &Configuration, ledger: Ledger, folder: &Folder) -> Result<Self, Error> {
        let kept = configuration::open(&folder.part("kept"), &ledger.world)?;
        Ok(Self { configuration: configuration.clone(), ledger, kept, folder: folder.clone() })
    }

    /// Waits for an assignment, verifies it, and keeps it.
    ///
    /// # Errors
    /// A refusal, or a folder that cannot be used. A ledger that cannot be read is none: the member starts from what it has
    /// kept, or waits.
    pub(crate) async fn boot(&self, report: &Report, logs: &Logs) -> Result<Booted, Error> {
        // What cannot be remembered does not get better by asking the ledger again.
        self.folder.seen()?;
        let mut failed = 0;
        loop {
            let mut read = None;
            match self.attempt(&self.ledger, &mut read).await {
                Ok(Some(booted)) => {
                    self.keep(&booted, logs).await;
                    return Ok(booted);
                }
                Ok(None) => {
                    failed = 0;
                    report.waiting(&codes::NO_ASSIGNMENT, &self.no_assignment(), logs);
                }
                Err(error) if is_refusal(&error) => {
                    report.of_assignment(read.as_ref());
                    return Err(error);
                }
                Err(error) => {
                    failed += 1;
                    if failed >= TRIES
                        && let Some(booted) = self.offline(&error, report, logs).await?
                    {
                        return Ok(booted);
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether the assignment still is the one that was booted.
    ///
    /// # Errors
    /// [`codes::ASSIGNMENT_CHANGED`] when it is not, else whatever keeps the ledger from being read.
    pub(crate) async fn still(&self, booted: &Booted) -> Result<(), Error> {
        let now = self.assignment(&self.ledger).await?.map(|(assignment, _)| assignment);
        if now.as_ref().map(|assignment| assignment.generation) == Some(booted.assignment.generation) {
            return Ok(());
        }
        let now = now.map_or("none".to_owned(), |assignment| assignment.generation.to_string());
        let message = format!(
            "slot `{}` of `{}` has generation {now}, and this member booted generation {}",
            self.configuration.document.slot, self.configuration.document.service, booted.assignment.generation
        );
        Err(Error::new(&codes::ASSIGNMENT_CHANGED, ErrorKind::Conflict, message).hint("launch another member"))
    }

    /// Verifies the assignment again, by the roots that the ledger has now.
    ///
    /// # Errors
    /// As a boot, and when the assignment has changed.
    pub(crate) async fn verify_again(&self, booted: &Booted) -> Result<(), Error> {
        self.still(booted).await?;
        self.attempt(&self.ledger, &mut None).await.map(drop)
    }

    async fn offline(&self, why: &Error, report: &Report, logs: &Logs) -> Result<Option<Booted>, Error> {
        let mut read = None;
        let kept = match self.attempt(&self.kept, &mut read).await {
            Ok(Some(booted)) => {
                let id = codes::STARTED_OFFLINE.id;
                logs.say(None, &format!("the ledger cannot be read ({why}); starting from the kept assignment [{id}]"));
                return Ok(Some(Booted { offline: Some(why.clone()), ..booted }));
            }
            Err(error) if error.kind() == ErrorKind::VerificationFailed => {
                report.of_assignment(read.as_ref());
                return Err(error);
            }
            Ok(None) => String::new(),
            // The ledger may come back, and has all of it.
            Err(error) => format!("; what was kept cannot be used either: {}", error.message()),
        };
        report.waiting(&codes::LEDGER_UNREADABLE, &format!("{}{kept}", why.message()), logs);
        Ok(None)
    }

    /// One look at a ledger: `None` when the slot has no assignment. What it has is in `read` also when it is refused.
    async fn attempt(&self, ledger: &Ledger, read: &mut Option<Assignment>) -> Result<Option<Booted>, Error> {
        let started = Instant::now();
        let Some((assignment, floor)) = self.assignment(ledger).await? else { return Ok(None) };
        *read = Some(assignment.clone());
        let seen = self.folder.seen()?;
        let pin = self.configuration.document.trust_root.as_str();
        let pin = (!pin.is_empty()).then_some(pin);
        let root = load_root(ledger, pin, seen.root_version.max(floor)).await?;
        let purpose = Purpose::Boot { sequence: seen.sequence };
        let service = self.configuration.service();
        let release = read_verified(ledger, &service, &assignment.release, &root, purpose).await?;
        let bundles = bundles(ledger, &release).await?;
        let (root_version, took) = (root.root.version, started.elapsed());
        Ok(Some(Booted { release, assignment, root_version, took, offline: None, bundles }))
    }

    /// The slot's assignment, and the lowest version of the root that counts.
    async fn assignment(&self, ledger: &Ledger) -> Result<Option<(Assignment, u64)>, Error> {
        let document = &self.configuration.document;
        check_there(ledger)?;
        let control = ledger.read::<ServiceControl>(&self.configuration.service().control()).await?;
        let Some(control) = control.map(|seen| seen.control.body) else {
            return self.check_never_had(ledger).await.map(|()| None);
        };
        let slot = control.slots.get(&document.slot);
        Ok(slot.and_then(|slot| slot.assignment.clone()).map(|assignment| (assignment, control.root_version)))
    }

    /// A control document is never deleted: a ledger without the one that this member booted from is another, or is empty
    /// because its disk is not there.
    async fn check_never_had(&self, ledger: &Ledger) -> Result<(), Error> {
        let key = self.configuration.service().control();
        if ledger.store.place() == self.kept.store.place() || self.kept.read::<ServiceControl>(&key).await?.is_none() {
            return Ok(());
        }
        let message = format!("`{key}` is not in `{}`, where it was", ledger.store.place());
        Err(Error::new(&codes::LEDGER_UNREADABLE, ErrorKind::Unavailable, message))
    }

    /// Keeps all of it for the next start, and what was seen for ever. The member serves without, too.
    async fn keep(&self, booted: &Booted, logs: &Logs) {
        let seen = Seen { root_version: booted.root_version, sequence: booted.release.predicate.sequence };
        let kept = match self.folder.remember(seen) {
            Ok(()) => keep::all(self, booted).await,
            error => error,
        };
        if let Err(error) = kept {
            logs.say(None, &format!("the assignment is not kept for a start without the ledger: {error}"));
        }
    }

    fn no_assignment(&self) -> String {
        let document = &self.configuration.document;
        format!("slot `{}` of `{}` has no assignment yet", document.slot, document.service)
    }
}

/// Reads every bundle once, and verifies what was read.
async fn bundles(ledger: &Ledger, release: &VerifiedRelease) -> Result<BTreeMap<String, Arc<VerifiedArtifact>>, Error> {
    let mut bundles = BTreeMap::new();
    for artifact in release.predicate.artifacts.values() {
        match artifact {
            ReleaseArtifact::Bundle { sha256, .. } if !bundles.contains_key(sha256) => {
                bundles.insert(sha256.clone(), Arc::new(fetch_artifact(ledger, artifact).await?));
            }
            ReleaseArtifact::Bundle { .. } | ReleaseArtifact::Image { .. } => {}
        }
    }
    Ok(bundles)
}

impl Report {
    /// Says what the member was given, before it is known whether it may run.
    fn of_assignment(&self, assignment: Option<&Assignment>) {
        let Some(assignment) = assignment else { return };
        self.set(|state| {
            state.release = Some(assignment.release.clone());
            state.generation = assignment.generation;
        });
    }

    /// The member waits, and says for what.
    pub(crate) fn waiting(&self, code: &'static skiff_wire::Code, message: &str, logs: &Logs) {
        if self.state().reason.is_none_or(|reason| reason.code != code.id) {
            logs.say(None, &format!("waiting: {message} [{}]", code.id));
        }
        self.phase(MemberPhase::Booting, Some((code, message.to_owned())));
    }
}

/// A folder that is gone is no empty ledger: a disk that is not mounted looks like that.
pub(crate) fn check_there(ledger: &Ledger) -> Result<(), Error> {
    let place = ledger.store.place();
    if Path::new(&place).is_dir() {
        return Ok(());
    }
    let message = format!("the ledger's folder `{place}` is not there");
    Err(Error::new(&codes::LEDGER_UNREADABLE, ErrorKind::Unavailable, message))
}

/// Whether an error means that the bytes must not run, and not that they could not be had now.
fn is_refusal(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::VerificationFailed | ErrorKind::NotFound => true,
        ErrorKind::Usage
        | ErrorKind::NotAuthorised
        | ErrorKind::Conflict
        | ErrorKind::Unavailable
        | ErrorKind::GateFailed
        | ErrorKind::Inconclusive
        | ErrorKind::ApprovalNeeded
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Invalid
        | ErrorKind::Internal
        | ErrorKind::Interrupted => false,
    }
}
