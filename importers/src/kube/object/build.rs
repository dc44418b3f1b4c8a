//! A manifest as slots: breadth first, so that the children of a slot stand together.

use std::{cell::Cell, cmp::Reverse};

use super::{Known, Slot};
use crate::kube::{
    api::{self, Type},
    read::{Manifest, Meaning, Node, Scalar, Step, Value},
    table::{self, Expected},
};

/// What the API says below a slot: a type, nothing at all, or that there should be nothing.
#[derive(Clone, Copy)]
enum Below {
    Type(Type),
    Free,
    Nothing,
}

pub(super) fn slots(manifest: &Manifest) -> Vec<Slot<'_>> {
    let kind = table::kind(&manifest.api_version, &manifest.kind);
    let below = kind.and_then(|kind| kind.api).map_or(Below::Free, |name| Below::Type(Type::Object(name)));
    let expected = kind.map_or_else(Expected::default, |kind| Expected::root(kind.name));
    let root = Slot {
        node: &manifest.node,
        step: None,
        place: manifest.place,
        parent: 0,
        children: (0, 0),
        expected,
        known: Known::Fits,
        read: Cell::new(false),
    };
    let (mut slots, mut types, mut next) = (vec![root], vec![below], 0);
    while next < slots.len() {
        let first = slots.len();
        push_children(next, &mut slots, &mut types);
        slots[next].children = (number(first), number(slots.len() - first));
        next += 1;
    }
    slots
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn push_children(parent: usize, slots: &mut Vec<Slot<'_>>, types: &mut Vec<Below>) {
    let (node, expected, below) = (slots[parent].node, slots[parent].expected, types[parent]);
    let parent = number(parent);
    let mut push = |step, place, node, expected, (below, known): (Below, Known)| {
        let (known, below) = check(node, below, known);
        let read = Cell::new(false);
        slots.push(Slot { node, step: Some(step), place, parent, children: (0, 0), expected, known, read });
        types.push(below);
    };
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                let below = match below {
                    Below::Type(Type::List(inner)) => Below::Type(*inner),
                    other => other,
                };
                push(Step::Index(index), item.place, item, expected.item(), (below, Known::Fits));
            }
        }
        Value::Mapping(entries) => {
            for entry in entries.iter() {
                let inner = field(below, &entry.key);
                push(Step::Key(&entry.key), entry.place, &entry.node, expected.key(&entry.key), inner);
            }
        }
    }
}

/// The type of a key, and whether the API has it.
fn field(below: Below, key: &str) -> (Below, Known) {
    match below {
        Below::Type(Type::Map(inner)) => (Below::Type(*inner), Known::Fits),
        Below::Type(Type::Object(name)) => match api::fields(name) {
            None => (Below::Free, Known::Fits),
            Some(fields) => match fields.get(key) {
                Some(known) => (Below::Type(*known), Known::Fits),
                None => (Below::Nothing, Known::NoField(alike(key, fields.keys().copied()))),
            },
        },
        Below::Type(_) | Below::Free => (Below::Free, Known::Fits),
        Below::Nothing => (Below::Nothing, Known::BelowNoField),
    }
}

/// The field that was probably meant: one that differs in letter case or in a letter or two.
fn alike(key: &str, fields: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let near = |field: &&'static str| {
        let distance = strsim::damerau_levenshtein(&key.to_lowercase(), &field.to_lowercase());
        (distance <= key.len().min(field.len()) / 3).then_some((distance, Reverse(field.len()), *field))
    };
    fields.filter_map(|field| near(&field)).min().map(|(_, _, field)| field)
}

/// Whether a value fits the type of its field; below a value that does not, nothing is expected.
fn check(node: &Node, below: Below, known: Known) -> (Known, Below) {
    let (Below::Type(expected), Known::Fits) = (below, known) else { return (known, below) };
    match misfit(node, expected) {
        Some(words) => (Known::WrongType(words), Below::Free),
        None if expected == Type::Any => (known, Below::Free),
        None => (known, below),
    }
}

fn misfit(node: &Node, expected: Type) -> Option<&'static str> {
    let meaning = match &node.value {
        Value::Scalar(Scalar { meaning: Meaning::Null, .. }) => return None,
        Value::Scalar(Scalar { meaning, .. }) => Some(meaning),
        _ => None,
    };
    let (fits, words) = match expected {
        Type::Any => (true, "anything"),
        Type::Text => (matches!(meaning, Some(Meaning::Text)), "a text"),
        Type::Integer => (matches!(meaning, Some(Meaning::Integer(_))), "a whole number"),
        Type::Number => (matches!(meaning, Some(Meaning::Integer(_) | Meaning::Float(_))), "a number"),
        Type::Boolean => (matches!(meaning, Some(Meaning::Boolean(_))), "`true` or `false`"),
        Type::IntegerOrText => {
            (matches!(meaning, Some(Meaning::Integer(_) | Meaning::Text)), "a whole number or a text")
        }
        Type::Quantity => (
            matches!(meaning, Some(Meaning::Integer(_) | Meaning::Float(_) | Meaning::Text)),
            "an amount such as `500m` or `1Gi`",
        ),
        Type::List(_) => (matches!(&node.value, Value::Sequence(_)), "a list"),
        Type::Map(_) | Type::Object(_) => (matches!(&node.value, Value::Mapping(_)), "a mapping"),
    };
    (!fits).then_some(words)
}
