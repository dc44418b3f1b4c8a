//! The account of an import: what became of every leaf of the input.
//!
//! A *leaf* is a scalar, a null, or an empty list or mapping. Each has exactly one [`Fate`]; what a user should know or do
//! is a [`Finding`]. [`Account::totals`] add up to the number of leaves, always.

mod totals;

use std::sync::Arc;

use skiff_compiler::diagnostic::Code;
use skiff_wire::Severity;

pub use totals::Totals;

use crate::kube::read::{self, Manifest, Place};

/// What became of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It means the same in `skiff.yaml`.
    Mapped,
    /// It is in `skiff.yaml`, and means something else there.
    Changed,
    /// Skiff chose a value where the input leaves it open.
    Assumed,
    /// Nothing is lost without it.
    Ignored,
    /// Something is lost: the user must act.
    Unsupported,
    /// The API has no such field, or no such value: probably a typo.
    Unknown,
}

impl Fate {
    /// All of them, as reports list them.
    pub const ALL: [Self; 6] =
        [Self::Mapped, Self::Changed, Self::Assumed, Self::Ignored, Self::Unsupported, Self::Unknown];

    /// The word in reports and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mapped => "mapped",
            Self::Changed => "changed",
            Self::Assumed => "assumed",
            Self::Ignored => "ignored",
            Self::Unsupported => "unsupported",
            Self::Unknown => "unknown",
        }
    }

    /// How a finding of this fate is marked.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Mapped | Self::Ignored => Severity::Ignored,
            Self::Changed => Severity::Changed,
            Self::Assumed => Severity::Assumed,
            Self::Unsupported => Severity::Unsupported,
            Self::Unknown => Severity::Unknown,
        }
    }
}

/// One leaf and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The way to it, such as `spec.replicas`.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// What became of it.
    pub fate: Fate,
    /// Where it went, `services.web.replicas`, or where it would belong; empty when nowhere.
    pub home: String,
    /// Why; empty for what is simply mapped.
    pub reason: String,
}

/// One object of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The file, by the name it was given.
    pub file: Arc<str>,
    /// Where it begins.
    pub place: Place,
    /// `apps/v1`; empty for what has none.
    pub api_version: Arc<str>,
    /// `Deployment`; for Compose, `service`.
    pub kind: Arc<str>,
    /// The namespace, when it says one.
    pub namespace: Option<Arc<str>>,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// Its leaves, in the order of the text.
    pub leaves: Vec<Leaf>,
}

/// Something the user should know about one place of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: &'static Code,
    /// How much it matters.
    pub severity: Severity,
    /// The file, by the name it was given.
    pub file: Arc<str>,
    /// Where.
    pub place: Place,
    /// The object's kind, when it is about one.
    pub kind: Option<Arc<str>>,
    /// Its namespace.
    pub namespace: Option<Arc<str>>,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// The field, empty for the whole object.
    pub path: String,
    /// What is the matter: one clause that never holds a value of a Secret.
    pub reason: String,
    /// What to do.
    pub action: String,
    /// The service of `skiff.yaml` it belongs to, and the key below it; comments stand there.
    pub home: Option<(String, String)>,
}

impl Finding {
    /// What the reader found.
    pub(crate) fn of_reader(found: read::Finding) -> Self {
        Self {
            code: found.code,
            severity: found.code.severity,
            file: found.file,
            place: found.place,
            kind: None,
            namespace: None,
            name: None,
            path: String::new(),
            reason: found.message.into_owned(),
            action: found.hint.into_owned(),
            home: None,
        }
    }
}

/// What became of everything.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The objects, in the order of the input.
    pub objects: Vec<Object>,
    /// By file, place and code; what was said twice is said once.
    pub findings: Vec<Finding>,
}

impl Account {
    /// Takes the lists that were unrolled: their own fields say nothing about a workload.
    pub(crate) fn add_envelopes(&mut self, envelopes: &[Manifest]) {
        for list in envelopes {
            let reason = "a list is unrolled; its own fields say nothing of what is in it";
            let leaf = |leaf: read::Leaf<'_>| Leaf {
                path: leaf.path.to_string(),
                place: leaf.place,
                fate: Fate::Ignored,
                home: String::new(),
                reason: reason.into(),
            };
            self.objects.push(Object {
                file: Arc::clone(&list.file),
                place: list.place,
                api_version: Arc::clone(&list.api_version),
                kind: Arc::clone(&list.kind),
                namespace: list.namespace.clone(),
                name: list.name.clone(),
                leaves: list.leaves().map(leaf).collect(),
            });
        }
        self.sort();
    }

    /// Objects and findings by file and place, in the order of the input's files.
    pub(crate) fn sort(&mut self) {
        self.objects.sort_by(|one, other| (&one.file, one.place).cmp(&(&other.file, other.place)));
        self.findings.sort_by(|one, other| {
            (&one.file, one.place, one.code.id, &one.path).cmp(&(&other.file, other.place, other.code.id, &other.path))
        });
        self.findings.dedup();
    }
}
