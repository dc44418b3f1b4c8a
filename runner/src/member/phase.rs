//! What the standings of all workloads add up to.

use std::collections::BTreeMap;

use skiff_wire::{Code, MemberPhase};

use crate::{
    codes,
    report::Report,
    workload::board::{Board, Stage, Standing},
};

/// Says the member's phase on every change, until it is dropped.
pub(super) async fn follow(board: Board, report: Report) {
    let (mut changes, mut was_ready) = (board.changes(), false);
    loop {
        changes.mark_unchanged();
        let all = board.all();
        let (phase, reason) = of(&all, board.unready(), was_ready);
        was_ready |= phase == MemberPhase::Ready;
        let restarts = all.values().map(|standing| standing.restarts).sum();
        report.set(|state| state.restarts = restarts);
        report.phase(phase, reason);
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// The phase, and its reason.
fn of(
    all: &BTreeMap<String, Standing>,
    unready: Option<String>,
    was_ready: bool,
) -> (MemberPhase, Option<(&'static Code, String)>) {
    let fails = |standing: &&Standing| standing.fails && standing.stage == Stage::Pausing;
    if let Some(standing) = all.values().find(fails) {
        return (MemberPhase::Failing, standing.trouble.clone());
    }
    let Some(why) = unready else { return (MemberPhase::Ready, None) };
    let trouble = all.values().find_map(|standing| standing.trouble.clone());
    let reason = trouble.unwrap_or((&codes::NOT_READY, why));
    (if was_ready { MemberPhase::Unready } else { MemberPhase::Starting }, Some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_that_ends_again_and_again_makes_the_member_fail() {
        let standing = Standing { stage: Stage::Pausing, ..Standing::default() };
        let mut all = BTreeMap::from([("main".to_owned(), standing)]);
        assert_eq!(of(&all, Some("x".into()), false).0, MemberPhase::Starting);
        assert_eq!(of(&all, Some("x".into()), true).0, MemberPhase::Unready);
        all.values_mut().for_each(|standing| standing.fails = true);
        assert_eq!(of(&all, Some("x".into()), true).0, MemberPhase::Failing);
        assert_eq!(of(&BTreeMap::new(), None, false), (MemberPhase::Ready, None));
    }
}
