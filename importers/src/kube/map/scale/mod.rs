//! Autoscalers and disruption budgets, and what a namespace supplies to its containers.

mod autoscaler;
mod budget;
mod metric;
mod selector;

use super::{context::Context, draft::Draft};
use crate::kube::{
    codes::runtime::RESOURCE_CHANGED,
    object::{Field, Object},
    table,
};

/// Joins what scales or protects the workloads.
pub(super) fn join(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    autoscaler::join(drafts, context);
    budget::join(drafts, context);
    of_kind(context, "LimitRange").for_each(say_range);
    for kind in ["HorizontalPodAutoscaler", "PodDisruptionBudget"] {
        of_kind(context, kind).for_each(say_version);
    }
}

/// Says once of each range what it supplied to containers.
fn say_range(range: &Object<'_>) {
    range.otherwise_ignored("no imported container leaves it to this range what it may take");
    for item in range.at("spec").into_iter().flat_map(|spec| spec.list("limits")) {
        let amounts = || ["default", "defaultRequest"].into_iter().flat_map(move |list| item.map(list));
        if !amounts().any(|(_, field)| field.is_read()) {
            continue;
        }
        ["apiVersion", "kind", "metadata"].iter().filter_map(|key| range.root().get(key)).for_each(Field::touch);
        let unused = amounts().filter(|(_, field)| !field.is_read());
        unused.for_each(|(_, field)| field.ignore("the containers that were imported say it themselves"));
        for key in ["max", "min", "maxLimitRequestRatio"] {
            item.get(key)
                .into_iter()
                .for_each(|field| field.ignore("it refuses objects, and what is imported was accepted"));
        }
        item.get("type").into_iter().for_each(|field| field.mapped_to(""));
        let reason = "its amounts are written out for the containers that do not say them";
        item.say(&RESOURCE_CHANGED, reason, "write `size` and `limits` by what each service really uses");
    }
}

/// Versions of the API that Kubernetes removed, and when (its guide to deprecated APIs).
static REMOVED: &[(&str, &str, &str)] = &[
    ("autoscaling/v2beta1", "1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "1.26", "autoscaling/v2"),
    ("policy/v1beta1", "1.25", "policy/v1"),
];

fn say_version(object: &Object<'_>) {
    let version: &str = &object.manifest.api_version;
    let removed = REMOVED.iter().find(|(old, ..)| *old == version);
    if let (Some((_, release, new)), Some(field)) = (removed, object.at("apiVersion").filter(|field| field.is_read())) {
        field.mapped_because("", format!("Kubernetes {release} removed this version; it is read as `{new}`"));
    }
}

/// The objects of a kind of the table: one of another API group is something else.
fn of_kind<'c>(context: &Context<'c>, kind: &'static str) -> impl Iterator<Item = &'c Object<'c>> {
    let known = |object: &&Object<'_>| table::kind(&object.manifest.api_version, object.kind()).is_some();
    context.cluster.of_kind(kind).filter(known)
}
