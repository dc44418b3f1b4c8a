//! What is locked, held against what is asked for.

use std::collections::BTreeSet;

use skiff_wire::Lock;

use super::{Reporter, ResolvedRoute, Settings, codes};
use crate::{
    facts::limits,
    source::Span,
    spec::{
        Spec,
        decode::Spanned,
        values::{Digest, ImageReference, Scalar},
    },
};

/// Priorities are unique, in range and in the order of matching; digests and AMI ids have their form.
pub(crate) fn check(
    lock: &Lock,
    environment: &str,
    settings: &Settings,
    routes: Vec<&ResolvedRoute>,
    report: &mut Reporter<'_>,
) {
    check_priorities(lock, environment, routes, report);
    let amis = lock.amis.get(&settings.region).into_iter().flatten();
    for (architecture, ami) in amis.filter(|(_, ami)| !has_form(ami, "ami-")) {
        complain(Span::default(), format!("the locked AMI of {architecture}, `{ami}`, is not an AMI id"), report);
    }
    for (image, digest) in lock.images.iter().filter(|(_, digest)| Digest::parse(digest).is_none()) {
        complain(Span::default(), format!("the locked digest of `{image}`, `{digest}`, is not a digest"), report);
    }
}

fn has_form(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn complain(span: Span, message: String, report: &mut Reporter<'_>) {
    report.report(&codes::BAD_LOCK, span, message, "run `skiff lock`, which repairs `skiff.lock`");
}

fn check_priorities(lock: &Lock, environment: &str, mut routes: Vec<&ResolvedRoute>, report: &mut Reporter<'_>) {
    routes.sort_by(|a, b| a.rank.cmp(&b.rank));
    let mut last = 0;
    let mut taken = BTreeSet::new();
    for route in routes {
        let Some(priority) = lock.priority(environment, &route.key) else { continue };
        let fits = limits::RULE_PRIORITIES.contains(&priority);
        let wrong = if !fits {
            let (least, most) = (limits::RULE_PRIORITIES.start(), limits::RULE_PRIORITIES.end());
            Some(format!("is not within {least} to {most}"))
        } else if !taken.insert(priority) {
            Some("is also that of another route".into())
        } else {
            (priority < last).then(|| "comes before a route that must be matched first".into())
        };
        if let Some(wrong) = wrong {
            complain(route.span, format!("the locked priority {priority} of `{}` {wrong}", route.key), report);
        }
        last = if fits { last.max(priority) } else { last };
    }
}

/// Warns of every image that is neither pinned nor locked.
pub(crate) fn warn_of_tags(spec: &Spec, lock: &Lock, report: &mut Reporter<'_>) {
    for image in images(spec) {
        if image.digest().is_none() && !lock.images.contains_key(image.as_str()) {
            let message = format!("`{}` is a tag and not locked", image.value);
            report.report(&codes::UNLOCKED_IMAGE, image.span(), message, "run `skiff lock`");
        }
    }
}

/// Every image of the spec, in the order of services.
pub(crate) fn images(spec: &Spec) -> impl Iterator<Item = &Spanned<ImageReference>> {
    spec.services.values().flat_map(|service| {
        let beside = service.containers.values().map(|container| &container.image);
        let before = service.init.iter().filter_map(|container| container.image.as_ref());
        service.image.iter().chain(beside).chain(before)
    })
}
