//! What the mapping says of a field where the table is not enough.

use skiff_compiler::diagnostic::Code;

use crate::{account::Fate, kube::table::fate_of};

/// What became of a leaf, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What became of it.
    pub fate: Fate,
    /// Its home below the service in `skiff.yaml`; `None` leaves it to the table.
    pub home: Option<String>,
    /// Why.
    pub reason: String,
}

impl Verdict {
    pub(super) fn of(code: &'static Code, reason: &str) -> Self {
        Self { fate: fate_of(code), home: None, reason: reason.to_owned() }
    }

    pub(super) fn ignored(reason: impl Into<String>) -> Self {
        Self { fate: Fate::Ignored, home: None, reason: reason.into() }
    }

    /// How much of several verdicts it counts: what is ignored least, then in the order of fates.
    pub(super) fn weight(&self) -> (bool, Fate) {
        (self.fate != Fate::Ignored, self.fate)
    }

    pub(super) fn mapped(home: impl Into<String>) -> Self {
        Self { fate: Fate::Mapped, home: Some(home.into()), reason: String::new() }
    }
}

/// A finding before the object is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) slot: u32,
    pub(super) code: &'static Code,
    pub(super) reason: String,
    pub(super) action: String,
}
