//! The one place where a service's manifest is made ready for the local provider.
//!
//! On AWS a resource gives the address of a database or the URL of a queue. On this machine there are no such resources: the
//! values come from stand-ins, or the manifest cannot be released. **Nothing is filled in by guessing.**

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_runtime::local::secret::local_name;
use skiff_wire::{Artifact, EnvironmentValue, ExitCode, Finding, ReleaseManifest, Workload};

use crate::{action, codes, failure::Failure};

/// What a manifest asks for and this machine does not give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Missing {
    /// Where in the service, such as `main.environment.ORDERS_HOST`.
    place: String,
    /// What it is.
    what: String,
}

/// A service's manifest with everything that the local provider needs, or the list of what is missing.
///
/// # Errors
/// Values of resources without a stand-in, secrets that have no name on this machine, images without a digest.
pub(crate) fn local_manifest(service: &str, manifest: &ReleaseManifest) -> Result<ReleaseManifest, Failure> {
    let mut missing = Vec::new();
    for workload in workloads(manifest) {
        check(workload, &mut missing);
    }
    if missing.is_empty() { Ok(named(manifest)) } else { Err(refuse(service, missing)) }
}

/// The manifest with each secret by its name on this machine: there is no resource that could be asked for it.
fn named(manifest: &ReleaseManifest) -> ReleaseManifest {
    let mut manifest = manifest.clone();
    let ReleaseManifest { main, init, sidecars, .. } = &mut manifest;
    for workload in std::iter::once(main).chain(init).chain(sidecars) {
        let variables = workload.environment.values_mut().filter_map(|value| match value {
            EnvironmentValue::Secret { secret, .. } => Some(secret),
            _ => None,
        });
        for secret in variables.chain(workload.files.values_mut().filter_map(|file| file.secret.as_mut())) {
            if let Some(name) = local_name(secret) {
                *secret = Value::String(name);
            }
        }
    }
    manifest
}

/// The names of the secrets that a manifest needs on this machine, sorted, each once.
pub(crate) fn secret_names(manifest: &ReleaseManifest) -> Vec<String> {
    let mut names: Vec<_> =
        workloads(manifest).flat_map(secrets).filter_map(|(_, secret)| local_name(secret)).collect();
    names.sort();
    names.dedup();
    names
}

fn workloads(manifest: &ReleaseManifest) -> impl Iterator<Item = &Workload> {
    std::iter::once(&manifest.main).chain(&manifest.init).chain(&manifest.sidecars)
}

/// The references to secrets of a workload, with their places.
fn secrets(workload: &Workload) -> Vec<(String, &Value)> {
    let variables = workload.environment.iter().filter_map(|(name, value)| match value {
        EnvironmentValue::Secret { secret, .. } => Some((format!("{}.environment.{name}", workload.name), secret)),
        _ => None,
    });
    let files = workload.files.iter().filter_map(|(path, file)| {
        file.secret.as_ref().map(|secret| (format!("{}.files.{path}", workload.name), secret))
    });
    variables.chain(files).collect()
}

fn check(workload: &Workload, missing: &mut Vec<Missing>) {
    if let Artifact::Image { reference, digest: None } = &workload.artifact {
        let what = format!("the image `{reference}` has no digest");
        missing.push(Missing { place: format!("{}.image", workload.name), what });
    }
    for (name, value) in &workload.environment {
        if let EnvironmentValue::From(source) = value {
            let what = format!("{} exists on AWS only", described(source));
            missing.push(Missing { place: format!("{}.environment.{name}", workload.name), what });
        }
    }
    for (place, secret) in secrets(workload) {
        if local_name(secret).is_none() {
            missing.push(Missing {
                place,
                what: format!("{} is no secret that can be set on this machine", described(secret)),
            });
        }
    }
}

/// A reference as people name it: `Endpoint.Address of environment.database.orders`.
fn described(reference: &Value) -> String {
    let field = |name: &str| reference.get(name).and_then(Value::as_str);
    match (field("attribute"), field("resource"), reference.as_str()) {
        (Some(attribute), Some(resource), _) => format!("`{attribute}` of `{resource}`"),
        (_, _, Some(text)) => format!("`{text}`"),
        _ => format!("`{reference}`"),
    }
}

fn refuse(service: &str, missing: Vec<Missing>) -> Failure {
    let mut by_place: BTreeMap<String, String> = BTreeMap::new();
    by_place.extend(missing.into_iter().map(|it| (it.place, it.what)));
    let lines: Vec<_> = by_place.iter().map(|(place, what)| format!("{place}: {what}")).collect();
    let code = &codes::NO_STAND_IN;
    let finding = |line: &String| Finding {
        code: code.id.into(),
        severity: code.severity,
        message: format!("`{service}` {line}"),
        file: None,
        line: None,
        column: None,
        hint: None,
        subject: None,
    };
    let message = format!("`{service}` needs what this machine does not have");
    let failure = Failure::new("NO_STAND_IN", ExitCode::InputErrors, message)
        .hint("give it a value for this machine under `local:`, or lock the image with `skiff lock`")
        .action(action::look("explain-SK2710", &["explain", code.id], format!("the manual page of `{}`", code.id)));
    let failure = by_place.iter().zip(&lines).fold(failure, |failure, (_, line)| failure.finding(finding(line)));
    failure.details(lines, json!({ "service": service, "missing": by_place }))
}

#[cfg(test)]
mod tests {
    use skiff_wire::Plan;

    use super::*;

    fn manifest(plan: &str, service: &str) -> ReleaseManifest {
        serde_json::from_str::<Plan>(plan).unwrap().services.remove(service).unwrap().release
    }

    #[test]
    fn everything_that_is_missing_is_listed_at_once() {
        let database = manifest(include_str!("../../../golden/plan/database-mariadb-small/plan.json"), "mailer");
        let outcome = local_manifest("mailer", &database).unwrap_err().into_outcome();
        assert_eq!((outcome.exit, outcome.code.as_ref()), (ExitCode::InputErrors, "NO_STAND_IN"));
        let lines = outcome.details.join("\n");
        assert!(
            lines.contains("main.environment.ORDERS_HOST: `Endpoint.Address` of `environment.database.orders`"),
            "{lines}"
        );
        assert!(lines.contains("ORDERS_PASSWORD"), "{lines}");
        assert!(outcome.findings.iter().all(|finding| finding.code == "SK2710"));
    }

    #[test]
    fn a_manifest_that_needs_nothing_is_taken_as_it_is() {
        let web = manifest(include_str!("../../../golden/plan/bundle/plan.json"), "mailer");
        assert_eq!(local_manifest("mailer", &web).unwrap(), web);
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        let mailer = manifest(include_str!("../../../golden/plan/secrets/plan.json"), "mailer");
        assert_eq!(secret_names(&mailer), ["legacy", "legacy-database", "shop/flags", "smtp-password", "stripe"]);
        let local = local_manifest("mailer", &mailer).unwrap();
        let Some(EnvironmentValue::Secret { secret, key }) = local.main.environment.get("DATABASE_USER") else {
            panic!("{local:?}")
        };
        assert_eq!((secret, key.as_deref()), (&json!("legacy-database"), Some("username")));
    }
}
