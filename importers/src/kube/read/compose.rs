//! Events to a tree, on a stack of open lists and mappings instead of recursion.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use super::{
    codes,
    event::{Event, Kind, Next, Style},
    finding::{Note, shown},
    limits::{MAX_DEPTH, MAX_VALUES},
    mapping::{Key, Members},
    node::{Meaning, Node, Place, Scalar, Value},
    resolve::{self, Resolved},
    tag,
};

/// Reads one document to the end of its root value; `None` when there is none.
///
/// `values` counts the values of the whole file. What costs the document is the error; what does not is in `notes`.
pub(super) fn compose<'t>(
    events: impl IntoIterator<Item = Next<'t>>,
    values: &mut usize,
    keys: Keys,
    notes: &mut Vec<Note>,
) -> Result<Option<Node>, Note> {
    let mut composer = Composer { values: *values, keys, ..Composer::default() };
    let known = notes.len();
    for event in events {
        let step = event.and_then(|event| composer.take(event, notes));
        if let Err(note) = step {
            notes.truncate(known);
            return Err(note);
        }
        *values = composer.values;
        if composer.root.is_some() {
            break;
        }
    }
    Ok(composer.root)
}

/// What keys are that mean no text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Keys {
    /// What JSON makes of them, as for kubectl: `N` is `false`.
    #[default]
    Json,
    /// As they are written, as for Docker Compose.
    Written,
}

#[derive(Default)]
struct Composer {
    keys: Keys,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    work: Work,
    values: usize,
    root: Option<Node>,
}

/// A list or mapping that is not closed yet.
struct Frame {
    place: Place,
    anchor: Option<usize>,
    content: Content,
    /// How high the highest value in it is.
    height: usize,
    /// The work done before it.
    before: u64,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Members),
}

/// What an anchor marks; no node while it is still being read.
#[derive(Default)]
struct Anchored {
    node: Option<Node>,
    height: usize,
    work: u64,
}

/// How much go-yaml would have to do, and how much of it for aliases.
#[derive(Default)]
struct Work {
    all: u64,
    for_aliases: u64,
}

impl Work {
    /// Adds an alias of a value; `false` when aliases do most of the work, which go-yaml refuses.
    ///
    /// Source: `allowedAliasRatio` in `decode.go` of go-yaml 2.4. At most about 400,000 values come from aliases so.
    fn add_alias(&mut self, work: u64) -> bool {
        const LOW: f64 = 400_000.0;
        const HIGH: f64 = 4_000_000.0;
        self.all = self.all.saturating_add(work).saturating_add(1);
        self.for_aliases = self.for_aliases.saturating_add(work);
        #[expect(clippy::cast_precision_loss, reason = "a share of two counts")]
        let (all, for_aliases) = (self.all as f64, self.for_aliases as f64);
        let allowed = 0.99 - 0.89 * ((all - LOW) / (HIGH - LOW)).clamp(0.0, 1.0);
        self.for_aliases <= 100 || self.all <= 1000 || for_aliases / all <= allowed
    }
}

impl Composer {
    fn take(&mut self, Event { place, kind }: Event<'_>, notes: &mut Vec<Note>) -> Result<(), Note> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(too_many_values(place));
        }
        match kind {
            Kind::Scalar { text, style, anchor } => self.scalar(place, text, &style, anchor),
            Kind::Sequence(anchor) => self.open(place, anchor, Content::Sequence(Vec::new())),
            Kind::Mapping(anchor) => self.open(place, anchor, Content::Mapping(Members::default())),
            Kind::End => self.close(notes),
            Kind::Alias(anchor) => self.alias(place, anchor),
            Kind::UnknownAlias(name) => Err(unknown_alias(place, &name)),
        }
    }

    /// The members of the innermost mapping when a key comes next.
    fn expects_key(&mut self) -> Option<&mut Members> {
        match &mut self.frames.last_mut()?.content {
            Content::Mapping(members) if members.expects_key() => Some(members),
            _ => None,
        }
    }

    fn scalar(&mut self, place: Place, text: Cow<'_, str>, style: &Style, anchor: Option<usize>) -> Result<(), Note> {
        self.work.all += 1;
        let is_merge = &*text == "<<" && style.may_merge();
        let (text, resolved) = resolve_scalar(place, text, style)?;
        let node = |text, meaning| Node { place, value: Value::Scalar(Scalar { text, meaning }) };
        let keys = self.keys;
        if let Some(members) = self.expects_key() {
            let key = if is_merge { Key::Merge } else { Key::Text(key(place, &text, resolved, keys)?) };
            members.begin(key, place);
            if let (Some(anchor), Some(meaning)) = (anchor, resolve::meaning(resolved)) {
                self.anchors.insert(anchor, Anchored { node: Some(node(text, meaning)), height: 0, work: 1 });
            }
            return Ok(());
        }
        let meaning = resolve::meaning(resolved).ok_or_else(|| not_in_json(place))?;
        self.put(node(text, meaning), anchor, 0, 1)
    }

    fn open(&mut self, place: Place, anchor: Option<usize>, content: Content) -> Result<(), Note> {
        if self.expects_key().is_some() {
            return Err(collection_as_key(place));
        }
        if self.frames.len() >= MAX_DEPTH {
            return Err(too_deep(place));
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchored::default());
        }
        let before = self.work.all;
        self.work.all += 1;
        self.frames.push(Frame { place, anchor, content, height: 0, before });
        Ok(())
    }

    fn close(&mut self, notes: &mut Vec<Note>) -> Result<(), Note> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let value = match frame.content {
            Content::Sequence(items) => Value::Sequence(Arc::new(items)),
            Content::Mapping(members) => Value::Mapping(Arc::new(members.complete(notes))),
        };
        let work = self.work.all - frame.before;
        self.put(Node { place: frame.place, value }, frame.anchor, frame.height + 1, work)
    }

    fn alias(&mut self, place: Place, anchor: usize) -> Result<(), Note> {
        let Some(anchored) = self.anchors.get(&anchor) else { return Err(unknown_alias(place, "")) };
        let Some(node) = &anchored.node else { return Err(inside_itself(place)) };
        let (node, height, work) = (Node { place, value: node.value.clone() }, anchored.height, anchored.work);
        if !self.work.add_alias(work) {
            return Err(too_many_aliases(place));
        }
        if self.frames.len() + height > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let keys = self.keys;
        let Some(members) = self.expects_key() else { return self.put(node, None, height, work + 1) };
        let Value::Scalar(scalar) = &node.value else { return Err(collection_as_key(place)) };
        let text = key(place, &scalar.text, as_resolved(scalar.meaning), keys)?;
        members.begin(Key::Text(text), place);
        Ok(())
    }

    /// Puts a complete value where it belongs: the root, the next item, or the value of the last key.
    fn put(&mut self, node: Node, anchor: Option<usize>, height: usize, work: u64) -> Result<(), Note> {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchored { node: Some(node.clone()), height, work });
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping(members) => members.end(node)?,
        }
        Ok(())
    }
}

/// The text of a scalar, and what it means.
fn resolve_scalar(place: Place, text: Cow<'_, str>, style: &Style) -> Result<(Arc<str>, Resolved), Note> {
    let resolved = match style {
        Style::Plain => resolve::plain(&text),
        Style::Text => Resolved::Text,
        Style::Tagged(name) => return tag::resolve(place, text, name),
        Style::Json => resolve::json(&text).ok_or_else(|| not_in_json(place))?,
    };
    Ok((Arc::from(text), resolved))
}

fn as_resolved(meaning: Meaning) -> Resolved {
    match meaning {
        Meaning::Null => Resolved::Null,
        Meaning::Boolean(boolean) => Resolved::Boolean(boolean),
        Meaning::Integer(integer) => Resolved::Integer(integer),
        Meaning::Float(float) => Resolved::Float(float),
        Meaning::Text => Resolved::Text,
    }
}

fn key(place: Place, text: &Arc<str>, resolved: Resolved, keys: Keys) -> Result<Arc<str>, Note> {
    match resolved {
        Resolved::Text => Ok(Arc::clone(text)),
        other if keys == Keys::Written && other != Resolved::Null => Ok(Arc::clone(text)),
        other => resolve::key(other).map(Arc::from).ok_or_else(|| no_key(place)),
    }
}

fn no_key(place: Place) -> Note {
    let hint = "write a key before the `:`, and put a key that is a huge number in quotes";
    Note::new(&codes::KEY, place, "a key is missing here, or is no text", hint)
}

fn collection_as_key(place: Place) -> Note {
    let hint = "quote the key if its brackets are meant as text";
    Note::new(&codes::KEY, place, "a key must be text, and this is a list or a mapping", hint)
}

fn not_in_json(place: Place) -> Note {
    let hint = "put it in quotes if it is meant as text; Kubernetes knows no infinite numbers";
    Note::new(&codes::SCALAR, place, "this number cannot be sent to Kubernetes", hint)
}

fn too_deep(place: Place) -> Note {
    let message = format!("lists and mappings stand more than {MAX_DEPTH} deep here");
    Note::new(&codes::TOO_DEEP, place, message, "check the brackets and the indentation")
}

fn too_many_values(place: Place) -> Note {
    let message = format!("the file holds more than {MAX_VALUES} values; the rest is not read");
    Note::new(&codes::TOO_MANY_VALUES, place, message, "split the file into several")
}

fn too_many_aliases(place: Place) -> Note {
    let message = "the aliases up to this one stand for far more values than the document holds itself";
    Note::new(&codes::ALIAS_EXPANSION, place, message, "write fewer aliases of large values, as kubectl demands too")
}

fn inside_itself(place: Place) -> Note {
    let message = "the alias stands inside the value that it names";
    Note::new(&codes::ALIAS_IN_ITSELF, place, message, "write the value out, or move the anchor")
}

fn unknown_alias(place: Place, name: &str) -> Note {
    let message = format!("no anchor `&{}` stands before this alias in its document", shown(name));
    let hint = "define the anchor above, in the same document; quote a text that begins with `*`";
    Note::new(&codes::UNKNOWN_ALIAS, place, message, hint)
}
