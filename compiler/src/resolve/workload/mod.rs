//! What runs on a member: artifacts here; variables, files, security, limits, hooks and names in rooms of their own.

pub mod codes;
mod files;
pub(crate) mod hooks;
mod limits;
mod names;
mod security;
mod variables;
mod written;

pub(crate) use limits::check as check_limits;
pub(crate) use written::Written;

use super::{Reporter, codes as general};
use crate::spec::{Spec, network::Egress, service::Service, values::ImageReference};

pub(crate) fn check(service: &Service, spec: &Spec, report: &mut Reporter<'_>) {
    check_artifact(service, report);
    check_images(service, spec, report);
    for written in Written::all(service) {
        variables::check(&written, report);
        files::check(&written, service, report);
        security::check(&written, report);
    }
    files::check_volumes(service, report);
    names::check(service, report);
}

fn check_artifact(service: &Service, report: &mut Reporter<'_>) {
    let span = service.at.whole;
    match (&service.image, &service.bundle) {
        (Some(_), None) => {}
        (None, Some(bundle)) => {
            if service.command.is_empty() {
                report.report(
                    &general::ONE_ARTIFACT,
                    bundle.span(),
                    "a bundle without a `command`",
                    "add the program to start",
                );
            }
            if bundle.starts_with('/') || bundle.split('/').any(|part| part == "..") {
                let message = format!("`{}` leads out of this folder", bundle.value);
                report.report(&general::BAD_FILE, bundle.span(), message, "name a folder beside or below this file");
            }
        }
        (None, None) => {
            report.report(&general::ONE_ARTIFACT, span, "neither `image` nor `bundle`", "add one of them");
        }
        (Some(_), Some(_)) => {
            let place = service.at.field("bundle");
            report.report(&general::ONE_ARTIFACT, place, "both `image` and `bundle`", "keep one of them");
        }
    }
}

/// Without a way to the internet only ECR of the same region can be pulled from.
fn check_images(service: &Service, spec: &Spec, report: &mut Reporter<'_>) {
    let network = spec.network.as_ref();
    let egress = network.and_then(|network| network.egress.as_ref()).map_or(Egress::Endpoints, |egress| egress.value);
    let place = network.map_or_else(|| spec.at.field("network"), |network| network.at.field("egress"));
    if egress != Egress::Endpoints || report.is_poisoned(place) || report.is_poisoned(spec.region.span()) {
        return;
    }
    let beside = service.containers.values().map(|container| &container.image);
    let before = service.init.iter().filter_map(|container| container.image.as_ref());
    for image in service.image.iter().chain(beside).chain(before) {
        if ecr_region(image) != Some(spec.region.as_str()) {
            let name = image.as_str().split('@').next().unwrap_or_default();
            let message = format!("`{name}` cannot be reached: no way leads to `{}`", image.registry());
            let hint = format!("copy it to Amazon ECR in `{}`, or set `network: {{ egress: nat }}`", spec.region.value);
            report.report(&general::UNREACHABLE_IMAGE, image.span(), message, hint);
        }
    }
}

/// The region of an image in Amazon ECR.
pub(crate) fn ecr_region(image: &ImageReference) -> Option<&str> {
    let (_, rest) = image.registry().split_once(".dkr.ecr.")?;
    rest.split('.').next()
}
