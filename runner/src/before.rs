//! The command that a release runs once before any of its members serves: `rollout.before`.
//!
//! It is the main workload with another command, and that command is in the signed release. **It is begun at most once**: a mark in
//! the member's folder is made durable before the first instruction, and whoever finds it there begins nothing. How it ended is
//! left in the folder for whoever asked.

use std::{
    fs::{self, File, OpenOptions},
    io,
    sync::Arc,
    time::Duration,
};

use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{BeforeOutcome, ReleaseManifest, Workload};

use crate::{
    codes,
    context::Context,
    folder::{Folder, trouble, write_durably},
    workload::supervise::{Once, Stop, once},
};

/// The mark that it was begun.
const BEGUN: &str = "before.begun";

/// Runs it; `None` when the member is told to stop before it has ended.
pub(crate) async fn run(context: &Arc<Context>, stop: Stop) -> Option<Result<(), Error>> {
    let workload = match workload(context.manifest()) {
        Ok(workload) => workload,
        Err(error) => return Some(Err(error)),
    };
    if let Err(error) = begin(&context.folder) {
        return Some(Err(error));
    }
    let limit = context.life.timeout_seconds.map(|seconds| Duration::from_secs(seconds.into()));
    let (exit, why) = match once(context, &workload, stop, limit).await {
        Once::Stopped => return None,
        Once::Succeeded => (Some(0), None),
        Once::Failed { exit, why } => (exit, Some(why)),
    };
    let outcome = BeforeOutcome { exit, reason: why.clone() };
    if let Err(error) = write(&context.folder, &outcome) {
        return Some(Err(error));
    }
    Some(why.map_or(Ok(()), |why| Err(failed(&why))))
}

/// The main workload with the command in the place of its own. Nobody asks whether it serves, and its hooks are of a server; it
/// keeps its ports, since a program may want to read where it would listen.
fn workload(manifest: &ReleaseManifest) -> Result<Workload, Error> {
    if manifest.before.is_empty() {
        return Err(failed("is not in the release"));
    }
    let mut workload = manifest.main.clone();
    workload.command.command.clone_from(&manifest.before);
    workload.command.arguments.clear();
    (workload.startup, workload.readiness, workload.liveness, workload.hooks) = (None, None, None, None);
    Ok(workload)
}

fn begin(folder: &Folder) -> Result<(), Error> {
    let path = folder.part(BEGUN);
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    let made = made.and_then(|file| file.sync_all()).and_then(|()| File::open(folder.root())?.sync_all());
    made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = "an earlier runner of this member has begun the command, and was ended under it";
            Error::new(&codes::BEFORE_BEGUN, ErrorKind::GateFailed, message).hint("`skiff logs` has what it said")
        }
        _ => trouble(&path, &error),
    })
}

/// Leaves how it ended where that is not known yet, as when a release is refused.
pub(crate) fn note(folder: &Folder, ended: &Result<crate::member::Ended, Error>) -> Result<(), Error> {
    if fs::exists(folder.part(BeforeOutcome::FILE)).unwrap_or(false) {
        return Ok(());
    }
    let reason = match ended {
        Ok(_) => "it was told to stop before the command had ended".to_owned(),
        Err(error) => format!("{error} [{}]", error.code().id),
    };
    write(folder, &BeforeOutcome { exit: None, reason: Some(reason) })
}

fn write(folder: &Folder, outcome: &BeforeOutcome) -> Result<(), Error> {
    let path = folder.part(BeforeOutcome::FILE);
    let text = serde_json::to_vec(outcome).map_err(|error| trouble(&path, &error.into()))?;
    write_durably(&path, &text).map_err(|error| trouble(&path, &error))
}

fn failed(why: &str) -> Error {
    Error::new(&codes::BEFORE_FAILED, ErrorKind::GateFailed, format!("the command before the rollout {why}"))
        .hint("`skiff logs` has what it said")
}
