//! What workloads say, line by line, as [`LogLine`]s in files that do not grow for ever.
//!
//! A reader takes lines from the workload's pipes and never waits for the disk: a thread of its own writes them, and what it
//! cannot keep up with is counted and said. **Secrets are blacked out before a line leaves the reader.**

mod lines;
mod redact;
mod rotate;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use skiff_runtime::{provider::LogLine, world::World};

pub(crate) use lines::pump;
pub(crate) use redact::Redactor;
use rotate::Files;

/// How many lines may wait for the disk.
const WAITING: usize = 4096;
/// How long the end of the runner waits for the disk.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The name under which the runner itself speaks.
pub(crate) const RUNNER: &str = "runner";

enum Entry {
    Line { workload: String, text: Vec<u8> },
    Flush(SyncSender<()>),
}

/// The logs of one member.
#[derive(Clone)]
pub(crate) struct Logs {
    sender: SyncSender<Entry>,
    lost: Arc<AtomicU64>,
    redactor: Arc<Redactor>,
    instance: String,
    world: World,
}

impl Logs {
    /// Opens the logs in a folder.
    pub(crate) fn open(folder: &Path, instance: &str, world: &World) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let files = Files::new(folder.to_owned());
        // Without the thread lines are lost and counted, which is better than no member.
        let _ = thread::Builder::new().name("logs".into()).spawn(move || write(&receiver, files));
        let redactor = Arc::new(Redactor::default());
        Self { sender, lost: Arc::default(), redactor, instance: instance.into(), world: world.clone() }
    }

    /// What blacks out secrets.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// A line that a workload wrote; `cut` when it had more than was read of it.
    pub(crate) fn line(&self, workload: &str, stream: &str, raw: &[u8], cut: bool) {
        let text = lines::tidy(&self.redactor, raw, cut);
        self.send(workload, stream, text);
    }

    /// What the runner has to say, of a workload or of the member.
    pub(crate) fn say(&self, workload: Option<&str>, text: &str) {
        let text = self.redactor.redact(text);
        self.send(workload.unwrap_or(RUNNER), RUNNER, text);
    }

    /// Waits a little until everything is written.
    pub(crate) fn flush(&self) {
        let (done, finished) = sync_channel(1);
        if self.sender.try_send(Entry::Flush(done)).is_ok() {
            let _ = finished.recv_timeout(LAST_WORDS);
        }
    }

    fn send(&self, workload: &str, stream: &str, text: String) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let note = format!("{lost} lines are not kept: the disk did not keep up");
            if !self.pass(workload, RUNNER, note) {
                self.lost.fetch_add(lost, Ordering::Relaxed);
            }
        }
        if !self.pass(workload, stream, text) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pass(&self, workload: &str, stream: &str, text: String) -> bool {
        let line = LogLine {
            at: self.world.clock.now(),
            instance: self.instance.clone(),
            workload: workload.into(),
            stream: stream.into(),
            text,
        };
        let Ok(mut text) = serde_json::to_vec(&line) else { return false };
        text.push(b'\n');
        match self.sender.try_send(Entry::Line { workload: workload.into(), text }) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

fn write(receiver: &Receiver<Entry>, mut files: Files) {
    while let Ok(entry) = receiver.recv() {
        match entry {
            Entry::Line { workload, text } => files.append(&workload, &text),
            Entry::Flush(done) => {
                let _ = done.try_send(());
            }
        }
    }
}
