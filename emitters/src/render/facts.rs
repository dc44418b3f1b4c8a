//! What a reader wants to know of a service, and of a plan's inputs and estimate.

use skiff_wire::{Artifact, Cost, Finding, ForwardedPort, HealthCheck, Motion, Plan, Rollout};

use super::{value::duration, workloads};

/// A service as labelled sentences, in the order they are read.
pub(super) fn of_service(plan: &Plan, motion: &Motion) -> Vec<(&'static str, String)> {
    let main = &motion.release.main;
    let mut facts = vec![("runs", artifact(&main.artifact))];
    let mut add =
        |label, text: Option<String>| facts.extend(text.filter(|text| !text.is_empty()).map(|text| (label, text)));
    add("command", Some([&main.command.command[..], &main.command.arguments[..]].concat().join(" ")));
    add("ports", Some(main.ports.iter().map(|(name, port)| format!("{port} ({name})")).collect::<Vec<_>>().join(", ")));
    add("ready", main.readiness.as_ref().map(health));
    add("alive", main.liveness.as_ref().map(health));
    add("runs as", main.security.as_ref().map(workloads::security));
    add("limits", main.limits.as_ref().map(workloads::limits));
    add("hooks", main.hooks.as_ref().map(workloads::hooks));
    add("first", workloads::names(&motion.release.init));
    add("beside", workloads::names(&motion.release.sidecars));
    add("resolver", motion.release.dns.as_ref().map(workloads::resolver));
    add("hosts", Some(workloads::hosts(&motion.release.hosts)));
    add("kernel", Some(workloads::kernel(&motion.release.sysctls)));
    add("forwards", Some(motion.forward.iter().map(forward).collect::<Vec<_>>().join(", ")));
    add("schedule", motion.schedule.as_ref().map(|schedule| format!("{schedule}{}", suspended(motion))));
    add("retries", (motion.retries > 0).then(|| motion.retries.to_string()));
    for route in &motion.routes {
        add("route", Some(super::routes::line(plan, route)));
    }
    add("members", Some(members(motion)));
    add("rollout", Some(rollout(&motion.rollout)));
    add("gates", Some(gates(&motion.rollout)));
    let stop = motion.stop;
    add("stop", Some(format!("{} grace, {} drain", duration(stop.grace_seconds), duration(stop.drain_seconds))));
    add("window", motion.maintenance_window.clone());
    add("replaces", motion.legacy.as_ref().map(|legacy| legacy.service.clone()));
    facts
}

fn forward(forward: &ForwardedPort) -> String {
    format!("{} to {}", forward.port, forward.to)
}

fn suspended(motion: &Motion) -> &'static str {
    if motion.suspended { " (suspended)" } else { "" }
}

/// The path or the image; a digest is cut to what tells it from others.
fn artifact(artifact: &Artifact) -> String {
    match artifact {
        Artifact::Bundle { path } => format!("bundle {path}"),
        Artifact::Image { reference, digest: None } => format!("{reference} (not locked)"),
        Artifact::Image { reference, digest: Some(digest) } => {
            let plain = reference.split('@').next().unwrap_or(reference);
            format!("{plain} @ {}", digest.chars().take(19).collect::<String>())
        }
    }
}

fn health(check: &HealthCheck) -> String {
    let port = check.port.map(|port| format!(" on {port}")).unwrap_or_default();
    let what = check.path.as_ref().map(|path| format!(" {path}")).unwrap_or_else(|| check.command.join(" "));
    let gap = if what.is_empty() || what.starts_with(' ') { "" } else { " " };
    let failures = super::counted(check.failures as usize, "failure");
    let kind = check.scheme.as_ref().unwrap_or(&check.kind);
    format!("{kind}{gap}{what}{port} every {}, unhealthy after {failures}", duration(check.interval_seconds))
}

fn members(motion: &Motion) -> String {
    let count = if motion.minimum == motion.maximum {
        motion.minimum.to_string()
    } else {
        format!("{} to {}", motion.minimum, motion.maximum)
    };
    let slots: Vec<&str> = motion.slots.keys().map(String::as_str).collect();
    match slots.as_slice() {
        [] => count,
        [one] => format!("{count} in slot {one}"),
        several => format!("{count} per slot ({})", several.join(", ")),
    }
}

fn rollout(rollout: &Rollout) -> String {
    let before =
        if rollout.before.is_empty() { String::new() } else { format!("; first `{}`", rollout.before.join(" ")) };
    let text = format!("{}: {}{before}", rollout.strategy, steps(&rollout.steps));
    text.trim_end_matches([':', ' ']).to_owned()
}

/// `5%, 25%, 100%, 5 min each`, or each step with its own time.
fn steps(steps: &[skiff_wire::Step]) -> String {
    let times = steps.iter().map(|step| step.bake_seconds).collect::<std::collections::BTreeSet<u32>>();
    if let (true, Some(seconds)) = (times.len() == 1 && steps.len() > 1, times.first().filter(|time| **time > 0)) {
        let percents: Vec<String> = steps.iter().map(|step| format!("{}%", step.percent)).collect();
        return format!("{}, {} each", percents.join(", "), duration(*seconds));
    }
    let step = |step: &skiff_wire::Step| match step.bake_seconds {
        0 => format!("{}%", step.percent),
        seconds => format!("{}% for {}", step.percent, duration(seconds)),
    };
    steps.iter().map(step).collect::<Vec<_>>().join(", then ")
}

fn gates(rollout: &Rollout) -> String {
    rollout.gates.iter().map(gate).collect::<Vec<_>>().join(", ")
}

fn gate(gate: &skiff_wire::Gate) -> String {
    let (least, most) = (gate.limit.strip_prefix(">="), gate.limit.strip_prefix("<="));
    let bound = match (least, most, gate.metric.as_str()) {
        _ if gate.limit.is_empty() => String::new(),
        (Some(least), ..) => format!(" at least {}", least.trim()),
        (None, Some(most), _) => format!(" at most {}", most.trim()),
        (None, None, "healthy") => format!(" at least {}", gate.limit),
        (None, None, _) => format!(" at most {}", gate.limit),
    };
    let name = gate.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    format!("{}{name}{bound}{}", gate.metric, if gate.dry_run { " (reports only)" } else { "" })
}

/// The owners in reading order: the environment, then the services by name.
pub(super) fn owners(plan: &Plan) -> Vec<&str> {
    let mut owners: Vec<&str> = plan.shape.values().map(|resource| resource.owner.as_str()).collect();
    owners.sort_unstable_by_key(|owner| (*owner != skiff_wire::ENVIRONMENT_OWNER, *owner));
    owners.dedup();
    owners
}

/// The known total in a sentence.
pub(super) fn total(cost: &Cost) -> String {
    let peak = if cost.monthly_peak == cost.monthly {
        String::new()
    } else {
        format!(", {} at the peak of a rollout", cost.monthly_peak)
    };
    let unknown = if cost.unknown.is_empty() { "" } else { ", plus what bills by use" };
    format!("{} {} a month{peak}{unknown}", cost.monthly, cost.currency)
}

/// `skiff.yaml:3:5`, or as much of it as is known.
pub(super) fn place(finding: &Finding) -> String {
    let numbers = [finding.line, finding.column].into_iter().flatten().map(|number| number.to_string());
    finding.file.iter().cloned().chain(numbers).collect::<Vec<_>>().join(":")
}

/// The missing values by the command that locks them, in the order of their names.
pub(super) fn inputs_by_command(plan: &Plan) -> Vec<(String, Vec<&skiff_wire::Input>)> {
    let mut found: Vec<(String, Vec<&skiff_wire::Input>)> = Vec::new();
    for input in plan.inputs.values() {
        let command = input.locked_by.join(" ");
        match found.iter_mut().find(|(known, _)| *known == command) {
            Some((_, inputs)) => inputs.push(input),
            None => found.push((command, vec![input])),
        }
    }
    found
}
