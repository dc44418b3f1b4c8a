//! Deployments, and what is like them without a rollout: ReplicaSets, ReplicationControllers, bare Pods.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Rollout, Strategy},
    values::Duration,
};

use super::rolling::{Amount, numbers};
use crate::{
    import::spanned,
    kube::{
        codes::{general, workload as codes},
        map::draft::Draft,
        object::{Field, Object},
    },
};

/// The most members that Skiff runs of one service.
const MOST: u32 = 500;

/// Fills a draft with scale and rollout.
pub(super) fn fill(mut draft: Draft<'_>) -> Draft<'_> {
    let workload = draft.workload;
    if workload.kind() != "Deployment"
        && let Some(kind) = workload.at("kind")
    {
        let reason = format!("a {} has no rollout, and a service has one", workload.kind());
        kind.say(&codes::NO_ROLLOUT, reason, "");
    }
    draft.replicas = replicas(workload);
    bake(&mut draft);
    if let Some(deadline) = workload.at("spec.progressDeadlineSeconds").and_then(seconds).filter(|it| it.0 != 1_800) {
        rollout(&mut draft).deadline = Some(deadline);
    }
    strategy(&mut draft);
    if let Some(paused) = workload.at("spec.paused") {
        match paused.boolean() {
            Some(true) => paused.say(&codes::PAUSED, "Skiff rolls out when you deploy, and never by itself", ""),
            _ => paused.ignore("Skiff rolls out when you deploy"),
        }
    }
    draft
}

/// The rollout settings, made when they are first needed.
pub(super) fn rollout<'d>(draft: &'d mut Draft<'_>) -> &'d mut Rollout {
    draft.service.rollout.get_or_insert_with(Rollout::fallback)
}

fn seconds(field: Field<'_>) -> Option<Duration> {
    field.integer().and_then(|seconds| u32::try_from(seconds).ok()).filter(|seconds| *seconds > 0).map(Duration)
}

/// Least and most members: as many as there are replicas, and none but one at most when it is switched off.
pub(super) fn replicas(workload: &Object<'_>) -> (u32, u32) {
    let Some(field) = workload.at("spec.replicas") else { return (1, 1) };
    match field.integer().map(|number| u32::try_from(number).unwrap_or(MOST + 1)) {
        Some(0) => {
            let action = "raise `replicas` in `skiff.yaml` when it is needed";
            field.say(
                &codes::SWITCHED_OFF,
                "it has no replicas, so the service has no member until one is asked for",
                action,
            );
            (0, 1)
        }
        Some(number) if number <= MOST => (number, number),
        Some(_) => {
            let reason = format!("Skiff runs 1 to {MOST} members of one service");
            field.say(&general::NO_HOME, reason, "split the work, or use larger members");
            (MOST, MOST)
        }
        None => (1, 1),
    }
}

/// `minReadySeconds` as the time that each step is watched.
pub(super) fn bake(draft: &mut Draft<'_>) {
    let Some(field) = draft.workload.at("spec.minReadySeconds") else { return };
    match seconds(field) {
        Some(bake) => rollout(draft).bake = Some(bake).filter(|bake| bake.0 != 300),
        None => field.ignore("0 is as good as absent"),
    }
}

fn strategy(draft: &mut Draft<'_>) {
    let Some(strategy) = draft.workload.at("spec.strategy") else { return };
    match strategy.text_of("type").unwrap_or("RollingUpdate") {
        "Recreate" => {
            rollout(draft).strategy = Some(spanned(Strategy::Recreate));
            let reason =
                "the old members stop before the new ones start, so nobody answers for the minutes that a VM takes";
            strategy.say(&codes::RECREATE, reason, "take `rollout.strategy` away if old and new may overlap");
        }
        _ if strategy.entries().next().is_some() => say_rolling(strategy, draft),
        _ => strategy.touch(),
    }
}

fn say_rolling(strategy: Field<'_>, draft: &Draft<'_>) {
    let old = &*draft.workload.manifest.api_version == "extensions/v1beta1";
    let default = if old { Amount::Count(1) } else { Amount::Percent(25) };
    let amount = |name: &str| {
        strategy.get("rollingUpdate").and_then(|it| it.get(name)).and_then(Amount::read).unwrap_or(default)
    };
    let replicas = u64::from(draft.replicas.0.max(1));
    let numbers = numbers(replicas, amount("maxSurge"), amount("maxUnavailable"));
    let reason = format!(
        "Skiff starts the new release beside the old one and moves traffic in steps; with {replicas} replicas at most {} more \
         and {} fewer meant an instance refresh with MinHealthyPercentage {} and MaxHealthyPercentage {}",
        numbers.surge, numbers.unavailable, numbers.least, numbers.most
    );
    strategy.say(&codes::ROLLING_UPDATE, reason, "set `rollout.steps` if you want other steps");
}
