//! The launcher: a process that gives up what a workload may not have, and then becomes the workload.
//!
//! The runner starts `<this executable> launch ORDER PROGRAM ARGUMENTS…`. Between fork and exec only safe system calls are
//! made, by a process of its own with a single thread, so that nothing here needs `unsafe`. The order holds no secret: whoever
//! lists the machine's processes sees it for a moment. Values of secrets come in the environment.

pub(crate) mod capability;
mod credentials;

use std::{ffi::OsString, fs, io, os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use rustix::process::{Pid, Resource, Signal, getppid, getrlimit, set_parent_process_death_signal, setrlimit};
use serde::{Deserialize, Serialize};

use capability::Capabilities;

/// The exit status of a workload that was not started: what shells use for a program that cannot be run.
pub(crate) const NOT_STARTED: u8 = 126;

/// What the launcher does before it becomes the workload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// The runner's process id: when it dies, the workload dies.
    pub(crate) parent: i32,
    /// User id.
    pub(crate) user: Option<u32>,
    /// Group id.
    pub(crate) group: Option<u32>,
    /// More group ids; `None` keeps those of the runner.
    pub(crate) groups: Option<Vec<u32>>,
    /// Whether no process may gain privileges any more.
    pub(crate) no_new_privileges: bool,
    /// What it may do beside what everybody may; `None` keeps what the user has.
    pub(crate) capabilities: Option<Capabilities>,
    /// The folder of the control group that it joins.
    pub(crate) control_group: Option<PathBuf>,
}

/// Becomes the workload; comes back only when that is impossible, with the reason.
pub(crate) fn launch(arguments: &[OsString]) -> String {
    let [order, program, rest @ ..] = arguments else {
        return "the launcher is started by the runner, with an order and a program".into();
    };
    let parsed = order.to_str().and_then(|order| serde_json::from_str::<Order>(order).ok());
    let Some(order) = parsed else { return "the launcher could not read its order".into() };
    if let Err(error) = obey(&order) {
        return error;
    }
    let error = Command::new(program).args(rest).exec();
    format!("could not start `{}`: {error}", program.to_string_lossy())
}

fn obey(order: &Order) -> Result<(), String> {
    let said = |what: &'static str| move |error: io::Error| format!("could not {what}: {error}");
    if let Some(group) = &order.control_group {
        fs::write(group.join("cgroup.procs"), "0").map_err(said("join its control group"))?;
    }
    // A dump of memory would hold the values of secrets.
    let limit = getrlimit(Resource::Core);
    setrlimit(Resource::Core, rustix::process::Rlimit { current: Some(0), ..limit })
        .map_err(|error| said("switch core dumps off")(error.into()))?;
    credentials::take(order)?;
    // A change of credentials clears the signal (prctl(2)), so it comes last.
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| said("be told of the runner's death")(error.into()))?;
    if getppid().map(Pid::as_raw_nonzero).map(i32::from) != Some(order.parent) {
        return Err("the runner is gone".into());
    }
    Ok(())
}
