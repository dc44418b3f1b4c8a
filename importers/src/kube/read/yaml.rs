//! YAML to events: granit-parser's, with places in the file.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event as Parsed, Parser, ScalarStyle, Span, StrInput, Tag, options};

use super::{
    event::{Event, Kind, Next, Style},
    finding::Note,
    node::Place,
    quoted, syntax,
};

/// The events of one document.
pub(super) struct Yaml<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Where the text begins in the file.
    start: Place,
    /// The offset at which the last event ends.
    ended: usize,
    /// The offset of a line of a quoted text that the parser refused for its indentation.
    refused: Option<usize>,
}

impl<'t> Yaml<'t> {
    /// The document that `text` holds; its first character stands at `start`.
    pub(super) fn new(text: &'t str, start: Place) -> Self {
        let options = options! { emit_unresolved_aliases: true };
        let parser = Parser::new_from_str_with_options(text, options);
        Self { parser, text, start, ended: 0, refused: None }
    }

    /// The text as the parser may accept it, when what it refused is the indentation of a quoted text.
    pub(super) fn repaired(&self) -> Option<String> {
        quoted::indented(self.text, self.ended, self.refused?)
    }

    /// Where text follows the end of the document, when there is any; why, when that is no YAML.
    pub(super) fn rest(&mut self) -> Option<Result<Place, Note>> {
        loop {
            match self.parser.next()? {
                Ok((Parsed::DocumentEnd | Parsed::StreamEnd | Parsed::Comment(..), _)) => {}
                Ok((_, span)) => return Some(Ok(self.place(&span))),
                Err(error) => return Some(Err(syntax::explain(&error, self.start))),
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
                    self.ended = span.end.byte_offset().unwrap_or(self.ended);
                    if let Some(kind) = self.event(parsed, &span) {
                        return Some(Ok(Event { place, kind }));
                    }
                }
                Err(error) => {
                    let indentation = matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent);
                    self.refused = error.marker().byte_offset().filter(|_| indentation);
                    return Some(Err(syntax::explain(&error, self.start)));
                }
            }
        }
    }
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
