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
    dollar::literal,
    import::spanned,
    kube::object::Field,
};

/// Compose asks every thirty seconds, and waits thirty for an answer.
const DEFAULT_SECONDS: u32 = 30;

pub(super) fn apply<'o>(draft: &mut Draft<'o>, root: Field<'o>) {
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
    draft.texts.extend(exec.iter().map(|word| (word.clone(), test)));
    let (interval, timeout) = times(check);
    let delay = seconds(check, "start_period").filter(|delay| *delay > 0);
    if let (Some(_), Some(field)) = (delay, check.get("start_period")) {
        let reason = "Compose asks during this time and forgives failures; here it asks first when the time is over";
        field.say(&codes::CHANGED, reason, "shorten `delay` to what a start takes");
    }
    let probe = Probe {
        exec: exec.iter().map(|word| literal(word)).collect(),
        interval: (interval != 10).then(|| spanned(Duration(interval))),
        timeout: (timeout != 2).then(|| spanned(Duration(timeout))),
        failures: failures(check).filter(|count| *count != 3).map(spanned),
        delay: delay.map(Duration),
        ..Probe::fallback()
    };
    test.say(&codes::HEALTH, "as in Compose it is not restarted; here it also gets no requests", "");
    draft.service.health = Some(Health { readiness: Some(PathProbe(probe)), ..Health::fallback() });
}

/// Interval and timeout. The runner begins a probe when the last one has ended, so a timeout ends before the interval does.
fn times(check: Field<'_>) -> (u32, u32) {
    let set = |key: &str| seconds(check, key).filter(|seconds| *seconds > 0);
    let (asked, patience) = (set("interval").unwrap_or(DEFAULT_SECONDS), set("timeout").unwrap_or(DEFAULT_SECONDS));
    let interval = asked.max(2);
    let timeout = patience.min(interval - 1);
    if let Some(field) = check.get("interval").filter(|_| interval != asked) {
        field.say(&codes::CHANGED, "the shortest interval is two seconds", "check that this is often enough");
    }
    let written = ["timeout", "interval"].into_iter().find(|key| set(key).is_some()).and_then(|key| check.get(key));
    if let Some(field) = written.filter(|_| timeout != patience) {
        let reason = format!("a timeout is shorter than the interval: it is {timeout} seconds");
        field.say(&codes::CHANGED, reason, "lengthen `interval` if an answer takes longer");
    }
    (interval, timeout)
}

fn failures(check: Field<'_>) -> Option<u32> {
    let field = check.get("retries")?;
    match variables::text(field)?.parse::<u32>() {
        Ok(0) => field.ignore("0 means the default, which is three"),
        Ok(count) => return Some(count),
        Err(_) => field.say(&codes::BAD_VALUE, "this is no number of failures", "write a whole number"),
    }
    None
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
        Some("CMD") if words.len() == 1 => {
            test.say(&codes::BAD_VALUE, "`CMD` without a command", "name the command behind it");
            None
        }
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
    let text = variables::text(field)?;
    let seconds = number::seconds(&text);
    match seconds {
        None => field.say(&codes::BAD_VALUE, "this is no duration", "write one such as `1m30s`"),
        Some(0) => field.ignore("0 means the default"),
        Some(_) if number::has_fraction(&text) => {
            field.say(
                &codes::CHANGED,
                "times are whole seconds: it was rounded up",
                "check that whole seconds will do",
            );
        }
        Some(_) => {}
    }
    seconds
}
