//! The guard: a process beside the runner that ends what a killed runner leaves.
//!
//! The launcher makes the kernel kill a workload when its runner dies; what that workload has started in turn is not covered.
//! The guard waits at a pipe that only the runner holds. When it closes, the guard kills every process that carries the
//! member's mark in its environment, again and again until there is none, removes the member's containers, and goes. It holds the member's lock as long as
//! that takes, so the next runner of the member finds nothing left.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    io::Read as _,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::Path,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, getpid, kill_process};

use crate::{program::Program, workload::engine};

/// The variable that every process of a member has; its value is the member's folder.
pub(crate) const MARK: &str = "SKIFF_MEMBER_FOLDER";
/// How often the guard looks for what is left; processes that start others are outrun in far fewer.
const ROUNDS: u32 = 250;
/// How long it waits between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts the guard of a member; it lives until the gives-back [`Child`]'s pipe is closed.
pub(crate) fn start(program: &Program, folder: &Path, lock: fs::File) -> std::io::Result<Child> {
    use std::os::unix::process::CommandExt as _;
    let mut command = program.command("guard");
    command.arg(folder).process_group(0).env_remove(MARK);
    // The lock travels as the guard's standard output, which it does not write to.
    command.stdin(Stdio::piped()).stdout(Stdio::from(lock)).stderr(Stdio::null()).spawn()
}

/// The guard itself: waits for the runner's end, then ends what is left.
pub(crate) fn watch(arguments: &[OsString]) {
    let [folder] = arguments else { return };
    let mut ignored = Vec::new();
    // Whatever ends the reading, the runner is gone.
    let _ = std::io::stdin().read_to_end(&mut ignored);
    sweep(Path::new(folder));
    engine::remove_left(Path::new(folder));
}

/// Kills every process with the mark of a member; gives how many there were.
pub(crate) fn sweep(folder: &Path) -> usize {
    let mut killed = BTreeSet::new();
    for _ in 0..ROUNDS {
        let marked = marked(folder);
        if marked.is_empty() {
            break;
        }
        for process in marked {
            // It may have ended by itself meanwhile.
            let _ = kill_process(process, Signal::KILL);
            killed.insert(process.as_raw_nonzero());
        }
        thread::sleep(PAUSE);
    }
    killed.len()
}

/// The living processes that carry a member's mark.
fn marked(folder: &Path) -> Vec<Pid> {
    let mut wanted = OsString::from(format!("{MARK}=")).into_vec();
    wanted.extend_from_slice(folder.as_os_str().as_bytes());
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let process = |entry: fs::DirEntry| -> Option<Pid> {
        let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let carries = environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_slice());
        (carries && pid != getpid()).then_some(pid)
    };
    entries.flatten().filter_map(process).collect()
}
