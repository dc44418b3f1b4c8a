//! Kinds of objects that become nothing, as a whole: each with what takes its place.

use skiff_compiler::diagnostic::Code;

/// A kind of object that becomes nothing, as a whole.
#[derive(Debug)]
pub struct Other {
    /// The API group, or where it ends: `monitoring.coreos.com`.
    pub group: &'static str,
    /// The kind; `*` for every kind of the group.
    pub kind: &'static str,
    /// What is said; `None` where nothing is lost.
    pub code: Option<&'static Code>,
    /// Why.
    pub reason: &'static str,
    /// What to do.
    pub action: &'static str,
}

/// All of them; of two that fit, the first counts.
pub static OTHERS: &[Other] = &[];
