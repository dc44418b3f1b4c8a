//! The members of a mapping: a key stands once, the last one wins, and `<<` brings members where it stands.
//!
//! go-yaml v2 carries out a `<<` in the order of the text: what stands above it is replaced, what stands below replaces.
//! YAML's own rule lets the mapping's keys win wherever they stand, hence the finding.

use std::{ops::Range, sync::Arc};

use super::{
    codes,
    finding::{Note, shown},
    node::{Entry, Node, Place, Value},
};

/// Up to this many members, comparing each with each is faster than sorting.
const FEW: usize = 16;

/// The key of a member that has no value yet.
pub(super) enum Key {
    Text(Arc<str>),
    /// `<<`
    Merge,
}

/// The members of a mapping that is being read.
#[derive(Default)]
pub(super) struct Members {
    entries: Vec<Entry>,
    /// Those of the entries that a `<<` brought.
    merged: Vec<Range<usize>>,
    key: Option<(Key, Place)>,
}

impl Members {
    pub(super) fn expects_key(&self) -> bool {
        self.key.is_none()
    }

    pub(super) fn begin(&mut self, key: Key, place: Place) {
        self.key = Some((key, place));
    }

    /// Takes the value of the last key.
    pub(super) fn end(&mut self, node: Node) -> Result<(), Note> {
        match self.key.take() {
            Some((Key::Text(key), place)) => self.entries.push(Entry { key, place, node }),
            Some((Key::Merge, _)) => {
                let start = self.entries.len();
                merge(&node, &mut self.entries)?;
                self.merged.push(start..self.entries.len());
            }
            None => {}
        }
        Ok(())
    }

    /// The entries with each key once; says which were written twice.
    pub(super) fn complete(mut self, notes: &mut Vec<Note>) -> Vec<Entry> {
        let mut replaced = self.replaced();
        if replaced.is_empty() {
            return self.entries;
        }
        notes.extend(replaced.iter().filter_map(|&(earlier, later)| self.note(earlier, later)));
        replaced.sort_unstable();
        let mut replaced = replaced.into_iter().map(|(earlier, _)| earlier).peekable();
        let mut index = 0;
        self.entries.retain(|_| {
            let dropped = replaced.next_if_eq(&index).is_some();
            index += 1;
            !dropped
        });
        self.entries
    }

    /// Each entry that a later one with its key replaces, and that one; in the order of the later one.
    fn replaced(&self) -> Vec<(usize, usize)> {
        let key = |index: usize| &*self.entries[index].key;
        let mut replaced = Vec::new();
        if self.entries.len() <= FEW {
            for later in 1..self.entries.len() {
                replaced.extend(
                    (0..later).rev().find(|&earlier| key(earlier) == key(later)).map(|earlier| (earlier, later)),
                );
            }
            return replaced;
        }
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&index| key(index));
        replaced.extend(order.windows(2).filter(|pair| key(pair[0]) == key(pair[1])).map(|pair| (pair[0], pair[1])));
        replaced.sort_unstable_by_key(|&(_, later)| later);
        replaced
    }

    /// What is to be said of a replacement; nothing when a `<<` brought what is replaced.
    fn note(&self, earlier: usize, later: usize) -> Option<Note> {
        let is_merged = |index: usize| self.merged.iter().any(|range| range.contains(&index));
        let (first, last) = (&self.entries[earlier], &self.entries[later]);
        if is_merged(earlier) || (is_merged(later) && first.node.value == last.node.value) {
            return None;
        }
        let key = shown(&last.key);
        Some(if is_merged(later) {
            let message = format!("the `<<` below replaces this `{key}`, as kubectl reads it");
            let hint = "move the `<<` to the top of its mapping, or remove this key";
            Note::new(&codes::MERGE_REPLACES, first.place, message, hint).related(last.place, "the value that is taken")
        } else {
            let message = format!("the key `{key}` stands twice in this mapping; kubectl takes this one, the last");
            let hint = "keep one of the two; what the first one says is lost";
            Note::new(&codes::DUPLICATE_KEY, last.place, message, hint).related(first.place, "first written here")
        })
    }
}

/// Adds what a `<<` brings: the entries of one mapping, or of a list of them, of which an earlier one wins.
fn merge(node: &Node, entries: &mut Vec<Entry>) -> Result<(), Note> {
    match &node.value {
        Value::Mapping(brought) => entries.extend(brought.iter().cloned()),
        Value::Sequence(items) => {
            for item in items.iter().rev() {
                let Value::Mapping(brought) = &item.value else { return Err(not_a_mapping(item)) };
                entries.extend(brought.iter().cloned());
            }
        }
        Value::Scalar(_) => return Err(not_a_mapping(node)),
    }
    Ok(())
}

fn not_a_mapping(node: &Node) -> Note {
    let message = format!("`<<` merges mappings, and this is {}", node.describe());
    let hint = "give it an alias of a mapping, such as `<<: *defaults`, or a list of them";
    Note::new(&codes::MERGE, node.place, message, hint)
}
