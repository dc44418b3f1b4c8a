//! What differs outside the shape, by reason: each reason once, with all that carries it.

use skiff_wire::{Change, Difference, Risk};

use super::{
    movements,
    value::{dotted, short},
};

/// Values that differ for one reason.
#[derive(Debug)]
pub(super) struct Reason<'c> {
    pub(super) risk: Risk,
    pub(super) reason: &'c str,
    /// Where and what: `web environment.LOG_LEVEL` and `set to debug`.
    pub(super) moves: Vec<(String, String)>,
}

/// The reasons, highest risk first. The amounts of the estimate are left out: the headline says them.
pub(super) fn of(change: &Change) -> Vec<Reason<'_>> {
    let mut reasons: Vec<Reason> = Vec::new();
    for difference in shown(change) {
        let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
        let moved = match unpriced(difference) {
            Some(moved) => moved,
            None => (place(&difference.pointer), movements::movement(&difference.pointer, before, after)),
        };
        match reasons.iter_mut().find(|known| (known.risk, known.reason) == (difference.risk, &difference.reason)) {
            Some(known) => known.moves.push(moved),
            None => {
                reasons.push(Reason { risk: difference.risk, reason: &difference.reason, moves: vec![moved] });
            }
        }
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.risk));
    reasons
}

/// A part of the estimate that has no price: its own reason says enough.
fn unpriced(difference: &Difference) -> Option<(String, String)> {
    let part = difference.pointer.strip_prefix("/cost/unpriced/")?;
    let reason = difference.after.as_ref().or(difference.before.as_ref())?;
    Some((part.to_owned(), short(reason, 200)))
}

/// How many values differ, the amounts of the estimate aside.
pub(super) fn count(change: &Change) -> usize {
    shown(change).count()
}

fn shown(change: &Change) -> impl Iterator<Item = &Difference> {
    change.release.iter().filter(|difference| !matches!(&*difference.pointer, "/cost/monthly" | "/cost/monthly_peak"))
}

/// `/services/web/release/main/environment/LOG_LEVEL` is `web environment.LOG_LEVEL`.
fn place(pointer: &str) -> String {
    let path = dotted(pointer);
    let Some(rest) = path.strip_prefix("services.") else { return path };
    match rest.split_once('.') {
        Some((service, rest)) => {
            let rest = rest.strip_prefix("release.main.").or_else(|| rest.strip_prefix("release.")).unwrap_or(rest);
            format!("{service} {rest}")
        }
        None => rest.to_owned(),
    }
}
