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

use super::{Member, phase, signals::Signals};
use crate::{
    context::Context,
    workload::{
        board::Stage,
        supervise::{job, keep_running, to_success},
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

/// What runs, and how it is told to stop.
struct Running {
    before: Vec<(watch::Sender<Option<Instant>>, JoinHandle<()>)>,
    beside: JoinSet<()>,
    stop: watch::Sender<Option<Instant>>,
}

/// Starts everything, waits for a reason to end, ends everything.
pub(super) async fn live(context: &Arc<Context>, member: &Member, signals: &mut Signals) -> Result<Ended, Error> {
    let follower = tokio::spawn(phase::follow(context.board.clone(), member.report.clone()));
    let mut running = Running { before: Vec::new(), beside: JoinSet::new(), stop: watch::Sender::new(None) };
    let ended = tokio::select! {
        ended = work(context, &mut running) => ended,
        error = leave(context, member) => Err(error),
        () = signals.stop() => Ok(Ended::Told),
    };
    follower.abort();
    member.health.drain();
    member.report.phase(MemberPhase::Draining, None);
    if !matches!(ended, Ok(Ended::Done)) {
        drain(context, signals).await;
    }
    stop(context, running).await;
    ended
}

/// Starts the workloads; comes back when a job has ended.
async fn work(context: &Arc<Context>, running: &mut Running) -> Result<Ended, Error> {
    let manifest = context.manifest().clone();
    let (first, beside): (Vec<Workload>, Vec<Workload>) =
        manifest.sidecars.into_iter().partition(|sidecar| sidecar.first);
    for workload in first {
        let stop = watch::Sender::new(None);
        let name = workload.name.clone();
        count(context, &name);
        let task = tokio::spawn(keep_running(Arc::clone(context), workload, stop.subscribe()));
        running.before.push((stop, task));
        until_started(context, &name).await;
    }
    for workload in &manifest.init {
        if !to_success(context, workload, running.stop.subscribe()).await {
            return Ok(Ended::Told);
        }
    }
    for workload in beside {
        count(context, &workload.name);
        running.beside.spawn(keep_running(Arc::clone(context), workload, running.stop.subscribe()));
    }
    count(context, &manifest.main.name);
    let stop = running.stop.subscribe();
    if context.life.kind == "job" {
        return match job(context, &manifest.main, stop).await {
            Some(Ok(())) => Ok(Ended::Done),
            Some(Err(error)) => Err(error),
            None => Ok(Ended::Told),
        };
    }
    running.beside.spawn(keep_running(Arc::clone(context), manifest.main, stop));
    std::future::pending().await
}

fn count(context: &Context, workload: &str) {
    context.board.set(workload, |standing| standing.counts = true);
}

async fn until_started(context: &Context, workload: &str) {
    let mut changes = context.board.changes();
    loop {
        changes.mark_unchanged();
        let stage = context.board.all().get(workload).map(|standing| standing.stage);
        if stage == Some(Stage::Running) || changes.changed().await.is_err() {
            return;
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

/// Ends main and sidecars together, then the `first` sidecars in reverse, all within one grace.
async fn stop(context: &Context, mut running: Running) {
    let deadline = Instant::now() + Duration::from_secs(u64::from(context.life.grace_seconds));
    running.stop.send_replace(Some(deadline));
    while running.beside.join_next().await.is_some() {}
    for (stop, task) in running.before.into_iter().rev() {
        stop.send_replace(Some(deadline.max(Instant::now() + LAST_GRACE)));
        // A task that ended by itself has nothing left to stop.
        let _ = task.await;
    }
}
