//! What was measured: plots of weights, errors and latencies, the gates' tables, and a rehearsal.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skiff_runtime::{
    engine::History,
    gate::bound::{Amount, Bound},
    provider::LEGACY,
    saga::step::{hold::Held, rehearse::Rehearsed},
};
use skiff_wire::{Event, Evidence, GroupPoint, Judgement, Measured as MeasuredValue, Verdict};

use super::{
    chart::{self, Plot, Series, Unit},
    story::seconds,
};

/// What was measured, for the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    groups: Vec<Group>,
    plots: Vec<Drawn>,
    stages: Vec<Stage>,
    rehearsals: Vec<Rehearsal>,
}

/// A group with the colour of its lines.
#[derive(Debug, Clone, Serialize)]
struct Group {
    name: String,
    class: &'static str,
}

/// A plot that is drawn.
#[derive(Debug, Clone, Serialize)]
struct Drawn {
    title: &'static str,
    note: Option<&'static str>,
    svg: String,
}

/// A stage that was watched.
#[derive(Debug, Clone, Serialize)]
struct Stage {
    step: u32,
    title: String,
    compared: String,
    gates: Vec<GateRow>,
}

/// What a gate said.
#[derive(Debug, Clone, Serialize)]
struct GateRow {
    name: String,
    verdict: &'static str,
    tone: &'static str,
    dry_run: bool,
    canary: String,
    baseline: String,
    limit: String,
    p_value: String,
    evaluations: String,
    reason: String,
}

/// What two releases answered.
#[derive(Debug, Clone, Serialize)]
struct Rehearsal {
    step: u32,
    seen: Rehearsed,
    latencies: Vec<LatencyRow>,
}

/// One quantile of both.
#[derive(Debug, Clone, Serialize)]
struct LatencyRow {
    name: &'static str,
    live: String,
    new: String,
}

/// What was measured while an operation was carried out.
pub(super) fn of(history: &History) -> Measured {
    let evidence = evidence(history);
    let weights = weights(history, &evidence);
    let names: BTreeSet<&String> = weights.iter().map(|series| &series.group).collect();
    let groups = names.into_iter().map(|name| Group { name: name.clone(), class: chart::class(name) }).collect();
    Measured {
        groups,
        plots: plots(history, weights, &evidence),
        stages: evidence.iter().map(|(step, evidence)| stage(history, *step, evidence)).collect(),
        rehearsals: rehearsals(history),
    }
}

/// What each step has left behind, when it came to its end, failed, or could not say.
fn left(history: &History) -> impl Iterator<Item = (u32, &Value)> {
    history.entries.iter().filter_map(|entry| match &entry.event {
        Event::StepSucceeded { step, output } => Some((*step, output)),
        Event::StepFailed { step, evidence, .. } | Event::StepHeld { step, evidence, .. } => Some((*step, evidence)),
        _ => None,
    })
}

fn is_kind(history: &History, step: u32, kinds: &[&str]) -> bool {
    let planned = usize::try_from(step).ok().and_then(|index| history.intent.steps.get(index));
    planned.is_some_and(|planned| kinds.iter().any(|kind| planned.kind.starts_with(kind)))
}

fn evidence(history: &History) -> Vec<(u32, Evidence)> {
    let bakes = left(history).filter(|(step, _)| is_kind(history, *step, &["bake/"]));
    bakes.filter_map(|(step, value)| Some((step, Evidence::deserialize(value).ok()?))).collect()
}

/// The kinds of the steps that move weights.
const MOVES: &[&str] = &["shift-traffic/", "move-from-legacy/"];

/// What the groups had before: every way back of a move leads there.
fn before(history: &History, known: &BTreeMap<String, Vec<(f64, f64)>>) -> BTreeMap<String, u32> {
    let taken = left(history).find(|(step, _)| is_kind(history, *step, &["take-service/"]));
    let Some(held) = taken.and_then(|(_, output)| Held::deserialize(output).ok()) else { return BTreeMap::new() };
    let weight = |group: &String| match group.as_str() {
        LEGACY => held.legacy,
        group if Some(group) == held.live.as_deref() => held.share(),
        _ => 0,
    };
    known.keys().map(|group| (group.clone(), weight(group))).collect()
}

/// The weights over time: what was set and read back, and what was seen meanwhile.
fn weights(history: &History, evidence: &[(u32, Evidence)]) -> Vec<Series> {
    #[derive(Deserialize)]
    struct Moved {
        by_slot: BTreeMap<String, u32>,
    }
    let begin = history.intent.requested_at;
    let mut points: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for entry in &history.entries {
        let moved = match &entry.event {
            Event::StepSucceeded { step, output } if is_kind(history, *step, MOVES) => {
                Moved::deserialize(output).map(|moved| moved.by_slot).unwrap_or_default()
            }
            Event::CompensationSucceeded { step } if is_kind(history, *step, MOVES) => before(history, &points),
            _ => continue,
        };
        for (group, weight) in moved {
            points.entry(group).or_default().push((seconds(begin, entry.at), f64::from(weight)));
        }
    }
    for point in evidence.iter().flat_map(|(_, evidence)| &evidence.points) {
        for (group, seen) in &point.groups {
            points.entry(group.clone()).or_default().push((seconds(begin, point.at), f64::from(seen.weight)));
        }
    }
    let series = |(group, mut points): (String, Vec<(f64, f64)>)| {
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        Series { group, dashed: false, points }
    };
    points.into_iter().map(series).collect()
}

fn plots(history: &History, weights: Vec<Series>, evidence: &[(u32, Evidence)]) -> Vec<Drawn> {
    let end = history.entries.last().map_or(history.intent.requested_at, |entry| entry.at);
    let whole = seconds(history.intent.requested_at, end);
    let mut plots = Vec::new();
    let mut add = |title: &'static str, note, unit, at_least, steps, series: Vec<Series>| {
        if series.iter().any(|series| !series.points.is_empty()) {
            let label = format!("{title} of each group over {}", chart::clock(whole));
            let plot = Plot { label, seconds: whole, at_least, steps, unit, series };
            plots.push(Drawn { title, note, svg: plot.draw() });
        }
    };
    add("Weights", Some("of 100 requests, read back from what serves"), Unit::Number, 100.0, true, weights);
    let of = |value: fn(&GroupPoint) -> Option<f64>, dashed| series(history, evidence, value, dashed);
    add("Errors", Some("share of the requests"), Unit::Share, 0.01, false, of(error_rate, false));
    let latencies = [of(|seen| micro(seen.latency_p50), false), of(|seen| micro(seen.latency_p99), true)].concat();
    add("Latency", Some("median, and dashed the 99th percentile"), Unit::Microseconds, 1000.0, false, latencies);
    add("Requests", Some("between two looks"), Unit::Number, 1.0, false, of(|seen| Some(count(seen.requests)), false));
    plots
}

/// One line for each group and each stage: between two stages nobody looked, and nothing is drawn.
fn series(
    history: &History,
    evidence: &[(u32, Evidence)],
    value: fn(&GroupPoint) -> Option<f64>,
    dashed: bool,
) -> Vec<Series> {
    let begin = history.intent.requested_at;
    let of_stage = |evidence: &Evidence| {
        let mut points: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for point in &evidence.points {
            for (group, seen) in &point.groups {
                let value = value(seen).map(|value| (seconds(begin, point.at), value));
                points.entry(group.clone()).or_default().extend(value);
            }
        }
        points.into_iter().map(|(group, points)| Series { group, dashed, points }).collect::<Vec<_>>()
    };
    evidence.iter().flat_map(|(_, evidence)| of_stage(evidence)).collect()
}

fn error_rate(seen: &GroupPoint) -> Option<f64> {
    (seen.requests > 0).then(|| count(seen.errors) / count(seen.requests))
}

fn micro(value: Option<u64>) -> Option<f64> {
    // The bound of the last bucket is no latency that anybody has measured.
    value.filter(|value| *value < u64::MAX).map(count)
}

#[allow(clippy::cast_precision_loss, reason = "a plot has fewer points than a float has digits")]
fn count(number: u64) -> f64 {
    number as f64
}

fn stage(history: &History, step: u32, evidence: &Evidence) -> Stage {
    let planned = usize::try_from(step).ok().and_then(|index| history.intent.steps.get(index));
    Stage {
        step: step + 1,
        title: planned.map(|planned| planned.title.clone()).unwrap_or_default(),
        compared: match &evidence.baseline {
            Some(baseline) => format!("{} against {}", named(&evidence.canary), named(baseline)),
            None => format!("{} alone", named(&evidence.canary)),
        },
        gates: evidence.gates.iter().map(gate).collect(),
    }
}

fn named(group: &str) -> String {
    if group == LEGACY { "the old way of serving".to_owned() } else { format!("slot {group}") }
}

fn gate(judged: &Judgement) -> GateRow {
    let (verdict, tone) = match judged.verdict {
        Verdict::Pass => ("pass", "done"),
        Verdict::Fail => ("fail", "failed"),
        Verdict::Inconclusive => ("inconclusive", "held"),
        Verdict::Error => ("error", "held"),
    };
    let asked = judged.evaluations;
    let evaluations =
        [(asked.pass, "pass"), (asked.fail, "fail"), (asked.inconclusive, "inconclusive"), (asked.error, "error")];
    let evaluations: Vec<String> =
        evaluations.iter().filter(|(times, _)| *times > 0).map(|(times, word)| format!("{times} {word}")).collect();
    GateRow {
        name: judged.gate.clone(),
        verdict,
        tone,
        dry_run: judged.dry_run,
        canary: value(&judged.limit, judged.canary.as_ref()),
        baseline: value(&judged.limit, judged.baseline.as_ref()),
        limit: judged.limit.clone(),
        p_value: judged.p_value.map(probability).unwrap_or_default(),
        evaluations: evaluations.join(", "),
        reason: judged.reason.clone(),
    }
}

fn probability(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}

fn value(limit: &str, measured: Option<&MeasuredValue>) -> String {
    let Some(measured) = measured else { return String::new() };
    // What is measured has the unit of its bound.
    let unit = match Bound::parse(limit).map(|bound| bound.amount) {
        Ok(Amount::Share(_)) => Unit::Share,
        Ok(Amount::Time(_)) => Unit::Microseconds,
        Ok(Amount::Number(_)) | Err(_) => Unit::Number,
    };
    let samples = if measured.samples == 1 { "sample" } else { "samples" };
    format!("{} ({} {samples})", unit.words(measured.value), measured.samples)
}

fn rehearsals(history: &History) -> Vec<Rehearsal> {
    let rehearsed = left(history).filter(|(step, _)| is_kind(history, *step, &["rehearse/"]));
    let read = |(step, value): (u32, &Value)| {
        let seen = Rehearsed::deserialize(value.get("rehearsal").unwrap_or(value)).ok()?;
        let quantile = |values: &[u64], percent: usize| {
            let index = (values.len() * percent).div_ceil(100).saturating_sub(1);
            values.get(index).map(|value| Unit::Microseconds.words(count(*value))).unwrap_or_default()
        };
        let row = |(name, percent)| LatencyRow {
            name,
            live: quantile(&seen.live_microseconds, percent),
            new: quantile(&seen.new_microseconds, percent),
        };
        let latencies = [("median", 50), ("90th percentile", 90), ("99th percentile", 99)].map(row).into();
        Some(Rehearsal { step: step + 1, seen: seen.clone(), latencies })
    };
    rehearsed.filter_map(read).collect()
}
