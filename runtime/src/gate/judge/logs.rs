//! Lines of logs that match: as a number, or by request.

use skiff_wire::{Measured, Verdict};

use super::{Counted, Moment, Opinion, number, share, words};
use crate::gate::{Gate, bound::Amount};

/// What was read of a group's logs, and what it served meanwhile.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::gate) struct Read {
    /// Lines that match.
    pub(in crate::gate) matches: u64,
    /// Whether any line at all was read of it, now or before the stage.
    pub(in crate::gate) heard: bool,
    /// Requests that came to an end.
    pub(in crate::gate) requests: u64,
}

/// Judges the lines that match.
pub(in crate::gate) fn judge(
    gate: &Gate,
    amount: Amount,
    canary: Read,
    baseline: Option<Read>,
    moment: Moment,
) -> Opinion {
    if !canary.heard {
        return Opinion::cannot_say("no line of its logs has been read");
    }
    let opinion = match amount {
        Amount::Number(most) => absolute(most, canary),
        Amount::Share(bound) => by_request(gate, bound, canary, moment),
        Amount::Time(_) => Opinion::new(Verdict::Error, "a time is no bound of lines"),
    };
    match (amount, baseline) {
        (Amount::Share(bound), Some(baseline)) if canary.requests > 0 => {
            opinion.and(&compared(gate, bound, canary, baseline, moment))
        }
        _ => opinion,
    }
}

/// Every line counts from the first on; none of them within the time of the stage is what was asked for.
fn absolute(most: f64, canary: Read) -> Opinion {
    let verdict = if number(canary.matches) <= most { Verdict::Pass } else { Verdict::Fail };
    let reason = format!("{} lines match, at most {} may", canary.matches, words::short(most));
    Opinion::new(verdict, reason).of(Measured { value: number(canary.matches), samples: canary.requests })
}

fn counted(read: Read) -> Counted {
    Counted { events: read.matches, samples: read.requests }
}

fn by_request(gate: &Gate, bound: f64, canary: Read, moment: Moment) -> Opinion {
    let seen = counted(canary);
    if seen.samples == 0 {
        return Opinion::cannot_say("no request has come to an end");
    }
    // A request may write several lines: more than one for each is as bad as one for each.
    let capped = Counted { events: seen.events.min(seen.samples), ..seen };
    let (verdict, _) = share::at_most(capped, bound, gate.minimum_samples, moment);
    let short = if verdict == Verdict::Inconclusive { "; so few requests cannot say" } else { "" };
    let told = words::share(seen.share());
    let reason = format!("{} lines match in {} requests ({told}){short}", seen.events, seen.samples);
    Opinion::new(verdict, reason).of(seen.measured())
}

fn compared(gate: &Gate, bound: f64, canary: Read, baseline: Read, moment: Moment) -> Opinion {
    let (seen, before) = (counted(canary), counted(baseline));
    if !baseline.heard || before.samples == 0 {
        return Opinion::cannot_say("the other group has nothing to compare with");
    }
    let chance = share::more_of_all(seen, before);
    let large = seen.share() - before.share() >= bound / 10.0 && seen.share() >= before.share() * gate.effect().sqrt();
    let fails = large && seen.events >= share::LEAST_EVENTS && chance < moment.level();
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    let reason = format!("the other group {} in {} ({})", before.events, before.samples, words::chance(chance));
    Opinion::new(verdict, reason).against(Some(before.measured()), Some(chance))
}
