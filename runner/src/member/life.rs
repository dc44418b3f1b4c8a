//! The workloads of a member, in their order: `first` sidecars, init, main with the other sidecars; and back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use skiff_runtime::{Error, ErrorKind};
use skiff_wire::{MemberPhase, Workload};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use super::{Member, phase, ports, signals::Signals};
use crate::{
    before,
    context::Context,
    workload::{
        board::Stage,
        supervise::{Stop, job, keep_running, to_success},
    },
};

/// How often a member that started without the ledger looks whether it is back.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The least time that `first` sidecars have to stop (Kubernetes: two seconds).
const LAST_GRACE: Duration = Duration::from_secs(2);

/// How a member ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was told to stop.
    Told,
    /// Its job has succeeded.
    Done,
}

/// What runs beside the main flow.
#[derive(Default)]
struct Tasks {
    /// `first` sidecars, in the order in which they were started, each with its own word to stop.
    before: Vec<(watch::Sender<Option<Instant>>, JoinHandle<()>)>,
    /// The main workload, unless it is a job, and the other sidecars.
    beside: JoinSet<()>,
}

/// Starts everything, waits for a reason to end, ends everything.
pub(super) async fn live(context: &Arc<Context>, member: &Member, signals: &mut Signals) -> Result<Ended, Error> {
    let follower = tokio::spawn(phase::follow(context.board.clone(), member.report.clone()));
    let (stop, mut tasks) = (watch::Sender::new(None), Tasks::default());
    let mut work = Box::pin(work(context, stop.subscribe(), &mut tasks));
    let (ended, works) = tokio::select! {
        ended = &mut work => (ended, false),
        error = leave(context, member) => (Err(error), true),
        error = ports::lost(context) => (Err(error), true),
        () = signals.stop() => (Ok(Ended::Told), true),
    };
    follower.abort();
    member.health.drain();
    member.report.phase(MemberPhase::Draining, None);
    if works {
        drain(context, signals).await;
    }
    let deadline = Instant::now() + Duration::from_secs(u64::from(context.life.grace_seconds));
    stop.send_replace(Some(deadline));
    if works {
        // An init workload or a job that still runs ends by the same word.
        let _ = work.as_mut().await;
    }
    drop(work);
    end(tasks, deadline).await;
    ended
}

/// Starts the workloads; comes back when a job has ended, or when it is told to stop.
async fn work(context: &Arc<Context>, mut stop: Stop, tasks: &mut Tasks) -> Result<Ended, Error> {
    let manifest = context.manifest().clone();
    let (first, beside): (Vec<Workload>, Vec<Workload>) =
        manifest.sidecars.into_iter().partition(|sidecar| sidecar.first);
    for workload in first {
        let (own, name) = (watch::Sender::new(None), workload.name.clone());
        count(context, &name);
        let task = tokio::spawn(keep_running(Arc::clone(context), workload, own.subscribe()));
        tasks.before.push((own, task));
        if !until_started(context, &name, &mut stop).await {
            return Ok(Ended::Told);
        }
    }
    for workload in &manifest.init {
        if !to_success(context, workload, stop.clone()).await {
            return Ok(Ended::Told);
        }
    }
    if context.configuration.document.before {
        count(context, &manifest.main.name);
        return before::run(context, stop).await.map_or(Ok(Ended::Told), |ended| ended.map(|()| Ended::Done));
    }
    for workload in beside {
        count(context, &workload.name);
        tasks.beside.spawn(keep_running(Arc::clone(context), workload, stop.clone()));
    }
    count(context, &manifest.main.name);
    if context.life.kind == "job" {
        return job(context, &manifest.main, stop).await.map_or(Ok(Ended::Told), |ended| ended.map(|()| Ended::Done));
    }
    tasks.beside.spawn(keep_running(Arc::clone(context), manifest.main, stop.clone()));
    // A sender that is gone tells to stop as well.
    let _ = stop.wait_for(Option::is_some).await;
    Ok(Ended::Told)
}

fn count(context: &Context, workload: &str) {
    context.board.set(workload, |standing| standing.counts = true);
}

/// Waits until a workload runs; `false` when the member stops first.
async fn until_started(context: &Context, workload: &str, stop: &mut Stop) -> bool {
    let mut changes = context.board.changes();
    loop {
        changes.mark_unchanged();
        if context.board.all().get(workload).map(|standing| standing.stage) == Some(Stage::Running) {
            return true;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return false },
            _ = stop.wait_for(Option::is_some) => return false,
        }
    }
}

/// A reason to leave although nobody asked: what was kept is not what the ledger has now.
async fn leave(context: &Context, member: &Member) -> Error {
    if context.booted.offline.is_none() {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        match member.sources.verify_again(&context.booted).await {
            Ok(()) => {
                member.logs.say(None, "the ledger is back, and the assignment still holds");
                return std::future::pending().await;
            }
            Err(error) if error.kind() == ErrorKind::Conflict => return error,
            Err(error) if matches!(error.kind(), ErrorKind::VerificationFailed | ErrorKind::NotFound) => {
                return member.refuse(error).await;
            }
            Err(_) => {}
        }
    }
}

/// Unhealthy, and still serving: who balances the load has time to see it. A second signal ends the waiting.
async fn drain(context: &Context, signals: &mut Signals) {
    let seconds = u64::from(context.life.drain_seconds);
    if seconds == 0 {
        return;
    }
    context.logs.say(None, &format!("draining for {seconds} s"));
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        () = signals.stop() => context.logs.say(None, "asked again: the drain ends early"),
    }
}

/// Waits for main and sidecars, then ends the `first` sidecars in reverse, all within one grace.
async fn end(mut tasks: Tasks, deadline: Instant) {
    while tasks.beside.join_next().await.is_some() {}
    for (stop, task) in tasks.before.into_iter().rev() {
        stop.send_replace(Some(deadline.max(Instant::now() + LAST_GRACE)));
        // A task that ended by itself has nothing left to stop.
        let _ = task.await;
    }
}
