//! Connections to a target that wait for their next request.

use std::{
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::Instant};

use super::body::Upload;

/// A connection that can send one request at a time.
pub(super) struct Connection {
    pub(super) sender: SendRequest<Upload>,
    /// Whether it has been used before, and so may have been closed by the other side in the meantime.
    pub(super) used: bool,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NoConnection {
    /// The system's own words.
    Failed(String),
    /// It took longer than it may.
    Late,
}

/// The waiting connections of one target, the one used last at the end.
#[derive(Default)]
pub(super) struct Pool {
    waiting: Mutex<Vec<(SendRequest<Upload>, Instant)>>,
    /// Milliseconds that a connection may wait.
    keep: AtomicU64,
}

/// More than this wait for nobody: the rest is closed after use.
const MOST: usize = 512;

impl Pool {
    /// A connection that waits, if there is one that is neither closed nor still busy with the end of an answer.
    pub(super) fn take(&self) -> Option<Connection> {
        let keep = Duration::from_millis(self.keep.load(Ordering::Relaxed));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().rposition(|(sender, since)| sender.is_ready() && since.elapsed() < keep)?;
        let (sender, _) = waiting.remove(place);
        Some(Connection { sender, used: true })
    }

    /// Keeps a connection whose answer has ended.
    pub(super) fn put(&self, connection: Connection) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST && !connection.sender.is_closed() {
            waiting.push((connection.sender, Instant::now()));
        }
    }

    /// Closes what was not used for longer than the time that `keep_for` has set.
    pub(super) fn sweep(&self) {
        let keep = Duration::from_millis(self.keep.load(Ordering::Relaxed));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < keep);
    }

    /// Sets how many milliseconds a connection may wait.
    pub(super) fn keep_for(&self, milliseconds: u64) {
        self.keep.store(milliseconds, Ordering::Relaxed);
    }

    /// Closes all that wait.
    pub(super) fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Opens a connection to a target.
pub(super) async fn open(address: SocketAddr, longest: Duration) -> Result<Connection, NoConnection> {
    let failed = |error: &dyn std::fmt::Display| NoConnection::Failed(error.to_string());
    let connect = tokio::time::timeout(longest, TcpStream::connect(address)).await.map_err(|_| NoConnection::Late)?;
    let stream = connect.map_err(|error| failed(&error))?;
    // Heads are small and written at once; waiting for more would only add latency. Where the system refuses, it is slower.
    let _ = stream.set_nodelay(true);
    let built = http1::Builder::new().handshake(TokioIo::new(stream)).await;
    let (sender, connection) = built.map_err(|error| failed(&error))?;
    // How it ended is told to whoever waits for an answer on it.
    tokio::spawn(async move { connection.with_upgrades().await.unwrap_or_default() });
    Ok(Connection { sender, used: false })
}
