//! Where the reader says what is wrong: a cap, so that a hostile file cannot make a report larger than itself.

use super::codes;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::Span,
};

/// Mistakes one reading reports; one more says that there are others.
pub(super) const MAX_REPORTED: usize = 500;

/// The reader's door to [`Diagnostics`].
pub(super) struct Report<'d> {
    diagnostics: &'d mut Diagnostics,
    count: usize,
}

impl<'d> Report<'d> {
    /// Reports into `diagnostics`.
    pub(super) fn new(diagnostics: &'d mut Diagnostics) -> Self {
        Self { diagnostics, count: 0 }
    }

    /// Reports one mistake, or that there are too many.
    pub(super) fn add(&mut self, mistake: Diagnostic) {
        self.count += 1;
        if self.count <= MAX_REPORTED {
            let noted = self.diagnostics.push(mistake.code, mistake.span, mistake.message);
            noted.hint = mistake.hint;
            noted.related = mistake.related;
        } else if self.count == MAX_REPORTED + 1 {
            self.diagnostics
                .push(
                    &codes::TOO_MANY,
                    mistake.span,
                    format!("more than {MAX_REPORTED} mistakes: the rest is not shown"),
                )
                .hint("correct the ones above, then run again");
        }
    }

    /// Marks a place as unusable, so that later stages do not speak of it again.
    pub(super) fn poison(&mut self, span: Span) {
        if self.count <= MAX_REPORTED {
            self.diagnostics.poison(span);
        }
    }
}
