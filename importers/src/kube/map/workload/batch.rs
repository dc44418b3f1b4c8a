//! What runs to its end: CronJobs, which become jobs with a schedule; Jobs and pods that run once are reported.

use skiff_compiler::spec::{
    service::Kind,
    values::{Cron, Duration, Scalar},
};

use super::schedule;
use crate::{
    import::spanned,
    kube::{
        codes::workload as codes,
        map::draft::Draft,
        object::{Field, Object},
    },
};

/// How often the controller tries a failed run again when the Job does not say.
const RETRIES: u32 = 6;
/// How long Skiff lets a run take when the spec does not say, in seconds.
const TIMEOUT: u32 = 3_600;

/// Whether a bare pod ends: it is not restarted whatever happens.
pub(super) fn runs_once(pod: Field<'_>) -> bool {
    pod.text_of("restartPolicy").is_some_and(|policy| policy != "Always")
}

/// Reports something that runs once, with what else could do its work.
pub(super) fn say(object: &Object<'_>) {
    let reason = "it runs once, when it is created, and a spec says what should always be there";
    let action = "make a migration the `rollout.before` of its service, a regular task a service of `kind: job`, or run it by hand";
    object.say(&codes::JOB, reason, action);
}

/// Fills the draft of a CronJob.
pub(super) fn cron_job(mut draft: Draft<'_>) -> Draft<'_> {
    draft.service.kind = Kind::Job;
    let Some(spec) = draft.workload.at("spec") else { return draft };
    draft.service.suspended = spec.boolean_of("suspend").filter(|suspended| *suspended);
    set_schedule(spec, &mut draft);
    set_zone(spec, &mut draft);
    say_concurrency(spec);
    if let Some(deadline) = spec.get("startingDeadlineSeconds") {
        deadline.touch();
    }
    if let Some(job) = spec.at("jobTemplate.spec") {
        set_run(job, &mut draft);
    }
    draft
}

fn set_schedule(spec: Field<'_>, draft: &mut Draft<'_>) {
    let Some(field) = spec.get("schedule") else {
        return refuse(spec, "it has no schedule".into(), draft);
    };
    let written = field.written().unwrap_or_default();
    match schedule::cron(written) {
        Some(cron) => draft.service.schedule = Some(spanned(cron)),
        None => {
            let reason = format!("Skiff does not know what `{written}` means, and writes `0 0 * * *`, switched off");
            refuse(field, reason, draft);
        }
    }
}

/// A job must have a schedule: one that is switched off stands in.
fn refuse(field: Field<'_>, reason: String, draft: &mut Draft<'_>) {
    field.say(&codes::SCHEDULE, reason, "write five fields of cron under `schedule`, and take `suspended` away");
    draft.service.schedule = Some(spanned(Cron::stand_in()));
    draft.service.suspended = Some(true);
}

fn set_zone(spec: Field<'_>, draft: &mut Draft<'_>) {
    let Some(field) = spec.get("timeZone") else {
        let has_zone = |schedule: &Field<'_>| schedule.written().is_some_and(|written| written.contains("TZ="));
        if let Some(schedule) = spec.get("schedule").filter(|schedule| !has_zone(schedule)) {
            let reason = "it has no time zone, and Skiff reads it in UTC, as most clusters do";
            schedule.note(&codes::TIME_ZONE, reason, "set `timezone` if your cluster's controllers live elsewhere");
        }
        return;
    };
    match field.text().and_then(schedule::zone) {
        Some(zone) => draft.service.timezone = zone,
        None => {
            let zone = field.written().unwrap_or_default();
            let reason =
                format!("`{zone}` is no area with a place, such as `Europe/Berlin`: the schedule is read in UTC");
            field.say(&codes::OLD_TIME_ZONE, reason, "write the place whose clocks are meant under `timezone`");
        }
    }
}

fn say_concurrency(spec: Field<'_>) {
    let Some(field) = spec.get("concurrencyPolicy") else { return };
    match field.text() {
        Some("Replace") => {
            let reason = "a run that is still going is not stopped for the next one";
            field.say(&codes::REPLACE_RUN, reason, "set `timeout` below the time between two runs");
        }
        Some("Forbid") => field.ignore("a run never begins before the last one has ended"),
        _ => field.say(&codes::CONCURRENCY, "a run never begins before the last one has ended", ""),
    }
}

/// What one run may do.
fn set_run(job: Field<'_>, draft: &mut Draft<'_>) {
    let number = |name: &str| job.integer_of(name).and_then(|number| u32::try_from(number).ok());
    let retries = number("backoffLimit").unwrap_or(RETRIES);
    draft.service.retries = (retries > 0).then(|| spanned(retries));
    match number("activeDeadlineSeconds") {
        Some(seconds) => draft.service.timeout = Some(spanned(Duration(seconds))).filter(|it| it.value.0 != TIMEOUT),
        None => job.note(
            &codes::TIMEOUT,
            "a run has no deadline, and Skiff ends it after an hour",
            "set `timeout` if it may take longer",
        ),
    }
    for name in ["completions", "parallelism"] {
        if let Some(field) = job.get(name) {
            match field.integer() {
                Some(1) => field.ignore("one is what Skiff runs"),
                _ => field.say(
                    &codes::PARALLEL_JOB,
                    "a run is one member",
                    "put the parts into a queue, and let a worker take them",
                ),
            }
        }
    }
    if let Some(mode) = job.get("completionMode") {
        match mode.text() {
            Some("NonIndexed") => mode.ignore("a run of Skiff has no index"),
            _ => mode.say(
                &codes::PARALLEL_JOB,
                "a run is one member, and has no index",
                "let the job find out its part by itself",
            ),
        }
    }
    if let Some(suspend) = job.get("suspend") {
        match suspend.boolean() {
            Some(true) => {
                draft.service.suspended = Some(true);
                let reason = "each run waits for another controller to let it begin, so the job is switched off";
                suspend.say(&codes::PARALLEL_JOB, reason, "take `suspended` away when it should run");
            }
            _ => suspend.ignore("runs begin at once"),
        }
    }
}
