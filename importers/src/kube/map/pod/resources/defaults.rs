//! What a LimitRange supplies to containers of its namespace that do not say it themselves.

use super::amount;
use crate::kube::{
    map::{context::Context, quantity::Quantity},
    object::{Field, Object},
};

/// The amount that the LimitRanges of a container's namespace supply, under `default` (a limit) or `defaultRequest`. A
/// default limit is the default request as well, when that is not said.
pub(super) fn supplied(container: Field<'_>, list: &str, key: &str, context: &Context<'_>) -> Option<Quantity> {
    let namespace = container.object().namespace();
    let ranges = context.cluster.of_kind("LimitRange").filter(|range| range.namespace() == namespace);
    let mut found = ranges.filter_map(|range| in_range(range, list, key));
    found.next()
}

fn in_range(range: &Object<'_>, list: &str, key: &str) -> Option<Quantity> {
    let limits = range.at("spec")?.list("limits").find(|item| item.text_of("type") == Some("Container"))?;
    let field = limits.get(list)?.get(key)?;
    amount::read(field)
}
