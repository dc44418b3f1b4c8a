//! What the user wrote wrong: many, with places, each with a stable code and a manual page.
//!
//! A code is declared once, with [`declare!`](crate::declare), in the module of the stage that raises it; its doc comment is its manual.
//! To add one: declare it, add it to the stage's `CODES`, raise it, add `golden/reject/<code>-<slug>/`.

use std::collections::BTreeSet;

use skiff_wire::{Finding, Severity};

use crate::source::{Lines, SourceFile, Span};

pub use skiff_wire::{Code, severity};

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
    /// None lies in another, so that they have the same order by start as by end, and one look finds the widest reach.
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
        if self.is_poisoned(span) {
            return;
        }
        let from = Span { start: span.start, end: 0 };
        let within: Vec<_> = self.poisoned.range(from..).take_while(|other| span.contains(**other)).copied().collect();
        for other in within {
            self.poisoned.remove(&other);
        }
        self.poisoned.insert(span);
    }

    /// Whether a place lies in a value that was already reported as unusable, or nowhere because it is missing.
    #[must_use]
    pub fn is_poisoned(&self, span: Span) -> bool {
        let last = Span { start: span.start, end: u32::MAX };
        let outer = || self.poisoned.range(..=last).next_back().is_some_and(|poison| poison.contains(span));
        span == Span::NOWHERE || outer()
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
            subject: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_is_poisoned_when_any_poison_holds_it(spans in prop::collection::vec((0_u32..30, 0_u32..12), 0..12)) {
            let spans: Vec<_> = spans.into_iter().map(|(start, length)| Span { start, end: start + length }).collect();
            let mut diagnostics = Diagnostics::default();
            spans.iter().for_each(|span| diagnostics.poison(*span));
            for (start, length) in (0..45).flat_map(|start| (0..13).map(move |length| (start, length))) {
                let asked = Span { start, end: start + length };
                prop_assert_eq!(diagnostics.is_poisoned(asked), spans.iter().any(|span| span.contains(asked)));
            }
        }
    }
}
