//! Percentiles of the time until an answer.
//!
//! That a percentile is within a bound says that no more than a share of the answers is slower than it: a question about
//! counts, with their rules. The comparison asks two questions, whether answers are slower as a whole (Mann and Whitney) and,
//! from the 90th percentile on, whether more of them are beyond the percentile of both groups together (Fisher).

use skiff_wire::{Evaluations, Judgement, Measured, Verdict};

use super::{Counted, Moment, Opinion, power, rank, share, words};
use crate::gate::{EFFECT_PERCENT, Gate, Metric, served::Served};

/// Below so many answers of a group the test of ranks is no test.
const LEAST_ANSWERS: u64 = 8;
/// What a rehearsal is judged by, in thousandths.
const MEDIAN: u16 = 500;
/// From this percentile on, in thousandths, the tail has a question of its own.
const TAIL: u16 = 900;

/// Judges a percentile, in thousandths, against a bound in microseconds and against the other group where one serves.
pub(in crate::gate) fn judge(
    gate: &Gate,
    permille: u16,
    limit: f64,
    canary: &Served,
    baseline: Option<&Served>,
    moment: Moment,
) -> Opinion {
    let Some(value) = canary.percentile(permille) else {
        return Opinion::cannot_say("no answer has come");
    };
    let opinion = absolute(gate, permille, limit, canary, value, moment);
    match baseline {
        Some(baseline) => opinion.and(&compared(gate, permille, (canary, value), baseline, moment)),
        None => opinion,
    }
}

fn absolute(gate: &Gate, permille: u16, limit: f64, canary: &Served, value: f64, moment: Moment) -> Opinion {
    let slow = canary.slower_than(limit);
    let allowed = 1.0 - f64::from(permille) / 1000.0;
    let (verdict, _) = share::at_most(slow, allowed, gate.minimum_samples, moment);
    let short = match verdict {
        Verdict::Inconclusive => "; so few answers cannot say",
        _ => "",
    };
    let (value_told, limit_told) = (words::time(value), words::time(limit));
    let reason = format!(
        "{value_told} of {} answers, {} of them beyond the bound of {limit_told}{short}",
        slow.samples, slow.events
    );
    Opinion::new(verdict, reason).of(Measured { value, samples: slow.samples })
}

/// Whether the new release of a rehearsal is slower than the live one, from microseconds of each: the comparison of a gate
/// `latency-p50`, without a bound. Absent when one of them has answered nothing.
pub(crate) fn rehearsed(new: &[u64], live: &[u64], only_told: bool) -> Option<Judgement> {
    let metric = Metric::Latency { permille: MEDIAN };
    let gate = Gate {
        name: metric.word(),
        limits: metric.limits(),
        metric,
        bound: None,
        dry_run: only_told,
        compare: true,
        effect_percent: EFFECT_PERCENT,
        minimum_samples: None,
    };
    let (new, live) = (Served::of_latencies(new), Served::of_latencies(live));
    let value = new.percentile(MEDIAN)?;
    live.percentile(MEDIAN)?;
    let Opinion { verdict, reason, baseline, p_value, .. } = compared(&gate, MEDIAN, (&new, value), &live, Moment::End);
    let mut evaluations = Evaluations::default();
    evaluations.count(verdict);
    let samples = new.answers();
    // Few digits, so that what is read back from the ledger is to the last bit what was written: entries are compared.
    Some(Judgement {
        gate: gate.name,
        verdict,
        dry_run: only_told,
        reason: format!("{} of {samples}, {reason}", words::time(value)),
        limit: "as fast as the live release".into(),
        canary: Some(Measured { value: value.round(), samples }),
        baseline: baseline.map(|measured| Measured { value: measured.value.round(), ..measured }),
        p_value: p_value.map(|chance| (chance * 1e6).round() / 1e6),
        evaluations,
    })
}

fn compared(gate: &Gate, permille: u16, canary: (&Served, f64), baseline: &Served, moment: Moment) -> Opinion {
    let (canary, value) = canary;
    let Some(before) = baseline.percentile(permille) else {
        return Opinion::cannot_say("the other group has answered nothing to compare with");
    };
    let chance = slower_by_chance(permille, canary, baseline);
    let verdict = verdict(gate, permille, canary, baseline, (value, before, chance), moment);
    let short = if verdict == Verdict::Inconclusive { ", too few answers to compare" } else { "" };
    let (told, chance_told) = (words::time(before), words::chance(chance));
    let reason = format!("the other group {told} of {} ({chance_told}{short})", baseline.answers());
    let measured = Measured { value: before, samples: baseline.answers() };
    Opinion::new(verdict, reason).against(Some(measured), Some(chance))
}

fn verdict(
    gate: &Gate,
    permille: u16,
    canary: &Served,
    baseline: &Served,
    (value, before, chance): (f64, f64, f64),
    moment: Moment,
) -> Verdict {
    let (many, other) = (canary.answers(), baseline.answers());
    let large = value >= before * gate.effect().sqrt();
    if large && many.min(other) >= LEAST_ANSWERS && chance < moment.level() {
        return Verdict::Fail;
    }
    let enough = match gate.minimum_samples {
        Some(minimum) => many.min(other) >= u64::from(minimum),
        None => power::together(many, other) >= needed(permille, gate.effect()),
    };
    if enough { Verdict::Pass } else { Verdict::Inconclusive }
}

/// Samples that the comparison of a percentile takes, in the measure of [`power::together`], to notice answers that take
/// `factor` times as long.
pub(in crate::gate) fn needed(permille: u16, factor: f64) -> f64 {
    let questions = questions(permille);
    let ranks = power::samples_for_ranks(factor, questions);
    if permille < TAIL {
        return ranks;
    }
    let beyond = 1.0 - f64::from(permille) / 1000.0;
    ranks.max(power::samples_for_shares_among(beyond, beyond.powf(1.0 / factor), questions))
}

fn questions(permille: u16) -> f64 {
    if permille < TAIL { 1.0 } else { 2.0 }
}

/// The probability of the larger difference of two by chance, made larger for having asked twice.
fn slower_by_chance(permille: u16, canary: &Served, baseline: &Served) -> f64 {
    let whole = rank::larger(&canary.latency, &baseline.latency);
    if permille < TAIL {
        return whole;
    }
    let mut both = canary.clone();
    both.add(baseline);
    let Some(bucket) = both.bucket_of(permille) else { return whole };
    let beyond = |served: &Served| Counted {
        events: served.latency.iter().filter(|(bound, _)| **bound > bucket).map(|(_, count)| count).sum(),
        samples: served.answers(),
    };
    let tail = share::more_often(beyond(canary), beyond(baseline));
    (whole.min(tail) * questions(permille)).min(1.0)
}
