//! YAML to events: granit-parser's, with places in the file.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event as Parsed, Parser, ScalarStyle, Span, StrInput, StructureStyle, Tag, options};

use super::{
    event::{Event, Kind, Next, Style},
    finding::Note,
    node::Place,
    quoted, syntax, tabs,
};

/// What YAML 1.2 forbids and YAML 1.1 allows.
#[derive(Clone, Copy)]
enum Refused {
    /// A line of a quoted text is not indented below its key.
    QuotedLine,
    /// A tab indents a line in brackets or quotes.
    Tab,
    /// No space stands between a closing quote or bracket and a comment.
    Comment,
}

/// The events of one document.
pub(super) struct Yaml<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Where the text begins in the file.
    start: Place,
    /// The offset at which the last event ends.
    ended: usize,
    /// How many brackets are open at that offset.
    brackets: usize,
    /// What the parser refused and YAML 1.1 allows, with its offset.
    refused: Option<(Refused, usize)>,
}

impl<'t> Yaml<'t> {
    /// The document that `text` holds; its first character stands at `start`.
    pub(super) fn new(text: &'t str, start: Place) -> Self {
        let options = options! { emit_unresolved_aliases: true };
        let parser = Parser::new_from_str_with_options(text, options);
        Self { parser, text, start, ended: 0, brackets: 0, refused: None }
    }

    /// The text as the parser may accept it, with the same values at the same places.
    pub(super) fn repaired(&self) -> Option<String> {
        match self.refused? {
            (Refused::QuotedLine, at) => quoted::indented(self.text, self.ended, at),
            (Refused::Tab, at) => tabs::replaced(self.text, self.ended, self.brackets, at),
            (Refused::Comment, at) => {
                let (before, comment) = self.text.split_at_checked(at)?;
                comment.starts_with('#').then(|| [before, " ", comment].concat())
            }
        }
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

    /// A block at the end of a file whose last line has no line end: the parser adds one, go-yaml does not.
    fn without_added_line_end(&self, text: Cow<'t, str>, span: &Span) -> Cow<'t, str> {
        let last_line = self.text.rsplit('\n').next().unwrap_or_default();
        let to_the_end = span.end.byte_offset() == Some(self.text.len());
        let cut = text.strip_suffix('\n').filter(|_| to_the_end && last_line.len() > span.start.col());
        match cut {
            Some(cut) => Cow::Owned(cut.to_owned()),
            None => text,
        }
    }

    fn count_brackets(&mut self, parsed: &Parsed<'_>) {
        match parsed {
            Parsed::SequenceStart(StructureStyle::Flow, ..) | Parsed::MappingStart(StructureStyle::Flow, ..) => {
                self.brackets += 1;
            }
            // Once in brackets, everything inside is in brackets too.
            Parsed::SequenceEnd | Parsed::MappingEnd => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
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
                let text = match style {
                    _ if missing => Cow::Borrowed(""),
                    ScalarStyle::Literal | ScalarStyle::Folded => self.without_added_line_end(text, span),
                    _ => text,
                };
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
                    self.count_brackets(&parsed);
                    if let Some(kind) = self.event(parsed, &span) {
                        return Some(Ok(Event { place, kind }));
                    }
                }
                Err(error) => {
                    self.refused = refused(error.kind()).zip(error.marker().byte_offset());
                    return Some(Err(syntax::explain(&error, self.start)));
                }
            }
        }
    }
}

fn refused(kind: &ErrorKind) -> Option<Refused> {
    match kind {
        ErrorKind::InvalidQuotedScalarIndent => Some(Refused::QuotedLine),
        ErrorKind::CommentNotSeparated => Some(Refused::Comment),
        ErrorKind::TabInPlainScalar
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::UnexpectedCharacter { character: '\t' } => Some(Refused::Tab),
        _ => None,
    }
}

fn marked(anchor: usize) -> Option<usize> {
    (anchor != 0).then_some(anchor)
}

/// How a scalar is to be understood; the tag `!` makes it text.
fn meant(plain: bool, tag: Option<&Tag>) -> Style {
    match tag {
        None if plain => Style::Plain,
        None => Style::Text,
        Some(tag) => {
            let (handle, suffix) = tag.parts();
            Style::Tagged(format!("{handle}{suffix}"))
        }
    }
}
