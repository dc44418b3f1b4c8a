//! All leaves of a manifest: what the account of an import must speak of.
//!
//! A leaf is a scalar, a null, or a list or mapping without anything in it.

use std::fmt;

use super::node::{Meaning, Node, Place, Scalar, Value};

/// Keys whose value is a map with keys of the user's choice.
const MAPS: &[&str] = &[
    "annotations",
    "binaryData",
    "data",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "options",
    "requests",
    "stringData",
    "volumeAttributes",
];

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step<'n> {
    /// The key of a mapping.
    Key(&'n str),
    /// The index of an item, from 0.
    Index(usize),
}

/// The way from the root of a manifest to a value.
///
/// Its [`Display`](fmt::Display) form names exactly one value, `spec.template.spec.containers[0].image`; a key that is
/// not a plain word stands in brackets and quotes, `metadata.labels["app.kubernetes.io/name"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path<'n> {
    /// The steps, from the root.
    pub steps: Vec<Step<'n>>,
}

/// One leaf.
#[derive(Debug, Clone)]
pub struct Leaf<'n> {
    /// The way to it.
    pub path: Path<'n>,
    /// Where its key stands, or its first character when it is an item of a list.
    pub place: Place,
    /// The value: a scalar, or an empty list or mapping.
    pub node: &'n Node,
}

/// The leaves of a tree in the order of the text.
pub struct Leaves<'n> {
    path: Path<'n>,
    open: Vec<Open<'n>>,
    root: Option<&'n Node>,
}

/// What is left of a list or mapping.
enum Open<'n> {
    Items(std::iter::Enumerate<std::slice::Iter<'n, Node>>),
    Entries(std::slice::Iter<'n, super::node::Entry>),
}

impl Node {
    /// All leaves below this node; the node itself when it is one.
    #[must_use]
    pub fn leaves(&self) -> Leaves<'_> {
        Leaves { path: Path::default(), open: Vec::new(), root: Some(self) }
    }
}

impl<'n> Iterator for Leaves<'n> {
    type Item = Leaf<'n>;

    fn next(&mut self) -> Option<Leaf<'n>> {
        if let Some(root) = self.root.take() {
            match open(root) {
                Some(open) => self.open.push(open),
                None => return Some(Leaf { path: Path::default(), place: root.place, node: root }),
            }
        }
        loop {
            let Some((step, place, node)) = self.open.last_mut()?.step() else {
                self.open.pop();
                self.path.steps.pop();
                continue;
            };
            self.path.steps.push(step);
            if let Some(inner) = open(node) {
                self.open.push(inner);
                continue;
            }
            let leaf = Leaf { path: self.path.clone(), place, node };
            self.path.steps.pop();
            return Some(leaf);
        }
    }
}

impl<'n> Open<'n> {
    fn step(&mut self) -> Option<(Step<'n>, Place, &'n Node)> {
        match self {
            Self::Items(items) => items.next().map(|(index, node)| (Step::Index(index), node.place, node)),
            Self::Entries(entries) => entries.next().map(|entry| (Step::Key(&entry.key), entry.place, &entry.node)),
        }
    }
}

/// What is in a list or mapping; `None` for a leaf.
fn open(node: &Node) -> Option<Open<'_>> {
    match &node.value {
        Value::Sequence(items) if !items.is_empty() => Some(Open::Items(items.iter().enumerate())),
        Value::Mapping(entries) if !entries.is_empty() => Some(Open::Entries(entries.iter())),
        _ => None,
    }
}

impl Leaf<'_> {
    /// The field that the leaf belongs to, the same for all objects of a kind:
    /// `spec.template.spec.containers[].image`, `metadata.labels.<map>`, `spec.strategy={}`, `data=null`.
    ///
    /// `[]` is any item, `<map>` any key of the user's choice; `=null`, `={}` and `=[]` are leaves without a scalar.
    #[must_use]
    pub fn field(&self) -> String {
        let mut field = self.path.field();
        match &self.node.value {
            Value::Sequence(_) => field.push_str("=[]"),
            Value::Mapping(_) => field.push_str("={}"),
            Value::Scalar(Scalar { meaning: Meaning::Null, .. }) => field.push_str("=null"),
            Value::Scalar(_) => {}
        }
        field
    }
}

impl Path<'_> {
    /// The path with `[]` for any item and `<map>` for any key of the user's choice.
    #[must_use]
    pub fn field(&self) -> String {
        let mut field = String::new();
        let mut parent = None;
        for step in &self.steps {
            match *step {
                Step::Index(_) => field.push_str("[]"),
                Step::Key(key) => {
                    separate(&mut field);
                    field.push_str(if parent.is_some_and(|parent| is_map(parent, key)) { "<map>" } else { key });
                }
            }
            parent = if let Step::Key(key) = *step { Some(key) } else { None };
        }
        field
    }
}

/// Whether the keys below `parent` are the user's. A `selector` may be a map of labels or an object with two fields.
fn is_map(parent: &str, key: &str) -> bool {
    MAPS.contains(&parent) || (parent == "selector" && !matches!(key, "matchLabels" | "matchExpressions"))
}

fn separate(path: &mut String) {
    if !path.is_empty() {
        path.push('.');
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match *step {
                Step::Index(item) => write!(formatter, "[{item}]")?,
                Step::Key(key) if !is_word(key) => write!(formatter, "[\"{}\"]", key.escape_debug())?,
                Step::Key(key) => write!(formatter, "{}{key}", if index == 0 { "" } else { "." })?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
