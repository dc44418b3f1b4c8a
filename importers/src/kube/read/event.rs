//! What a document consists of, whichever notation it is written in.

use std::borrow::Cow;

use super::{finding::Note, node::Place};

/// One event and where it stands.
#[derive(Debug)]
pub(super) struct Event<'t> {
    pub(super) place: Place,
    pub(super) kind: Kind<'t>,
}

/// Marks the value that an anchor stands before; unique in a document.
pub(super) type Anchor = Option<usize>;

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Scalar {
        text: Cow<'t, str>,
        style: Style,
        anchor: Anchor,
    },
    /// A list begins.
    Sequence(Anchor),
    /// A mapping begins: its events are keys and values in turn.
    Mapping(Anchor),
    /// The innermost list or mapping ends.
    End,
    /// A value that an anchor before marks.
    Alias(usize),
    /// An alias of an anchor that is not there.
    UnknownAlias(String),
}

/// How a scalar is to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Style {
    /// By YAML 1.1's rules for what stands without quotes and without a tag.
    Plain,
    /// As text: it was quoted, or a block.
    Text,
    /// By a tag, in its full form.
    Tagged(String),
    /// A JSON literal or number.
    Json,
}

/// The events of one document up to the end of its root value; an error ends it.
pub(super) type Next<'t> = Result<Event<'t>, Note>;
