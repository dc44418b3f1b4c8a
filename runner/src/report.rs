//! What the member says of itself: its document in the ledger, and the events worth knowing later.
//!
//! The member's life goes on whether or not the ledger can be written: a task of its own writes what was said last, on change
//! and every five minutes, and tries again when it fails.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::json;
use skiff_runtime::{
    Error,
    state::{Ledger, control::Next, event::NewEvent},
};
use skiff_wire::{Code, MemberPhase, MemberReason, MemberState};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use crate::{boot::check_there, configuration::Configuration, log::Logs};

/// How often the document is written although nothing has changed (rule 16 of the AWS rules: the price of heartbeats).
const HEARTBEAT: Duration = Duration::from_secs(300);
/// The shortest time between two tries, and what it doubles up to.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));
/// How long the end of a member waits for its last words.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What the member says of itself.
#[derive(Clone)]
pub(crate) struct Report {
    state: Arc<Mutex<MemberState>>,
    changed: watch::Sender<u64>,
    flush: mpsc::UnboundedSender<oneshot::Sender<()>>,
    ledger: Ledger,
    configuration: Arc<Configuration>,
    logs: Logs,
}

impl Report {
    /// Begins to report; the first thing said is that the member boots.
    pub(crate) fn begin(configuration: &Arc<Configuration>, ledger: &Ledger, logs: &Logs) -> Self {
        let state = MemberState {
            slot: configuration.document.slot.clone(),
            release: None,
            generation: 0,
            phase: MemberPhase::Booting,
            reason: None,
            restarts: 0,
            root_version: 0,
            sequence: 0,
            observed_at: ledger.world.clock.now(),
        };
        let (flush, flushes) = mpsc::unbounded_channel();
        let report = Self {
            state: Arc::new(Mutex::new(state)),
            changed: watch::Sender::new(0),
            flush,
            ledger: ledger.clone(),
            configuration: Arc::clone(configuration),
            logs: logs.clone(),
        };
        tokio::spawn(report.clone().write_on_change(flushes));
        report
    }

    /// What it says now.
    pub(crate) fn state(&self) -> MemberState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says where the member is in its life, and why.
    pub(crate) fn phase(&self, phase: MemberPhase, reason: Option<(&'static Code, String)>) {
        let reason = reason.map(|(code, message)| MemberReason { code: code.id.into(), message });
        self.set(|state| {
            state.phase = phase;
            state.reason = reason;
        });
    }

    /// Says anything else.
    pub(crate) fn set(&self, change: impl FnOnce(&mut MemberState)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.clone();
        change(&mut state);
        let differs = *state != before;
        drop(state);
        if differs {
            self.changed.send_modify(|count| *count += 1);
        }
    }

    /// Says that the member refuses what it was given: in its log, its document, and as an event.
    pub(crate) async fn refused(&self, error: &Error) {
        self.logs.say(None, &format!("refused: {error}"));
        self.set(|state| {
            state.phase = MemberPhase::Refused;
            state.reason = Some(MemberReason { code: error.code().id.into(), message: error.message().into() });
        });
        let state = self.state();
        let event = NewEvent {
            kind: "member-refused",
            audit: false,
            actor: self.configuration.instance.clone(),
            service: Some(self.configuration.document.service.clone()),
            operation: None,
            summary: format!("{} refused what slot `{}` has: {error}", self.configuration.instance, state.slot),
            data: json!({ "code": error.code().id, "slot": state.slot, "release": state.release }),
        };
        match timeout(LAST_WORDS, self.ledger.event(&self.configuration.scope(), event)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => self.logs.say(None, &format!("the event of the refusal is not recorded: {error}")),
            Err(_) => self.logs.say(None, "the event of the refusal is not recorded: the ledger does not answer"),
        }
        self.flush().await;
    }

    /// Waits a little until the last words are written.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.flush.send(done).is_ok() {
            let _ = timeout(LAST_WORDS, written).await;
        }
    }

    async fn write_on_change(self, mut flushes: mpsc::UnboundedReceiver<oneshot::Sender<()>>) {
        let mut changed = self.changed.subscribe();
        let (mut pause, mut due, mut said) = (PAUSES.0, Duration::ZERO, false);
        loop {
            let mut waits = None;
            tokio::select! {
                () = tokio::time::sleep(due) => {}
                Ok(()) = changed.changed(), if due == HEARTBEAT => {}
                flush = flushes.recv() => match flush {
                    Some(flush) => waits = Some(flush),
                    None => return,
                },
            }
            changed.mark_unchanged();
            match self.write().await {
                Ok(()) => (pause, due, said) = (PAUSES.0, HEARTBEAT, false),
                Err(error) => {
                    if !said {
                        let id = crate::codes::DOCUMENT_NOT_WRITTEN.id;
                        self.logs.say(None, &format!("the member's document is not written: {error} [{id}]"));
                    }
                    (pause, due, said) = ((pause * 2).min(PAUSES.1), pause, true);
                }
            }
            if let Some(waits) = waits {
                let _ = waits.send(());
            }
        }
    }

    /// Writes the document: this member is the only one who does, so what is there is older.
    async fn write(&self) -> Result<(), Error> {
        check_there(&self.ledger)?;
        let key = self.configuration.service().member(&self.configuration.instance);
        let mut body = self.state();
        body.observed_at = self.ledger.world.clock.now();
        let next = Next { epoch: 0, holder: None, lease_until: None, body };
        self.ledger.update::<MemberState>(&key, |_| Ok(Some(next.clone()))).await.map(drop)
    }
}
