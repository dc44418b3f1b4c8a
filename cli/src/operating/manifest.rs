//! The one place where a service's manifest is made ready for the local provider.
//!
//! On AWS a resource gives the address of a database or the URL of a queue. On this machine there are no such resources: the
//! values come from stand-ins, or the manifest cannot be released. **Nothing is filled in by guessing.**

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skiff_runtime::local::secret::local_name;
use skiff_wire::{Artifact, Command, EnvironmentValue, ExitCode, Finding, LocalOverlay, ReleaseManifest, Workload};

use crate::{action, codes, failure::Failure};

/// What a manifest asks for and this machine does not give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Missing {
    /// Where in the service, such as `main.environment.ORDERS_HOST`.
    place: String,
    /// What it is.
    what: String,
}

/// A service's manifest as the local provider runs it, or the list of what is missing.
///
/// # Errors
/// Values of resources without a stand-in, secrets that have no name on this machine, images without a digest.
pub(crate) fn local_manifest(
    service: &str,
    manifest: &ReleaseManifest,
    overlay: &LocalOverlay,
) -> Result<ReleaseManifest, Failure> {
    let manifest = named(overlaid(service, manifest.clone(), overlay));
    let mut missing = Vec::new();
    for workload in workloads(&manifest) {
        check(workload, &mut missing);
    }
    if missing.is_empty() { Ok(manifest) } else { Err(refuse(service, missing)) }
}

/// The manifest with what `local:` of the spec puts in the place of what the plan says.
fn overlaid(service: &str, mut manifest: ReleaseManifest, overlay: &LocalOverlay) -> ReleaseManifest {
    let main = &mut manifest.main;
    for (variable, value) in overlay.uses.values().flatten() {
        // Only what uses the thing has its variables; nobody else is to see them.
        if let Some(present) = main.environment.get_mut(variable) {
            *present = EnvironmentValue::Value(value.clone());
        }
    }
    let Some(local) = overlay.services.get(service) else { return manifest };
    if let Some(path) = &local.bundle {
        main.artifact = Artifact::Bundle { path: path.clone() };
    }
    if !local.command.is_empty() {
        main.command = Command { command: local.command.clone(), arguments: Vec::new(), ..main.command.clone() };
    }
    let plain = |(name, value): (&String, &String)| (name.clone(), EnvironmentValue::Value(value.clone()));
    main.environment.extend(local.environment.iter().map(plain));
    manifest
}

/// The manifest with each secret by its name on this machine: there is no resource that could be asked for it.
fn named(mut manifest: ReleaseManifest) -> ReleaseManifest {
    let ReleaseManifest { main, init, sidecars, .. } = &mut manifest;
    for workload in std::iter::once(main).chain(init).chain(sidecars) {
        let variables = workload.environment.values_mut().filter_map(|value| match value {
            EnvironmentValue::Secret { secret, key } => Some((secret, key)),
            _ => None,
        });
        let files = workload.files.values_mut();
        let files = files.filter_map(|file| file.secret.as_mut().map(|secret| (secret, &mut file.key)));
        for (secret, key) in variables.chain(files) {
            let Some(name) = secret_name(secret) else { continue };
            // Amazon RDS keeps user and password as one JSON object; here the password is a secret of its own.
            if local_name(secret).is_none() {
                *key = None;
            }
            *secret = Value::String(name);
        }
    }
    manifest
}

/// The names of the secrets that a manifest needs on this machine, sorted, each once.
pub(crate) fn secret_names(manifest: &ReleaseManifest) -> Vec<String> {
    let mut names: Vec<_> =
        workloads(manifest).flat_map(secrets).filter_map(|(_, secret)| secret_name(secret)).collect();
    names.sort();
    names.dedup();
    names
}

/// The names of the secrets that a service of the plan needs on this machine: those that `local:` replaces are not needed.
pub(crate) fn local_secret_names(service: &str, manifest: &ReleaseManifest, overlay: &LocalOverlay) -> Vec<String> {
    secret_names(&overlaid(service, manifest.clone(), overlay))
}

/// What a reference to a secret is called on this machine; the password of a database is `NAME.password`.
fn secret_name(reference: &Value) -> Option<String> {
    local_name(reference).or_else(|| {
        let (_, database) = reference.get("resource")?.as_str()?.split_once(".database.")?;
        Some(format!("{database}.password"))
    })
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
        if !secret.is_string() {
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

    fn overlay(yaml: Value) -> LocalOverlay {
        serde_json::from_value(yaml).unwrap()
    }

    #[test]
    fn everything_that_is_missing_is_listed_at_once() {
        let database = manifest(include_str!("../../../golden/plan/database-mariadb-small/plan.json"), "mailer");
        let outcome = local_manifest("mailer", &database, &LocalOverlay::default()).unwrap_err().into_outcome();
        assert_eq!((outcome.exit, outcome.code.as_ref()), (ExitCode::InputErrors, "NO_STAND_IN"));
        let lines = outcome.details.join("\n");
        let host =
            "main.environment.ORDERS_HOST: `Endpoint.Address` of `environment.database.orders` exists on AWS only";
        assert!(lines.contains(host), "{lines}");
        assert!(lines.contains("ORDERS_PORT"), "{lines}");
        assert!(outcome.findings.iter().all(|finding| finding.code == "SK2710"));
    }

    #[test]
    fn stand_ins_take_the_place_of_what_aws_gives() {
        let database = manifest(include_str!("../../../golden/plan/database-mariadb-small/plan.json"), "mailer");
        let overlay = overlay(json!({
            "uses": {
                "orders": { "ORDERS_HOST": "127.0.0.1", "ORDERS_PORT": "5432" },
                "other": { "OTHER_URL": "not for this one" },
            },
            "services": { "mailer": { "bundle": "here", "command": ["./run"], "environment": { "DEBUG": "1" } } },
        }));
        let local = local_manifest("mailer", &database, &overlay).unwrap();
        let variable = |name: &str| serde_json::to_value(local.main.environment.get(name)).unwrap();
        assert_eq!(variable("ORDERS_HOST"), json!({ "value": "127.0.0.1" }));
        assert_eq!(variable("ORDERS_PASSWORD"), json!({ "secret": { "secret": "orders.password" } }));
        assert_eq!((variable("DEBUG"), variable("OTHER_URL")), (json!({ "value": "1" }), Value::Null));
        assert_eq!(local.main.artifact, Artifact::Bundle { path: "here".into() });
        assert_eq!((local.main.command.command, local.main.command.arguments), (vec!["./run".to_owned()], Vec::new()));
    }

    #[test]
    fn a_manifest_that_needs_nothing_is_taken_as_it_is() {
        let web = manifest(include_str!("../../../golden/plan/bundle/plan.json"), "mailer");
        assert_eq!(local_manifest("mailer", &web, &LocalOverlay::default()).unwrap(), web);
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        let mailer = manifest(include_str!("../../../golden/plan/secrets/plan.json"), "mailer");
        assert_eq!(secret_names(&mailer), ["legacy", "legacy-database", "shop/flags", "smtp-password", "stripe"]);
        let local = local_manifest("mailer", &mailer, &LocalOverlay::default()).unwrap();
        let Some(EnvironmentValue::Secret { secret, key }) = local.main.environment.get("DATABASE_USER") else {
            panic!("{local:?}")
        };
        assert_eq!((secret, key.as_deref()), (&json!("legacy-database"), Some("username")));
    }
}
