//! Requests without a pause, each on a connection of its own, so that a failure is one of the server's.

use std::{
    collections::BTreeSet,
    io::{self, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How many clients ask at once.
const CLIENTS: u64 = 6;

/// A load that runs until it is stopped.
pub(crate) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    requests: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    versions: Mutex<BTreeSet<String>>,
}

/// What a load has seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// All requests.
    pub(crate) requests: u64,
    /// Those that got no 200.
    pub(crate) failed: u64,
    /// Those whose connection was refused.
    pub(crate) refused: u64,
    /// The most that can be in flight at one instant.
    pub(crate) in_flight: u64,
    /// The versions that have answered.
    pub(crate) versions: BTreeSet<String>,
}

impl Shared {
    fn note(&self, answer: io::Result<String>) {
        match answer {
            Ok(version) => drop(self.versions.lock().unwrap().insert(version)),
            Err(error) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                let refused = u64::from(error.kind() == io::ErrorKind::ConnectionRefused);
                self.refused.fetch_add(refused, Ordering::Relaxed);
                eprintln!("request failed: {error}");
            }
        }
    }
}

impl Load {
    /// Starts to ask an address, such as `127.0.0.1:8080`.
    pub(crate) fn start(address: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let client = |_| {
            let (shared, address) = (Arc::clone(&shared), address.to_owned());
            thread::spawn(move || {
                while !shared.stop.load(Ordering::Relaxed) {
                    shared.requests.fetch_add(1, Ordering::Relaxed);
                    shared.note(ask(&address));
                    thread::sleep(Duration::from_millis(25));
                }
            })
        };
        let threads = (0..CLIENTS).map(client).collect();
        Self { shared, threads }
    }

    /// Stops it and says what it has seen.
    pub(crate) fn stop(mut self) -> Seen {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in std::mem::take(&mut self.threads) {
            thread.join().unwrap();
        }
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Seen {
            requests: read(&self.shared.requests),
            failed: read(&self.shared.failed),
            refused: read(&self.shared.refused),
            in_flight: CLIENTS,
            versions: self.shared.versions.lock().unwrap().clone(),
        }
    }
}

/// A test that has failed asks no more: nobody would see its message among the requests that fail behind its end.
impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

/// Asks once; gives the version that answered.
pub(crate) fn ask(address: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, _) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if !head.starts_with("HTTP/1.1 200") {
        let lines: Vec<&str> =
            head.lines().filter(|line| line.starts_with("HTTP") || line.starts_with("x-skiff")).collect();
        return Err(io::Error::other(format!("answered {lines:?}")));
    }
    let version = head.lines().find_map(|line| line.strip_prefix("x-version: "));
    version.map(str::to_owned).ok_or_else(|| io::Error::other(format!("no version in {head:?}")))
}
