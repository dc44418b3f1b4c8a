//! Load over HTTP/1.1: real connections, every failure with its time, kind and place, and who answered.
//!
//! **Closed loop:** each of some connections sends its next request when it has the answer to the last. **Open loop:**
//! requests are due at a fixed rate whatever the answers do, and each latency counts from when its request was due, so that a
//! stall is seen by all the requests that it held up ("coordinated omission").
//!
//! A connection that was closed before it took a request is replaced and the request sent on the next one, as every client
//! does; anything else that goes wrong is a failure.

mod report;
mod worker;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use report::{Failure, FailureKind, Latency, Report, Seen};
use tokio::{task::JoinSet, time::Instant};
use worker::{Schedule, Worker};

/// What is asked, and how often.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where connections go.
    pub address: SocketAddr,
    /// The `Host` header.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// The method.
    pub method: http::Method,
    /// Bytes of body in each request.
    pub body_bytes: usize,
    /// Connections at the same time; in an open loop the most requests at the same time.
    pub connections: usize,
    /// Requests a second of an open loop; a closed loop without.
    pub rate: Option<f64>,
    /// When to end by itself.
    pub duration: Option<Duration>,
    /// How long an answer may take, with its body.
    pub timeout: Duration,
    /// The header of an answer that says which release gave it.
    pub release_header: String,
}

impl Options {
    /// A closed loop of eight connections that asks for `/` until it is stopped.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            host: "localhost".into(),
            path: "/".into(),
            method: http::Method::GET,
            body_bytes: 0,
            connections: 8,
            rate: None,
            duration: None,
            timeout: Duration::from_secs(10),
            release_header: "x-skiff-release".into(),
        }
    }
}

/// Load that is being made.
pub struct Load {
    workers: JoinSet<Report>,
    stopped: Arc<AtomicBool>,
    started: Instant,
}

impl Load {
    /// Begins.
    ///
    /// # Errors
    /// Options that no request can be made of, as one sentence.
    pub fn start(options: &Options) -> Result<Self, String> {
        let stopped = Arc::new(AtomicBool::new(false));
        let started = Instant::now();
        let schedule = Arc::new(Schedule::new(options, started, Arc::clone(&stopped)));
        let mut workers = JoinSet::new();
        for _ in 0..options.connections.max(1) {
            let worker = Worker::new(options, Arc::clone(&schedule))?;
            workers.spawn(worker.run());
        }
        Ok(Self { workers, stopped, started })
    }

    /// Milliseconds since it began: the clock of all times in the report.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What ends it from elsewhere: nothing more is sent after the call.
    pub fn ender(&self) -> impl FnOnce() + Send + use<> {
        let stopped = Arc::clone(&self.stopped);
        move || stopped.store(true, Ordering::Relaxed)
    }

    /// Waits until it ends by its duration.
    pub async fn finished(mut self) -> Report {
        let mut report = Report::empty();
        while let Some(part) = self.workers.join_next().await {
            report.add(part.unwrap_or_else(|error| Report::broken(&error.to_string())));
        }
        report.settle(self.started.elapsed());
        report
    }

    /// Sends nothing more, and waits for the answers that are due.
    pub async fn stop(self) -> Report {
        self.ender()();
        self.finished().await
    }
}
