//! What the user wrote wrong: many, with places, each with a stable code and a manual page.
//!
//! A code is declared once, with [`declare!`](crate::declare), in the module of the stage that raises it; its doc comment is its manual.
//! To add one: declare it, add it to the stage's `CODES`, raise it, add `golden/reject/<code>-<slug>/`.

use std::collections::BTreeSet;

use skiff_wire::{Finding, Severity};

use crate::source::{Lines, SourceFile, Span};

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
            pub static $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
                id: $id,
                name: $slug,
                severity: $crate::diagnostic::severity::$severity,
                title: $title,
                manual: concat!($($line, "\n"),+),
            };
        )+
        /// The codes that this stage raises.
        pub static CODES: &[&$crate::diagnostic::Code] = &[$(&$name),+];
    };
}

/// The severities, as words for [`declare!`](crate::declare).
pub mod severity {
    use skiff_wire::Severity;

    /// Nothing can be emitted.
    pub const ERROR: Severity = Severity::Error;
    /// The output is usable, and needs a look.
    pub const WARNING: Severity = Severity::Warning;
    /// Worth knowing.
    pub const NOTE: Severity = Severity::Note;
}

/// One mistake at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: &'static Code,
    /// One clause, identifiers in backticks.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do.
    pub hint: Option<String>,
    /// Another place that explains this one, with what it is.
    pub related: Option<(Span, String)>,
}

/// All mistakes of one compilation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    poisoned: BTreeSet<Span>,
}

impl Diagnostics {
    /// Records a mistake and gives it back, so that a hint can be added.
    pub fn push(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.all.push(Diagnostic { code, message: message.into(), span, hint: None, related: None });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// Marks a value as unusable: what later stages say of places inside it would be an echo, and is dropped.
    pub fn poison(&mut self, span: Span) {
        self.poisoned.insert(span);
    }

    /// Whether a place lies in a value that was already reported as unusable, or nowhere because it is missing.
    #[must_use]
    pub fn is_poisoned(&self, span: Span) -> bool {
        span == Span::NOWHERE || self.poisoned.iter().any(|poison| poison.contains(span))
    }

    /// Whether anything keeps the compiler from emitting.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error)
    }

    /// Whether one of these was found.
    #[must_use]
    pub fn any_of(&self, codes: &[&'static Code]) -> bool {
        self.all.iter().any(|diagnostic| codes.contains(&diagnostic.code))
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Everything found, by place, then by code; what was said twice is said once.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.all.iter().collect();
        all.sort_by(|a, b| (a.span, a.code.id, &a.message).cmp(&(b.span, b.code.id, &b.message)));
        all.dedup();
        all
    }

    /// Everything found, as findings for people and machines.
    #[must_use]
    pub fn findings(&self, file: &SourceFile) -> Vec<Finding> {
        let lines = Lines::of(&file.text);
        self.sorted().into_iter().map(|diagnostic| diagnostic.finding(&file.name, &lines)).collect()
    }
}

impl Diagnostic {
    /// Adds what to do about it.
    pub fn hint(&mut self, hint: impl Into<String>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds another place that explains this one.
    pub fn related(&mut self, span: Span, what: impl Into<String>) -> &mut Self {
        self.related = Some((span, what.into()));
        self
    }

    /// As a finding with file, line and column.
    #[must_use]
    pub fn finding(&self, file: &str, lines: &Lines<'_>) -> Finding {
        let (line, column) = lines.line_and_column(self.span.start);
        Finding {
            code: self.code.id.into(),
            severity: self.code.severity,
            message: self.message.clone(),
            file: Some(file.to_owned()),
            line: Some(line),
            column: Some(column),
            hint: self.hint.clone(),
        }
    }
}
