//! Probes of a container.
//!
//! The load balancer asks the runner on the VM, and the runner runs the probe: so every kind of probe can be carried over, with
//! Kubernetes' own numbers. Meanings and defaults are those of `Probe` of the Kubernetes API.

use std::collections::BTreeMap;

use skiff_compiler::{
    diagnostic::Code,
    spec::{
        decode::{Decode, Spanned},
        service::{Health, Probe},
        shorthand::PathProbe,
        values::Duration,
    },
};

use crate::{
    import::spanned,
    kube::{
        codes::runtime::{BAD_HANDLER, BAD_VALUE, PROBE_CHANGED},
        object::Field,
    },
};

/// What a handler that cannot be is, why, and what to do.
pub(super) type Refusal = (&'static Code, String, &'static str);

/// The probes of a container.
pub(super) fn health(container: Field<'_>) -> Option<Health> {
    let [readiness, liveness, startup] = ["readinessProbe", "livenessProbe", "startupProbe"]
        .map(|key| container.get(key).and_then(|probe| read(probe, container)).map(PathProbe));
    let some = readiness.is_some() || liveness.is_some() || startup.is_some();
    some.then(|| Health { readiness, liveness, startup, ..Health::fallback() })
}

/// A probe; one that cannot be is reported as a whole.
fn read(probe: Field<'_>, container: Field<'_>) -> Option<Probe> {
    match handler(probe, container) {
        Err((code, reason, action)) => {
            probe.say(code, reason, action);
            None
        }
        Ok(mut written) => {
            times(probe, &mut written);
            counts(probe, &mut written);
            Some(written)
        }
    }
}

/// What is asked.
fn handler(probe: Field<'_>, container: Field<'_>) -> Result<Probe, Refusal> {
    let (kind, handler) = only_handler(probe, &["httpGet", "tcpSocket", "grpc", "exec"])?;
    match kind {
        "httpGet" => http(handler, container),
        "tcpSocket" => {
            other_host(handler, "probe by a command instead");
            let port = port(handler, container, &PROBE_CHANGED)?;
            Ok(Probe { tcp: Some(spanned(port)), ..Probe::fallback() })
        }
        "grpc" => grpc(handler, container),
        _ => Ok(Probe { exec: command(handler)?, ..Probe::fallback() }),
    }
}

/// The one handler that stands there.
pub(super) fn only_handler<'o>(field: Field<'o>, kinds: &[&'static str]) -> Result<(&'static str, Field<'o>), Refusal> {
    let mut found = kinds.iter().filter_map(|kind| Some((*kind, field.get(kind)?)));
    match (found.next(), found.next()) {
        (Some(handler), None) => Ok(handler),
        (None, _) => {
            Err((&BAD_HANDLER, "it does not say what to do".into(), "name one handler, such as `httpGet` or `exec`"))
        }
        (Some(_), Some(_)) => {
            Err((&BAD_HANDLER, "it has several handlers, and the API takes one".into(), "keep one of them"))
        }
    }
}

fn http(handler: Field<'_>, container: Field<'_>) -> Result<Probe, Refusal> {
    let tls = is_https(handler)?;
    let port = port(handler, container, &PROBE_CHANGED)?;
    other_host(handler, "use `headers: { host: … }` if the name alone matters, or probe by a command");
    if let Some(protocol) = handler.get("protocol") {
        protocol.say(&PROBE_CHANGED, "Skiff asks by HTTP/1.1", "check that the server answers it");
    }
    Ok(Probe {
        http: Some(path(handler)),
        port: Some(spanned(port)),
        tls: tls.then_some(true),
        headers: headers(handler)?,
        ..Probe::fallback()
    })
}

pub(super) fn is_https(handler: Field<'_>) -> Result<bool, Refusal> {
    match handler.text_of("scheme") {
        None | Some("" | "HTTP") => Ok(false),
        Some("HTTPS") => Ok(true),
        Some(other) => Err((&BAD_HANDLER, format!("`scheme` is `{other}`"), "write `HTTP` or `HTTPS`, in capitals")),
    }
}

/// The path of a request; the kubelet puts a missing slash in front as well.
pub(super) fn path(handler: Field<'_>) -> String {
    let path = handler.text_of("path").unwrap_or_default();
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// A host that is not the member itself.
fn other_host(handler: Field<'_>, action: &str) {
    let Some(host) = handler.get("host") else { return };
    match host.text() {
        Some("" | "127.0.0.1" | "localhost" | "::1" | "0.0.0.0") => host.ignore("the runner asks on the VM itself"),
        _ => {
            let reason = "Kubernetes asks this other host, Skiff asks the member itself";
            host.say(&PROBE_CHANGED, reason, action);
        }
    }
}

fn headers(handler: Field<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut headers = BTreeMap::new();
    for header in handler.list("httpHeaders") {
        let name = header.text_of("name").unwrap_or_default();
        let value = header.text_of("value").unwrap_or_default();
        if !is_header(name, value) {
            let reason = format!("`{name}` cannot be the name or value of a header");
            return Err((&BAD_HANDLER, reason, "correct `httpHeaders`"));
        }
        if headers.insert(name.to_owned(), value.to_owned()).is_some() {
            header.say(
                &PROBE_CHANGED,
                format!("`{name}` is there twice, and the last one is sent"),
                "keep one of them",
            );
        }
    }
    Ok(headers)
}

/// A token (RFC 9110, section 5.6.2), and a value in one line.
fn is_header(name: &str, value: &str) -> bool {
    let mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    let token = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte));
    token && !value.contains(['\r', '\n'])
}

fn grpc(handler: Field<'_>, container: Field<'_>) -> Result<Probe, Refusal> {
    let port = match handler.get("port").filter(|port| port.integer().is_none()) {
        None => port(handler, container, &PROBE_CHANGED)?,
        Some(port) => {
            let reason = format!("gRPC is asked at a number, and `{}` is none", port.written().unwrap_or_default());
            return Err((&BAD_HANDLER, reason, "write the number of the port"));
        }
    };
    if let Some(mode) = handler.get("mode") {
        match mode.text() {
            Some("TLS") => mode.say(&PROBE_CHANGED, "Skiff asks gRPC without TLS", "probe by a command instead"),
            _ => mode.ignore("Skiff asks gRPC without TLS too"),
        }
    }
    let service = handler.text_of("service").unwrap_or_default().to_owned();
    Ok(Probe { grpc: Some(service), port: Some(spanned(port)), ..Probe::fallback() })
}

pub(super) fn command(handler: Field<'_>) -> Result<Vec<String>, Refusal> {
    let words: Vec<_> = handler.get("command").map(Field::texts).unwrap_or_default();
    if words.is_empty() {
        let reason = "its `command` has no words".into();
        return Err((&BAD_HANDLER, reason, "write the program and its arguments as a list"));
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

/// The port of a handler as a number. A name is one of the container's ports. Digits in quotes are no name that the API
/// takes; their number is kept, and reported by the code.
pub(super) fn port(handler: Field<'_>, container: Field<'_>, quoted: &'static Code) -> Result<String, Refusal> {
    let Some(field) = handler.get("port") else {
        return Err((&BAD_HANDLER, "it has no `port`".into(), "add the number or the name of a port"));
    };
    let written = field.written().unwrap_or_default();
    let named = container.list("ports").find(|port| port.text_of("name") == Some(written));
    let number = match named {
        Some(port) => port.integer_of("containerPort"),
        None => field.integer().or_else(|| written.parse().ok()),
    };
    match number {
        Some(number @ 1..=65_535) => {
            if named.is_none() && field.text().is_some() {
                let reason = "a number in quotes is a name to the API, which refuses it; Skiff takes the number";
                field.say(quoted, reason, format!("write `port: {number}`"));
            }
            Ok(number.to_string())
        }
        Some(_) => Err((&BAD_HANDLER, format!("`{written}` is no port"), "write a number from 1 to 65535")),
        None => {
            let reason = format!("the container has no port called `{written}`, so this is never asked");
            Err((&BAD_VALUE, reason, "write the number, or a name of its `ports`"))
        }
    }
}

/// When it is asked: a timeout that is not shorter than the period makes the period longer, which keeps the verdict.
fn times(probe: Field<'_>, written: &mut Probe) {
    let period = number(probe, "periodSeconds", 10);
    let timeout = number(probe, "timeoutSeconds", 1);
    let interval = period.max(timeout.saturating_add(1));
    if interval > period {
        let field = probe.get("periodSeconds").or_else(|| probe.get("timeoutSeconds")).unwrap_or(probe);
        let reason = format!("a probe ends before the next begins: {interval}s between two, not {period}s");
        field.say(&PROBE_CHANGED, reason, "shorten `timeout` if it may be shorter");
    }
    written.interval = seconds(interval, 10);
    written.timeout = seconds(timeout, 2);
    let delay = number(probe, "initialDelaySeconds", 0);
    written.delay = (delay > 0).then_some(Duration(delay));
    if let Some(grace) = probe.get("terminationGracePeriodSeconds") {
        let reason = "a container that fails this probe has as long to stop as on any other occasion";
        grace.say(&PROBE_CHANGED, reason, "set `stop: { grace: … }` for the whole service");
    }
}

fn counts(probe: Field<'_>, written: &mut Probe) {
    let failures = number(probe, "failureThreshold", 3);
    written.failures = (failures != 3).then(|| spanned(failures));
    let successes = number(probe, "successThreshold", 1);
    if successes != 1 && probe.key() != Some("readinessProbe") {
        let reason = "the API takes 1 only, of any probe but `readinessProbe`";
        probe.get("successThreshold").into_iter().for_each(|field| field.say(&BAD_VALUE, reason, "remove it"));
        return;
    }
    written.successes = (successes != 1).then(|| spanned(successes));
}

/// A number of a probe; absent and 0 mean its default, as the API fills it in.
fn number(probe: Field<'_>, key: &str, default: u32) -> u32 {
    let Some(field) = probe.get(key) else { return default };
    match field.integer().map(u32::try_from) {
        Some(Ok(0)) | None => default,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            field.say(&BAD_VALUE, format!("`{key}` cannot be negative"), "correct it");
            default
        }
    }
}

/// Only what differs from Skiff's default is written.
fn seconds(number: u32, default: u32) -> Option<Spanned<Duration>> {
    (number != default).then(|| spanned(Duration(number)))
}
