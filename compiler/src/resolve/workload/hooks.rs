//! What runs after a start and before a stop, with every port a number.

use std::collections::BTreeMap;

use skiff_wire::{Hook as HookDocument, Hooks as HooksDocument};

use super::codes;
use crate::{
    resolve::{Reporter, one_of, probes},
    spec::workload::{Hook, Hooks},
};

/// The hooks of a container; nothing when none is written.
pub(crate) fn resolve(
    hooks: Option<&Hooks>,
    ports: &BTreeMap<String, u16>,
    report: &mut Reporter<'_>,
) -> Option<HooksDocument> {
    let hooks = hooks?;
    let after_start = hooks.after_start.as_ref().map(|hook| resolve_one(hook, ports, report));
    let before_stop = hooks.before_stop.as_ref().map(|hook| resolve_one(hook, ports, report));
    let some = after_start.is_some() || before_stop.is_some();
    some.then_some(HooksDocument { after_start, before_stop })
}

fn resolve_one(hook: &Hook, ports: &BTreeMap<String, u16>, report: &mut Reporter<'_>) -> HookDocument {
    let one = hook.http.is_some() == hook.exec.is_empty();
    if !one {
        let message = "a hook is exactly one of `exec` and `http`";
        report.report(&codes::BAD_HOOK, hook.at.whole, message, one_of(hook.http.is_some()));
    }
    if let Some(path) = hook.http.as_ref().filter(|path| !path.starts_with('/')) {
        let message = format!("the path `{path}` does not begin with `/`");
        report.report(&codes::BAD_HOOK, hook.at.field("http"), message, format!("write `/{path}`"));
    }
    HookDocument {
        kind: if hook.http.is_some() { "http" } else { "exec" }.into(),
        command: hook.exec.clone(),
        path: hook.http.clone(),
        port: if one { port(hook, ports, report) } else { None },
    }
}

fn port(hook: &Hook, ports: &BTreeMap<String, u16>, report: &mut Reporter<'_>) -> Option<u16> {
    match (&hook.http, &hook.port) {
        (Some(_), Some(written)) => probes::named_port(written, written.span(), ports, report),
        (Some(_), None) => {
            let main = ports.get("main").copied();
            if main.is_none() {
                let message = "a hook without a port, in a service without one";
                report.report(&codes::BAD_HOOK, hook.at.whole, message, "add `port:` to the hook or to the service");
            }
            main
        }
        (None, Some(written)) => {
            let message = "a command has no port";
            report.report(&codes::BAD_HOOK, written.span(), message, "take `port` away, or ask by `http`");
            None
        }
        (None, None) => None,
    }
}
