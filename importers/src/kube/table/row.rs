//! One row of the field table: a field and what becomes of it, unless the mapping says otherwise of a value.

use skiff_compiler::diagnostic::Code;

use crate::account::Fate;

/// What becomes of a field.
///
/// A field is written from its section's root: `containers[].image`, `metadata.labels.<map>`; `[]` is any item, `<map>` any
/// key of the user's choice, and a final `**` the field with everything below it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The field.
    pub field: &'static str,
    /// What becomes of it; of a mapped or changed field only where the mapping really reads the leaf.
    pub fate: Fate,
    /// What is said about it; the code's severity is the fate. Absent for what is mapped or ignored.
    pub code: Option<&'static Code>,
    /// Its home in `skiff.yaml`, below the service: `health.readiness`; empty when it has none.
    pub home: &'static str,
    /// Why, in a clause.
    pub reason: &'static str,
    /// What to do; empty when there is nothing to do.
    pub action: &'static str,
}

/// A field that means the same in `skiff.yaml`.
#[must_use]
pub const fn mapped(field: &'static str, home: &'static str) -> Row {
    Row { field, fate: Fate::Mapped, code: None, home, reason: "", action: "" }
}

/// A mapped field, with a word on what it becomes.
#[must_use]
pub const fn mapped_as(field: &'static str, home: &'static str, reason: &'static str) -> Row {
    Row { field, fate: Fate::Mapped, code: None, home, reason, action: "" }
}

/// A field that nothing is lost without.
#[must_use]
pub const fn ignored(field: &'static str, reason: &'static str) -> Row {
    Row { field, fate: Fate::Ignored, code: None, home: "", reason, action: "" }
}

/// A field with a finding: what becomes of it is the severity of the code.
#[must_use]
pub const fn said(
    field: &'static str,
    home: &'static str,
    code: &'static Code,
    reason: &'static str,
    action: &'static str,
) -> Row {
    Row { field, fate: fate_of(code), code: Some(code), home, reason, action }
}

/// The fate that a code of the importer stands for; an error or a warning is about something that could not be read.
#[must_use]
pub const fn fate_of(code: &Code) -> Fate {
    match code.severity {
        skiff_wire::Severity::Changed => Fate::Changed,
        skiff_wire::Severity::Assumed => Fate::Assumed,
        skiff_wire::Severity::Ignored | skiff_wire::Severity::Note => Fate::Ignored,
        skiff_wire::Severity::Unsupported => Fate::Unsupported,
        skiff_wire::Severity::Unknown | skiff_wire::Severity::Error | skiff_wire::Severity::Warning => Fate::Unknown,
    }
}
