//! What happens when a mapping is complete: a key stands once, and `<<` brings what the mapping does not say itself.

use std::collections::HashSet;

use super::{codes, report::Report};
use crate::{
    diagnostic::Diagnostic,
    node::{Entry, Node, Value, shorten},
    source::Span,
};

/// Up to this many entries, comparing each with each is faster than sorting.
const FEW: usize = 16;

/// A `<<` and its value.
pub(super) struct Merge {
    pub(super) key_span: Span,
    pub(super) node: Node,
}

/// The entries of a complete mapping: duplicates reported and dropped, merges carried out.
///
/// The first of several equal keys stays. Merged keys follow the mapping's own.
pub(super) fn complete(mut entries: Vec<Entry>, merges: Vec<Merge>, report: &mut Report<'_>) -> Vec<Entry> {
    drop_duplicates(&mut entries, report);
    if !merges.is_empty() {
        merge(&mut entries, merges, report);
    }
    entries
}

fn drop_duplicates(entries: &mut Vec<Entry>, report: &mut Report<'_>) {
    let again = duplicates(entries);
    if again.is_empty() {
        return;
    }
    for &(later, first) in &again {
        let (later, first) = (&entries[later], &entries[first]);
        report.add(duplicate(&later.key, later.key_span, first.key_span));
    }
    let mut again = again.into_iter().map(|(later, _)| later).peekable();
    let mut index = 0;
    entries.retain(|_| {
        let dropped = again.next_if_eq(&index).is_some();
        index += 1;
        !dropped
    });
}

fn duplicate(key: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic {
        code: &codes::DUPLICATE_KEY,
        message: format!("the key `{}` stands twice in this mapping", shorten(key)),
        span,
        hint: Some("keep one of the two".into()),
        related: Some((first, "first written here".into())),
    }
}

/// Each entry whose key stood before, with the first that has it; in the order of the text.
fn duplicates(entries: &[Entry]) -> Vec<(usize, usize)> {
    let key = |index: usize| &*entries[index].key;
    if entries.len() <= FEW {
        let first = |later: usize| (0..later).find(|&earlier| key(earlier) == key(later));
        return (1..entries.len()).filter_map(|later| first(later).map(|first| (later, first))).collect();
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&index| key(index));
    let groups = order.chunk_by(|&left, &right| key(left) == key(right));
    let mut again: Vec<_> = groups.flat_map(|group| group[1..].iter().map(|&later| (later, group[0]))).collect();
    again.sort_unstable();
    again
}

fn merge(entries: &mut Vec<Entry>, merges: Vec<Merge>, report: &mut Report<'_>) {
    for again in &merges[1..] {
        report.add(duplicate("<<", again.key_span, merges[0].key_span));
    }
    let mut seen: HashSet<Box<str>> = entries.iter().map(|entry| entry.key.clone()).collect();
    for source in merges.into_iter().flat_map(|merge| sources(merge, report)) {
        entries.extend(source.into_iter().filter(|entry| seen.insert(entry.key.clone())));
    }
}

/// The mappings that a `<<` names: one, or a list of them, of which an earlier one wins.
fn sources(merge: Merge, report: &mut Report<'_>) -> Vec<Vec<Entry>> {
    let nodes = match merge.node.value {
        Value::Sequence(items) => items,
        value => vec![Node { span: merge.node.span, value }],
    };
    let mut found = Vec::with_capacity(nodes.len());
    for node in nodes {
        let span = node.span;
        match node {
            Node { value: Value::Mapping(entries), .. } => found.push(entries),
            other => report.add(not_a_mapping(span, &other.describe())),
        }
    }
    found
}

fn not_a_mapping(span: Span, found: &str) -> Diagnostic {
    Diagnostic {
        code: &codes::MERGE,
        message: format!("`<<` merges mappings, and this is {found}"),
        span,
        hint: Some("give it an alias of a mapping, such as `<<: *defaults`, or a list of them".into()),
        related: None,
    }
}
