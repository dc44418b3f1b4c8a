//! YAML to events: granit-parser's, with places in the file.

use std::borrow::Cow;

use granit_parser::{Event as Parsed, Parser, ScalarStyle, ScanError, Span, StrInput, Tag, options};

use super::{
    event::{Event, Kind, Next, Style},
    finding::Note,
    node::Place,
    syntax,
};

/// The events of one document.
pub(super) struct Yaml<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// Where the text begins in the file.
    start: Place,
}

impl<'t> Yaml<'t> {
    /// The document that `text` holds; its first character stands at `start`.
    pub(super) fn new(text: &'t str, start: Place) -> Self {
        let options = options! { emit_unresolved_aliases: true };
        Self { parser: Parser::new_from_str_with_options(text, options), start }
    }

    /// Where text follows the end of the document, when there is any.
    pub(super) fn rest(&mut self) -> Option<Place> {
        loop {
            match self.parser.next()? {
                Ok((Parsed::DocumentEnd | Parsed::StreamEnd | Parsed::Comment(..), _)) => {}
                Ok((_, span)) => return Some(self.place(&span)),
                Err(error) => return Some(syntax::place(&error, self.start)),
            }
        }
    }

    fn place(&self, span: &Span) -> Place {
        syntax::in_file(&span.start, self.start)
    }

    fn event(&self, parsed: Parsed<'t>, span: &Span) -> Option<Kind<'t>> {
        Some(match parsed {
            Parsed::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                // The parser says `~` for a value that is not there.
                let missing = plain && span.start.index() == span.end.index();
                let text = if missing { Cow::Borrowed("") } else { text };
                Kind::Scalar { text, style: meant(plain, tag.as_deref()), anchor: marked(anchor) }
            }
            Parsed::SequenceStart(_, anchor, _) => Kind::Sequence(marked(anchor)),
            Parsed::MappingStart(_, anchor, _) => Kind::Mapping(marked(anchor)),
            Parsed::SequenceEnd | Parsed::MappingEnd => Kind::End,
            Parsed::Alias(anchor) => Kind::Alias(anchor),
            Parsed::UnresolvedAlias(name) => Kind::UnknownAlias(name.into_owned()),
            _ => return None,
        })
    }
}

impl<'t> Iterator for Yaml<'t> {
    type Item = Next<'t>;

    fn next(&mut self) -> Option<Next<'t>> {
        loop {
            match self.parser.next()? {
                Ok((Parsed::DocumentEnd, _)) => return None,
                Ok((parsed, span)) => {
                    let place = self.place(&span);
                    if let Some(kind) = self.event(parsed, &span) {
                        return Some(Ok(Event { place, kind }));
                    }
                }
                Err(error) => return Some(Err(explain(&error, self.start))),
            }
        }
    }
}

fn explain(error: &ScanError, start: Place) -> Note {
    syntax::explain(error, start)
}

fn marked(anchor: usize) -> Option<usize> {
    (anchor != 0).then_some(anchor)
}

/// YAML 1.1's parsers take a scalar with the tag `!` for one without quotes and tag.
fn meant(plain: bool, tag: Option<&Tag>) -> Style {
    match tag {
        None if plain => Style::Plain,
        None => Style::Text,
        Some(tag) if tag.parts() == ("", "!") => Style::Plain,
        Some(tag) => {
            let (handle, suffix) = tag.parts();
            Style::Tagged(format!("{handle}{suffix}"))
        }
    }
}
