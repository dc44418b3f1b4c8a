//! Probes over time: the startup probe first, then readiness and liveness beside each other.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use skiff_wire::{HealthCheck, Workload};
use tokio::task::JoinSet;

use super::{board::Stage, plan::Prepared};
use crate::{codes, context::Context, probe, variables::main_port};

/// How often the port of a workload without a readiness probe is looked at.
const IMPLIED_SECONDS: u32 = 1;

/// Counts answers in a row until the verdict turns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    failures: u32,
    successes: u32,
    row: u32,
    /// What is held to be true.
    pub(crate) well: bool,
}

impl Verdict {
    /// A verdict that begins as said.
    pub(crate) fn new(check: &HealthCheck, well: bool) -> Self {
        Self { failures: check.failures.max(1), successes: check.successes.max(1), row: 0, well }
    }

    /// Takes an answer; whether the verdict turned.
    pub(crate) fn take(&mut self, well: bool) -> bool {
        if well == self.well {
            self.row = 0;
            return false;
        }
        self.row += 1;
        let enough = if well { self.successes } else { self.failures };
        if self.row < enough {
            return false;
        }
        self.row = 0;
        self.well = well;
        true
    }
}

/// Watches a workload that was started; comes back with the reason when it must be started again.
pub(crate) async fn watch(context: &Arc<Context>, workload: &Workload, prepared: &Arc<Prepared>) -> String {
    let name = workload.name.as_str();
    if let Some(check) = &workload.startup
        && let Err(why) = started(context, workload, prepared, check).await
    {
        return why;
    }
    context.board.set(name, |standing| standing.stage = Stage::Running);
    let mut probes = JoinSet::new();
    match workload.readiness.clone().or_else(|| implied(workload)) {
        Some(check) => {
            let (context, workload, prepared) = (Arc::clone(context), workload.clone(), Arc::clone(prepared));
            probes.spawn(async move { readiness(&context, &workload, &prepared, &check).await });
        }
        None => context.board.set(name, |standing| standing.ready = true),
    }
    match &workload.liveness {
        Some(check) => until_failed(context, workload, prepared, check, "liveness").await,
        None => std::future::pending().await,
    }
}

/// A workload with a port and without a readiness probe is ready when something answers there.
fn implied(workload: &Workload) -> Option<HealthCheck> {
    Some(HealthCheck {
        kind: "tcp".into(),
        path: None,
        port: Some(main_port(workload)?),
        scheme: None,
        headers: Default::default(),
        command: Vec::new(),
        interval_seconds: IMPLIED_SECONDS,
        timeout_seconds: IMPLIED_SECONDS,
        failures: 3,
        successes: 1,
        delay_seconds: 0,
    })
}

async fn started(
    context: &Arc<Context>,
    workload: &Workload,
    prepared: &Prepared,
    check: &HealthCheck,
) -> Result<(), String> {
    wait(check.delay_seconds).await;
    let (mut verdict, mut failures) = (Verdict::new(check, false), 0);
    loop {
        let seen = look(context, workload, prepared, check, "startup").await;
        match seen {
            Ok(()) if verdict.take(true) => return Ok(()),
            Ok(()) => failures = 0,
            Err(why) => {
                verdict.take(false);
                failures += 1;
                context.board.set(&workload.name, |standing| {
                    standing.trouble = Some((&codes::NOT_READY, format!("`{}` has not started: {why}", workload.name)));
                });
                if failures >= check.failures.max(1) {
                    return Err(format!("its startup probe failed {failures} times in a row: {why}"));
                }
            }
        }
        wait(check.interval_seconds.max(1)).await;
    }
}

async fn readiness(context: &Arc<Context>, workload: &Workload, prepared: &Prepared, check: &HealthCheck) {
    wait(check.delay_seconds).await;
    let (mut verdict, mut never_ready) = (Verdict::new(check, false), true);
    loop {
        let seen = look(context, workload, prepared, check, "readiness").await;
        let turned = verdict.take(seen.is_ok());
        let trouble = seen.err().map(|why| (&codes::NOT_READY, format!("`{}` is not ready: {why}", workload.name)));
        if turned {
            let words = match &trouble {
                None => "ready".to_owned(),
                Some((code, why)) => format!("{why} [{}]", code.id),
            };
            context.logs.say(Some(&workload.name), &words);
        }
        context.board.set(&workload.name, |standing| {
            standing.ready = verdict.well;
            standing.trouble = if verdict.well { None } else { trouble.or_else(|| standing.trouble.take()) };
        });
        never_ready &= !verdict.well;
        // A workload that has just been started is looked at more often, so that it serves as soon as it can.
        if never_ready { eager(check).await } else { wait(check.interval_seconds.max(1)).await }
    }
}

async fn until_failed(
    context: &Arc<Context>,
    workload: &Workload,
    prepared: &Prepared,
    check: &HealthCheck,
    kind: &'static str,
) -> String {
    wait(check.delay_seconds).await;
    let mut verdict = Verdict::new(check, true);
    loop {
        let seen = look(context, workload, prepared, check, kind).await;
        if verdict.take(seen.is_ok()) && !verdict.well {
            let why = seen.err().unwrap_or_default();
            return format!("its {kind} probe failed {} times in a row: {why}", check.failures.max(1));
        }
        wait(check.interval_seconds.max(1)).await;
    }
}

async fn look(
    context: &Arc<Context>,
    workload: &Workload,
    prepared: &Prepared,
    check: &HealthCheck,
    kind: &'static str,
) -> Result<(), String> {
    let started = Instant::now();
    let seen = probe::look(check, prepared, &context.configuration, &workload.name, &context.logs).await;
    context.metrics.probed(&workload.name, kind, seen.is_ok(), started.elapsed());
    seen
}

async fn wait(seconds: u32) {
    tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
}

/// The shortest of a quarter of a second and the interval: nobody waits ten seconds for a process that took one.
async fn eager(check: &HealthCheck) {
    let interval = Duration::from_secs(u64::from(check.interval_seconds.max(1)));
    tokio::time::sleep(interval.min(Duration::from_millis(250))).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_turns_after_enough_answers_in_a_row() {
        let check = HealthCheck { failures: 3, successes: 2, ..implied_check() };
        let mut verdict = Verdict::new(&check, true);
        let turns: Vec<bool> =
            [false, false, true, false, false, false, true, false, true, true].map(|well| verdict.take(well)).to_vec();
        assert_eq!(turns, [false, false, false, false, false, true, false, false, false, true]);
        assert!(verdict.well);
    }

    fn implied_check() -> HealthCheck {
        HealthCheck {
            kind: "tcp".into(),
            path: None,
            port: Some(1),
            scheme: None,
            headers: Default::default(),
            command: Vec::new(),
            interval_seconds: 1,
            timeout_seconds: 1,
            failures: 1,
            successes: 1,
            delay_seconds: 0,
        }
    }
}
