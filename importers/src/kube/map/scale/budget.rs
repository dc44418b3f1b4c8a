//! PodDisruptionBudgets: how many members AWS keeps while it replaces some by itself.
//!
//! A budget holds for evictions, and rollouts do not ask it; so it becomes what an Auto Scaling group keeps, not a number of
//! the rollout. AWS rounds the count that it keeps up, so shares made from counts are rounded down.

use skiff_compiler::spec::{service::Kind, values::Percent};

use super::{of_kind, selector};
use crate::{
    import::spanned,
    kube::{
        codes::{
            general::NOT_CARRIED,
            runtime::{BAD_VALUE, SCALING_CHANGED},
        },
        map::{context::Context, draft::Draft},
        object::{Field, Object},
    },
};

/// Joins each budget to all workloads whose pods it selects.
pub(super) fn join(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    for budget in of_kind(context, "PodDisruptionBudget") {
        let Some(spec) = budget.at("spec") else { continue };
        let old = budget.manifest.api_version.ends_with("v1beta1");
        let selects = selector::read(spec.get("selector"), old);
        let mut found = false;
        for draft in drafts.iter_mut() {
            if draft.workload.namespace() == budget.namespace() && selects.fits(&draft.labels) {
                budget.belongs_to(draft.name.as_str());
                draft.selected_by(selects.keys());
                apply(draft, spec);
                found = true;
            }
        }
        if !found {
            say_nothing_selected(budget);
        }
    }
}

fn say_nothing_selected(budget: &Object<'_>) {
    let reason = "it selects the pods of no workload that was imported";
    budget.say(&NOT_CARRIED, reason, "import the workload together with it, or correct the selector");
}

fn apply(draft: &mut Draft<'_>, spec: Field<'_>) {
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    let (field, keeps) = match (least, most) {
        (Some(field), None) => (field, true),
        (None, Some(field)) => (field, false),
        (None, None) => return,
        (Some(_), Some(_)) => {
            spec.say(&BAD_VALUE, "the API takes one of `minAvailable` and `maxUnavailable`", "remove one of them");
            return;
        }
    };
    if !matches!(draft.service.kind, Kind::Web | Kind::Worker) {
        let reason = "one member is there at most, and a job ends by itself";
        field.ignore(reason);
        return;
    }
    let Some(amount) = amount(field) else {
        field.say(&BAD_VALUE, "this is neither a number of pods nor a share", "write `1` or `50%`");
        return;
    };
    let members = draft.replicas.0.max(1);
    let (share, exact) = kept(amount, members, keeps);
    if !exact {
        let reason = format!("AWS keeps a share of the members: {share}%, computed from {members}");
        field.say(&SCALING_CHANGED, reason, "correct `min_healthy` when the number of members changes");
    }
    // The stricter of two budgets counts.
    let before = draft.service.min_healthy.as_ref().map_or(0, |percent| percent.value.0);
    draft.service.min_healthy = Some(spanned(Percent((share * 1000).max(before))));
}

/// An amount of pods.
enum Amount {
    Count(u32),
    Percent(u32),
}

fn amount(field: Field<'_>) -> Option<Amount> {
    if let Some(number) = field.integer() {
        return u32::try_from(number).ok().map(Amount::Count);
    }
    let percent = field.text()?.strip_suffix('%')?.parse().ok()?;
    (percent <= 100).then_some(Amount::Percent(percent))
}

/// The share of members to keep, and whether it means the same for every number of members. Kubernetes rounds both shares
/// up to whole pods.
fn kept(amount: Amount, members: u32, keeps: bool) -> (u32, bool) {
    match (amount, keeps) {
        (Amount::Percent(percent), true) => (percent, true),
        (Amount::Percent(0) | Amount::Count(0), false) => (100, true),
        (Amount::Percent(100), false) | (Amount::Count(0), true) => (0, true),
        (Amount::Percent(percent), false) => {
            (share(members.saturating_sub((members * percent).div_ceil(100)), members), false)
        }
        (Amount::Count(count), true) => (share(count.min(members), members), false),
        (Amount::Count(count), false) => (share(members.saturating_sub(count), members), false),
    }
}

fn share(kept: u32, members: u32) -> u32 {
    kept.saturating_mul(100) / members.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_from_counts_rounded_down() {
        assert_eq!(kept(Amount::Count(2), 3, true), (66, false));
        assert_eq!(kept(Amount::Count(3), 3, true), (100, false));
        assert_eq!(kept(Amount::Count(9), 3, true), (100, false));
        assert_eq!(kept(Amount::Count(1), 3, false), (66, false));
        assert_eq!(kept(Amount::Count(0), 3, false), (100, true));
        assert_eq!(kept(Amount::Percent(50), 3, true), (50, true));
        assert_eq!(kept(Amount::Percent(50), 3, false), (33, false));
        assert_eq!(kept(Amount::Count(1), 1, false), (0, false));
    }

    #[test]
    fn aws_keeps_the_count_that_was_asked_for() {
        for members in 1..=60_u32 {
            for count in 0..=members {
                let (percent, _) = kept(Amount::Count(count), members, true);
                assert_eq!((members * percent).div_ceil(100), count, "{count} of {members} is {percent}%");
            }
        }
    }
}
