//! Probes with every number explicit.

use std::collections::BTreeMap;

use skiff_wire::HealthCheck;

use super::{Reporter, codes, one_of};
use crate::{
    source::Span,
    spec::{
        decode::{Spanned, closest},
        service::{Health, Probe},
        shorthand::PathProbe,
        values::Duration,
    },
};

/// The probes of a workload: readiness, liveness, startup.
pub(crate) fn resolve(
    health: Option<&Health>,
    ports: &BTreeMap<String, u16>,
    report: &mut Reporter<'_>,
) -> [Option<HealthCheck>; 3] {
    let Some(health) = health else { return [None, None, None] };
    [&health.readiness, &health.liveness, &health.startup]
        .map(|probe| probe.as_ref().map(|PathProbe(probe)| resolve_one(probe, ports, report)))
}

fn resolve_one(probe: &Probe, ports: &BTreeMap<String, u16>, report: &mut Reporter<'_>) -> HealthCheck {
    let kinds = [probe.http.is_some(), probe.tcp.is_some(), probe.grpc.is_some(), !probe.exec.is_empty()];
    let kind = ["http", "tcp", "grpc", "exec"].into_iter().zip(kinds).find_map(|(kind, here)| here.then_some(kind));
    let one = kinds.iter().filter(|here| **here).count() == 1;
    if !one {
        let message = "a probe is exactly one of `http`, `tcp`, `grpc` and `exec`";
        report.report(&codes::BAD_PROBE, probe.at.whole, message, one_of(kind.is_some()));
    }
    if let Some(path) = probe.http.as_ref().filter(|path| !path.starts_with('/')) {
        let place = probe.at.field("http");
        report.report(
            &codes::BAD_PROBE,
            place,
            format!("the path `{path}` does not begin with `/`"),
            "write `/healthz`",
        );
    }
    check_http_only(probe, kind, report);
    let kind = kind.unwrap_or("http");
    let (interval, timeout) = times(probe, report);
    HealthCheck {
        kind: kind.into(),
        path: match kind {
            "http" => probe.http.clone(),
            "grpc" => probe.grpc.clone(),
            _ => None,
        },
        port: if kind == "exec" || !one { None } else { port(probe, ports, report) },
        scheme: probe.tls.filter(|tls| *tls).map(|_| "https".into()),
        headers: probe.headers.clone(),
        command: probe.exec.clone(),
        interval_seconds: interval,
        timeout_seconds: timeout,
        failures: at_least_one(probe.failures.as_ref(), 3, report),
        successes: at_least_one(probe.successes.as_ref(), 1, report),
        delay_seconds: probe.delay.map_or(0, |delay| delay.0),
    }
}

/// Only HTTP has headers, and a choice of speaking TLS.
fn check_http_only(probe: &Probe, kind: Option<&str>, report: &mut Reporter<'_>) {
    for key in ["tls", "headers"].into_iter().filter(|key| probe.at.has(key)) {
        if let Some(kind) = kind.filter(|kind| *kind != "http") {
            let hint = format!("take `{key}` away, or ask by `http`");
            let message = format!("`{key}` is for `http`, and this probe is `{kind}`");
            report.report(&codes::BAD_PROBE, probe.at.field(key), message, hint);
        }
    }
    for (name, value) in &probe.headers {
        let place = probe.at.field("headers");
        if !is_header_name(name) {
            let message = format!("`{name}` is not the name of a header");
            report.report(&codes::BAD_PROBE, place, message, "write it like `x-probe`");
        } else if value.contains(['\r', '\n']) {
            let message = format!("the header `{name}` has more than one line");
            report.report(&codes::BAD_PROBE, place, message, "write its value in one line");
        }
    }
}

/// A token (RFC 9110, section 5.6.2).
fn is_header_name(name: &str) -> bool {
    let mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
}

fn times(probe: &Probe, report: &mut Reporter<'_>) -> (u32, u32) {
    let seconds = |written: &Option<Spanned<Duration>>, default| written.as_ref().map_or(default, |time| time.0);
    let (interval, timeout) = (seconds(&probe.interval, 10), seconds(&probe.timeout, 2));
    if interval == 0 || timeout == 0 || timeout >= interval.max(1) {
        let place = if probe.timeout.is_some() { "timeout" } else { "interval" };
        let message = format!("a timeout of {timeout}s does not fit an interval of {interval}s");
        report.report(
            &codes::BAD_PROBE,
            probe.at.field(place),
            message,
            "the timeout is at least 1s and shorter than the interval",
        );
    }
    (interval, timeout)
}

fn at_least_one(written: Option<&Spanned<u32>>, default: u32, report: &mut Reporter<'_>) -> u32 {
    let Some(number) = written else { return default };
    if number.value == 0 {
        report.report(&codes::BAD_PROBE, number.span(), "a probe counts from 1", "write at least 1");
    }
    number.value
}

fn port(probe: &Probe, ports: &BTreeMap<String, u16>, report: &mut Reporter<'_>) -> Option<u16> {
    match probe.tcp.as_ref().or(probe.port.as_ref()) {
        Some(written) => named_port(written, written.span(), ports, report),
        None => {
            let main = ports.get("main").copied();
            if main.is_none() {
                let message = "a probe without a port, in a service without one";
                report.report(&codes::BAD_PROBE, probe.at.whole, message, "add `port:` to the probe or to the service");
            }
            main
        }
    }
}

/// The number of a port that is written as a number or as a name.
pub(crate) fn named_port(
    written: &str,
    span: Span,
    ports: &BTreeMap<String, u16>,
    report: &mut Reporter<'_>,
) -> Option<u16> {
    let found = written.parse().ok().filter(|port| *port > 0).or_else(|| ports.get(written).copied());
    if found.is_none() {
        let hint = closest(written, ports.keys().map(String::as_str)).map_or_else(
            || "declare it under `ports:`, or write its number".into(),
            |known| format!("did you mean `{known}`?"),
        );
        report.report(&codes::UNKNOWN_PORT, span, format!("no port `{written}`"), hint);
    }
    found
}
