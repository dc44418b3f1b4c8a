//! What is to be done for a slot, from how many members it is to have and those it has. Pure.

use std::time::Instant;

use crate::local::desired::Stage;

/// A member, as far as a decision needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its instance id.
    pub(super) instance: String,
    /// Where it is in its life.
    pub(super) stage: Stage,
    /// When it was launched, in any unit that grows.
    pub(super) launched: i128,
    /// Whether the load balancer finds it healthy.
    pub(super) healthy: bool,
    /// When another may take its place.
    pub(super) replace_at: Option<Instant>,
}

/// What is to be done for a slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decision {
    /// How many members to launch.
    pub(super) launch: usize,
    /// Members to drain and end.
    pub(super) drain: Vec<String>,
    /// Members that have ended and whose place is not kept any more.
    pub(super) forget: Vec<String>,
}

/// Brings a slot to `desired` members. A member that ended by itself keeps its place until another may take it; of too many
/// those go first that serve nobody, then the oldest, as Auto Scaling's default policy has it.
pub(super) fn decide(desired: usize, members: &[Seen], now: Instant) -> Decision {
    let mut active: Vec<&Seen> = members.iter().filter(|one| is_active(one)).collect();
    let mut waiting: Vec<&Seen> = members.iter().filter(|one| one.stage == Stage::Ended).collect();
    active.sort_by_key(|one| (one.healthy, one.launched, one.instance.clone()));
    waiting.sort_by_key(|one| (one.replace_at, one.instance.clone()));
    let places = desired.saturating_sub(active.len());
    let surplus = waiting.len().saturating_sub(places);
    let due = |one: &Seen| one.replace_at.is_none_or(|at| at <= now);
    let forget: Vec<String> = waiting
        .iter()
        .enumerate()
        .filter(|(index, one)| *index < surplus || due(one))
        .map(|(_, one)| one.instance.clone())
        .collect();
    Decision {
        launch: places.saturating_sub(waiting.len() - forget.len()),
        drain: active.iter().take(active.len().saturating_sub(desired)).map(|one| one.instance.clone()).collect(),
        forget,
    }
}

fn is_active(member: &Seen) -> bool {
    matches!(member.stage, Stage::Launching | Stage::Running)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn seen(instance: &str, stage: Stage, launched: i128, healthy: bool) -> Seen {
        Seen { instance: instance.into(), stage, launched, healthy, replace_at: None }
    }

    #[test]
    fn what_is_missing_is_launched() {
        let members = [seen("one", Stage::Running, 1, true), seen("two", Stage::Draining, 2, true)];
        let decision = decide(3, &members, Instant::now());
        assert_eq!(decision, Decision { launch: 2, ..Decision::default() });
    }

    #[test]
    fn of_too_many_those_that_serve_nobody_go_first_then_the_oldest() {
        let members = [
            seen("old", Stage::Running, 1, true),
            seen("young", Stage::Running, 3, true),
            seen("sick", Stage::Running, 2, false),
        ];
        assert_eq!(decide(1, &members, Instant::now()).drain, ["sick", "old"]);
        assert_eq!(decide(0, &members, Instant::now()).drain, ["sick", "old", "young"]);
    }

    #[test]
    fn a_member_that_ended_keeps_its_place_until_another_may_take_it() {
        let now = Instant::now();
        let mut ended = seen("ended", Stage::Ended, 1, false);
        ended.replace_at = Some(now + Duration::from_secs(1));
        let members = [ended, seen("running", Stage::Running, 2, true)];
        assert_eq!(decide(2, &members, now), Decision::default());
        let later = decide(2, &members, now + Duration::from_secs(1));
        assert_eq!(later, Decision { launch: 1, forget: vec!["ended".into()], ..Decision::default() });
    }

    #[test]
    fn a_place_that_is_not_wanted_is_not_kept() {
        let now = Instant::now();
        let mut ended = seen("ended", Stage::Ended, 1, false);
        ended.replace_at = Some(now + Duration::from_secs(9));
        let decision = decide(0, &[ended], now);
        assert_eq!(decision, Decision { forget: vec!["ended".into()], ..Decision::default() });
    }

    #[test]
    fn enough_is_enough() {
        let members = [seen("one", Stage::Running, 1, false), seen("two", Stage::Launching, 2, false)];
        assert_eq!(decide(2, &members, Instant::now()), Decision::default());
    }
}
