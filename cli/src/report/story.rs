//! What happened: the steps with their times, who asked and who approved, and each entry of the log in words.

use jiff::Timestamp;
use serde::Serialize;
use skiff_runtime::{
    engine::{History, approval::Approval, status::StepProgress},
    trust::envelope::Opened,
};
use skiff_wire::{Event, LogEntry, OperationIntent, OperationStatus};

use super::chart;
use crate::acting::actor::same_person;

/// The story of an operation, for the page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Story {
    saga: String,
    service: String,
    app: String,
    environment: String,
    operation: String,
    status: String,
    tone: &'static str,
    reason: Option<String>,
    requested_by: String,
    requested_at: String,
    ended_at: String,
    took: String,
    release: Option<String>,
    steps: Vec<StepRow>,
    ticks: Vec<Tick>,
    decisions: Vec<Decision>,
    entries: Vec<EntryRow>,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
struct StepRow {
    number: usize,
    title: String,
    kind: String,
    risk: String,
    reversibility: String,
    status: &'static str,
    tone: &'static str,
    attempts: u32,
    took: String,
    note: Option<String>,
    bars: Vec<Bar>,
}

/// A time in which something was done to a step, in hundredths of the whole.
#[derive(Debug, Clone, Serialize)]
struct Bar {
    left: String,
    width: String,
    tone: &'static str,
    words: String,
}

/// A time at the axis.
#[derive(Debug, Clone, Serialize)]
struct Tick {
    left: String,
    words: String,
}

/// What a person decided.
#[derive(Debug, Clone, Serialize)]
struct Decision {
    at: String,
    who: String,
    what: String,
}

/// One entry of the log.
#[derive(Debug, Clone, Serialize)]
struct EntryRow {
    index: u64,
    at: String,
    epoch: u64,
    words: String,
}

/// A span of time that something was done in.
struct Span {
    step: u32,
    from: Timestamp,
    until: Timestamp,
    tone: &'static str,
    words: &'static str,
}

/// The story of an operation.
pub(super) fn of(history: &History) -> Story {
    let (intent, status) = (&history.intent, &history.status);
    let begin = intent.requested_at;
    let end = history.entries.last().map_or(begin, |entry| entry.at);
    let spans = spans(history, end);
    let (status_words, tone) = standing(status.state);
    Story {
        saga: intent.saga.clone(),
        service: intent.service.clone().unwrap_or_default(),
        app: intent.app.clone(),
        environment: intent.environment.clone(),
        operation: intent.operation.clone(),
        status: status_words.to_owned(),
        tone,
        reason: status.reason.clone(),
        requested_by: intent.requested_by.clone(),
        requested_at: begin.to_string(),
        ended_at: end.to_string(),
        took: took(begin, end),
        release: release(intent),
        steps: rows(history, &spans, begin, end),
        ticks: ticks(begin, end),
        decisions: decisions(history),
        entries: history.entries.iter().map(|entry| row(entry, intent)).collect(),
    }
}

fn release(intent: &OperationIntent) -> Option<String> {
    let of = |pointer: &str| intent.parameters.pointer(pointer).and_then(|value| value.as_str());
    of("/release").or_else(|| of("/deploy/release")).map(str::to_owned)
}

fn rows(history: &History, spans: &[Span], begin: Timestamp, end: Timestamp) -> Vec<StepRow> {
    let steps = history.intent.steps.iter().zip(&history.status.steps).enumerate();
    let row =
        |(index, (planned, step)): (usize, (&skiff_wire::PlannedStep, &skiff_runtime::engine::status::StepStatus))| {
            let own: Vec<&Span> = spans.iter().filter(|span| usize::try_from(span.step) == Ok(index)).collect();
            let seconds: f64 =
                own.iter().filter(|span| span.tone != "waits").map(|span| seconds(span.from, span.until)).sum();
            let (status, tone) = match step.skipped_by {
                Some(_) => ("skipped", "held"),
                None => progress(step.progress),
            };
            let skipped = step.skipped_by.as_ref().map(|who| format!("went on without its verdict, approved by {who}"));
            let failed = history.status.failure.as_ref().or(history.status.held.as_ref());
            let failed = failed.filter(|failed| usize::try_from(failed.step) == Ok(index));
            StepRow {
                number: index + 1,
                title: planned.title.clone(),
                kind: planned.kind.clone(),
                risk: word(&planned.risk),
                reversibility: word(&planned.reversibility),
                status,
                tone,
                attempts: step.attempts,
                took: if own.is_empty() { String::new() } else { chart::clock(seconds) },
                note: skipped.or_else(|| failed.map(|failed| format!("{} [{}]", failed.message, failed.code))),
                bars: own.iter().map(|span| bar(span, begin, end)).collect(),
            }
        };
    steps.map(row).collect()
}

fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn bar(span: &Span, begin: Timestamp, end: Timestamp) -> Bar {
    let whole = seconds(begin, end).max(0.001);
    let (left, width) = (seconds(begin, span.from) / whole * 100.0, seconds(span.from, span.until) / whole * 100.0);
    let words = format!("{} for {}", span.words, chart::clock(seconds(span.from, span.until)));
    Bar { left: format!("{left:.2}"), width: format!("{width:.2}"), tone: span.tone, words }
}

fn ticks(begin: Timestamp, end: Timestamp) -> Vec<Tick> {
    let whole = seconds(begin, end);
    let tick = |quarter: u32| {
        let share = f64::from(quarter) / 4.0;
        Tick { left: format!("{:.2}", share * 100.0), words: chart::clock(whole * share) }
    };
    (0..=4).map(tick).collect()
}

/// Seconds between two moments; none when the clock went back.
pub(super) fn seconds(from: Timestamp, until: Timestamp) -> f64 {
    let milliseconds = (until.as_millisecond() - from.as_millisecond()).max(0);
    // A hundred thousand years of milliseconds fit into the 52 bits of a float without loss.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let milliseconds = milliseconds as f64;
    milliseconds / 1000.0
}

fn took(begin: Timestamp, end: Timestamp) -> String {
    chart::clock(seconds(begin, end))
}

/// When something was done to which step, or waited for a person.
fn spans(history: &History, end: Timestamp) -> Vec<Span> {
    let mut spans = Spans::default();
    // The approvals that each step needs, less those that it has.
    let mut missing: Vec<u32> = history.status.steps.iter().map(|step| step.approvals).collect();
    for entry in &history.entries {
        let at = entry.at;
        match &entry.event {
            Event::StepStarted { step, .. } | Event::CompensationStarted { step, .. } => {
                spans.close_waiting(*step, at);
                spans.close(*step, at, "broken", "its driver died or stopped");
                spans.open(*step, at);
            }
            Event::ApprovalRequested { step, .. } => spans.wait(*step, at, "waited for an approval"),
            Event::StepSucceeded { step, .. } => spans.close(*step, at, "done", "done"),
            Event::StepFailed { step, .. } => spans.close(*step, at, "failed", "failed"),
            Event::StepHeld { step, .. } => {
                spans.close(*step, at, "held", "could not say");
                spans.wait(*step, at, "waited for a person");
            }
            Event::StepUnknown { step, .. } => spans.close(*step, at, "held", "unknown"),
            Event::CompensationSucceeded { step } => spans.close(*step, at, "undone", "taken back"),
            Event::CompensationFailed { step, .. } => spans.close(*step, at, "failed", "could not be taken back"),
            Event::Approved { step, .. } => {
                let left = usize::try_from(*step).ok().and_then(|step| missing.get_mut(step));
                let enough = left.is_none_or(|left| {
                    *left = left.saturating_sub(1);
                    *left == 0
                });
                if enough {
                    spans.close_waiting(*step, at);
                }
            }
            Event::Rejected { step, .. } | Event::StepSkipped { step, .. } => spans.close_waiting(*step, at),
            Event::AbortRequested { .. } => spans.nobody_waits(at),
            _ => {}
        }
    }
    spans.ended(end)
}

/// Spans of time that are being gathered.
#[derive(Default)]
struct Spans {
    closed: Vec<Span>,
    open: Vec<(u32, Timestamp)>,
    waiting: Vec<(u32, Timestamp, &'static str)>,
}

impl Spans {
    fn open(&mut self, step: u32, from: Timestamp) {
        self.open.push((step, from));
    }

    fn wait(&mut self, step: u32, from: Timestamp, words: &'static str) {
        self.waiting.push((step, from, words));
    }

    fn close(&mut self, step: u32, until: Timestamp, tone: &'static str, words: &'static str) {
        if let Some(index) = self.open.iter().rposition(|(open, _)| *open == step) {
            let (step, from) = self.open.remove(index);
            self.closed.push(Span { step, from, until, tone, words });
        }
    }

    fn close_waiting(&mut self, step: u32, until: Timestamp) {
        if let Some(index) = self.waiting.iter().rposition(|(waiting, ..)| *waiting == step) {
            let (step, from, words) = self.waiting.remove(index);
            self.closed.push(Span { step, from, until, tone: "waits", words });
        }
    }

    fn nobody_waits(&mut self, until: Timestamp) {
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        self.closed.extend(waiting.map(|(step, from, words)| Span { step, from, until, tone: "waits", words }));
    }

    fn ended(mut self, end: Timestamp) -> Vec<Span> {
        self.nobody_waits(end);
        let open = self.open.into_iter().map(|(step, from)| (step, from, end));
        self.closed.extend(open.map(|(step, from, until)| Span {
            step,
            from,
            until,
            tone: "running",
            words: "not ended",
        }));
        self.closed
    }
}

/// What an operation adds up to, in words, and the tone of them.
fn standing(status: OperationStatus) -> (&'static str, &'static str) {
    match status {
        OperationStatus::Planned => ("planned", "waits"),
        OperationStatus::AwaitingApproval => ("waits for an approval", "waits"),
        OperationStatus::Running => ("running", "running"),
        OperationStatus::Paused => ("paused", "held"),
        OperationStatus::Unknown => ("outcome unknown", "failed"),
        OperationStatus::Compensating => ("being taken back", "undone"),
        OperationStatus::CompensationFailed => ("could not be taken back", "failed"),
        OperationStatus::Succeeded => ("succeeded", "done"),
        OperationStatus::Compensated => ("taken back", "undone"),
        OperationStatus::Failed => ("failed before any effect", "failed"),
    }
}

fn progress(progress: StepProgress) -> (&'static str, &'static str) {
    match progress {
        StepProgress::Waiting => ("not begun", "none"),
        StepProgress::Started => ("begun", "running"),
        StepProgress::Unknown => ("unknown", "failed"),
        StepProgress::Failed => ("failed", "failed"),
        StepProgress::Held => ("cannot say", "held"),
        StepProgress::Succeeded => ("done", "done"),
        StepProgress::Compensating => ("being taken back", "undone"),
        StepProgress::CompensationFailed => ("not taken back", "failed"),
        StepProgress::Compensated => ("taken back", "undone"),
    }
}

/// Who asked, and what people decided behind that; nothing when nobody did.
fn decisions(history: &History) -> Vec<Decision> {
    let intent = &history.intent;
    let (at, who) = (intent.requested_at.to_string(), intent.requested_by.clone());
    let asked = Decision { at, who, what: "asked for it".into() };
    let decided: Vec<Decision> = history.entries.iter().filter_map(|entry| decision(entry, intent)).collect();
    if decided.is_empty() { decided } else { std::iter::once(asked).chain(decided).collect() }
}

/// That whoever asked has signed as well, where names say so.
fn one_person(intent: &OperationIntent, principal: &str, envelope: &str) -> String {
    // The engine has verified it before it came into the log; here it is only shown.
    let opened = Opened::read(envelope.as_bytes()).ok();
    let approval = opened.and_then(|opened| serde_json::from_slice::<Approval>(opened.unverified()).ok());
    let by = approval.and_then(|approval| approval.by);
    match same_person(&intent.requested_by, principal, by.as_deref()) {
        Some(why) => format!("; the same person has asked for it, as far as names can tell: {why}"),
        None => String::new(),
    }
}

fn decision(entry: &LogEntry, intent: &OperationIntent) -> Option<Decision> {
    let decided = |who: &String, what: String| Some(Decision { at: entry.at.to_string(), who: who.clone(), what });
    let step = |step: &u32| named(intent, *step);
    match &entry.event {
        Event::Approved { step: at, principal, envelope } => {
            decided(principal, format!("approved {}{}", step(at), one_person(intent, principal, envelope)))
        }
        Event::Rejected { step: at, principal, reason } => {
            decided(principal, format!("refused {}: {reason}", step(at)))
        }
        Event::StepSkipped { step: at, principal, reason, envelope } => {
            let one = one_person(intent, principal, envelope);
            decided(principal, format!("let it go on without the verdict of {}: {reason}{one}", step(at)))
        }
        Event::PauseRequested { by } => decided(by, "asked to pause".into()),
        Event::ResumeRequested { by } => decided(by, "asked to go on".into()),
        Event::AbortRequested { by, superseded_by: None } => decided(by, "asked to take it back".into()),
        Event::AbortRequested { by, superseded_by: Some(other) } => {
            decided(by, format!("let operation {other} take its place"))
        }
        Event::HealthWaived { by, reason } => decided(by, format!("accepted members that are not healthy: {reason}")),
        _ => None,
    }
}

fn named(intent: &OperationIntent, step: u32) -> String {
    let planned = usize::try_from(step).ok().and_then(|index| intent.steps.get(index));
    let kind = planned.map_or("a step", |planned| planned.kind.as_str());
    format!("step {} ({kind})", step + 1)
}

fn row(entry: &LogEntry, intent: &OperationIntent) -> EntryRow {
    EntryRow { index: entry.index, at: entry.at.to_string(), epoch: entry.epoch, words: words(&entry.event, intent) }
}

fn words(event: &Event, intent: &OperationIntent) -> String {
    let step = |step: &u32| named(intent, *step);
    match event {
        Event::Claimed { holder } => format!("taken up by {holder}"),
        Event::StepStarted { step: at, attempt, .. } => format!("{} begins, attempt {attempt}", step(at)),
        Event::EffectAccepted { step: at, provider_operation } => {
            format!("{}: the provider has accepted it as {provider_operation}", step(at))
        }
        Event::StepSucceeded { step: at, .. } => format!("{} is done", step(at)),
        Event::StepFailed { step: at, code, message, .. } => format!("{} failed: {message} [{code}]", step(at)),
        Event::StepHeld { step: at, code, message, .. } => format!("{} cannot say: {message} [{code}]", step(at)),
        Event::StepSkipped { step: at, principal, reason, .. } => {
            format!("{principal} lets it go on without {}: {reason}", step(at))
        }
        Event::StepUnknown { step: at, message } => format!("{}: nobody knows: {message}", step(at)),
        Event::ApprovalRequested { step: at, plan } => format!("{} waits for an approval of intent {plan}", step(at)),
        Event::Approved { step: at, principal, .. } => format!("{principal} approved {}", step(at)),
        Event::Rejected { step: at, principal, reason } => format!("{principal} refused {}: {reason}", step(at)),
        Event::PauseRequested { by } => format!("{by} asked to pause"),
        Event::ResumeRequested { by } => format!("{by} asked to go on"),
        Event::AbortRequested { by, .. } => format!("{by} asked to take it back"),
        Event::HealthWaived { by, reason } => format!("{by} accepted members that are not healthy: {reason}"),
        Event::CompensationStarted { step: at, attempt } => format!("{} is taken back, attempt {attempt}", step(at)),
        Event::CompensationSucceeded { step: at } => format!("{} is taken back", step(at)),
        Event::CompensationFailed { step: at, code, message } => {
            format!("{} could not be taken back: {message} [{code}]", step(at))
        }
        Event::Finished => "finished".to_owned(),
    }
}
