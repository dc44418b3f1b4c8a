//! Events to nodes, on a stack of open lists and mappings instead of recursion.

use std::{borrow::Cow, ops::ControlFlow};

use granit_parser::{Event, ScalarStyle, ScanError, Span as Mark, StructureStyle, Tag};

use super::{
    MAX_ALIASED_VALUES, MAX_DEPTH, MAX_SCALAR_BYTES,
    alias::{Anchors, Refused},
    codes,
    mapping::{self, Merge},
    report::Report,
    syntax,
    tag::{self, Tagged},
};
use crate::{
    diagnostic::{Code, Diagnostic},
    node::{Comment, Document, Entry, Node, Scalar, Value, shorten},
    source::Span,
};

/// A list or mapping that is not closed yet.
struct Frame {
    span: Span,
    anchor: usize,
    flow: bool,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, merges: Vec<Merge>, key: Option<Key> },
}

/// A key whose value comes next.
enum Key {
    Text(Box<str>, Span),
    Merge(Span),
    /// Reported; its value is read for its mistakes and dropped.
    Unusable,
}

/// Makes a document of events.
pub(super) struct Builder<'t, 'd> {
    text: &'t str,
    report: Report<'d>,
    frames: Vec<Frame>,
    /// What lies deeper than allowed: how many levels of it are open, and its place.
    skipped: usize,
    skipped_span: Span,
    anchors: Anchors,
    root: Option<Node>,
    comments: Vec<Comment>,
    documents: usize,
    failed: bool,
    too_deep: bool,
    exploded: bool,
}

impl<'t, 'd> Builder<'t, 'd> {
    /// An empty document over `text`.
    pub(super) fn new(text: &'t str, report: Report<'d>) -> Self {
        Self {
            text,
            report,
            frames: Vec::new(),
            skipped: 0,
            skipped_span: Span::default(),
            anchors: Anchors::new(),
            root: None,
            comments: Vec::new(),
            documents: 0,
            failed: false,
            too_deep: false,
            exploded: false,
        }
    }

    /// Takes the next event; breaks when the rest is not to be read.
    pub(super) fn take(&mut self, event: Event<'_>, mark: &Mark) -> ControlFlow<()> {
        let span = self.span(mark);
        match event {
            Event::DocumentStart(..) => return self.start_document(span),
            Event::Comment(text, _) => self.comments.push(Comment { span, text: text.trim().into() }),
            Event::SequenceStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), mark, Tagged::Sequence);
                self.open(span, style, anchor, Content::Sequence(Vec::new()));
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), mark, Tagged::Mapping);
                self.open(span, style, anchor, Content::Mapping { entries: Vec::new(), merges: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ if self.skipped > 0 => {}
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), mark),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => self.unknown_alias(&name, span),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    /// Reports what the parser could not read, and ends the reading.
    pub(super) fn fail(&mut self, error: &ScanError) -> ControlFlow<()> {
        self.failed = true;
        let bracket = |frame: &&Frame| frame.flow && self.text[frame.span.start as usize..].starts_with(['[', '{']);
        let open = self.frames.iter().rev().find(bracket).map(|frame| frame.span.start as usize);
        let open = open.map(|start| Span::new(start, start + 1));
        let mistake = syntax::explain(error, self.text, open);
        if mistake.code != &codes::TOO_DEEP || !self.too_deep {
            self.report.add(mistake);
        }
        ControlFlow::Break(())
    }

    /// Closes whatever a syntax error left open and gives the document.
    pub(super) fn finish(mut self) -> Option<Document> {
        if !self.failed {
            self.check_nul();
        }
        if self.skipped > 0 {
            self.skipped = 0;
            self.place_hole(self.skipped_span);
        }
        while !self.frames.is_empty() {
            self.close(Span::default());
        }
        let root = self.root.take().filter(|root| root.text() != Some("") || !root.is_null());
        if root.is_none() && !self.failed {
            self.add(
                &codes::EMPTY,
                Span::default(),
                "the document is empty".into(),
                "write a spec, or begin with `skiff init`",
            );
        }
        if !self.comments.is_sorted_by_key(|comment| comment.span) {
            self.comments.sort_by_key(|comment| comment.span);
        }
        root.map(|root| Document { root, comments: self.comments })
    }

    /// The parser may take a NUL byte for the end of the text; whatever follows it must not vanish in silence.
    fn check_nul(&mut self) {
        if let Some(at) = self.text.find('\0') {
            self.report.add(syntax::control_character('\0', self.text, at));
        }
    }

    fn start_document(&mut self, span: Span) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents == 1 {
            return ControlFlow::Continue(());
        }
        let message = "a second document begins here; only the first is read".into();
        self.add(
            &codes::SEVERAL_DOCUMENTS,
            span,
            message,
            "remove the `---`, or move what follows to a file of its own",
        );
        ControlFlow::Break(())
    }

    fn open(&mut self, span: Span, style: StructureStyle, anchor: usize, content: Content) {
        if self.skipped > 0 || self.frames.len() == MAX_DEPTH {
            if self.skipped == 0 {
                self.refuse_depth(span);
                self.skipped_span = span;
            }
            self.skipped += 1;
            return;
        }
        if anchor != 0 {
            self.anchors.open(anchor);
        }
        let flow = style == StructureStyle::Flow;
        let span = if flow { span } else { self.begin_at_dash(span, &content) };
        self.frames.push(Frame { span, anchor, flow, content });
    }

    /// The parser lets a list that is not indented below its key begin after its first `-`: we begin with it.
    fn begin_at_dash(&self, span: Span, content: &Content) -> Span {
        let parent = self.frames.last().map(|frame| &frame.content);
        let (Content::Sequence(_), Some(Content::Mapping { .. })) = (content, parent) else { return span };
        let before = self.text[..span.start as usize].trim_end_matches([' ', '\t']);
        let indented = before.strip_suffix('-').map(|line| line.trim_end_matches(' '));
        match indented {
            Some(line) if line.is_empty() || line.ends_with(['\n', '\r']) => {
                Span::new(before.len() - 1, span.end as usize)
            }
            _ => span,
        }
    }

    fn close(&mut self, end: Span) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.place_hole(self.skipped_span.to(end));
            }
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        let span = if frame.flow && end.start < end.end { frame.span.to(end) } else { frame.span };
        let value = match frame.content {
            Content::Sequence(items) => Value::Sequence(items),
            Content::Mapping { mut entries, merges, key } => {
                entries.extend(key.and_then(|key| self.cut_off(key)));
                Value::Mapping(mapping::complete(entries, merges, &mut self.report))
            }
        };
        self.place(Node { span, value }, frame.anchor);
    }

    /// A key whose value a syntax error cut off.
    fn cut_off(&mut self, key: Key) -> Option<Entry> {
        let Key::Text(key, key_span) = key else { return None };
        let node = hole(Span::new(key_span.end as usize, key_span.end as usize));
        self.report.poison(node.span);
        Some(Entry { key, key_span, node })
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, mark: &Mark) {
        let written = self.span(mark);
        let missing = style == ScalarStyle::Plain && written.start == written.end;
        // The parser says `~` for a value that is not there.
        let text = if missing { Cow::Borrowed("") } else { text };
        let span = self.scalar_span(written, style);
        self.check_tag(tag, mark, Tagged::Scalar(&text, style));
        if text.len() > MAX_SCALAR_BYTES {
            let message = format!("this text has {} bytes; at most {MAX_SCALAR_BYTES} are read", text.len());
            self.add(
                &codes::SCALAR_TOO_LARGE,
                span,
                message,
                "put large data into a file or a bucket, and name it here",
            );
            return self.place_hole(span);
        }
        let plain = style == ScalarStyle::Plain && !tag.is_some_and(tag::makes_text);
        let value = Value::Scalar(Scalar { text: text.into(), plain });
        self.place(Node { span, value }, anchor);
    }

    /// Where a scalar stands: a block without the blank lines after it, a missing value right after its key.
    fn scalar_span(&self, written: Span, style: ScalarStyle) -> Span {
        let (start, end) = (written.start as usize, written.end as usize);
        match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => written,
            ScalarStyle::Plain if start < end => written,
            _ if start < end => Span::new(start, start + self.text[start..end].trim_end().len()),
            _ => self.after_key().unwrap_or(written),
        }
    }

    /// The place right after the colon of the key that waits for its value.
    fn after_key(&self) -> Option<Span> {
        let Content::Mapping { key: Some(Key::Text(_, span) | Key::Merge(span)), .. } = &self.frames.last()?.content
        else {
            return None;
        };
        let end = span.end as usize;
        let rest = &self.text[end..];
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let at = if rest[spaces..].starts_with(':') { end + spaces + 1 } else { end };
        Some(Span::new(at, at))
    }

    fn alias(&mut self, id: usize, span: Span) {
        let name = shorten(&self.text[span.start as usize..span.end as usize]);
        match self.anchors.copy(id, MAX_DEPTH - self.frames.len()) {
            Ok(node) => return self.place(Node { span, ..node }, 0),
            Err(Refused::Silent) => {}
            Err(Refused::Depth) => self.refuse_depth(span),
            Err(Refused::Inside) => {
                let message = format!("the alias `{name}` stands inside the value that it names");
                self.add(&codes::ALIAS_IN_ITSELF, span, message, "write the value out, or move the anchor");
            }
            Err(Refused::Budget) if self.exploded => {}
            Err(Refused::Budget) => {
                self.exploded = true;
                let message =
                    format!("with `{name}` the aliases stand for more than {MAX_ALIASED_VALUES} values or 16 MiB");
                self.add(&codes::ALIAS_EXPANSION, span, message, "write fewer aliases of large values");
            }
        }
        self.place_hole(span);
    }

    fn unknown_alias(&mut self, name: &str, span: Span) {
        let message = format!("no anchor `&{}` stands before this alias", shorten(name));
        self.add(&codes::UNKNOWN_ALIAS, span, message, "define the anchor above; quote the text if it is not an alias");
        self.place_hole(span);
    }

    fn refuse_depth(&mut self, span: Span) {
        self.too_deep = true;
        let message = format!("lists and mappings stand more than {MAX_DEPTH} deep here");
        self.add(
            &codes::TOO_DEEP,
            span,
            message,
            "nothing in a spec is that deep: check the brackets and the indentation",
        );
    }

    fn check_tag(&mut self, tag: Option<&Tag>, mark: &Mark, value: Tagged<'_>) {
        let Some(Err(misfit)) = tag.map(|tag| tag::check(tag, value)) else { return };
        let span = mark.tag_span().map_or_else(|| self.span(mark), |span| self.span(&span));
        self.add(&codes::TAG, span, misfit.message, misfit.hint);
    }

    /// Puts a complete value where it belongs: the root, the next item, the next key or its value.
    fn place(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            self.anchors.complete(anchor, &node);
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.span = frame.span.to(node.span);
        match &mut frame.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping { entries, merges, key } => match key.take() {
                Some(Key::Text(key, key_span)) => entries.push(Entry { key, key_span, node }),
                Some(Key::Merge(key_span)) => merges.push(Merge { key_span, node }),
                Some(Key::Unusable) => {}
                None => *key = Some(as_key(node, &mut self.report)),
            },
        }
    }

    /// Puts nothing where a value was refused; later stages do not speak of it.
    fn place_hole(&mut self, span: Span) {
        self.report.poison(span);
        let Some(Frame { content: Content::Mapping { key, .. }, .. }) = self.frames.last_mut() else {
            return self.place(hole(span), 0);
        };
        match key {
            Some(Key::Text(..)) => self.place(hole(span), 0),
            Some(Key::Merge(_) | Key::Unusable) => *key = None,
            None => *key = Some(Key::Unusable),
        }
    }

    fn add(&mut self, code: &'static Code, span: Span, message: String, hint: &str) {
        self.report.add(Diagnostic { code, message, span, hint: Some(hint.into()), related: None });
    }

    /// A parser's span in bytes, on character boundaries; its markers count bytes for input that is one string.
    fn span(&self, mark: &Mark) -> Span {
        let end = self.text.len();
        let range = mark.byte_range().unwrap_or(end..end);
        Span::new(self.text.floor_char_boundary(range.start), self.text.floor_char_boundary(range.end))
    }
}

/// Nothing, where a value was refused.
fn hole(span: Span) -> Node {
    Node { span, value: Value::Scalar(Scalar { text: "".into(), plain: true }) }
}

/// A value as a key: scalars only.
fn as_key(node: Node, report: &mut Report<'_>) -> Key {
    let (message, hint) = match node.value {
        Value::Scalar(scalar) if scalar.plain && &*scalar.text == "<<" => return Key::Merge(node.span),
        Value::Scalar(scalar) if !scalar.plain || !scalar.text.is_empty() => return Key::Text(scalar.text, node.span),
        Value::Scalar(_) => ("a key is missing here".into(), "write a key before the `:`"),
        _ => (
            format!("a key must be text, and this is {}", node.describe()),
            "quote the key if its brackets are meant as text; a template's `{{ … }}` must be filled in first",
        ),
    };
    report.add(Diagnostic {
        code: &codes::KEY_NOT_TEXT,
        message,
        span: node.span,
        hint: Some(hint.into()),
        related: None,
    });
    Key::Unusable
}
