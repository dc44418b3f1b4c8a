//! Settings without a counterpart that say what is so anyway.

use super::truth;
use crate::kube::object::Field;

/// Switches that are off by default.
const SWITCHES: &[&str] = &["tty", "stdin_open", "oom_kill_disable", "use_api_socket", "privileged"];

/// Settings, and the values that ask for nothing.
const VALUES: &[(&str, &[&str])] = &[
    ("stop_signal", &["SIGTERM", "TERM", "15"]),
    ("ipc", &["", "private", "shareable"]),
    ("pid", &[""]),
    ("uts", &[""]),
    ("userns_mode", &[""]),
    ("pids_limit", &["0", "-1"]),
    ("deploy.resources.limits.pids", &["0", "-1"]),
    ("isolation", &["", "default"]),
    ("runtime", &["", "runc"]),
];

pub(super) fn apply(root: Field<'_>) {
    for field in SWITCHES.iter().filter_map(|switch| root.get(switch)) {
        if field.written().is_some() && !truth(field) {
            field.ignore("it is the default");
        }
    }
    for (way, values) in VALUES {
        if let Some(field) = root.at(way)
            && field.written().is_some_and(|text| values.contains(&text))
        {
            field.ignore("it is the default");
        }
    }
}
