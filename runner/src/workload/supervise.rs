//! The life of one workload: started, watched, started again after a pause, stopped when the member stops.

use std::{
    process::ExitStatus,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{Code, Workload};
use tokio::{sync::watch::Receiver, time::timeout_at};

use super::{
    board::Stage,
    hook,
    plan::Prepared,
    process::{Running, ending},
    watch,
};
use crate::{backoff::Backoff, codes, context::Context};

/// When the member must have stopped, once that is known.
pub(crate) type Stop = Receiver<Option<Instant>>;

/// How often in a row a workload ends before the member says that it fails.
const FAILING: u32 = 3;
/// The same for what may pass by itself, such as a disk or an engine that is busy: half a minute of pauses.
const FAILING_TO_START: u32 = 6;

/// How one run ended.
enum End {
    Exited(ExitStatus),
    Trouble(Trouble),
    Stopped,
}

/// What is wrong with a workload.
struct Trouble {
    code: &'static Code,
    why: String,
    /// After how many times in a row it is said that the workload fails.
    failing: u32,
}

impl Trouble {
    fn new(code: &'static Code, why: String) -> Self {
        Self { code, why, failing: FAILING }
    }

    /// It could not be started. What does not speak against the workload itself is tried longer.
    fn not_started(error: &Error) -> Self {
        let passes = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal);
        let failing = if passes { FAILING_TO_START } else { FAILING };
        Self { code: error.code(), why: format!("is not started: {}", error.message()), failing }
    }
}

/// Keeps a workload running until the member stops.
pub(crate) async fn keep_running(context: Arc<Context>, workload: Workload, mut stop: Stop) {
    let (mut backoff, mut runs) = (Backoff::default(), 0);
    loop {
        let started = Instant::now();
        let end = run(&context, &workload, &mut stop, runs, None).await;
        runs += 1;
        let trouble = match end {
            End::Stopped => return,
            End::Exited(status) => Trouble::new(&codes::WORKLOAD_FAILS, ending(status)),
            End::Trouble(trouble) => trouble,
        };
        if !pause(&context, &workload, &mut backoff, started, &trouble, &mut stop).await {
            return;
        }
    }
}

/// Runs a workload until it has succeeded; `false` when the member stopped first.
pub(crate) async fn to_success(context: &Arc<Context>, workload: &Workload, mut stop: Stop) -> bool {
    let (mut backoff, mut runs) = (Backoff::default(), 0);
    loop {
        let started = Instant::now();
        let trouble = match run(context, workload, &mut stop, runs, None).await {
            End::Stopped => return false,
            End::Exited(status) if status.success() => {
                context.board.set(&workload.name, |standing| {
                    (standing.stage, standing.trouble, standing.fails) = (Stage::Ended, None, false);
                });
                return true;
            }
            End::Exited(status) => Trouble::new(&codes::INIT_FAILS, ending(status)),
            End::Trouble(trouble) => trouble,
        };
        runs += 1;
        if !pause(context, workload, &mut backoff, started, &trouble, &mut stop).await {
            return false;
        }
    }
}

/// Runs the main workload of a job; `None` when the member stopped first.
pub(crate) async fn job(context: &Arc<Context>, workload: &Workload, mut stop: Stop) -> Option<Result<(), Error>> {
    let (mut backoff, limit) = (Backoff::default(), context.life.timeout_seconds);
    let limit = limit.map(|seconds| Duration::from_secs(u64::from(seconds)));
    for attempt in 0..=context.life.retries {
        let started = Instant::now();
        let why = match run(context, workload, &mut stop, attempt, limit).await {
            End::Stopped => return None,
            End::Exited(status) if status.success() => return Some(Ok(())),
            End::Exited(status) => ending(status),
            End::Trouble(trouble) => trouble.why,
        };
        if attempt == context.life.retries {
            return Some(Err(job_failed(workload, attempt + 1, &why)));
        }
        let trouble = Trouble::new(&codes::JOB_FAILED, why);
        if !pause(context, workload, &mut backoff, started, &trouble, &mut stop).await {
            return None;
        }
    }
    None
}

/// How a single run ended.
pub(crate) enum Once {
    /// With 0.
    Succeeded,
    /// Otherwise, or it could not be run.
    Failed {
        /// Its exit code, when it ended by itself.
        exit: Option<i32>,
        /// Why, one clause.
        why: String,
    },
    /// The member stopped first.
    Stopped,
}

/// Runs a workload a single time, within its limit, whatever comes of it.
pub(crate) async fn once(context: &Arc<Context>, workload: &Workload, mut stop: Stop, limit: Option<Duration>) -> Once {
    match run(context, workload, &mut stop, 0, limit).await {
        End::Stopped => Once::Stopped,
        End::Exited(status) if status.success() => Once::Succeeded,
        End::Exited(status) => Once::Failed { exit: status.code(), why: ending(status) },
        End::Trouble(trouble) => Once::Failed { exit: None, why: trouble.why },
    }
}

fn job_failed(workload: &Workload, runs: u32, why: &str) -> Error {
    let times = if runs == 1 { "its only run".to_owned() } else { format!("each of {runs} runs") };
    let message = format!("`{}` failed in {times}; the last one {why}", workload.name);
    Error::new(&codes::JOB_FAILED, ErrorKind::GateFailed, message).hint("`skiff logs` has what it said")
}

/// Says what happened and waits; `false` when the member stopped meanwhile.
async fn pause(
    context: &Context,
    workload: &Workload,
    backoff: &mut Backoff,
    started: Instant,
    trouble: &Trouble,
    stop: &mut Stop,
) -> bool {
    let Trouble { code, why, failing } = trouble;
    let pause = backoff.after(started, Instant::now());
    let (name, fails) = (&workload.name, backoff.failures >= *failing);
    let message = format!("`{name}` {why}; it is started again in {} s", pause.as_secs());
    context.logs.say(Some(name), &format!("{message} [{}]", code.id));
    context.board.set(name, |standing| {
        (standing.stage, standing.ready, standing.fails) = (Stage::Pausing, false, fails);
        standing.restarts += 1;
        let code = if fails && *code != &codes::INIT_FAILS { &codes::WORKLOAD_FAILS } else { code };
        standing.trouble = Some((code, message));
    });
    tokio::select! {
        () = tokio::time::sleep(pause) => true,
        _ = stopping(stop) => false,
    }
}

/// Waits until the member stops; gives the moment at which it must have.
async fn stopping(stop: &mut Stop) -> Instant {
    match stop.wait_for(Option::is_some).await {
        Ok(deadline) => deadline.unwrap_or_else(Instant::now),
        Err(_) => Instant::now(),
    }
}

/// One run, from its preparation to the end of its last process.
async fn run(context: &Arc<Context>, workload: &Workload, stop: &mut Stop, runs: u32, limit: Option<Duration>) -> End {
    let prepared = tokio::select! {
        prepared = Prepared::make(context, workload) => prepared,
        _ = stopping(stop) => return End::Stopped,
    };
    let prepared = match prepared {
        Ok(prepared) => Arc::new(prepared),
        Err(error) => return End::Trouble(Trouble::not_started(&error)),
    };
    let mut running = match Running::start(prepared.command(), &workload.name, &context.logs) {
        Ok(running) => running,
        // The launcher itself could not be started: too many processes, or no memory.
        Err(error) => {
            let error = Error::new(&codes::START_FAILED, ErrorKind::Unavailable, error.to_string());
            return End::Trouble(Trouble::not_started(&error));
        }
    };
    say_started(context, workload, &running, runs);
    let end = tokio::select! {
        status = running.wait() => match status {
            Ok(status) => End::Exited(status),
            Err(error) => End::Trouble(Trouble::new(&codes::WORKLOAD_FAILS, format!("cannot be waited for: {error}"))),
        },
        (code, why) = trouble(context, workload, &prepared, limit) => {
            let deadline = Instant::now() + grace(context);
            end(context, workload, &prepared, &mut running, deadline).await;
            End::Trouble(Trouble::new(code, why))
        }
        deadline = stopping(stop) => {
            context.board.set(&workload.name, |standing| standing.ready = false);
            end(context, workload, &prepared, &mut running, deadline).await;
            End::Stopped
        }
    };
    context.metrics.ended(&workload.name);
    context.board.set(&workload.name, |standing| (standing.stage, standing.ready) = (Stage::Ended, false));
    end
}

fn say_started(context: &Context, workload: &Workload, running: &Running, runs: u32) {
    let since = running.since.saturating_duration_since(context.since);
    let process = running.id().map_or_else(|| "a process".to_owned(), |id| format!("process {id}"));
    let text = format!("started as {process}, {} ms after the runner", since.as_millis());
    context.logs.say(Some(&workload.name), &text);
    context.metrics.started(&workload.name, since, runs == 0);
    context.board.set(&workload.name, |standing| standing.stage = Stage::Starting);
}

/// What makes a running workload be started again: a hook, a probe, the time limit of a job.
async fn trouble(
    context: &Arc<Context>,
    workload: &Workload,
    prepared: &Arc<Prepared>,
    limit: Option<Duration>,
) -> (&'static Code, String) {
    let watched = async {
        if let Some(hook) = workload.hooks.as_ref().and_then(|hooks| hooks.after_start.as_ref()) {
            let within = grace(context);
            if let Err(why) =
                hook::run(hook, prepared, &context.configuration, &workload.name, &context.logs, within).await
            {
                return (&codes::HOOK_FAILED, format!("is stopped: its `after_start` hook failed: {why}"));
            }
        }
        (&codes::PROBE_FAILED, format!("is stopped: {}", watch::watch(context, workload, prepared).await))
    };
    match limit {
        None => watched.await,
        Some(limit) => tokio::select! {
            trouble = watched => trouble,
            () = tokio::time::sleep(limit) => (&codes::JOB_FAILED, format!("took longer than {} s", limit.as_secs())),
        },
    }
}

/// Ends a running workload: its hook, SIGTERM, and SIGKILL when the time is over.
async fn end(context: &Context, workload: &Workload, prepared: &Prepared, running: &mut Running, deadline: Instant) {
    let name = &workload.name;
    let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
    if let Some(hook) = workload.hooks.as_ref().and_then(|hooks| hooks.before_stop.as_ref()) {
        let hook = hook::run(hook, prepared, &context.configuration, name, &context.logs, left(deadline));
        let done = tokio::select! {
            done = hook => done,
            _ = running.wait() => Ok(()),
        };
        if let Err(why) = done {
            let id = codes::HOOK_FAILED.id;
            context.logs.say(Some(name), &format!("its `before_stop` hook failed: {why} [{id}]"));
        }
    }
    context.logs.say(Some(name), "SIGTERM");
    running.signal(Signal::TERM);
    if timeout_at(deadline.into(), running.wait()).await.is_err() {
        context.logs.say(Some(name), "it did not end within its grace: SIGKILL");
        running.signal(Signal::KILL);
        let _ = running.wait().await;
    }
    if let Some(remove) = prepared.remove() {
        let _ = tokio::process::Command::from(remove).status().await;
    }
}

fn grace(context: &Context) -> Duration {
    Duration::from_secs(u64::from(context.life.grace_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_tried_longer_before_the_workload_fails() {
        let of = |kind| Trouble::not_started(&Error::new(&codes::START_FAILED, kind, "x")).failing;
        assert_eq!((of(ErrorKind::Unavailable), of(ErrorKind::Internal)), (FAILING_TO_START, FAILING_TO_START));
        assert_eq!((of(ErrorKind::Invalid), of(ErrorKind::NotFound)), (FAILING, FAILING));
        assert_eq!(Trouble::new(&codes::WORKLOAD_FAILS, "ended".into()).failing, FAILING);
    }
}
