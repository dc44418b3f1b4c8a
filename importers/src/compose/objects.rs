//! A Compose file as objects, so that each service, volume, network, secret and config has an account of its own.

use std::sync::Arc;

use super::codes;
use crate::{
    account::Finding,
    kube::read::{Document, Entry, Manifest, Node, Place, Value},
};

/// What stands for `apiVersion` in the account.
pub(super) const VERSION: &str = "compose/specification";

/// The sections whose entries are objects of their own, and what one of them is called.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("services", "service"),
    ("volumes", "volume"),
    ("networks", "network"),
    ("secrets", "secret"),
    ("configs", "config"),
];

/// Splits a document; what is no Compose file gives nothing.
pub(super) fn split(document: Document) -> Vec<Manifest> {
    let Document { file, root } = document;
    if !matches!(root.get("services").map(|services| &services.value), Some(Value::Mapping(_))) {
        return Vec::new();
    }
    let object = |place, kind: &str, name: Option<Arc<str>>, node| Manifest {
        file: Arc::clone(&file),
        place,
        api_version: VERSION.into(),
        kind: kind.into(),
        namespace: None,
        name,
        node,
    };
    let is_section = |entry: &&Entry| {
        let filled = matches!(&entry.node.value, Value::Mapping(inner) if !inner.is_empty());
        filled && SECTIONS.iter().any(|(section, _)| *section == &*entry.key)
    };
    let own: Vec<Entry> = root.entries().iter().filter(|entry| !is_section(entry)).cloned().collect();
    let rest = Node { place: root.place, value: Value::Mapping(Arc::new(own)) };
    let mut objects = Vec::new();
    if !rest.entries().is_empty() {
        objects.push(object(root.place, "file", None, rest));
    }
    for entry in root.entries().iter().filter(is_section) {
        let kind = SECTIONS.iter().find(|(section, _)| *section == &*entry.key).map_or("section", |(_, kind)| kind);
        for inner in entry.node.entries() {
            objects.push(object(inner.place, kind, Some(Arc::clone(&inner.key)), inner.node.clone()));
        }
    }
    objects
}

/// What is said of a file without services.
pub(super) fn nothing(file: &str) -> Finding {
    Finding {
        code: &codes::NO_COMPOSE_FILE,
        severity: codes::NO_COMPOSE_FILE.severity,
        file: file.into(),
        place: Place::START,
        kind: None,
        namespace: None,
        name: None,
        path: String::new(),
        reason: "this is no Compose file: it has no `services`".into(),
        action: "name the file itself; Kubernetes manifests are for `skiff import kube`".into(),
        home: None,
    }
}
