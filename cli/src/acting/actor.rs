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

/// Why whoever approved is the same person as whoever asked, as far as names can tell; `None` when nothing says so.
///
/// `asked` is an account or a principal, `principal` whose key signed, `by` the account from which it was signed.
pub(crate) fn same_person(asked: &str, principal: &str, by: Option<&str>) -> Option<String> {
    let user = |account: &str| account.split_once('@').map_or(account, |(user, _)| user).to_owned();
    match by {
        Some(by) if by == asked => Some(format!("both from the account {asked}")),
        Some(by) if user(by) == user(asked) => Some(format!("from the accounts {asked} and {by}")),
        _ if user(asked) == principal => Some(format!("the key `{principal}` has the name of the account {asked}")),
        _ => None,
    }
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

    #[test]
    fn one_person_with_two_names_is_recognised_by_the_account_and_by_the_name() {
        let same = |principal, by| same_person("anna@desk", principal, by).is_some();
        assert!(same("ops", Some("anna@desk")), "signed from the account that asked");
        assert!(same("ops", Some("anna@laptop")), "the same user on another machine");
        assert!(same("anna", None) && same("anna", Some("root@desk")), "a key with the name of who asked");
        assert!(!same("ben", Some("ben@desk")) && !same("ben", None));
    }
}
