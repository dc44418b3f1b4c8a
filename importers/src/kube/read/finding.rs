//! What the reader says about an input: a code, two places at most, a reason and what to do.

use std::{borrow::Cow, sync::Arc};

use skiff_compiler::diagnostic::Code;

use super::node::Place;

/// Something about one place of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is; [`codes`](super::codes) has all of them.
    pub code: &'static Code,
    /// The file, by the name it was given.
    pub file: Arc<str>,
    /// Where.
    pub place: Place,
    /// One clause that says what is wrong; it never holds a value of the file.
    pub message: Cow<'static, str>,
    /// What to do.
    pub hint: Cow<'static, str>,
    /// Another place that explains this one, with what it is.
    pub related: Option<(Place, &'static str)>,
}

/// A finding about one document, before its file is known; as an error it costs the document.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) code: &'static Code,
    pub(super) place: Place,
    pub(super) message: Cow<'static, str>,
    pub(super) hint: Cow<'static, str>,
    pub(super) related: Option<(Place, &'static str)>,
}

impl Note {
    pub(super) fn new(
        code: &'static Code,
        place: Place,
        message: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { code, place, message: message.into(), hint: hint.into(), related: None }
    }

    pub(super) fn related(mut self, place: Place, what: &'static str) -> Self {
        self.related = Some((place, what));
        self
    }

    pub(super) fn in_file(self, file: &Arc<str>) -> Finding {
        let Self { code, place, message, hint, related } = self;
        Finding { code, file: Arc::clone(file), place, message, hint, related }
    }
}

/// A key or a name cut for a message, its control characters as escapes: a message goes to a terminal.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    let mut shown = String::with_capacity(cut.len());
    for letter in cut.chars() {
        match letter {
            letter if letter.is_control() => shown.extend(letter.escape_default()),
            letter => shown.push(letter),
        }
    }
    if cut.len() < text.len() { format!("{shown}…") } else { shown }
}
