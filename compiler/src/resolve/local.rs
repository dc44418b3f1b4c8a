//! What is different on one's own machine: names found, no secret in plain sight.

use std::{collections::BTreeMap, net::SocketAddr};

use skiff_wire::{LocalOverlay, LocalService as Overlay};

use super::{Reporter, codes, looks_secret, uses};
use crate::{
    source::Span,
    spec::{
        Spec,
        decode::{Spanned, closest},
        local::{Local, LocalService},
        service::{Kind, Service},
        values::{Name, VariableName},
    },
};

type Variables = BTreeMap<VariableName, Spanned<String>>;

/// Checks the overlay and gives it as the runtime reads it.
pub(super) fn resolve(spec: &Spec, report: &mut Reporter<'_>) -> LocalOverlay {
    let Some(local) = &spec.local else { return LocalOverlay::default() };
    for (name, service) in &local.services {
        check_service(name, service, spec, report);
    }
    for (name, variables) in &local.uses {
        check_use(name, variables, local, spec, report);
    }
    LocalOverlay {
        port: local.port.as_ref().map(|port| port.value),
        services: local.services.iter().map(|(name, service)| (name.to_string(), overlay(service))).collect(),
        uses: local.uses.iter().map(|(name, variables)| (name.to_string(), plain(variables))).collect(),
    }
}

fn overlay(service: &LocalService) -> Overlay {
    Overlay {
        bundle: service.bundle.as_ref().map(|bundle| bundle.value.clone()),
        command: service.command.clone(),
        environment: plain(&service.env),
        legacy: service.legacy.as_ref().and_then(|legacy| legacy_address(&legacy.value).ok()),
        replicas: service.replicas.as_ref().map(|replicas| replicas.value),
    }
}

fn plain(variables: &Variables) -> BTreeMap<String, String> {
    variables.iter().map(|(name, value)| (name.to_string(), value.value.clone())).collect()
}

fn check_service(name: &Name, service: &LocalService, spec: &Spec, report: &mut Reporter<'_>) {
    match spec.services.get(name) {
        None => {
            let known = spec.services.keys().map(Name::as_str);
            nothing_such(name, "service", known, service.at.whole, report);
        }
        Some(declared) => {
            if let Some(replicas) = service.replicas.as_ref().filter(|replicas| replicas.value == 0) {
                let hint = "give at least 1; a service that is not deployed does not run";
                report.report(&codes::BAD_REPLICAS, replicas.span(), "a service has at least one member", hint);
            }
            if service.bundle.is_some() && service.command.is_empty() && declared.command.is_empty() {
                let message = format!("`{name}` has a bundle here and no command");
                report.report(&codes::ONE_ARTIFACT, service.at.whole, message, "add `command:`");
            }
            check_legacy(name, service, declared, report);
        }
    }
    check_values(&service.env, report);
}

fn check_legacy(name: &Name, service: &LocalService, declared: &Service, report: &mut Reporter<'_>) {
    let Some(legacy) = &service.legacy else { return };
    if declared.kind != Kind::Web || declared.cutover.is_none() {
        let message = format!("`{name}` takes over from nothing");
        let hint = "take `legacy` away, or give a web service `cutover.from`";
        return report.report(&codes::LOCAL_LEGACY, legacy.span(), message, hint);
    }
    if let Err(why) = legacy_address(&legacy.value) {
        let message = format!("`{}` is no address of an old way of serving: {why}", legacy.value);
        let hint = "write a host and a port, such as `127.0.0.1:9000` or `http://shop.internal:80`";
        report.report(&codes::LOCAL_LEGACY, legacy.span(), message, hint);
    }
}

/// The host and port of an address, which may begin with `http://`; the error is one clause.
fn legacy_address(text: &str) -> Result<String, &'static str> {
    let of_url = text.strip_prefix("http://").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let rest = of_url.unwrap_or(text);
    if rest.contains("://") {
        return Err("only plain HTTP is spoken to it");
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err("it has more than a host and a port");
    }
    if rest.parse::<SocketAddr>().is_ok_and(|address| address.port() > 0) {
        return Ok(rest.to_owned());
    }
    let is_host =
        |host: &str| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    match rest.rsplit_once(':') {
        Some((host, _)) if !is_host(host) => Err("its host cannot be one"),
        Some((_, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(rest.to_owned()),
        Some(_) => Err("its port cannot be one"),
        None if of_url.is_some() && is_host(rest) => Ok(format!("{rest}:80")),
        None => Err("it has no port"),
    }
}

fn check_use(name: &Name, variables: &Variables, local: &Local, spec: &Spec, report: &mut Reporter<'_>) {
    let Some(known) = uses::variables_of(name, spec) else {
        let names = uses::names(spec).map(Name::as_str);
        let place = variables.values().next().map_or_else(|| local.at.field("uses"), Spanned::span);
        return nothing_such(name, "thing to use", names, place, report);
    };
    for (variable, value) in
        variables.iter().filter(|(variable, _)| !known.iter().any(|known| known == variable.as_str()))
    {
        let message = format!("the use of `{name}` does not set `{variable}`");
        let hint = match known.as_slice() {
            [] => "it sets none; put the variable under `local.services` of the service that needs it".to_owned(),
            known => format!("it sets {}", list(known)),
        };
        report.report(&codes::LOCAL_STAND_IN, value.span(), message, hint);
    }
    let secret = uses::variable(name, "PASSWORD");
    let of_database = spec.databases.contains_key(name);
    let given = variables.iter().find(|(variable, _)| of_database && variable.as_str() == secret);
    if let Some((_, value)) = given {
        let message = format!("`{secret}` is a secret");
        let hint = format!("take it away here, and give it with `skiff secret set {name}.password`");
        report.report(&codes::LOCAL_STAND_IN, value.span(), message, hint);
    }
    check_values(variables, report);
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn check_values(variables: &Variables, report: &mut Reporter<'_>) {
    for (name, value) in variables.iter().filter(|(_, value)| looks_secret(value)) {
        let message = format!("the value of `{name}` looks like a secret");
        let hint = "keep it with `skiff secret set` instead; replace it if it was real";
        report.report(&codes::LOOKS_SECRET, value.span(), message, hint);
    }
}

fn nothing_such<'a>(
    name: &Name,
    what: &str,
    known: impl Iterator<Item = &'a str>,
    span: Span,
    report: &mut Reporter<'_>,
) {
    let message = format!("there is no {what} `{name}`");
    let hint = closest(name.as_str(), known)
        .map_or_else(|| "declare it, or take it away".to_owned(), |near| format!("did you mean `{near}`?"));
    report.report(&codes::DANGLING_REFERENCE, span, message, hint);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let good = [
            ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("http://localhost:8080/", "localhost:8080"),
            ("http://shop.internal", "shop.internal:80"),
            ("[::1]:9000", "[::1]:9000"),
        ];
        for (text, address) in good {
            assert_eq!(legacy_address(text).as_deref(), Ok(address), "{text}");
        }
        for text in
            ["", "localhost", "localhost:0", "localhost:70000", ":80", "a b:80", "https://a:443", "a:80/path", "u@a:80"]
        {
            assert!(legacy_address(text).is_err(), "{text}");
        }
    }
}
