//! A kind of mistake or trouble: declared once, with its manual page as its doc comment.

use crate::Severity;

/// A kind of mistake: declared once, explained by `skiff explain`.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable identifier, such as `SK0103`.
    pub id: &'static str,
    /// Stable name, such as `unknown-key`.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// The manual page, Markdown.
    pub manual: &'static str,
}

/// Declares codes: the doc comment is the manual page.
#[macro_export]
macro_rules! declare {
    ($($(#[doc = $line:literal])+ $name:ident = $id:literal $slug:literal $severity:ident $title:literal;)+) => {
        $(
            $(#[doc = $line])+
            pub static $name: $crate::Code = $crate::Code {
                id: $id,
                name: $slug,
                severity: $crate::severity::$severity,
                title: $title,
                manual: concat!($($line, "\n"),+),
            };
        )+
        /// The codes that this module declares.
        pub static CODES: &[&$crate::Code] = &[$(&$name),+];
    };
}

/// The severities, as words for [`declare!`](crate::declare).
pub mod severity {
    use crate::Severity;

    /// Nothing can be emitted, or the command did not do what it was asked.
    pub const ERROR: Severity = Severity::Error;
    /// The output is usable, and needs a look.
    pub const WARNING: Severity = Severity::Warning;
    /// Worth knowing.
    pub const NOTE: Severity = Severity::Note;
    /// Of an import: a feature is lost unless the user acts.
    pub const UNSUPPORTED: Severity = Severity::Unsupported;
    /// Of an import: no such field is known.
    pub const UNKNOWN: Severity = Severity::Unknown;
    /// Of an import: carried over with another meaning.
    pub const CHANGED: Severity = Severity::Changed;
    /// Of an import: chosen by Skiff.
    pub const ASSUMED: Severity = Severity::Assumed;
}
