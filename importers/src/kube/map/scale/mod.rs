//! Autoscalers and disruption budgets, and what a namespace supplies to its containers.

mod autoscaler;
mod budget;
mod metric;
mod selector;

use super::{context::Context, draft::Draft};
use crate::kube::{object::Object, table};

/// Joins what scales or protects the workloads.
pub(super) fn join(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    autoscaler::join(drafts, context);
    budget::join(drafts, context);
    for range in of_kind(context, "LimitRange") {
        range.otherwise_ignored("no imported container leaves it to this range what it may take");
    }
}

/// The objects of a kind of the table: one of another API group is something else.
fn of_kind<'c>(context: &Context<'c>, kind: &'static str) -> impl Iterator<Item = &'c Object<'c>> {
    let known = |object: &&Object<'_>| table::kind(&object.manifest.api_version, object.kind()).is_some();
    context.cluster.of_kind(kind).filter(known)
}
