//! What all workloads of the member are at: the one thing that the health endpoint, the metrics and the document look at.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use skiff_wire::Code;
use tokio::sync::watch;

/// Where a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stage {
    /// Has not been started yet.
    #[default]
    Waiting,
    /// Runs, and its startup probe has not passed.
    Starting,
    /// Runs.
    Running,
    /// Has ended, and waits to be started again.
    Pausing,
    /// Has ended, and is not started again.
    Ended,
}

/// What is known of one workload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// Where it is.
    pub(crate) stage: Stage,
    /// Whether it may serve.
    pub(crate) ready: bool,
    /// How often it was started again.
    pub(crate) restarts: u32,
    /// Whether it ended too often in a row.
    pub(crate) fails: bool,
    /// What is wrong with it.
    pub(crate) trouble: Option<(&'static Code, String)>,
    /// Whether the member serves only while it is ready: all but init workloads.
    pub(crate) counts: bool,
}

/// The standings of all workloads.
#[derive(Clone, Default)]
pub(crate) struct Board {
    all: Arc<Mutex<BTreeMap<String, Standing>>>,
    changed: watch::Sender<u64>,
}

impl Board {
    /// Changes what is known of a workload.
    pub(crate) fn set(&self, workload: &str, change: impl FnOnce(&mut Standing)) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(workload.to_owned()).or_default());
        drop(all);
        self.changed.send_modify(|count| *count += 1);
    }

    /// What is known of all.
    pub(crate) fn all(&self) -> BTreeMap<String, Standing> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells of every change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What keeps the member from serving, or `None` when nothing does.
    pub(crate) fn unready(&self) -> Option<String> {
        let all = self.all();
        let mut counting = all.iter().filter(|(_, standing)| standing.counts).peekable();
        if counting.peek().is_none() {
            return Some("no workload has been started".into());
        }
        let (name, standing) = counting.find(|(_, standing)| !standing.ready)?;
        let why = standing.trouble.as_ref().map(|(_, why)| why.clone());
        Some(why.unwrap_or_else(|| format!("`{name}` is not ready")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_serves_when_all_that_count_are_ready() {
        let board = Board::default();
        assert!(board.unready().is_some());
        board.set("migrate", |standing| standing.stage = Stage::Ended);
        board.set("main", |standing| (standing.counts, standing.ready) = (true, true));
        assert_eq!(board.unready(), None);
        board.set("proxy", |standing| standing.counts = true);
        assert_eq!(board.unready().unwrap(), "`proxy` is not ready");
    }
}
