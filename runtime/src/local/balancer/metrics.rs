//! What was served, as Prometheus reads it (text format 0.0.4).

use std::{collections::BTreeMap, fmt::Write};

use super::{report::TargetState, state::Balancer};
use crate::provider::SlotTraffic;

/// All metrics as text.
pub(super) fn text(balancer: &Balancer) -> String {
    let table = balancer.table();
    let (mut groups, mut mirrors) = (Vec::new(), Vec::new());
    for (name, group) in &table.groups {
        let words = labels(name, &group.labels);
        mirrors.push((words.clone(), group.totals.mirrors()));
        groups.push((words, group.totals.report(None), group.totals.sum()));
    }
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, lines: &dyn Fn(&mut String)| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP skiff_balancer_{name} {help}\n# TYPE skiff_balancer_{name} {kind}");
        lines(&mut text);
    };
    family("requests_total", "counter", "Requests that were sent to a target of the group.", &|text| {
        groups.iter().for_each(|(words, traffic, _)| line(text, "requests_total", words, traffic.requests));
    });
    family("answers_total", "counter", "Answers by class; `connect` for connections that failed.", &|text| {
        for (words, traffic, _) in &groups {
            for (class, count) in &traffic.answers {
                line(text, "answers_total", &format!("{words},class=\"{class}\""), *count);
            }
        }
    });
    family("in_flight", "gauge", "Requests in flight.", &|text| {
        groups.iter().for_each(|(words, traffic, _)| line(text, "in_flight", words, traffic.in_flight));
    });
    family("latency_seconds", "histogram", "Time until the head of the answer.", &|text| {
        groups.iter().for_each(|(words, traffic, sum)| histogram(text, words, traffic, *sum));
    });
    family("mirrored_total", "counter", "Requests of users that were sent to the group as well.", &|text| {
        for (words, mirror) in &mirrors {
            line(text, "mirrored_total", &format!("{words},outcome=\"sent\""), mirror.sent);
            line(text, "mirrored_total", &format!("{words},outcome=\"left-out\""), mirror.left_out);
        }
    });
    family("targets", "gauge", "Targets by state.", &|text| targets(text, balancer));
    family("refused_total", "counter", "Requests that no target answered, by reason.", &|text| {
        for (reason, count) in balancer.traffic().refused {
            line(text, "refused_total", &format!("reason=\"{reason}\""), count);
        }
    });
    text
}

fn labels(group: &str, labels: &BTreeMap<String, String>) -> String {
    let mut words = format!("group=\"{}\"", escaped(group));
    for (name, value) in labels {
        let _ = write!(words, ",{}=\"{}\"", name.replace(['-', '.'], "_"), escaped(value));
    }
    words
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn line(text: &mut String, name: &str, words: &str, value: u64) {
    let _ = writeln!(text, "skiff_balancer_{name}{{{words}}} {value}");
}

/// Buckets add up from the left, and each that has something is said; the last one is all of them.
fn histogram(text: &mut String, words: &str, traffic: &SlotTraffic, sum: u64) {
    let mut below = 0;
    for (bound, count) in traffic.latency.iter().filter(|(bound, _)| **bound != u64::MAX) {
        below += count;
        line(text, "latency_seconds_bucket", &format!("{words},le=\"{}\"", seconds(*bound)), below);
    }
    let all: u64 = traffic.latency.values().sum();
    line(text, "latency_seconds_bucket", &format!("{words},le=\"+Inf\""), all);
    let _ = writeln!(text, "skiff_balancer_latency_seconds_sum{{{words}}} {}", seconds(sum));
    line(text, "latency_seconds_count", words, all);
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

fn targets(text: &mut String, balancer: &Balancer) {
    let mut counts: BTreeMap<(String, &'static str), u64> = BTreeMap::new();
    for target in balancer.targets() {
        for state in [TargetState::Initial, TargetState::Healthy, TargetState::Unhealthy, TargetState::Draining] {
            let count = counts.entry((target.group.clone(), state.as_str())).or_default();
            *count += u64::from(target.state == state);
        }
    }
    for ((group, state), count) in counts {
        line(text, "targets", &format!("group=\"{}\",state=\"{state}\"", escaped(&group)), count);
    }
}
