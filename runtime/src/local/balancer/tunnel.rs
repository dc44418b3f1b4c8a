//! After a change of protocol, as to WebSocket: bytes both ways until one side ends.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::member::Flight;

/// Copies in a task of its own, which keeps the request's flight. It ends when one side ends, or when nothing moves either way
/// for as long as a connection may be idle.
pub(super) fn start(client: OnUpgrade, target: OnUpgrade, flight: Flight, idle: Duration) {
    tokio::spawn(async move {
        // A side that is gone ends the other one by being dropped; there is nobody left to tell.
        let _ = copy(client, target, idle).await;
        drop(flight);
    });
}

async fn copy(client: OnUpgrade, target: OnUpgrade, idle: Duration) -> io::Result<()> {
    let target = TokioIo::new(target.await.map_err(io::Error::other)?);
    let mut client = TokioIo::new(client.await.map_err(io::Error::other)?);
    let moves = Arc::new(AtomicU64::new(0));
    let mut target = Watched { inner: target, moves: Arc::clone(&moves) };
    tokio::select! {
        copied = tokio::io::copy_bidirectional(&mut client, &mut target) => copied.map(|_| ()),
        () = nothing_moves(&moves, idle) => Ok(()),
    }
}

async fn nothing_moves(moves: &AtomicU64, idle: Duration) {
    loop {
        let before = moves.load(Ordering::Relaxed);
        tokio::time::sleep(idle).await;
        if moves.load(Ordering::Relaxed) == before {
            return;
        }
    }
}

/// Counts what moves; all bytes of both directions pass through one side.
struct Watched<S> {
    inner: S,
    moves: Arc<AtomicU64>,
}

impl<S> Watched<S> {
    fn count<T>(&self, outcome: Poll<T>) -> Poll<T> {
        if outcome.is_ready() {
            self.moves.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.count(outcome)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.count(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
