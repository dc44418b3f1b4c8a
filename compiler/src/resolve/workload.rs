//! What runs on a member: artifact, variables, files, containers.

use std::collections::BTreeMap;

use super::{Reporter, codes, one_of};
use crate::{
    source::Span,
    spec::{
        Spec,
        decode::{Spanned, closest},
        network::Egress,
        service::Service,
        shorthand::{File, Mount, SecretSource},
        values::{ImageReference, Name, VariableName},
    },
};

pub(crate) fn check(service: &Service, spec: &Spec, report: &mut Reporter<'_>) {
    check_artifact(service, report);
    check_images(service, spec, report);
    check_variables(&service.env, report);
    for container in service.containers.values() {
        check_variables(&container.env, report);
    }
    for container in &service.init {
        check_variables(&container.env, report);
    }
    check_secrets(service, report);
    check_files(service, report);
    check_mounts(service, report);
}

fn check_artifact(service: &Service, report: &mut Reporter<'_>) {
    let span = service.at.whole;
    match (&service.image, &service.bundle) {
        (Some(_), None) => {}
        (None, Some(bundle)) => {
            if service.command.is_empty() {
                report.report(
                    &codes::ONE_ARTIFACT,
                    bundle.span(),
                    "a bundle without a `command`",
                    "add the program to start",
                );
            }
            if bundle.starts_with('/') || bundle.split('/').any(|part| part == "..") {
                let message = format!("`{}` leads out of this folder", bundle.value);
                report.report(&codes::BAD_FILE, bundle.span(), message, "name a folder beside or below this file");
            }
        }
        (None, None) => {
            report.report(&codes::ONE_ARTIFACT, span, "neither `image` nor `bundle`", "add one of them");
        }
        (Some(_), Some(_)) => {
            let place = service.at.field("bundle");
            report.report(&codes::ONE_ARTIFACT, place, "both `image` and `bundle`", "keep one of them");
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
            report.report(&codes::UNREACHABLE_IMAGE, image.span(), message, hint);
        }
    }
}

/// The region of an image in Amazon ECR.
pub(crate) fn ecr_region(image: &ImageReference) -> Option<&str> {
    let (_, rest) = image.registry().split_once(".dkr.ecr.")?;
    rest.split('.').next()
}

fn check_variables(variables: &BTreeMap<VariableName, Spanned<String>>, report: &mut Reporter<'_>) {
    for (name, value) in variables {
        check_reserved(name, value.span(), report);
        if looks_secret(value) {
            let message = format!("the value of `{name}` looks like a secret");
            let hint = "put a name under `secrets:` and the value into the secret; replace it if it was real";
            report.report(&codes::LOOKS_SECRET, value.span(), message, hint);
        }
    }
}

fn check_reserved(name: &VariableName, span: Span, report: &mut Reporter<'_>) {
    if ["SKIFF_", "AWS_CONTAINER_"].iter().any(|prefix| name.as_str().starts_with(prefix)) {
        let message = format!("`{name}` is set by the runner");
        report.report(&codes::RESERVED_VARIABLE, span, message, "use another name");
    }
}

/// Forms that only secrets have: private keys, cloud and vendor tokens, passwords in URLs.
fn looks_secret(value: &str) -> bool {
    let begins =
        ["AKIA", "ASIA", "ghp_", "github_pat_", "xoxb-", "xoxp-", "sk_live_", "rk_live_", "glpat-", "-----BEGIN"];
    let token = begins.iter().any(|prefix| value.starts_with(prefix) && value.len() >= 16);
    token || value.contains("PRIVATE KEY-----") || has_password(value)
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    let authority = value.split_once("://").and_then(|(_, rest)| rest.split('/').next());
    let user = authority.and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    user.and_then(|user| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty() && !password.starts_with('$'))
}

fn check_secrets(service: &Service, report: &mut Reporter<'_>) {
    for (variable, SecretSource(source)) in &service.secrets {
        check_reserved(variable, source.at.whole, report);
        if let Some(other) = service.env.get(variable) {
            let message = format!("`{variable}` is also under `env`");
            let related = (other.span(), "the plain value");
            report.report_related(&codes::VARIABLE_TWICE, (source.at.whole, message), "remove one of them", related);
        }
        if source.name.is_some() == source.arn.is_some() {
            let message = "a secret has exactly one of `name` and `arn`";
            report.report(&codes::EXACTLY_ONE, source.at.whole, message, one_of(source.name.is_some()));
        }
        if let Some(arn) = source.arn.as_ref().filter(|arn| !matches!(arn.service(), "secretsmanager" | "ssm")) {
            let message = format!("this is an ARN of `{}`", arn.service());
            report.report(&codes::WRONG_ARN, arn.span(), message, "a secret is in `secretsmanager` or `ssm`");
        }
    }
}

fn check_files(service: &Service, report: &mut Reporter<'_>) {
    for (path, File(file)) in &service.files {
        check_path(path, file.at.whole, report);
        if file.content.is_some() == file.secret.is_some() {
            let message = "a file has exactly one of `content` and `secret`";
            report.report(&codes::EXACTLY_ONE, file.at.whole, message, one_of(file.content.is_some()));
        }
    }
}

fn check_path(path: &str, span: Span, report: &mut Reporter<'_>) {
    let fits = path.starts_with('/') && path.len() > 1 && !path.split('/').any(|part| part == ".." || part == ".");
    if !fits {
        report.report(
            &codes::BAD_FILE,
            span,
            format!("`{path}` is not a path within a member"),
            "write an absolute path without `..`",
        );
    }
}

fn check_mounts(service: &Service, report: &mut Reporter<'_>) {
    let beside = service.containers.values().map(|container| &container.mounts);
    let before = service.init.iter().map(|container| &container.mounts);
    for mounts in std::iter::once(&service.mounts).chain(beside).chain(before) {
        for (path, Mount(mount)) in mounts {
            check_path(path, mount.at.whole, report);
            check_volume(service, &mount.volume, report);
        }
    }
    if let Some(volume) = &service.volume {
        check_path(&volume.path, volume.at.field("path"), report);
    }
}

fn check_volume(service: &Service, volume: &Spanned<Name>, report: &mut Reporter<'_>) {
    if service.volumes.contains_key(&volume.value) || report.is_poisoned(service.at.field("volumes")) {
        return;
    }
    let hint = closest(volume.as_str(), service.volumes.keys().map(Name::as_str))
        .map_or_else(|| "declare it under `volumes:`".into(), |known| format!("did you mean `{known}`?"));
    report.report(&codes::DANGLING_REFERENCE, volume.span(), format!("no volume `{}`", volume.value), hint);
}
