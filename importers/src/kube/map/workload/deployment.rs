//! Deployments, and what is like them without a rollout: ReplicaSets, ReplicationControllers, bare Pods.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Rollout, Strategy},
    values::Duration,
};

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
/// What the API takes where a Deployment says no `progressDeadlineSeconds`.
const PROGRESS: u32 = 600;
/// How long a rollout of Skiff may take, and how long a step is watched, where the spec says neither; in seconds.
const DEADLINE: u32 = 1_800;
const BAKE: u32 = 300;

/// Fills a draft with scale and rollout.
pub(super) fn fill(mut draft: Draft<'_>) -> Draft<'_> {
    let workload = draft.workload;
    if workload.kind() != "Deployment"
        && let Some(kind) = workload.at("kind")
    {
        let reason = match workload.kind() {
            "Pod" => "a Pod is neither replaced nor rolled out by itself, and a service is both".to_owned(),
            kind => format!("a {kind} does not replace its pods when it changes, and a service rolls each release out"),
        };
        kind.say(&codes::NO_ROLLOUT, reason, "nothing is to do");
    }
    draft.replicas = replicas(workload);
    bake(&mut draft);
    deadline(&mut draft);
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

/// `progressDeadlineSeconds`, a time without progress, as the time that a rollout may take; one that is shorter than
/// Skiff's own would end rollouts that go well.
fn deadline(draft: &mut Draft<'_>) {
    let Some(field) = draft.workload.at("spec.progressDeadlineSeconds") else { return };
    match seconds(field) {
        Some(Duration(PROGRESS)) => return field.ignore("it is the API's default, and Skiff's own deadline is 30m"),
        Some(deadline) if deadline.0 > DEADLINE => rollout(draft).deadline = Some(deadline),
        _ => {}
    }
    let reason = "a cluster counts the time without progress and goes on, and Skiff counts the whole rollout, 30m at \
                  least, and goes back";
    field.say(&codes::ROLLING_UPDATE, reason, "set `rollout.deadline` to what all steps together may take");
}

/// `minReadySeconds` as the time that each step is watched.
pub(super) fn bake(draft: &mut Draft<'_>) {
    let Some(field) = draft.workload.at("spec.minReadySeconds") else { return };
    match seconds(field) {
        Some(bake) => {
            rollout(draft).bake = Some(bake).filter(|bake| bake.0 != BAKE);
            let reason = "a cluster watches each pod for this time, and Skiff each step of a rollout";
            field.say(&codes::ROLLING_UPDATE, reason, "set `rollout.bake` to how long a step should be watched");
        }
        None => field.ignore("0 is as good as absent"),
    }
}

fn strategy(draft: &mut Draft<'_>) {
    let Some(strategy) = draft.workload.at("spec.strategy") else { return };
    // What becomes of a rolling update depends on the kind of service, which is known later.
    if strategy.text_of("type") == Some("Recreate") {
        rollout(draft).strategy = Some(spanned(Strategy::Recreate));
        let reason =
            "the old members stop before the new ones start, so nobody answers for the minutes that a VM takes";
        strategy.say(&codes::RECREATE, reason, "take `rollout.strategy` away if old and new may overlap");
    }
}
