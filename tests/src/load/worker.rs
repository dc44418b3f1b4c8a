//! One connection's requests, one after another.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::Instant};

use super::{Failure, FailureKind, Options, Report};

/// When the next request is due, for all workers together.
pub(super) struct Schedule {
    started: Instant,
    rate: Option<f64>,
    end: Option<Instant>,
    next: AtomicU64,
    stopped: Arc<AtomicBool>,
}

impl Schedule {
    pub(super) fn new(options: &Options, started: Instant, stopped: Arc<AtomicBool>) -> Self {
        let end = options.duration.map(|duration| started + duration);
        Self { started, rate: options.rate, end, next: AtomicU64::new(0), stopped }
    }

    /// The moment at which the next request is due; `None` at the end.
    async fn next(&self) -> Option<Instant> {
        let due = match self.rate {
            None => Instant::now(),
            Some(rate) => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let due = self.started + Duration::from_secs_f64(number as f64 / rate);
                self.wait_until(due).await?;
                due
            }
        };
        let over = self.stopped.load(Ordering::Relaxed) || self.end.is_some_and(|end| due >= end);
        (!over).then_some(due)
    }

    /// Waits in short steps, so that a slow rate can be stopped too.
    async fn wait_until(&self, due: Instant) -> Option<()> {
        while Instant::now() < due {
            if self.stopped.load(Ordering::Relaxed) {
                return None;
            }
            tokio::time::sleep_until(due.min(Instant::now() + Duration::from_millis(50))).await;
        }
        Some(())
    }

    fn milliseconds(&self, at: Instant) -> u64 {
        u64::try_from(at.duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }
}

/// A connection with what it has seen.
pub(super) struct Worker {
    options: Options,
    body: Bytes,
    release_header: HeaderName,
    schedule: Arc<Schedule>,
    connection: Option<SendRequest<Full<Bytes>>>,
    /// Whether the connection has served a request.
    reused: bool,
    report: Report,
}

/// Why a request got no answer.
struct Trouble {
    kind: FailureKind,
    detail: String,
}

impl Trouble {
    fn of(kind: FailureKind, detail: &dyn std::fmt::Display) -> Self {
        Self { kind, detail: detail.to_string() }
    }
}

/// Status, release, and the reason of a load balancer that answered by itself.
struct Answer {
    status: u16,
    release: String,
    reason: String,
}

impl Worker {
    pub(super) fn new(options: &Options, schedule: Arc<Schedule>) -> Result<Self, String> {
        let release_header = options.release_header.parse();
        let release_header = release_header.map_err(|_| format!("`{}` is no header", options.release_header))?;
        let body = Bytes::from(vec![b'x'; options.body_bytes]);
        let (options, connection, report) = (options.clone(), None, Report::empty());
        let worker = Self { options, body, release_header, schedule, connection, reused: false, report };
        worker.request().map(|_| worker)
    }

    pub(super) async fn run(mut self) -> Report {
        let schedule = Arc::clone(&self.schedule);
        while let Some(due) = schedule.next().await {
            let sent = Instant::now();
            let outcome = tokio::time::timeout(self.options.timeout, self.one()).await;
            let outcome = outcome.unwrap_or_else(|late| Err(Trouble::of(FailureKind::Timeout, &late)));
            let ended = Instant::now();
            self.report.took(ended.duration_since(due));
            self.record(outcome, sent, ended);
        }
        self.report
    }

    fn record(&mut self, outcome: Result<Answer, Trouble>, sent: Instant, ended: Instant) {
        let (sent_ms, failed_ms) = (self.schedule.milliseconds(sent), self.schedule.milliseconds(ended));
        let reused = self.reused;
        let trouble = match outcome {
            Ok(answer) => {
                self.reused = true;
                self.report.answered(answer.status, &answer.release, failed_ms);
                if answer.status < 500 {
                    return;
                }
                Trouble { kind: FailureKind::Status, detail: format!("{} {}", answer.status, answer.reason) }
            }
            Err(trouble) => {
                self.connection = None;
                trouble
            }
        };
        self.report.failed(Failure { sent_ms, failed_ms, kind: trouble.kind, detail: trouble.detail, reused });
    }

    async fn one(&mut self) -> Result<Answer, Trouble> {
        let mut request = self.request().map_err(|why| Trouble::of(FailureKind::Other, &why))?;
        loop {
            let mut sender = match self.connection.take().filter(|sender| !sender.is_closed()) {
                Some(sender) => sender,
                None => self.connect().await?,
            };
            let mut error = match self.exchange(&mut sender, request).await {
                Ok(answer) => {
                    self.connection = Some(sender);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            match error.unsent.take() {
                // Closed before it took the request: any client sends it on the next connection.
                Some(unsent) if self.reused => request = *unsent,
                _ => return Err(error.trouble),
            }
        }
    }

    async fn exchange(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
        request: Request<Full<Bytes>>,
    ) -> Result<Answer, Unanswered> {
        let reset = |error: &dyn std::fmt::Display| Unanswered {
            trouble: Trouble::of(FailureKind::Reset, error),
            unsent: None,
        };
        // The last answer may have ended before hyper was ready for the next request.
        if sender.ready().await.is_err() {
            let trouble = Trouble::of(FailureKind::Reset, &"the connection was closed");
            return Err(Unanswered { trouble, unsent: Some(Box::new(request)) });
        }
        let response = sender.try_send_request(request).await.map_err(|mut error| {
            let unsent = error.take_message().map(Box::new);
            Unanswered { unsent, ..reset(&words(error.error())) }
        })?;
        let text = |name: &HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let reason = text(&HeaderName::from_static("x-skiff-reason"));
        let (status, release) = (response.status().as_u16(), text(&self.release_header));
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            frame.map_err(|error| reset(&words(&error)))?;
        }
        Ok(Answer { status, release, reason })
    }

    async fn connect(&mut self) -> Result<SendRequest<Full<Bytes>>, Trouble> {
        self.reused = false;
        let stream = TcpStream::connect(self.options.address).await.map_err(|error| {
            let refused = error.kind() == std::io::ErrorKind::ConnectionRefused;
            Trouble::of(if refused { FailureKind::Refused } else { FailureKind::Other }, &error)
        })?;
        let _ = stream.set_nodelay(true);
        let built = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = built.map_err(|error| Trouble::of(FailureKind::Reset, &words(&error)))?;
        // How it ends is told to the request that is on it.
        tokio::spawn(async move { connection.await.unwrap_or_default() });
        self.report.connections += 1;
        Ok(sender)
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, String> {
        let request = Request::builder().method(&self.options.method).uri(&self.options.path);
        let request = request.header(header::HOST, &self.options.host).header(header::USER_AGENT, "skiff-load");
        request.body(Full::new(self.body.clone())).map_err(|error| error.to_string())
    }
}

/// A request without an answer; with the request itself when nothing of it was sent.
struct Unanswered {
    trouble: Trouble,
    unsent: Option<Box<Request<Full<Bytes>>>>,
}

/// An error with its cause, which is where hyper says what happened.
fn words(error: &hyper::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
