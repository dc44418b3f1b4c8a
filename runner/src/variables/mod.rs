//! The environment of a workload: what its manifest sets, what it refers to, and what the runner adds.

pub(crate) mod expand;
pub(crate) mod secret;

use std::{collections::BTreeMap, path::Path};

use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{EnvironmentValue, Workload};
use zeroize::Zeroizing;

use crate::{codes, configuration::Configuration, guard, log::Redactor};
use expand::Variables;
use secret::Secrets;

/// Where programs are found when the machine is the member's own.
const VM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What the runner knows of a member.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// By their names in a manifest: `name`, `instance-id`, `ip`, `zone`, `region`, `release`.
    pub(crate) by_name: BTreeMap<&'static str, String>,
}

impl Facts {
    /// The facts of a member that runs a release.
    pub(crate) fn of(configuration: &Configuration, release: &str) -> Self {
        let (document, instance) = (&configuration.document, &configuration.instance);
        let (ip, zone) = match configuration.is_local() {
            true => ("127.0.0.1".to_owned(), "local".to_owned()),
            false => (own_address(), String::new()),
        };
        let by_name = BTreeMap::from([
            ("name", format!("{}-{instance}", document.service)),
            ("instance-id", instance.clone()),
            ("ip", ip),
            ("zone", zone),
            ("region", document.region.clone()),
            ("release", release.to_owned()),
        ]);
        Self { by_name }
    }
}

/// Everything that the variables of a workload are made from.
pub(crate) struct Origin<'a> {
    /// The member.
    pub(crate) configuration: &'a Configuration,
    /// What is known of it.
    pub(crate) facts: &'a Facts,
    /// Secrets.
    pub(crate) secrets: &'a dyn Secrets,
    /// What learns the secrets' values.
    pub(crate) redactor: &'a Redactor,
    /// The workload's home folder.
    pub(crate) home: &'a Path,
    /// Where its files and mounts are, when not at their own paths.
    pub(crate) root: Option<&'a Path>,
}

/// The variables of a workload; they hold secrets, so nothing prints them.
pub(crate) fn of(workload: &Workload, origin: &Origin<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut variables = Variables { written: BTreeMap::new(), taken: added(workload, origin) };
    for (name, value) in &workload.environment {
        variables.taken.remove(name);
        match value {
            EnvironmentValue::Value(text) => drop(variables.written.insert(name.clone(), text.clone())),
            other => drop(variables.taken.insert(name.clone(), taken(workload, name, other, origin)?)),
        }
    }
    // Whatever a manifest says, a process of this member can be told from others.
    variables.written.remove(guard::MARK);
    variables.taken.insert(guard::MARK.into(), origin.configuration.folder.display().to_string());
    Ok(variables.resolve())
}

fn taken(workload: &Workload, name: &str, value: &EnvironmentValue, origin: &Origin<'_>) -> Result<String, Error> {
    match value {
        EnvironmentValue::Value(text) => Ok(text.clone()),
        EnvironmentValue::Member(fact) => Ok(origin.facts.by_name.get(fact.as_str()).cloned().unwrap_or_default()),
        EnvironmentValue::From(_) => Err(unresolved(workload, name)),
        EnvironmentValue::Secret { secret, key } => {
            let value = fetch(origin.secrets, secret, key.as_deref(), &workload.name)?;
            origin.redactor.learn(&value);
            String::from_utf8(value.to_vec()).map_err(|_| no_text(workload, name, secret))
        }
    }
}

/// Refuses a workload with a variable whose value is in no signed bytes.
pub(crate) fn check_resolved(workload: &Workload) -> Result<(), Error> {
    let from = |(_, value): &(&String, &EnvironmentValue)| matches!(value, EnvironmentValue::From(_));
    match workload.environment.iter().find(from) {
        Some((name, _)) => Err(unresolved(workload, name)),
        None => Ok(()),
    }
}

fn unresolved(workload: &Workload, name: &str) -> Error {
    let message = format!("`{name}` of `{}` refers to a resource that the release does not resolve", workload.name);
    Error::new(&codes::VALUE_UNRESOLVED, ErrorKind::Invalid, message).hint("apply the shape, then release again")
}

/// The value of a secret, or of a key within it, for a workload.
pub(crate) fn fetch(
    secrets: &dyn Secrets,
    reference: &serde_json::Value,
    key: Option<&str>,
    workload: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unavailable = |kind: ErrorKind, why: &str, advice: Option<&str>| {
        let message = format!("`{workload}` needs the secret `{}`: {why}", secret::named(reference));
        let error = Error::new(&codes::SECRET_UNAVAILABLE, kind, message);
        match advice {
            Some(advice) => error.hint(advice),
            None => error,
        }
    };
    let value = secrets.value(reference).map_err(|error| match error.kind() {
        // A value that was tampered with keeps its own code.
        ErrorKind::VerificationFailed => error,
        kind => unavailable(kind, error.message(), error.advice()),
    })?;
    secret::part(&value, key).map_err(|why| unavailable(ErrorKind::Invalid, &why, None))
}

fn no_text(workload: &Workload, name: &str, reference: &serde_json::Value) -> Error {
    let secret = secret::named(reference);
    let message = format!("`{name}` of `{}` is the secret `{secret}`, whose value is no text", workload.name);
    Error::new(&codes::SECRET_UNAVAILABLE, ErrorKind::Invalid, message).hint("give it to the workload as a file")
}

/// What the runner adds; a manifest that sets the same name wins.
fn added(workload: &Workload, origin: &Origin<'_>) -> BTreeMap<String, String> {
    let document = &origin.configuration.document;
    let mut added = BTreeMap::from([
        ("SKIFF_APP".to_owned(), document.app.clone()),
        ("SKIFF_ENVIRONMENT".into(), document.environment.clone()),
        ("SKIFF_SERVICE".into(), document.service.clone()),
        ("SKIFF_SLOT".into(), document.slot.clone()),
        ("SKIFF_INSTANCE".into(), origin.configuration.instance.clone()),
        ("SKIFF_RELEASE".into(), origin.facts.by_name.get("release").cloned().unwrap_or_default()),
        ("HOME".into(), origin.home.display().to_string()),
        ("TMPDIR".into(), origin.home.join("tmp").display().to_string()),
        ("PATH".into(), path(origin.configuration)),
    ]);
    if let Some(root) = origin.root {
        added.insert("SKIFF_ROOT".into(), root.display().to_string());
    }
    for (name, port) in &workload.ports {
        let name = name.to_ascii_uppercase().replace('-', "_");
        added.insert(format!("SKIFF_PORT_{name}"), origin.configuration.port(*port).to_string());
    }
    if let Some(port) = main_port(workload) {
        added.insert("PORT".into(), origin.configuration.port(port).to_string());
    }
    added
}

/// The declared port named `main`, or the only one.
pub(crate) fn main_port(workload: &Workload) -> Option<u16> {
    let only = || workload.ports.values().next().filter(|_| workload.ports.len() == 1);
    workload.ports.get("main").or_else(only).copied()
}

/// A machine that is shared has its programs where its user has them.
fn path(configuration: &Configuration) -> String {
    let inherited = configuration.is_local().then(|| std::env::var("PATH").ok()).flatten();
    inherited.unwrap_or_else(|| VM_PATH.into())
}

/// The address that this machine would send from; no packet is sent. Documentation's address (RFC 5737) serves as any other.
fn own_address() -> String {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    socket.map_or_else(|_| "127.0.0.1".into(), |address| address.ip().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_that_is_in_no_signed_bytes_is_refused() {
        let workload: Workload = serde_json::from_value(json!({
            "name": "main",
            "artifact": { "bundle": { "path": "app" } },
            "command": {},
            "environment": { "HOST": { "from": { "resource": "orders.database", "attribute": "Endpoint.Address" } } },
        }))
        .unwrap();
        let error = check_resolved(&workload).unwrap_err();
        assert_eq!(error.code(), &codes::VALUE_UNRESOLVED);
        assert!(error.message().contains("`HOST` of `main`"), "{error}");
    }

    #[test]
    fn the_main_port_is_the_one_of_that_name_or_the_only_one() {
        let with = |ports: serde_json::Value| -> Option<u16> {
            let workload =
                json!({ "name": "main", "artifact": { "bundle": { "path": "app" } }, "command": {}, "ports": ports });
            main_port(&serde_json::from_value(workload).unwrap())
        };
        assert_eq!(with(json!({ "web": 1, "main": 2 })), Some(2));
        assert_eq!(
            (with(json!({ "web": 1 })), with(json!({ "web": 1, "admin": 2 })), with(json!({}))),
            (Some(1), None, None)
        );
    }
}
