//! What runs after a container has started and before it is stopped, and how long a stop may take.

use skiff_compiler::spec::{
    decode::Decode,
    service::Stop,
    values::Duration,
    workload::{Hook, Hooks},
};

use super::probes::{self, Refusal};
use crate::{
    dollar::literal,
    import::spanned,
    kube::{
        codes::runtime::{BAD_VALUE, HOOK, STOP_CHANGED},
        map::draft::Draft,
        object::Field,
    },
};

/// The longest grace, in seconds: a lifecycle hook of an Auto Scaling group waits for two hours, less a margin.
const LONGEST_GRACE: u32 = 7_080;

/// The hooks of a container, from `lifecycle`.
pub(super) fn of(container: Field<'_>) -> Option<Hooks> {
    let lifecycle = container.get("lifecycle")?;
    signal(lifecycle);
    let after_start = lifecycle.get("postStart").and_then(|hook| read(hook, container));
    let before_stop = lifecycle.get("preStop").and_then(|hook| read(hook, container));
    let some = after_start.is_some() || before_stop.is_some();
    some.then(|| Hooks { after_start, before_stop, ..Hooks::fallback() })
}

fn signal(lifecycle: Field<'_>) {
    let Some(signal) = lifecycle.get("stopSignal") else { return };
    match signal.text() {
        Some("SIGTERM") => signal.ignore("Skiff stops with SIGTERM as well"),
        _ => {
            let reason = "Skiff stops a container with SIGTERM";
            signal.say(&HOOK, reason, "send the signal in `hooks.before_stop`, or set STOPSIGNAL in the image");
        }
    }
}

/// A hook; `None` for one that is left out, which is reported.
fn read(hook: Field<'_>, container: Field<'_>) -> Option<Hook> {
    let (kind, handler) = match probes::only_handler(hook, &["exec", "httpGet", "sleep", "tcpSocket"]) {
        Ok(found) => found,
        Err((code, reason, action)) => {
            hook.say(code, reason, action);
            return None;
        }
    };
    let written = match kind {
        "exec" => exec(hook, handler),
        "httpGet" => http(handler, container),
        "sleep" => {
            leave_out_sleep(hook);
            Ok(None)
        }
        _ => {
            hook.say(&HOOK, "the API refuses hooks with `tcpSocket` when they run", "connect from a command instead");
            Ok(None)
        }
    };
    written.unwrap_or_else(|(code, reason, action)| {
        hook.say(code, reason, action);
        None
    })
}

fn exec(hook: Field<'_>, handler: Field<'_>) -> Result<Option<Hook>, Refusal> {
    let words = probes::command(handler)?;
    if only_sleeps(&words) {
        leave_out_sleep(hook);
        return Ok(None);
    }
    let exec = words.iter().map(|word| literal(word)).collect();
    Ok(Some(Hook { exec, ..Hook::fallback() }))
}

fn leave_out_sleep(hook: Field<'_>) {
    let (home, reason, action) = match hook.key() {
        Some("preStop") => (
            "stop.drain",
            "it only waits until no request comes any more, which Skiff does before it stops a member",
            "set `stop: { drain: … }` if open connections need longer",
        ),
        _ => ("health.startup", "it only waits, and a member serves when it is ready", "use a probe, `health.startup`"),
    };
    hook.say_at(home, &STOP_CHANGED, reason, action);
}

/// `sleep 15`, also as `sh -c "sleep 15"`.
fn only_sleeps(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [shell, option, script] if is_program(shell, &["sh", "bash", "ash"]) && option.ends_with('c') => {
            let words: Vec<_> = script.trim_end_matches([';', ' ', '\n']).split_whitespace().collect();
            is_sleep(&words)
        }
        _ => is_sleep(&words),
    }
}

fn is_sleep(words: &[&str]) -> bool {
    let amount = |text: &&str| text.trim_end_matches(['s', 'm']).parse::<f32>().is_ok();
    matches!(words, [program, time] if is_program(program, &["sleep"]) && amount(time))
}

fn is_program(written: &str, names: &[&str]) -> bool {
    written.rsplit('/').next().is_some_and(|name| names.contains(&name))
}

fn http(handler: Field<'_>, container: Field<'_>) -> Result<Option<Hook>, Refusal> {
    if probes::is_https(handler)? {
        handler.say(&HOOK, "Skiff's hooks speak HTTP without TLS", "make the request from a command");
        return Ok(None);
    }
    if let Some(headers) = handler.get("httpHeaders") {
        headers.say(&HOOK, "Skiff's hooks send no headers", "make the request from a command");
    }
    if let Some(protocol) = handler.get("protocol") {
        protocol.say(&STOP_CHANGED, "Skiff asks by HTTP/1.1", "check that the server answers it");
    }
    match handler.get("host").map(|host| (host, host.text())) {
        Some((host, None | Some("" | "127.0.0.1" | "localhost" | "::1"))) => {
            host.ignore("the runner asks on the VM itself");
        }
        Some(_) => {
            handler.say(&HOOK, "Skiff's hooks ask the member itself", "make the request from a command");
            return Ok(None);
        }
        None => {}
    }
    let port = match handler.get("port") {
        None => "80".into(),
        Some(_) => probes::port(handler, container, &STOP_CHANGED)?,
    };
    Ok(Some(Hook { http: Some(probes::path(handler)), port: Some(spanned(port)), ..Hook::fallback() }))
}

/// How long a member may take to stop.
pub(super) fn stop(draft: &mut Draft<'_>) {
    let Some(field) = draft.pod.get("terminationGracePeriodSeconds") else { return };
    let grace = match field.integer().map(u32::try_from) {
        Some(Ok(grace)) => grace,
        Some(Err(_)) => {
            field.say(&BAD_VALUE, "a time cannot be negative", "write seconds, `30` by default");
            return;
        }
        None => return,
    };
    if grace > LONGEST_GRACE {
        let reason = format!("AWS waits for at most {LONGEST_GRACE}s while a member stops, not {grace}s");
        field.say(&STOP_CHANGED, reason, "let the program end its work in parts, or move it into a job");
    }
    let grace = grace.min(LONGEST_GRACE);
    if grace != 30 {
        draft.service.stop = Some(Stop { grace: Some(spanned(Duration(grace))), ..Stop::fallback() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeps(words: &[&str]) -> bool {
        only_sleeps(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_pure_sleep_is_recognised_and_nothing_else() {
        assert!(sleeps(&["sleep", "15"]));
        assert!(sleeps(&["/bin/sleep", "5s"]));
        assert!(sleeps(&["/bin/sh", "-c", "sleep 10"]));
        assert!(sleeps(&["bash", "-ec", "sleep 10;"]));
        assert!(!sleeps(&["sh", "-c", "sleep 5 && nginx -s quit"]));
        assert!(!sleeps(&["sh", "-c", "nginx -s quit; sleep 5"]));
        assert!(!sleeps(&["sleep", "$WAIT"]));
        assert!(!sleeps(&["nginx", "-s"]));
    }
}
