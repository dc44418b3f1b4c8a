//! Processes: told apart by their start time and by a mark in their environment, and signalled only when they are ours.

use std::{
    fs, io,
    path::PathBuf,
    process::{Command, Stdio},
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::local::{place::Place, programs::Program};

/// The variable that every process of the local provider has: the mark of its state folder, `:`, and what it is.
pub const MARK: &str = "SKIFF_LOCAL_PROCESS";

/// The variables that processes of the local provider inherit; the rest may hold what is nobody's business.
const INHERITED: [&str; 15] = [
    "CONTAINER_HOST",
    "DOCKER_HOST",
    "HOME",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "PATH",
    "RUST_BACKTRACE",
    "SHELL",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
];

/// One process, also after others have had its number: a pid is used again, a pid with its start time is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessId {
    /// Its number.
    pub pid: i32,
    /// When it started, in clock ticks since the machine did (`/proc/<pid>/stat`, field 22 in proc(5)).
    pub started: u64,
}

impl ProcessId {
    /// The process that has this number now, `None` when there is none or it has ended and waits to be reaped.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name stands in parentheses and may contain any of the characters that separate the other fields.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        let started = fields.nth(18)?.parse().ok()?;
        (!matches!(state, "Z" | "X" | "x")).then_some(Self { pid, started })
    }

    /// This very process.
    #[must_use]
    pub fn own() -> Option<Self> {
        Self::of(rustix::process::getpid().as_raw_pid())
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Sends it a signal; gives whether it was still there. Never reaches another process that has its number by now.
    ///
    /// # Errors
    /// An operating system that refuses.
    pub fn signal(self, signal: Signal) -> io::Result<bool> {
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(false) };
        let handle = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) => handle,
            Err(rustix::io::Errno::SRCH) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        // The handle names one process for good, so that what is compared now still holds when the signal is sent.
        if !self.is_alive() {
            return Ok(false);
        }
        match pidfd_send_signal(&handle, signal) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::SRCH) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// A process of the local provider, found by its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Which process.
    pub process: ProcessId,
    /// What it is: `supervisor`, `balancer`, or the instance id of a member; its workloads have the same.
    pub role: String,
}

/// The variable in which a runner tells its workloads the member's folder; they may have cleared everything else.
const FOLDER: &str = "SKIFF_MEMBER_FOLDER";

/// Every process with the mark of a state folder, the oldest first. Those of other users cannot be looked into and are left out.
#[must_use]
pub fn marked(place: &Place) -> Vec<Marked> {
    let marks = [
        format!("{MARK}={}:", place.mark()).into_bytes(),
        [FOLDER.as_bytes(), b"=", place.member("").as_os_str().as_encoded_bytes()].concat(),
    ];
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let mut found: Vec<Marked> = numbers.filter_map(|pid| role_of(pid, &marks)).collect();
    found.sort_by_key(|marked| (marked.process.started, marked.process.pid));
    found
}

fn role_of(pid: i32, marks: &[Vec<u8>]) -> Option<Marked> {
    let process = ProcessId::of(pid)?;
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let carried = |mark: &Vec<u8>| environment.split(|byte| *byte == 0).find_map(|entry| entry.strip_prefix(&**mark));
    let role = marks.iter().find_map(carried)?;
    Some(Marked { process, role: String::from_utf8_lossy(role).into_owned() })
}

/// A command for a program of the local provider: with its mark, without what the starter's environment holds besides.
pub(crate) fn command(program: &Program, place: &Place, role: &str) -> Command {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).env_clear().current_dir(place.local()).stdin(Stdio::null());
    for name in INHERITED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(&program.environment).env(MARK, format!("{}:{role}", place.mark()));
    command
}

/// Who listens on a TCP port of this machine, where the system tells: `pid 123 (nginx)`.
#[must_use]
pub fn listener_on(port: u16) -> Option<String> {
    let inodes: Vec<String> =
        ["/proc/net/tcp", "/proc/net/tcp6"].iter().flat_map(|path| listening(path, port)).collect();
    let entries = fs::read_dir("/proc").ok()?;
    let mut pids: Vec<i32> = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    let pid = pids.into_iter().find(|pid| holds_one_of(*pid, &inodes))?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(format!("pid {pid} ({})", name.trim()))
}

/// The inodes of the sockets that listen on a port (`/proc/net/tcp` in proc(5); state `0A` is LISTEN).
fn listening(path: &str, port: u16) -> Vec<String> {
    let ends = format!(":{port:04X}");
    let text = fs::read_to_string(path).unwrap_or_default();
    let rows = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row.get(1).is_some_and(|local| local.ends_with(&ends)) && row.get(3) == Some(&"0A"))
        .filter_map(|row| row.get(9).map(|inode| format!("socket:[{inode}]")))
        .collect()
}

fn holds_one_of(pid: i32, inodes: &[String]) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let mut names = targets.map(|target: PathBuf| target.to_string_lossy().into_owned());
    names.any(|name| inodes.contains(&name))
}
