//! Draws an operation for people: one line for each step, and below it what is worth knowing of it.

use jiff::{SignedDuration, Timestamp};
use skiff_wire::{OperationStatus, Reversibility, Risk};

use crate::{
    graph::{
        BROKEN_OFF, Graph, GraphStep,
        live::{self, Group, Live},
    },
    standing::text::status_word,
    words,
};

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// All of each step.
    Full,
    /// What fits on a screen of so many lines: details only where something has been seen, and of many steps those around the
    /// one that is being done.
    Lines(usize),
}

/// The whole graph; `now` is what a step that runs is measured by.
pub(crate) fn draw(graph: &Graph, form: Form, now: Timestamp) -> String {
    let of = graph.service.as_deref().map(|service| format!(" of `{service}`")).unwrap_or_default();
    let mut page = format!("{}{of}: {}\n", graph.saga, state(graph));
    if form == Form::Full {
        page += &format!("operation   {}\n", graph.operation);
        page += &format!("asked for   by {} at {}\n", words::plain(&graph.requested_by), graph.requested_at);
        page += &format!("driven      {}\n", driver(graph));
        page += &format!("definition  sha256:{}\n", graph.definition);
    }
    page.push('\n');
    let mut live = String::new();
    if let Some(seen) = &graph.live {
        live.push('\n');
        draw_live(&mut live, seen);
    }
    let steps: Vec<String> = graph.steps.iter().map(|step| drawn_step(step, form, now)).collect();
    match form {
        Form::Full => page.extend(steps),
        Form::Lines(most) => {
            let left = most.saturating_sub(lines(&page) + lines(&live));
            let current = graph.current().map_or(0, |step| step.number - 1);
            let back = matches!(graph.status, OperationStatus::Compensating | OperationStatus::CompensationFailed);
            page.push_str(&around(&steps, current, left, back));
        }
    }
    page + &live
}

fn lines(text: &str) -> usize {
    text.lines().count()
}

/// The steps around one of them, as many as so many lines can take, with how many are left out on either side. What comes next
/// is shown first: what is behind it, or on the way `back` what is before.
fn around(steps: &[String], current: usize, most: usize, back: bool) -> String {
    let height = |range: &[String]| range.iter().map(|step| lines(step)).sum::<usize>();
    if height(steps) <= most {
        return steps.concat();
    }
    // Two lines say what is left out.
    let room = most.saturating_sub(2);
    let (mut from, mut until) = (current, (current + 1).min(steps.len()));
    loop {
        let before = (from > 0).then(|| from - 1);
        let after = (until < steps.len()).then(|| until + 1);
        let fits = |from: usize, until: usize| steps.get(from..until).is_some_and(|range| height(range) <= room);
        match (before, after) {
            (Some(next), _) if back && fits(next, until) => from = next,
            (_, Some(next)) if fits(from, next) => until = next,
            (Some(next), _) if fits(next, until) => from = next,
            _ => break,
        }
    }
    let left_out = |count: usize, side: &str| match count {
        0 => String::new(),
        count => format!(" …     {} {side}\n", words::count(count, "step")),
    };
    let shown = steps.get(from..until).unwrap_or_default().concat();
    left_out(from, "before") + &shown + &left_out(steps.len() - until, "after")
}

/// Where it stands, in one line.
pub(crate) fn state(graph: &Graph) -> String {
    let mut line = status_word(graph.status).to_owned();
    if let Some(step) = graph.current().filter(|_| !graph.status.is_final()) {
        line += &format!(", step {} of {}", step.number, graph.steps.len());
    }
    if let Some(reason) = &graph.reason {
        line += &format!(" ({})", words::plain(reason));
    }
    line
}

fn driver(graph: &Graph) -> String {
    match (&graph.driver, graph.driven) {
        (Some(driver), true) => format!("by {driver}"),
        (Some(driver), false) => format!("by nobody now; {driver} did last"),
        (None, _) => "by nobody".into(),
    }
}

fn drawn_step(step: &GraphStep, form: Form, now: Timestamp) -> String {
    let mut page = String::new();
    let mut said = vec![step.progress.to_owned()];
    said.extend(took(step, now));
    let mark = mark(step.progress);
    page.push_str(&format!(" {mark} {:>2}  {}  [{}]\n", step.number, words::plain(&step.title), said.join(", ")));
    if form == Form::Full {
        page.push_str(&format!(" │     {}\n", remarks(step)));
    }
    let seen = step.seen.as_ref().filter(|_| form == Form::Full || !step.kind.starts_with("await-"));
    if let Some(seen) = seen {
        page.push_str(&format!(" │     {}\n", words::plain(seen)));
    }
    page
}

fn mark(progress: &str) -> char {
    match progress {
        "done" => '●',
        "skipped" | BROKEN_OFF => '◌',
        "running" | "being taken back" => '▶',
        "failed" | "not taken back" => '✗',
        "cannot say" | "unknown" => '?',
        "taken back" => '↺',
        _ => '○',
    }
}

/// How long a step took, or has been running.
fn took(step: &GraphStep, now: Timestamp) -> Option<String> {
    if step.progress == BROKEN_OFF {
        return None;
    }
    let until = step.ended.unwrap_or(now);
    Some(duration(until.duration_since(step.begun?)))
}

/// A time that has passed, such as `0.4 s`, `12 s` or `5 min 30 s`.
pub(crate) fn duration(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    match seconds {
        0..10 => format!("{:.1} s", span.as_secs_f64().max(0.0)),
        10..60 => format!("{seconds} s"),
        60..3600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

fn remarks(step: &GraphStep) -> String {
    let mut remarks = vec![step.kind.clone(), risk(step.risk).to_owned()];
    remarks.push(reversibility(step.reversibility).into());
    if step.attempts > 1 {
        remarks.push(words::count(step.attempts as usize, "attempt"));
    }
    if step.approvals_needed > 0 {
        let by = if step.approved_by.is_empty() { String::new() } else { format!(": {}", step.approved_by.join(", ")) };
        let needed = words::count(step.approvals_needed as usize, "approval");
        remarks.push(format!("{} of {needed}{by}", step.approved_by.len()));
    }
    if let Some(who) = &step.skipped_by {
        remarks.push(format!("`{who}` approved to go on without its verdict"));
    }
    remarks.join(" · ")
}

fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::None => "no risk",
        Risk::Low => "low risk",
        Risk::Medium => "medium risk",
        Risk::High => "high risk",
    }
}

fn reversibility(reversibility: Reversibility) -> &'static str {
    match reversibility {
        Reversibility::Reversible => "reversible",
        Reversibility::Compensatable => "can be compensated",
        Reversibility::PartiallyReversible => "can be taken back in part",
        Reversibility::Irreversible => "cannot be taken back",
    }
}

fn draw_live(page: &mut String, live: &Live) {
    page.push_str(&format!("now, over the last {:.1} s\n", live.seconds));
    for (group, seen) in &live.groups {
        page.push_str(&format!("  {:<9}{}\n", live::name(group), group_line(seen)));
    }
}

fn group_line(seen: &Group) -> String {
    let errors = seen.error_rate.map_or_else(|| "   –".into(), |rate| format!("{:.1}%", rate * 100.0));
    let latency = |bound: Option<u64>| bound.map_or_else(|| "–".into(), microseconds);
    format!(
        "weight {:>3}  {:>6} requests  errors {errors:>6}  p50 {:>8}  p99 {:>8}  {}/{} healthy",
        seen.weight,
        seen.requests,
        latency(seen.latency_p50),
        latency(seen.latency_p99),
        seen.healthy,
        seen.members
    )
}

/// A latency as people read it.
fn microseconds(bound: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "latencies are far below 2^52 microseconds")]
    let milliseconds = bound as f64 / 1000.0;
    match bound {
        u64::MAX => "over all".into(),
        0..10_000 => format!("{milliseconds:.1} ms"),
        10_000..1_000_000 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}
