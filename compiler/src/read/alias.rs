//! Anchors and aliases: `*name` copies what `&name` marks, within a budget.
//!
//! Ten lines of anchors can stand for a billion values, so everything that is copied is paid for: first the copy kept
//! at the anchor, then each copy an alias makes.

use std::collections::HashMap;

use super::{MAX_ALIASED_BYTES, MAX_ALIASED_VALUES};
use crate::node::{Node, Value};

/// How many times the budget of the aliases the copies kept at anchors may take: anchors may nest.
const KEPT_FACTOR: usize = 8;

/// What an anchor marks.
enum Anchor {
    /// A list or mapping that is still being read.
    Open,
    /// A value that is complete.
    Ready(Node, Size),
    /// Too large to copy.
    TooLarge,
}

/// How large a value is.
#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    bytes: usize,
    height: usize,
}

/// Values and bytes that may still be copied.
struct Budget {
    values: usize,
    bytes: usize,
}

/// Why an alias gives no value.
pub(super) enum Refused {
    /// It stands inside the value it names.
    Inside,
    /// The budget is spent.
    Budget,
    /// The tree would be deeper than allowed.
    Depth,
    /// The anchored value was refused and reported already.
    Silent,
}

/// All anchors of a document and what aliases may still copy.
pub(super) struct Anchors {
    by_id: HashMap<usize, Anchor>,
    kept: Budget,
    copied: Budget,
}

impl Anchors {
    /// No anchors, a full budget.
    pub(super) fn new() -> Self {
        Self {
            by_id: HashMap::new(),
            kept: Budget { values: MAX_ALIASED_VALUES * KEPT_FACTOR, bytes: MAX_ALIASED_BYTES * KEPT_FACTOR },
            copied: Budget { values: MAX_ALIASED_VALUES, bytes: MAX_ALIASED_BYTES },
        }
    }

    /// A list or mapping with an anchor begins.
    pub(super) fn open(&mut self, id: usize) {
        self.by_id.insert(id, Anchor::Open);
    }

    /// A value with an anchor is complete.
    pub(super) fn complete(&mut self, id: usize, node: &Node) {
        let size = measure(node);
        let anchor = if size.values <= MAX_ALIASED_VALUES && self.kept.take(size) {
            Anchor::Ready(node.clone(), size)
        } else {
            Anchor::TooLarge
        };
        self.by_id.insert(id, anchor);
    }

    /// A copy of what an anchor marks, at most `room` levels high.
    pub(super) fn copy(&mut self, id: usize, room: usize) -> Result<Node, Refused> {
        match self.by_id.get(&id) {
            None => Err(Refused::Silent),
            Some(Anchor::Open) => Err(Refused::Inside),
            Some(Anchor::TooLarge) => Err(Refused::Budget),
            Some(Anchor::Ready(_, size)) if size.height > room => Err(Refused::Depth),
            Some(Anchor::Ready(node, size)) if self.copied.take(*size) => Ok(node.clone()),
            Some(Anchor::Ready(..)) => Err(Refused::Budget),
        }
    }
}

impl Budget {
    /// Pays for one copy, when there is enough left.
    fn take(&mut self, size: Size) -> bool {
        let left = (self.values.checked_sub(size.values), self.bytes.checked_sub(size.bytes));
        let (Some(values), Some(bytes)) = left else { return false };
        (self.values, self.bytes) = (values, bytes);
        true
    }
}

/// Measures a value. The tree is at most [`super::MAX_DEPTH`] deep, so the recursion is too.
fn measure(node: &Node) -> Size {
    let mut size = Size { values: 1, bytes: 0, height: 0 };
    match &node.value {
        Value::Scalar(scalar) => size.bytes = scalar.text.len(),
        Value::Sequence(items) => {
            size.height = 1;
            items.iter().for_each(|item| size.add(measure(item)));
        }
        Value::Mapping(entries) => {
            size.height = 1;
            for entry in entries {
                size.bytes += entry.key.len();
                size.add(measure(&entry.node));
            }
        }
    }
    size
}

impl Size {
    fn add(&mut self, child: Self) {
        self.values += child.values;
        self.bytes += child.bytes;
        self.height = self.height.max(child.height + 1);
    }
}
