//! Bodies on their way through: never held, watched for idleness and size.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::{member::Flight, pool::Connection};

/// What a client gets: a target's answer as it comes, or a page of ours.
pub(super) type Answer = Either<Relay, Full<Bytes>>;

/// Errors of bodies, as hyper takes them.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// Why a client's body ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UploadEnd {
    /// It has not, as far as is known.
    None,
    /// The client is gone or sent no HTTP.
    Broken,
    /// Nothing came for too long.
    Idle,
    /// It is larger than the limit.
    TooLarge,
}

/// What is known of a request's body while it is being sent on.
#[derive(Debug)]
pub(super) struct Progress {
    begun: Instant,
    /// Milliseconds after `begun` when something last moved.
    moved: AtomicU64,
    /// Whether the client is waited for, rather than the target.
    waits: AtomicBool,
    end: AtomicU8,
}

impl Progress {
    fn new() -> Arc<Self> {
        let begun = Instant::now();
        Arc::new(Self { begun, moved: AtomicU64::new(0), waits: AtomicBool::new(false), end: AtomicU8::new(0) })
    }

    fn moved(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Relaxed);
        self.waits.store(false, Ordering::Relaxed);
    }

    /// Whether it is the client that nothing comes from.
    pub(super) fn waits_for_client(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// When something last moved.
    pub(super) fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.moved.load(Ordering::Relaxed))
    }

    fn ended(&self, why: UploadEnd) {
        self.end.store(why as u8, Ordering::Relaxed);
    }

    /// Why the body ended, when it did so before its end.
    pub(super) fn end(&self) -> UploadEnd {
        let all = [UploadEnd::None, UploadEnd::Broken, UploadEnd::Idle, UploadEnd::TooLarge];
        all[usize::from(self.end.load(Ordering::Relaxed)).min(3)]
    }
}

/// A request's body on its way to a target.
pub(super) struct Upload {
    /// Absent for a request that is sent again, which never had one.
    inner: Option<Incoming>,
    progress: Arc<Progress>,
    idle: IdleTimer,
    /// Bytes that may still come.
    left: u64,
}

impl Upload {
    pub(super) fn new(inner: Incoming, idle: Duration, most: Option<u64>) -> (Self, Arc<Progress>) {
        let progress = Progress::new();
        let own = Arc::clone(&progress);
        (
            Self { inner: Some(inner), progress: own, idle: IdleTimer::new(idle), left: most.unwrap_or(u64::MAX) },
            progress,
        )
    }

    /// Nothing, for a request that is sent once more.
    pub(super) fn nothing(progress: &Arc<Progress>) -> Self {
        Self { inner: None, progress: Arc::clone(progress), idle: IdleTimer::new(Duration::ZERO), left: 0 }
    }

    /// Nothing, for a request of the load balancer's own.
    pub(super) fn none() -> Self {
        Self::nothing(&Progress::new())
    }

    fn fail(&self, why: UploadEnd, words: &'static str) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.progress.ended(why);
        Poll::Ready(Some(Err(words.into())))
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(inner) = self.inner.as_mut() else { return Poll::Ready(None) };
        let Poll::Ready(frame) = Pin::new(inner).poll_frame(context) else {
            self.progress.waits.store(true, Ordering::Relaxed);
            ready!(self.idle.poll_idle(context));
            return self.fail(UploadEnd::Idle, "the client sent nothing for too long");
        };
        self.idle.moved();
        self.progress.moved();
        let Some(frame) = frame else { return Poll::Ready(None) };
        let Ok(frame) = frame else { return self.fail(UploadEnd::Broken, "the client's connection broke") };
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(left) = self.left.checked_sub(size) else {
            return self.fail(UploadEnd::TooLarge, "the body is larger than the limit");
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

/// A target's answer on its way to the client. With it ends the request's flight, and its connection is free again; when it
/// is dropped before its end, because the client is gone or the target broke, the connection is closed.
pub(super) struct Relay {
    inner: Incoming,
    idle: IdleTimer,
    ended: bool,
    connection: Option<Connection>,
    flight: Flight,
}

impl Relay {
    pub(super) fn new(inner: Incoming, idle: Duration, connection: Connection, flight: Flight) -> Self {
        Self { inner, idle: IdleTimer::new(idle), ended: false, connection: Some(connection), flight }
    }
}

impl Body for Relay {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            ready!(self.idle.poll_idle(context));
            return Poll::Ready(Some(Err("the target sent nothing for too long".into())));
        };
        self.idle.moved();
        self.ended |= frame.is_none();
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && (self.ended || self.inner.is_end_stream())
        {
            self.flight.member.pool.put(connection);
        }
    }
}

/// Runs while something is waited for. It is set anew only when it runs out, which is cheaper than with every frame.
struct IdleTimer {
    longest: Duration,
    /// Since when a frame is waited for; absent while none is, as while the other side takes its time.
    waiting: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl IdleTimer {
    fn new(longest: Duration) -> Self {
        Self { longest, waiting: None, sleep: None }
    }

    fn moved(&mut self) {
        self.waiting = None;
    }

    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = *self.waiting.get_or_insert_with(Instant::now) + self.longest;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        loop {
            ready!(sleep.as_mut().poll(context));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}
