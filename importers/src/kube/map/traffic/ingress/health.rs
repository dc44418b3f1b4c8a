//! The health check that an Ingress asks for: requests reach a member when it passes, as with a readiness probe.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Probe, Service},
    shorthand::PathProbe,
    values::Duration,
};

use super::{super::Draft, annotations::Annotations};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

/// The annotations of a check, and its defaults in the AWS Load Balancer Controller.
const INTERVAL: (&str, u32) = ("healthcheck-interval-seconds", 15);
const TIMEOUT: (&str, u32) = ("healthcheck-timeout-seconds", 5);
const SUCCESSES: (&str, u32) = ("healthy-threshold-count", 2);
const FAILURES: (&str, u32) = ("unhealthy-threshold-count", 2);

fn key(name: &str) -> String {
    format!("alb.ingress.kubernetes.io/{name}")
}

/// The check, when one with a path is asked for; of parts without a path is said that they change nothing.
pub(super) fn of(annotations: &Annotations<'_>) -> Option<Probe> {
    let path = annotations.mapped(&key("healthcheck-path"), "health.readiness.http");
    if let Some(field) = annotations.take(&key("success-codes")) {
        match field.written().map(str::trim) {
            Some("200-399") => field.mapped_to("health.readiness"),
            _ => field.say(
                &codes::ANNOTATION_CHANGED,
                "a probe takes any status from 200 to 399 for healthy",
                "let the path answer 400 or more when the service is not healthy",
            ),
        }
    }
    let Some(path) = path else {
        without_path(annotations);
        return None;
    };
    let number = |(name, default): (&str, u32)| {
        let text = annotations.mapped(&key(name), "health.readiness");
        text.and_then(|text| text.parse().ok()).filter(|number| *number > 0).unwrap_or(default)
    };
    let port = annotations.mapped(&key("healthcheck-port"), "health.readiness.port");
    let tls = annotations.mapped(&key("healthcheck-protocol"), "health.readiness.tls") == Some("HTTPS");
    Some(Probe {
        http: Some(path.to_owned()),
        port: port.filter(|port| *port != "traffic-port").map(|port| spanned(port.to_owned())),
        tls: tls.then_some(true),
        interval: Some(spanned(Duration(number(INTERVAL)))),
        timeout: Some(spanned(Duration(number(TIMEOUT)))),
        successes: Some(spanned(number(SUCCESSES))),
        failures: Some(spanned(number(FAILURES))),
        ..Probe::fallback()
    })
}

fn without_path(annotations: &Annotations<'_>) {
    for name in [INTERVAL.0, TIMEOUT.0, SUCCESSES.0, FAILURES.0, "healthcheck-port", "healthcheck-protocol"] {
        let field = annotations.take(&key(name));
        field.iter().for_each(|field| {
            field.say(
                &codes::ANNOTATION_CHANGED,
                "without a path the load balancer goes by the readiness probe, and by its times",
                "set `health.readiness` if the probe's times are too slow",
            );
        });
    }
}

/// Makes the check the readiness of the service; of a probe that it replaces is said so.
pub(super) fn apply(probe: &Probe, draft: &mut Draft<'_>) {
    let Service { health, .. } = &mut draft.service;
    let health = health.get_or_insert_with(Decode::fallback);
    let replaced = health.readiness.replace(PathProbe(probe.clone()));
    if replaced.is_some_and(|old| old.0.http != probe.http) {
        let written = draft.pod.list("containers").find_map(|container| container.get("readinessProbe"));
        written.iter().for_each(|field: &Field<'_>| {
            field.say(
                &codes::ANNOTATION_CHANGED,
                "the check of its Ingress takes the place of this probe",
                "set `health.readiness` to this one if it is the better one",
            );
        });
    }
}
