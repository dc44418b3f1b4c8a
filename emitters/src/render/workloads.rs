//! What a container may do and take, and what the VM tells it, in a sentence each.

use std::collections::BTreeMap;

use skiff_wire::{Hook, Hooks, Limits, Resolver, Security, Workload};

/// The containers by name, with what is special of them: `proxy (first), device (privileged)`.
pub(super) fn names(workloads: &[Workload]) -> Option<String> {
    let name = |workload: &Workload| {
        let privileged = workload.security.as_ref().is_some_and(|security| security.privileged);
        let marks: Vec<&str> =
            workload.first.then_some("first").into_iter().chain(privileged.then_some("privileged")).collect();
        if marks.is_empty() { workload.name.clone() } else { format!("{} ({})", workload.name, marks.join(", ")) }
    };
    (!workloads.is_empty()).then(|| workloads.iter().map(name).collect::<Vec<_>>().join(", "))
}

/// `user 1000, group 1000, never as root, read-only, without ALL`.
pub(super) fn security(security: &Security) -> String {
    let id = |word: &str, id: Option<u32>| id.map(|id| format!("{word} {id}"));
    let when = |holds: bool, words: &str| holds.then(|| words.to_owned());
    let list = |words: &str, list: &[String]| (!list.is_empty()).then(|| format!("{words} {}", list.join(" ")));
    let groups: Vec<String> = security.groups.iter().map(u32::to_string).collect();
    let facts = [
        when(security.privileged, "privileged: root on the VM"),
        id("user", security.user),
        id("group", security.group),
        list("also in groups", &groups),
        id("volumes of group", security.volume_group),
        when(security.non_root, "never as root"),
        when(security.read_only, "read-only"),
        when(security.no_new_privileges, "no new privileges"),
        list("without", &security.drop_capabilities),
        list("with", &security.add_capabilities),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `at most 1.5 vCPU, 768 MiB`.
pub(super) fn limits(limits: &Limits) -> String {
    let cpu = limits.cpu_millis.map(|millis| format!("{} vCPU", f64::from(millis) / 1_000.0));
    let memory = limits.memory_mib.map(|memory| format!("{memory} MiB"));
    format!("at most {}", cpu.into_iter().chain(memory).collect::<Vec<_>>().join(", "))
}

/// `after start bin/announce; before stop http /drain on 9000`.
pub(super) fn hooks(hooks: &Hooks) -> String {
    let said = |when: &str, hook: &Option<Hook>| hook.as_ref().map(|hook| format!("{when} {}", said_of(hook)));
    let both = [said("after start", &hooks.after_start), said("before stop", &hooks.before_stop)];
    both.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn said_of(hook: &Hook) -> String {
    let port = hook.port.map(|port| format!(" on {port}")).unwrap_or_default();
    hook.path.as_ref().map_or_else(|| hook.command.join(" "), |path| format!("{} {path}{port}", hook.kind))
}

/// `asks 10.20.0.2, searches shop.example.com, ndots:2`.
pub(super) fn resolver(resolver: &Resolver) -> String {
    let list = |words: &str, list: &[String]| (!list.is_empty()).then(|| format!("{words}{}", list.join(" ")));
    let facts = [list("asks ", &resolver.servers), list("searches ", &resolver.search), list("", &resolver.options)];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `ledger.example.com ledger at 10.20.0.9`.
pub(super) fn hosts(hosts: &BTreeMap<String, Vec<String>>) -> String {
    hosts.iter().map(|(address, names)| format!("{} at {address}", names.join(" "))).collect::<Vec<_>>().join(", ")
}

/// `net.core.somaxconn=4096`.
pub(super) fn kernel(sysctls: &BTreeMap<String, String>) -> String {
    sysctls.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}
