//! One gate while a stage is watched: what it gathers, what it says, and how often it said so.

use jiff::SignedDuration;
use regex::bytes::{Regex, RegexBuilder};
use skiff_wire::{Evaluations, Judgement, Measured, Verdict};

use super::{
    Gate, Metric, Reading,
    bound::{Amount, Bound},
    judge::{self, Counted, Moment, Opinion, burn, logs, members},
    seen::Seen,
};
use crate::{error::Error, provider::LogLine};

/// Compiled expressions are at most this large.
const EXPRESSION_BYTES: usize = 1 << 20;
/// Lines of one look that are so many that more may wait, and how old the last of them may be then.
const MANY_LINES: usize = 1000;
const LATE: SignedDuration = SignedDuration::from_secs(30);
/// The most pairs of readings that a series keeps: days of looks.
const SERIES: usize = 10_000;

/// A gate, and what it has come to.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) gate: Gate,
    /// What it said last.
    pub(super) opinion: Option<Opinion>,
    /// How often it said what, over the whole stage.
    evaluations: Evaluations,
    /// Likewise since the stage was last given time.
    recent: Evaluations,
    pattern: Option<Result<Regex, String>>,
    used: members::Use,
    canary_lines: Lines,
    baseline_lines: Lines,
    /// Whether lines are written faster than they are read.
    is_behind: bool,
    series: Vec<(f64, f64)>,
    counts: Option<(Counted, Option<Counted>)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lines {
    matches: u64,
    heard: bool,
}

/// How a gate stands against its own limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stand {
    Holds,
    Fails(String),
    CannotSay(Verdict, String),
}

impl State {
    pub(super) fn new(gate: &Gate) -> Self {
        let pattern = match &gate.metric {
            Metric::Log { pattern } => Some(expression(pattern)),
            _ => None,
        };
        Self {
            gate: gate.clone(),
            opinion: None,
            evaluations: Evaluations::default(),
            recent: Evaluations::default(),
            pattern,
            used: members::Use::default(),
            canary_lines: Lines::default(),
            baseline_lines: Lines::default(),
            is_behind: false,
            series: Vec::new(),
            counts: None,
        }
    }

    /// Takes in what a look has shown.
    pub(super) fn gather(&mut self, seen: &Seen) {
        match &self.gate.metric {
            Metric::Cpu => self.used.add(canary_members(seen)),
            Metric::Log { .. } => self.read(seen),
            _ => {}
        }
    }

    /// Lines from before the stage only show that there are lines.
    fn read(&mut self, seen: &Seen) {
        let Some(Ok(pattern)) = self.pattern.clone() else { return };
        let late = |line: &LogLine| seen.latest.at.duration_since(line.at) > LATE;
        self.is_behind = seen.latest.lines.len() >= MANY_LINES && seen.latest.lines.last().is_some_and(late);
        for line in &seen.latest.lines {
            let group = seen.group_of(&line.instance);
            let lines = match group {
                Some(group) if group == seen.groups().canary => &mut self.canary_lines,
                Some(_) => &mut self.baseline_lines,
                None => continue,
            };
            lines.heard = true;
            lines.matches += u64::from(line.at >= seen.from && matches(&pattern, line));
        }
    }

    /// Takes in what a source outside says, which is its opinion unless it gave numbers to judge.
    pub(super) fn hear(&mut self, answer: Result<Reading, Error>) -> Opinion {
        // What was counted before is no word about now.
        self.counts = None;
        match answer {
            Err(error) => Opinion::new(Verdict::Error, error.message()),
            Ok(Reading::NoData(why)) => Opinion::cannot_say(why),
            Ok(Reading::Verdict(verdict, why)) => Opinion::new(verdict, why),
            Ok(Reading::Counts { canary, baseline }) => {
                self.counts = Some((canary, baseline));
                self.judge_counts(Moment::Midway)
            }
            Ok(Reading::Values { canary, baseline }) => self.take(canary, baseline),
        }
    }

    fn take(&mut self, canary: f64, baseline: Option<f64>) -> Opinion {
        let baseline = baseline.filter(|_| self.gate.compare);
        if !canary.is_finite() || baseline.is_some_and(|value| !value.is_finite()) {
            return Opinion::cannot_say("what was answered is not a number");
        }
        if let Some(baseline) = baseline.filter(|_| self.series.len() < SERIES) {
            self.series.push((canary, baseline));
        }
        let Some(bound) = &self.gate.bound else { return unbounded() };
        let opinion = judge::values::judge(bound, canary);
        match (self.gate.compare, baseline) {
            (true, None) => opinion.and(&Opinion::cannot_say("there is no reading of the other group")),
            (true, Some(_)) => {
                opinion.and(&judge::values::judge_series(&self.gate, bound, &self.series, Moment::Midway))
            }
            (false, _) => opinion,
        }
    }

    fn judge_counts(&self, moment: Moment) -> Opinion {
        match (&self.counts, self.gate.bound.as_ref().map(|bound| bound.amount)) {
            (Some((canary, baseline)), Some(Amount::Share(bound))) => {
                let baseline = baseline.filter(|_| self.gate.compare);
                judge::errors::judge(&self.gate, bound, *canary, baseline, moment)
            }
            (None, _) => Opinion::cannot_say("nothing has been counted"),
            (Some(_), _) => unbounded(),
        }
    }

    /// What it says of everything gathered until now; for what is asked outside only when that gathers.
    pub(super) fn judge(&self, seen: &Seen, moment: Moment) -> Opinion {
        let Some(bound) = &self.gate.bound else { return unbounded() };
        let compare = self.gate.compare;
        match (&self.gate.metric, bound.amount) {
            (Metric::Healthy, _) => members::judge_health(bound, canary_members(seen)),
            (Metric::Cpu, _) => members::judge_use(&self.gate, bound, self.used),
            (Metric::ErrorRate, Amount::Share(share)) => {
                let baseline = seen.baseline().filter(|_| compare).map(|served| served.counted());
                judge::errors::judge(&self.gate, share, seen.canary().counted(), baseline, moment)
            }
            (Metric::Latency { permille }, amount) => {
                let baseline = seen.baseline().filter(|_| compare);
                let limit = amount.number();
                judge::latency::judge(&self.gate, *permille, limit, &seen.canary(), baseline.as_ref(), moment)
            }
            (Metric::Log { .. }, amount) => self.judge_lines(seen, amount, moment),
            (Metric::BurnRate { objective, long_seconds, short_seconds }, amount) => {
                let allowed = 1.0 - f64::from(*objective) / 100_000.0;
                let windows = windows(seen, *long_seconds, *short_seconds);
                burn::judge(&self.gate, allowed, amount.number(), windows, moment)
            }
            (Metric::CloudWatch, _) => self.judge_counts(moment),
            _ => unfit(bound),
        }
    }

    fn judge_lines(&self, seen: &Seen, amount: Amount, moment: Moment) -> Opinion {
        if let Some(Err(why)) = &self.pattern {
            return Opinion::new(Verdict::Error, why.clone());
        }
        let read = |lines: Lines, requests| logs::Read { matches: lines.matches, heard: lines.heard, requests };
        let canary = read(self.canary_lines, seen.canary().requests);
        let baseline = seen.baseline().filter(|_| self.gate.compare);
        let baseline = baseline.map(|served| read(self.baseline_lines, served.requests));
        let opinion = logs::judge(&self.gate, amount, canary, baseline, moment);
        if self.is_behind && opinion.verdict == Verdict::Pass {
            return opinion.and(&Opinion::cannot_say("lines are written faster than they are read"));
        }
        opinion
    }

    /// Keeps what it said, and counts it.
    pub(super) fn keep(&mut self, opinion: Opinion) {
        for evaluations in [&mut self.evaluations, &mut self.recent] {
            evaluations.count(opinion.verdict);
        }
        self.opinion = Some(opinion);
    }

    /// Whether it has failed more often than a stage tolerates.
    pub(super) fn has_failed(&self) -> bool {
        self.evaluations.fail > self.gate.limits.failures
    }

    /// What it comes to at the end of the time, against its limits.
    pub(super) fn conclude(&mut self, seen: &Seen) -> Stand {
        if self.gate.metric.gathers() && self.evaluations != Evaluations::default() {
            self.opinion = Some(self.judge(seen, Moment::End));
        } else if !self.series.is_empty() {
            self.judge_again();
        }
        let stand = self.stand();
        if let (Stand::CannotSay(verdict, why), Some(opinion)) = (&stand, &mut self.opinion) {
            (opinion.verdict, opinion.reason) = (*verdict, why.clone());
        }
        self.recent = Evaluations::default();
        stand
    }

    /// The series of readings at the level of the end; a last reading that gave nothing stays what it is.
    fn judge_again(&mut self) {
        let (Some(bound), Some(opinion)) = (&self.gate.bound, &mut self.opinion) else { return };
        let (Some((value, _)), true) = (self.series.last(), opinion.p_value.is_some()) else { return };
        let series = judge::values::judge_series(&self.gate, bound, &self.series, Moment::End);
        *opinion = judge::values::judge(bound, *value).and(&series);
    }

    fn stand(&self) -> Stand {
        let Some(opinion) = &self.opinion else {
            return Stand::CannotSay(Verdict::Inconclusive, "it was never asked".into());
        };
        let (recent, limits) = (self.recent, self.gate.limits);
        let reason = opinion.reason.clone();
        if self.has_failed() || (self.fails_at_once() && opinion.verdict == Verdict::Fail) {
            return Stand::Fails(reason);
        }
        if recent.error > limits.errors {
            let why = format!("{} of {} readings could not be taken: {reason}", recent.error, total(recent));
            return Stand::CannotSay(Verdict::Error, why);
        }
        if limits.inconclusive.is_some_and(|most| recent.inconclusive > most) {
            let why = format!("{} of {} readings could not say: {reason}", recent.inconclusive, total(recent));
            return Stand::CannotSay(Verdict::Inconclusive, why);
        }
        match opinion.verdict {
            Verdict::Pass => Stand::Holds,
            Verdict::Fail => Stand::CannotSay(Verdict::Inconclusive, format!("it does not hold at the end: {reason}")),
            other => Stand::CannotSay(other, reason),
        }
    }

    /// What gathers samples has all of them in its last word, and a test of series likewise.
    fn fails_at_once(&self) -> bool {
        self.gate.metric.gathers() || !self.series.is_empty()
    }

    pub(super) fn judgement(&self) -> Judgement {
        let silent = Opinion::cannot_say("it was never asked");
        let opinion = self.opinion.as_ref().unwrap_or(&silent);
        Judgement {
            gate: self.gate.name.clone(),
            verdict: opinion.verdict,
            dry_run: self.gate.dry_run,
            reason: opinion.reason.clone(),
            limit: self.gate.limit(),
            canary: opinion.canary.map(finite),
            baseline: opinion.baseline.map(finite),
            p_value: opinion.p_value,
            evaluations: self.evaluations,
        }
    }
}

/// JSON has no infinity.
fn finite(measured: Measured) -> Measured {
    Measured { value: if measured.value.is_finite() { measured.value } else { f64::MAX }, ..measured }
}

fn total(evaluations: Evaluations) -> u32 {
    evaluations.pass + evaluations.fail + evaluations.inconclusive + evaluations.error
}

fn unbounded() -> Opinion {
    Opinion::new(Verdict::Error, "it has no bound to judge by")
}

fn unfit(bound: &Bound) -> Opinion {
    Opinion::new(Verdict::Error, format!("`{bound}` does not fit its metric"))
}

fn canary_members(seen: &Seen) -> &[crate::provider::MemberView] {
    seen.latest.members.get(&seen.groups().canary).map_or(&[], Vec::as_slice)
}

/// The windows, in their proportion and no longer than what was seen.
fn windows(seen: &Seen, long: u32, short: u32) -> burn::Windows {
    let proportion = f64::from(short) / f64::from(long.max(1));
    let long = f64::from(long).min(seen.seconds().max(f64::MIN_POSITIVE));
    let over = |seconds: f64| seen.canary_over(seconds).counted();
    let all = if long >= seen.seconds() { seen.canary().counted() } else { over(long) };
    burn::Windows { long: all, short: over(long * proportion) }
}

/// An expression over bytes, as rules of the load balancer are: without Unicode classes.
pub(super) fn expression(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).unicode(false).size_limit(EXPRESSION_BYTES).build();
    built.map_err(|error| format!("`{pattern}` is no expression: {error}"))
}

fn matches(pattern: &Regex, line: &LogLine) -> bool {
    pattern.is_match(line.text.as_bytes())
}
