//! One small, wrong change to a document: what a tired person or a careless merge does to a spec.
//!
//! A change is chosen by numbers, so that a property test can generate it, print it and make it smaller.

use skiff_compiler::{
    node::{Entry, Node, Scalar, Value},
    source::Span,
};

/// What is done to one value of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The key and its value go.
    Drop,
    /// The value becomes a list that holds it.
    Wrap,
    /// The value becomes a mapping.
    Map,
    /// The value becomes nothing.
    Empty,
    /// The value becomes another scalar of the document.
    Swap,
    /// The key becomes another key of the document.
    Rename,
    /// The key stands a second time.
    Double,
    /// The value becomes a text that means nothing anywhere.
    Garble,
}

/// All changes.
pub const CHANGES: [Change; 8] = [
    Change::Drop,
    Change::Wrap,
    Change::Map,
    Change::Empty,
    Change::Swap,
    Change::Rename,
    Change::Double,
    Change::Garble,
];

/// The document after one change to the entry with number `place` (counted round), using the one with number `other`.
#[must_use]
pub fn change(root: &Node, change: Change, place: usize, other: usize) -> Node {
    let mut entries = Vec::new();
    collect(root, &mut entries);
    let mut changed = root.clone();
    let count = entries.len().max(1);
    if let Some(donor) = entries.get(other % count) {
        apply(&mut changed, &mut (place % count), change, donor);
    }
    changed
}

fn collect<'node>(node: &'node Node, found: &mut Vec<&'node Entry>) {
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Mapping(entries) => {
            for entry in entries {
                found.push(entry);
                collect(&entry.node, found);
            }
        }
    }
}

/// Walks in the order of [`collect`] until `left` entries have been passed; whether the change is made.
fn apply(node: &mut Node, left: &mut usize, change: Change, donor: &Entry) -> bool {
    match &mut node.value {
        Value::Scalar(_) => false,
        Value::Sequence(items) => items.iter_mut().any(|item| apply(item, left, change, donor)),
        Value::Mapping(entries) => {
            for index in 0..entries.len() {
                if *left == 0 {
                    at(entries, index, change, donor);
                    return true;
                }
                *left -= 1;
                if apply(&mut entries[index].node, left, change, donor) {
                    return true;
                }
            }
            false
        }
    }
}

fn at(entries: &mut Vec<Entry>, index: usize, change: Change, donor: &Entry) {
    let value = entries[index].node.clone();
    let new = match change {
        Change::Drop => return drop(entries.remove(index)),
        Change::Double => return entries.push(entries[index].clone()),
        Change::Rename => return entries[index].key.clone_from(&donor.key),
        Change::Wrap => Value::Sequence(vec![value]),
        Change::Map => {
            let entry = Entry { key: donor.key.clone(), key_span: Span::default(), node: value };
            Value::Mapping(vec![entry])
        }
        Change::Empty => plain(""),
        Change::Swap => donor.node.value.clone(),
        Change::Garble => plain("¿qué? -1 %"),
    };
    entries[index].node.value = new;
}

fn plain(text: &str) -> Value {
    Value::Scalar(Scalar { text: text.into(), plain: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shuffle;

    fn entry(key: &str, value: Value) -> Entry {
        Entry { key: key.into(), key_span: Span::default(), node: node(value) }
    }

    fn node(value: Value) -> Node {
        Node { span: Span::default(), value }
    }

    #[test]
    fn the_chosen_entry_is_changed() {
        let inner = Value::Mapping(vec![entry("b", plain("1")), entry("c", plain("2"))]);
        let root = node(Value::Mapping(vec![entry("a", inner), entry("d", plain("3"))]));
        let after = |kind, place| shuffle::write(&change(&root, kind, place, 3), 0);
        assert!(!after(Change::Drop, 1).contains("\"b\""));
        assert!(after(Change::Swap, 2).contains("\"c\": 3"));
        assert!(!after(Change::Rename, 0).contains("\"a\""));
        assert_eq!(after(Change::Rename, 0).matches("\"d\"").count(), 2);
        assert_eq!(after(Change::Double, 5).matches("\"b\"").count(), 2);
    }
}
