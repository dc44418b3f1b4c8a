//! How members are replaced: in words that depend on the kind of service, which is known when traffic was joined.

use skiff_compiler::spec::service::{Kind, Strategy};

use super::{
    deployment,
    rolling::{Amount, Numbers, numbers},
};
use crate::{
    import::spanned,
    kube::{codes::workload as codes, map::draft::Draft, object::Field},
};

/// Says what became of the way in which each workload replaces its pods.
pub(in super::super) fn settle(drafts: &mut [Draft<'_>]) {
    for draft in drafts {
        match draft.workload.kind() {
            "Deployment" => deployment_strategy(draft),
            "StatefulSet" => stateful_set_strategy(draft),
            _ => {}
        }
    }
}

fn deployment_strategy(draft: &Draft<'_>) {
    let Some(strategy) = draft.workload.at("spec.strategy") else { return };
    match strategy.text_of("type").unwrap_or("RollingUpdate") {
        "Recreate" => {}
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
    let (becomes, action) = match kind(draft) {
        Kind::Web => (
            "Skiff starts the new release beside the old one and moves traffic in steps",
            "set `rollout.steps` if you want other steps",
        ),
        Kind::Stateful => (
            "the one member stops before the new one starts, because its volume belongs to one VM",
            "deploy when nobody needs it for some minutes",
        ),
        _ => (
            "Skiff starts all members of the new release beside the old ones, and then stops the old ones",
            "set `rollout.strategy: recreate` if old and new must not run at once",
        ),
    };
    strategy.say(&codes::ROLLING_UPDATE, format!("{becomes}; {}", words(replicas, numbers)), action);
}

/// What the rolling update meant in numbers.
fn words(replicas: u64, numbers: Numbers) -> String {
    let plural = if replicas == 1 { "replica" } else { "replicas" };
    format!(
        "with {replicas} {plural} at most {} more and {} fewer meant an instance refresh with MinHealthyPercentage {} \
         and MaxHealthyPercentage {}",
        numbers.surge, numbers.unavailable, numbers.least, numbers.most
    )
}

/// The kind that the draft will have: one that requests are routed to is a `web`.
fn kind(draft: &Draft<'_>) -> Kind {
    match draft.service.kind {
        Kind::Worker if !draft.service.routes.is_empty() => Kind::Web,
        kind => kind,
    }
}

/// At no time two pods of a StatefulSet have one identity: a worker keeps that, and a member with a volume has it anyway.
fn stateful_set_strategy(draft: &mut Draft<'_>) {
    let update = draft.workload.at("spec.updateStrategy.type");
    if let Some(update) = update.filter(|update| update.text() == Some("OnDelete")) {
        let reason = "a member is replaced by a release, and not when somebody deletes it";
        update.say(&codes::ORDERED_UPDATE, reason, "deploy when it suits you");
    }
    match (kind(draft), update) {
        (Kind::Stateful, Some(update)) => update.ignore("its one member is stopped before the new one starts, too"),
        (Kind::Stateful, None) => {}
        (Kind::Web, Some(update)) => {
            let reason = "the new release starts beside the old one, and traffic moves to it in steps";
            update.say(&codes::ROLLING_UPDATE, reason, "set `rollout.strategy: recreate` if they must not run at once");
        }
        (Kind::Web, None) => say_kind(draft, "old and new members serve at once while a release goes out"),
        (_, update) => {
            deployment::rollout(draft).strategy = Some(spanned(Strategy::Recreate));
            let reason = "all old members stop before the new ones start, because no two pods had one identity";
            match update {
                Some(update) => update.say(&codes::RECREATE, reason, OVERLAP),
                None => say_kind(draft, reason),
            }
        }
    }
}

const OVERLAP: &str = "take `rollout.strategy` away if old and new may overlap";

fn say_kind(draft: &Draft<'_>, reason: &str) {
    let action = if kind(draft) == Kind::Web { "set `rollout.strategy: recreate` if they must not" } else { OVERLAP };
    if let Some(kind) = draft.workload.at("kind") {
        kind.say(&codes::RECREATE, reason, action);
    }
}
