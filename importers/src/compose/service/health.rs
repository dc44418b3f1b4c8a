//! The health check.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Health, Probe},
    shorthand::PathProbe,
    values::Duration,
};

use super::{Draft, texts, truth};
use crate::{
    compose::{codes, number, variables},
    import::spanned,
    kube::object::Field,
};

/// Compose asks every thirty seconds, and waits thirty for an answer.
const DEFAULT_SECONDS: u32 = 30;

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>) {
    let Some(check) = root.get("healthcheck") else { return };
    if check.get("disable").is_some_and(truth) {
        check.touch();
        return;
    }
    let Some(test) = check.get("test") else {
        check.say(
            &codes::UNSUPPORTED,
            "it changes the check that is in the image, which Skiff does not see",
            "write the check here",
        );
        return;
    };
    let Some(exec) = command(test) else {
        check.touch();
        return;
    };
    let interval = seconds(check, "interval").unwrap_or(DEFAULT_SECONDS).max(2);
    let timeout = seconds(check, "timeout").unwrap_or(DEFAULT_SECONDS);
    // The runner begins the next probe when the last one has ended, so a timeout ends before the interval does.
    let timeout = timeout.clamp(1, interval - 1);
    let failures =
        check.get("retries").and_then(|field| field.written()?.parse::<u32>().ok()).filter(|count| *count > 0);
    let probe = Probe {
        exec,
        interval: (interval != 10).then(|| spanned(Duration(interval))),
        timeout: (timeout != 2).then(|| spanned(Duration(timeout))),
        failures: failures.filter(|count| *count != 3).map(spanned),
        delay: seconds(check, "start_period").filter(|delay| *delay > 0).map(Duration),
        ..Probe::fallback()
    };
    test.say(&codes::HEALTH, "a member that fails it gets no requests, and is not restarted, as in Compose", "");
    draft.service.health = Some(Health { readiness: Some(PathProbe(probe)), ..Health::fallback() });
}

/// The command of a check; nothing when it is switched off.
fn command(test: Field<'_>) -> Option<Vec<String>> {
    let mut words = texts(test);
    if test.items().next().is_none() {
        return Some(shell(words.pop().unwrap_or_default()));
    }
    match words.first().map(String::as_str) {
        Some("NONE") | None => None,
        Some("CMD-SHELL") => Some(shell(words.split_off(1).join(" "))),
        Some("CMD") => Some(words.split_off(1)),
        Some(_) => {
            test.say(&codes::BAD_VALUE, "the list begins with `CMD`, `CMD-SHELL` or `NONE`", "put `CMD` first");
            None
        }
    }
}

fn shell(line: String) -> Vec<String> {
    vec!["/bin/sh".into(), "-c".into(), line]
}

fn seconds(check: Field<'_>, key: &str) -> Option<u32> {
    let field = check.get(key)?;
    let seconds = number::seconds(&variables::text(field)?);
    if seconds.is_none() {
        field.say(&codes::BAD_VALUE, "this is no duration", "write one such as `1m30s`");
    }
    seconds
}
