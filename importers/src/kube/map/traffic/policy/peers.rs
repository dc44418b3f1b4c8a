//! Peers of a rule: which services of the import a selector means.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Context, Traffic};
use crate::kube::object::Field;

/// Services that a rule lets through.
#[derive(Debug, Clone, Default)]
pub(super) struct Peers {
    /// Whether it lets everybody through.
    pub(super) everybody: bool,
    /// Those that it names by their labels.
    named: BTreeSet<usize>,
    /// Those that it means along with all of their namespace.
    meant: BTreeSet<usize>,
}

impl Peers {
    /// Everybody, or nobody of the import.
    pub(super) fn whoever(everybody: bool) -> Self {
        Self { everybody, ..Self::default() }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.everybody |= other.everybody;
        self.named.extend(&other.named);
        self.meant.extend(&other.meant);
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.everybody || self.named.contains(&index) || self.meant.contains(&index)
    }

    /// Whether labels of its own let a service through: then it is known to call.
    pub(super) fn names(&self, index: usize) -> bool {
        self.named.contains(&index)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.everybody && self.named.is_empty() && self.meant.is_empty()
    }
}

/// The services of a peer with `podSelector`, `namespaceSelector`, or both.
pub(super) fn of(traffic: &Traffic<'_, '_>, peer: Field<'_>, namespace: &str) -> Peers {
    let (pods, spaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
    peer.touch();
    let mut peers = Peers::default();
    for (index, draft) in traffic.drafts.iter().enumerate() {
        let own = draft.workload.namespace();
        let in_space = spaces.map_or(own == namespace, |selector| selects(selector, &labels(traffic.context, own)));
        if !in_space || !pods.is_none_or(|selector| selects(selector, &draft.labels)) {
            continue;
        }
        let narrow = pods.is_some_and(|selector| {
            selector.map("matchLabels").next().is_some() || selector.list("matchExpressions").next().is_some()
        });
        pods.iter().for_each(|selector| draft.selected_by(keys(*selector)));
        if narrow {
            peers.named.insert(index)
        } else {
            peers.meant.insert(index)
        };
    }
    peers
}

/// Whether a namespace is part of the import.
pub(in super::super) fn is_known(context: &Context<'_>, namespace: &str) -> bool {
    context.cluster.of_kind("Namespace").any(|object| object.name() == namespace)
}

/// The labels of a namespace: those of its object, and the one that every namespace has.
pub(in super::super) fn labels<'a>(context: &Context<'a>, namespace: &'a str) -> BTreeMap<&'a str, &'a str> {
    let object = context.cluster.of_kind("Namespace").find(|object| object.name() == namespace);
    let metadata = object.and_then(|object| object.at("metadata"));
    let written = metadata.into_iter().flat_map(|metadata| metadata.map("labels"));
    let mut labels: BTreeMap<_, _> = written.filter_map(|(key, value)| Some((key, value.written()?))).collect();
    labels.insert("kubernetes.io/metadata.name", namespace);
    labels
}

/// Whether labels meet a selector (Kubernetes API, `LabelSelector`); an empty one is met by all.
pub(in super::super) fn selects(selector: Field<'_>, labels: &BTreeMap<&str, &str>) -> bool {
    let equal = selector.map("matchLabels").all(|(key, value)| labels.get(key).copied() == value.written());
    equal && selector.list("matchExpressions").all(|expression| meets(expression, labels))
}

/// The keys of the labels that a selector asks for.
pub(super) fn keys(selector: Field<'_>) -> impl Iterator<Item = &str> {
    let labels = selector.map("matchLabels").map(|(key, _)| key);
    labels.chain(selector.list("matchExpressions").filter_map(|expression| expression.text_of("key")))
}

fn meets(expression: Field<'_>, labels: &BTreeMap<&str, &str>) -> bool {
    let found = expression.text_of("key").and_then(|key| labels.get(key));
    let values = expression.get("values").map(Field::texts).unwrap_or_default();
    match expression.text_of("operator") {
        Some("In") => found.is_some_and(|value| values.contains(value)),
        Some("NotIn") => found.is_none_or(|value| !values.contains(value)),
        Some("Exists") => found.is_some(),
        Some("DoesNotExist") => found.is_none(),
        _ => false,
    }
}
