//! Who acts: the name that operations and events carry, and the process that drives an operation.

use std::{env, fs};

use skiff_runtime::local::process::ProcessId;

/// `user@host`, as the machine says it; where it does not say, the user's number and `localhost`.
pub(crate) fn name() -> String {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()));
    let user = user.unwrap_or_else(|| format!("uid-{}", rustix::process::getuid().as_raw()));
    format!("{user}@{}", host().unwrap_or_else(|| "localhost".into()))
}

/// An actor under another name on the same machine.
pub(crate) fn named(actor: &str, name: Option<&str>) -> String {
    let machine = actor.rsplit_once('@').map_or("localhost", |(_, machine)| machine);
    name.map_or_else(|| actor.to_owned(), |name| format!("{name}@{machine}"))
}

/// The name of this process as the driver of an operation, such as `anna@desk process 4711 of 4042170`: its pid and when it
/// started, so that [`lives`] can tell whether it is still there.
pub(crate) fn driver(actor: &str) -> String {
    match ProcessId::own() {
        Some(own) => format!("{actor} process {} of {}", own.pid, own.started),
        None => actor.to_owned(),
    }
}

/// Whether the process with such a name is there; `None` when nobody on this machine can tell.
pub(crate) fn lives(driver: &str) -> Option<bool> {
    let (actor, process) = driver.split_once(" process ")?;
    let (_, there) = actor.rsplit_once('@')?;
    let (pid, started) = process.split_once(" of ")?;
    let process = ProcessId { pid: pid.parse().ok()?, started: started.parse().ok()? };
    (host().as_deref() == Some(there)).then(|| process.is_alive())
}

/// The kernel's name of the machine (proc_sys_kernel(5)), elsewhere what the shell says.
fn host() -> Option<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    kernel.or_else(|| env::var("HOSTNAME").ok()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_on_this_machine_is_known_to_live_or_not() {
        let own = driver(&name());
        assert_eq!(lives(&own), Some(true), "{own}");
        let (before, _) = own.rsplit_once(' ').unwrap();
        assert_eq!(lives(&format!("{before} 1")), Some(false), "another process has its number");
        assert_eq!(lives("anna@elsewhere process 1 of 1"), None);
        assert_eq!(lives("a worker"), None);
    }
}
