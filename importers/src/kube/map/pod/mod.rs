//! A pod's containers, and what they say of themselves.

mod hooks;
mod network;
mod placement;
mod probes;
pub(super) mod resources;
mod security;

use skiff_compiler::spec::values::{ImageReference, Scalar};

use super::{context::Context, draft::Draft};
use crate::{import::spanned, kube::object::Field};

/// Fills a draft from its pod.
pub(crate) fn fill(draft: &mut Draft<'_>, context: &Context<'_>) {
    let containers: Vec<_> = draft.pod.list("containers").collect();
    let Some(main) = containers.first().copied() else { return };
    if let Some(name) = main.get("name") {
        name.touch();
    }
    draft.service.image = main.text_of("image").and_then(ImageReference::parse).map(spanned);
    draft.service.health = probes::health(main);
    draft.service.security = security::of(main, draft.pod);
    draft.service.limits = resources::limits(main, context);
    draft.service.hooks = hooks::of(main);
    resources::size(draft, &containers, context);
    hooks::stop(draft);
    placement::apply(draft);
    network::apply(draft);
}

/// The main container: the one that the pod names as its default, else the first.
#[allow(dead_code, reason = "the mapping of several containers uses it")]
fn main_container<'c>(draft: &Draft<'c>) -> Option<Field<'c>> {
    draft.pod.list("containers").next()
}
