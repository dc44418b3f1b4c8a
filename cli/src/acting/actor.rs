//! Who acts: the name that operations and events carry.

use std::env;

/// `user@host`, as the machine says it; either part is `unknown` where the machine does not say.
pub(crate) fn name() -> String {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()));
    let host = host().filter(|host| !host.is_empty());
    format!("{}@{}", user.as_deref().unwrap_or("unknown"), host.as_deref().unwrap_or("unknown"))
}

#[cfg(target_os = "linux")]
fn host() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

#[cfg(not(target_os = "linux"))]
fn host() -> Option<String> {
    env::var("HOSTNAME").ok()
}
