//! All objects of an import, and how one is found from another.

use std::collections::HashMap;

use crate::kube::{codes, object::Object, read::Manifest, table};

/// All objects of an import, in the order of the input.
#[derive(Debug)]
pub(crate) struct Cluster<'m> {
    objects: Vec<Object<'m>>,
    by_name: HashMap<Key<'m>, usize>,
}

/// Kind, namespace and name.
type Key<'m> = (&'m str, &'m str, &'m str);

impl<'m> Cluster<'m> {
    /// Takes the objects; of two with one kind, namespace and name the last counts, as after `kubectl apply`, and the
    /// others are reported.
    #[must_use]
    pub(crate) fn new(manifests: &'m [Manifest]) -> Self {
        let objects: Vec<_> = manifests.iter().map(Object::new).collect();
        let mut by_name = HashMap::new();
        for (index, object) in objects.iter().enumerate() {
            let Some(key) = key(object) else { continue };
            let Some(before) = by_name.insert(key, index) else { continue };
            let replaced: &Object<'_> = &objects[before];
            let place = format!("{}:{}", object.manifest.file, object.manifest.place.line);
            let reason = format!("the {} of this name at {place} replaces it", object.kind());
            replaced.root().ignore(reason.clone());
            replaced.root().note(&codes::general::DUPLICATE_OBJECT, reason, "import one environment at a time");
        }
        Self { objects, by_name }
    }

    /// All objects.
    #[must_use]
    pub(crate) fn objects(&self) -> &[Object<'m>] {
        &self.objects
    }

    /// The objects of the kinds that the table has, without those that are there twice.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Object<'m>> {
        let counts = |index: usize, object: &Object<'m>| {
            key(object).map_or_else(|| is_known(object), |key| self.by_name.get(&key) == Some(&index))
        };
        self.objects.iter().enumerate().filter(move |(index, object)| counts(*index, object)).map(|(_, object)| object)
    }

    /// The objects of a kind of the table, without those that are there twice.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object<'m>> {
        self.kept().filter(move |object| object.kind() == kind)
    }

    /// The object of a kind of the table by its namespace and name.
    #[must_use]
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object<'m>> {
        self.by_name.get(&(kind, namespace, name)).and_then(|index| self.objects.get(*index))
    }
}

/// A kind of the same name in a group of an extension is another kind.
fn is_known(object: &Object<'_>) -> bool {
    table::kind(&object.manifest.api_version, object.kind()).is_some()
}

fn key<'m>(object: &Object<'m>) -> Option<Key<'m>> {
    (is_known(object) && !object.name().is_empty()).then(|| (object.kind(), object.namespace(), object.name()))
}
