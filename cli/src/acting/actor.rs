//! Who acts: the name that operations and events carry.

use std::{env, fs};

/// `user@host`, as the machine says it; either part is `unknown` where the machine does not say.
pub(crate) fn name() -> String {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()));
    let host = host().filter(|host| !host.is_empty());
    format!("{}@{}", user.as_deref().unwrap_or("unknown"), host.as_deref().unwrap_or("unknown"))
}

/// The kernel's name of the machine (proc_sys_kernel(5)), elsewhere what the shell says.
fn host() -> Option<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    kernel.or_else(|| env::var("HOSTNAME").ok())
}
