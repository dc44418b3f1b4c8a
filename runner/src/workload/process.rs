//! A running process of a workload: its pipes go to the log, its group is ended with it.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    process::{Command, ExitStatus, Stdio},
    time::Instant,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

use crate::log::{Logs, pump};

/// A process in a group of its own.
pub(crate) struct Running {
    child: Child,
    group: Option<Pid>,
    /// When it was started.
    pub(crate) since: Instant,
}

impl Running {
    /// Starts a command; what it writes goes to the log of a workload.
    pub(crate) fn start(mut command: Command, workload: &str, logs: &Logs) -> io::Result<Self> {
        use std::os::unix::process::CommandExt as _;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = tokio::process::Command::from(command).spawn()?;
        if let Some(pipe) = child.stdout.take() {
            tokio::spawn(pump(logs.clone(), workload.to_owned(), "stdout", pipe));
        }
        if let Some(pipe) = child.stderr.take() {
            tokio::spawn(pump(logs.clone(), workload.to_owned(), "stderr", pipe));
        }
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { child, group, since: Instant::now() })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end, then ends what is left of its group.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.signal(Signal::KILL);
        // Once it is empty, another process may get its number.
        self.group = None;
        Ok(status)
    }

    /// Sends a signal to the whole group; one that has ended already needs none.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// How a process ended, in words.
pub(crate) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit status {code}"),
        (None, Some(9)) => "was killed (SIGKILL)".into(),
        (None, Some(15)) => "was ended by SIGTERM".into(),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".into(),
    }
}
