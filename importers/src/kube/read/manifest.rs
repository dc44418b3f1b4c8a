//! Documents to manifests: lists unrolled, what is no object named.

use std::sync::Arc;

use super::{
    codes,
    document::Document,
    finding::Note,
    leaf::Leaves,
    node::{Entry, Meaning, Node, Place, Scalar, Value},
    recognise,
};

/// One object of Kubernetes.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The file it stands in, by the name it was given.
    pub file: Arc<str>,
    /// Where it begins.
    pub place: Place,
    /// Its group and version, `apps/v1`.
    pub api_version: Arc<str>,
    /// Its kind, `Deployment`.
    pub kind: Arc<str>,
    /// `metadata.namespace`, when it is a text.
    pub namespace: Option<Arc<str>>,
    /// `metadata.name`, when it is a text.
    pub name: Option<Arc<str>>,
    /// The whole object, `apiVersion` and `kind` included.
    pub node: Node,
}

impl Manifest {
    /// All leaves of the object, in the order of the text.
    #[must_use]
    pub fn leaves(&self) -> Leaves<'_> {
        self.node.leaves()
    }
}

/// What the documents of one file hold.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) manifests: Vec<Manifest>,
    pub(super) envelopes: Vec<Manifest>,
    pub(super) notes: Vec<Note>,
}

/// Sorts documents into manifests, envelopes of lists, and what is neither.
pub(super) fn sort(documents: Vec<Document>) -> Sorted {
    let mut sorted = Sorted::default();
    for document in documents {
        sorted.document(document);
    }
    sorted
}

impl Sorted {
    fn document(&mut self, Document { file, root }: Document) {
        if let Some(note) = recognise::recipe(&file, &root) {
            self.notes.push(note);
            return;
        }
        match object(&file, &root, None) {
            Ok(manifest) => self.object(manifest),
            Err(note) if self.notes.iter().any(|other| other.code == note.code) => {}
            Err(note) => self.notes.push(note),
        }
    }

    /// Unrolls lists, which may hold lists, on a stack of its own.
    fn object(&mut self, manifest: Manifest) {
        let mut waiting = vec![manifest];
        while let Some(manifest) = waiting.pop() {
            let Some(items) = items(&manifest.node) else {
                self.manifests.push(manifest);
                continue;
            };
            let mut found = Vec::with_capacity(items.len());
            for item in items.iter().filter(|item| !item.is_null()) {
                match object(&manifest.file, item, Some(&manifest)) {
                    Ok(item) => found.push(item),
                    Err(note) => self.notes.push(Note { code: &codes::LIST_ITEM, ..note }),
                }
            }
            waiting.extend(found.into_iter().rev());
            self.envelopes.push(without_items(manifest));
        }
    }
}

/// The items of a list. kubectl takes any object with a list `items` for one, and any `*List` without items as empty.
fn items(node: &Node) -> Option<Arc<Vec<Node>>> {
    match &node.get("items")?.value {
        Value::Sequence(items) => Some(Arc::clone(items)),
        Value::Scalar(Scalar { meaning: Meaning::Null, .. }) => Some(Arc::default()),
        _ => None,
    }
}

/// What is left of a list: its own fields.
fn without_items(mut manifest: Manifest) -> Manifest {
    let own: Vec<Entry> = manifest.node.entries().iter().filter(|entry| &*entry.key != "items").cloned().collect();
    manifest.node.value = Value::Mapping(Arc::new(own));
    manifest
}

/// A node as an object. An item of a typed list, such as a `DeploymentList`, may leave kind and version to the list.
fn object(file: &Arc<str>, node: &Node, list: Option<&Manifest>) -> Result<Manifest, Note> {
    let (kind, version) = (node.get("kind"), node.get("apiVersion"));
    let inherited = list.filter(|_| kind.is_none() && version.is_none() && matches!(node.value, Value::Mapping(_)));
    let (api_version, kind) = match (version.and_then(filled), kind.and_then(filled), inherited) {
        (_, _, Some(list)) => (Arc::clone(&list.api_version), item_kind(list).ok_or_else(|| no_object(node))?),
        (Some(version), Some(kind), _) => (Arc::clone(version), Arc::clone(kind)),
        _ => return Err(no_object(node)),
    };
    let own = |field: &str| node.get("metadata")?.get(field)?.text().cloned();
    let (namespace, name) = (own("namespace"), own("name"));
    Ok(Manifest { file: Arc::clone(file), place: node.place, api_version, kind, namespace, name, node: node.clone() })
}

fn filled(node: &Node) -> Option<&Arc<str>> {
    node.text().filter(|text| !text.is_empty())
}

/// `Deployment` for a `DeploymentList`; nothing for a plain `List`.
fn item_kind(list: &Manifest) -> Option<Arc<str>> {
    list.kind.strip_suffix("List").filter(|kind| !kind.is_empty()).map(Arc::from)
}

fn no_object(node: &Node) -> Note {
    let (message, hint) = match (&node.value, node.get("kind"), node.get("apiVersion")) {
        (Value::Mapping(_), Some(_), None) => {
            ("this object has no `apiVersion`", "add it, such as `apiVersion: apps/v1`")
        }
        (Value::Mapping(_), None, Some(_)) => ("this object has no `kind`", "add it, such as `kind: Deployment`"),
        (Value::Mapping(_), Some(_), Some(_)) => {
            ("`kind` or `apiVersion` is not a text here", "write both as texts; quote them if they look like numbers")
        }
        (Value::Mapping(_), None, None) => {
            ("this is no object of Kubernetes: it has neither `apiVersion` nor `kind`", RENDER)
        }
        (Value::Sequence(_), ..) => ("this is a list, not an object of Kubernetes", RENDER),
        (Value::Scalar(_), ..) => ("this is a single value, not an object of Kubernetes", RENDER),
    };
    Note::new(&codes::NOT_KUBERNETES, node.place, message, hint)
}

const RENDER: &str =
    "leave the file out; values of a chart and patches are read by `helm template` and `kubectl kustomize`";
