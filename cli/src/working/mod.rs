//! A worker: it looks for operations that nobody drives, and drives several of them at once.
//!
//! The engine decides who may write; a lease is advice. So a worker that loses a race stops at its next write, and says so.
//! **A worker that ends leaves every operation on record, as if it had never been there.**

mod tell;

use std::{collections::BTreeMap, pin::pin, time::Duration};

use serde_json::json;
use skiff_runtime::{
    Error,
    engine::{Finished, Progress, codes::TAKEN_OVER, open::Open},
};
use skiff_wire::{ExitCode, OperationStatus};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::{self, JoinError, JoinSet},
    time::Instant,
};

use crate::{
    acting::{Acting, actor, told_to_stop},
    failure::Failure,
    graph::read::is_driven,
    outcome::Outcome,
    words,
    working::tell::Teller,
};

/// How long an operation is left alone that could not be driven; longer each time, and never more than a minute.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// What a worker keeps within.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Whether it ends when there is nothing left to drive.
    pub(crate) once: bool,
    /// How often it looks for work.
    pub(crate) interval: Duration,
    /// How many operations it drives at once.
    pub(crate) concurrency: usize,
}

/// One worker.
pub(crate) struct Worker<'a> {
    acting: &'a Acting,
    bounds: Bounds,
    teller: Teller<'a>,
    /// The operations that it drives, by the task that does.
    driving: BTreeMap<String, task::Id>,
    /// What could not be driven: until when it is left alone, and how long that was.
    resting: BTreeMap<String, (Instant, Duration)>,
    /// What became of those that it drove.
    ended: BTreeMap<String, OperationStatus>,
    news: (UnboundedSender<News>, UnboundedReceiver<News>),
}

/// What a driver tells of its operation.
type News = (String, Progress);
/// What driving an operation came to.
type Driven = (String, Result<Finished, Error>);

impl<'a> Worker<'a> {
    /// A worker that has not begun.
    pub(crate) fn new(acting: &'a Acting, bounds: Bounds) -> Self {
        Self {
            acting,
            bounds,
            teller: Teller::new(acting),
            driving: BTreeMap::new(),
            resting: BTreeMap::new(),
            ended: BTreeMap::new(),
            news: unbounded_channel(),
        }
    }

    /// Drives operations until it is told to stop, or with `once` until nothing can be driven.
    pub(crate) async fn work(mut self) -> Result<Outcome, Failure> {
        let (mut stop, mut drivers) = (pin!(told_to_stop()), JoinSet::new());
        self.teller.worker("worker-started", "looks for operations that nobody drives");
        loop {
            let left = self.take_up(&mut drivers).await?;
            if self.bounds.once && drivers.is_empty() && left == 0 {
                break;
            }
            if self.wait(&mut drivers, stop.as_mut()).await {
                break;
            }
        }
        self.let_go(drivers).await;
        self.teller.worker("worker-stopped", "every operation stays on record");
        Ok(self.outcome())
    }

    /// Waits until it is time to look again; `true` when it is told to stop.
    async fn wait(&mut self, drivers: &mut JoinSet<Driven>, mut stop: impl Future<Output = ()> + Unpin) -> bool {
        let next = Instant::now() + self.bounds.interval;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return true,
                Some((operation, progress)) = self.news.1.recv() => self.teller.progress(&operation, &progress),
                Some(driven) = drivers.join_next() => {
                    match driven {
                        Ok((operation, result)) => self.came_to(&operation, result),
                        Err(error) => self.broke(&error),
                    }
                    return false;
                }
                () = tokio::time::sleep_until(next) => return false,
            }
        }
    }

    /// Takes up what it may, as far as its bounds go; gives how many are left that it could drive now.
    ///
    /// A store that fails is asked again later, except by a worker that does not stay.
    async fn take_up(&mut self, drivers: &mut JoinSet<Driven>) -> Result<usize, Failure> {
        let free = match self.free().await {
            Ok(free) => free,
            Err(failure) if self.bounds.once => return Err(failure),
            Err(failure) => {
                self.teller.worker("trouble", &failure.into_outcome().summary);
                return Ok(0);
            }
        };
        let mut left = 0;
        for open in free {
            if drivers.len() >= self.bounds.concurrency {
                left += 1;
            } else {
                self.drive(&open, drivers);
            }
        }
        Ok(left)
    }

    /// What may be taken up now, the oldest first. One that cannot be told is left alone for a while, and the others are not.
    async fn free(&mut self) -> Result<Vec<Open>, Failure> {
        let (mut free, now) = (Vec::new(), Instant::now());
        for open in self.acting.engine.open(&self.acting.operating.scope).await? {
            let id = open.intent.operation.clone();
            let rests = self.resting.get(&id).is_some_and(|(until, _)| *until > now);
            if self.driving.contains_key(&id) || rests {
                continue;
            }
            match self.may_drive(&open).await {
                Ok(true) => free.push(open),
                Ok(false) => {}
                Err(failure) => {
                    self.rest(&id);
                    self.teller.said(&id, "trouble", &failure.into_outcome().summary);
                }
            }
        }
        Ok(free)
    }

    async fn may_drive(&self, open: &Open) -> Result<bool, Failure> {
        let (engine, scope) = (&self.acting.engine, &self.acting.operating.scope);
        let free = engine.is_free(scope, open).await? || self.is_orphan(open);
        Ok(free && !self.must_wait(open).await?)
    }

    /// Whether an operation that has not begun would find its service held by another one, and fail.
    async fn must_wait(&self, open: &Open) -> Result<bool, Failure> {
        let begun = open.control.as_ref().is_some_and(|it| it.control.body.status != OperationStatus::Planned);
        let Some(service) = open.intent.service.as_ref().filter(|_| !begun) else { return Ok(false) };
        let (_, holder) = self.acting.held(service).await?;
        Ok(holder.is_some_and(|holder| holder != open.intent.operation))
    }

    /// Whether an operation should be driven, and the process of its driver is seen to be gone: its lease need not run out.
    fn is_orphan(&self, open: &Open) -> bool {
        use OperationStatus as Status;
        let Some(control) = open.control.as_ref().map(|control| &control.control) else { return false };
        let should = matches!(control.body.status, Status::Planned | Status::Running | Status::Compensating);
        let gone = control.holder.as_deref().is_some_and(|holder| actor::lives(holder) == Some(false));
        should && gone && !is_driven(control, self.acting.operating.ledger.world.clock.now())
    }

    fn drive(&mut self, open: &Open, drivers: &mut JoinSet<Driven>) {
        let (engine, scope) = (self.acting.engine.clone(), self.acting.operating.scope.clone());
        let (news, id) = (self.news.0.clone(), open.intent.operation.clone());
        self.teller.taken_up(&open.intent);
        let operation = id.clone();
        let task = drivers.spawn(async move {
            let of = id.clone();
            let mut tell = move |progress: Progress| {
                // Nobody listens any more when the worker is told to stop.
                let _ = news.send((of.clone(), progress));
            };
            let result = engine.drive(&scope, &id, &mut tell).await;
            (id, result)
        });
        self.driving.insert(operation, task.id());
    }

    /// A driver has broken off: a defect. Its operation is on record, and is tried again like any other.
    fn broke(&mut self, error: &JoinError) {
        let of = self.driving.iter().find(|(_, task)| **task == error.id()).map(|(operation, _)| operation.clone());
        let Some(operation) = of else { return };
        self.driving.remove(&operation);
        self.rest(&operation);
        self.teller.said(&operation, "trouble", &format!("its driver broke off, which is a defect of Skiff: {error}"));
    }

    /// Leaves an operation alone for a while, longer each time.
    fn rest(&mut self, operation: &str) {
        let before = self.resting.get(operation).map(|(_, rest)| *rest * 2);
        let rest = before.unwrap_or(FIRST_REST).min(LONGEST_REST);
        self.resting.insert(operation.to_owned(), (Instant::now() + rest, rest));
    }

    fn came_to(&mut self, operation: &str, result: Result<Finished, Error>) {
        while let Ok((operation, progress)) = self.news.1.try_recv() {
            self.teller.progress(&operation, &progress);
        }
        self.driving.remove(operation);
        match result {
            Ok(finished) => {
                self.resting.remove(operation);
                self.ended.insert(operation.to_owned(), finished.status);
                self.teller.ended(&finished);
            }
            Err(error) => {
                self.rest(operation);
                let event = if error.code() == &TAKEN_OVER { "taken-over" } else { "trouble" };
                self.teller.trouble(operation, event, &error);
            }
        }
    }

    /// Stops all drivers where they are, and gives their leases up.
    async fn let_go(&mut self, mut drivers: JoinSet<Driven>) {
        drivers.shutdown().await;
        for operation in self.driving.keys() {
            if let Err(error) = self.acting.engine.let_go(&self.acting.operating.scope, operation).await {
                self.teller.trouble(operation, "trouble", &error);
            }
        }
    }

    fn outcome(&self) -> Outcome {
        let driven: Vec<_> =
            self.ended.iter().map(|(operation, status)| json!({ "operation": operation, "status": status })).collect();
        let amiss = self.ended.values().any(|status| *status != OperationStatus::Succeeded) || !self.resting.is_empty();
        let exit = if self.bounds.once && amiss { ExitCode::Attention } else { ExitCode::Done };
        let summary = match driven.len() {
            0 => "there was nothing to drive".into(),
            number => format!("drove {}", words::count(number, "operation")),
        };
        let code = if self.bounds.once { "WORKED" } else { "WORKER_STOPPED" };
        let given_up: Vec<&String> = self.driving.keys().chain(self.resting.keys()).collect();
        Outcome::new(code, exit, summary).data(json!({ "driven": driven, "left": given_up }))
    }
}
