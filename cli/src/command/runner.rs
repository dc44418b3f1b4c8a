//! `skiff runner`: the member's runner, in the executable that the local provider already has.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process,
    sync::Arc,
};

use clap::{Args, Subcommand};
use serde_json::json;
use skiff_runner::{Ended, Program};
use skiff_runtime::store::Store;

#[cfg(debug_assertions)]
use crate::dying;
use crate::{failure::Failure, outcome::Outcome};

/// Run one member: verify its release, start it, watch it, stop it
///
/// Started by the local provider, once for each member. It ends with 0 when it was told to stop or its job is done, with 6
/// when its slot was assigned anew, with 8 when its job failed, and with 10 when it must not run what it was given.
#[derive(Debug, Args)]
#[command(subcommand_negates_reqs = true)]
pub(crate) struct RunnerArguments {
    /// The member's configuration
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What the runner starts this executable as.
#[derive(Debug, Subcommand)]
enum Role {
    /// Become a workload
    Launch(Words),
    /// End what a killed runner leaves
    Guard(Words),
}

/// Words that are passed on as they are.
#[derive(Debug, Args)]
struct Words {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<OsString>,
}

/// Runs a member to its end, or becomes what the runner needs.
pub(crate) fn run(arguments: &RunnerArguments) -> Result<Outcome, Failure> {
    match (&arguments.role, &arguments.config) {
        (Some(Role::Launch(Words { words })), _) => {
            let (why, status) = skiff_runner::launch(words);
            // The process stands in the workload's place: its standard error is the workload's log, its status the workload's.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("skiff runner: {why}\n").as_bytes());
            process::exit(i32::from(status))
        }
        (Some(Role::Guard(Words { words })), _) => {
            skiff_runner::guard(words);
            Ok(Outcome::done("GUARDED", "nothing of the member is left"))
        }
        (None, Some(config)) => {
            let program = Program::this(&["runner"])
                .map_err(|error| Failure::defect(format!("the running program's file is not known: {error}")))?;
            let outcome = match skiff_runner::run_through(config, program, &door(config))? {
                Ended::Told => Outcome::done("STOPPED", "the member was told to stop, and has stopped"),
                Ended::Done => Outcome::done("JOB_DONE", "the job is done"),
            };
            Ok(outcome.data(json!({})))
        }
        (None, None) => Err(Failure::usage("`skiff runner` needs `--config FILE`")),
    }
}

/// The stores of a runner that a test may tell to die at one of its writes.
#[cfg(debug_assertions)]
fn door(config: &Path) -> impl Fn(Arc<dyn Store>) -> Arc<dyn Store> {
    let fate = dying::Fate::of_member(config);
    move |store| dying::store(store, fate.as_ref())
}

/// A release build uses its stores as they are.
#[cfg(not(debug_assertions))]
fn door(_: &Path) -> impl Fn(Arc<dyn Store>) -> Arc<dyn Store> {
    |store| store
}
