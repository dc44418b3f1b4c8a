//! All objects of an import, and how one is found from another.

use std::collections::HashMap;

use crate::kube::{codes, object::Object, read::Manifest};

/// All objects of an import, in the order of the input.
#[derive(Debug)]
pub(crate) struct Cluster<'m> {
    objects: Vec<Object<'m>>,
    by_name: HashMap<(&'m str, &'m str, &'m str), usize>,
}

impl<'m> Cluster<'m> {
    /// Takes the objects; of two with one kind, namespace and name the first counts, and the other is reported.
    #[must_use]
    pub(crate) fn new(manifests: &'m [Manifest]) -> Self {
        let objects: Vec<_> = manifests.iter().map(Object::new).collect();
        let mut by_name = HashMap::new();
        for (index, object) in objects.iter().enumerate() {
            let key = (object.kind(), object.namespace(), object.name());
            if object.name().is_empty() {
                continue;
            }
            let first = *by_name.entry(key).or_insert(index);
            if first != index {
                let other: &Object<'_> = &objects[first];
                let place = format!("{}:{}", other.manifest.file, other.manifest.place.line);
                let reason = format!("this {} stands at {place} already", object.kind());
                object.say(
                    &codes::general::DUPLICATE_OBJECT,
                    reason,
                    "import one environment at a time, or remove one of them",
                );
            }
        }
        Self { objects, by_name }
    }

    /// All objects.
    #[must_use]
    pub(crate) fn objects(&self) -> &[Object<'m>] {
        &self.objects
    }

    /// The objects of a kind, without those that are there twice.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object<'m>> {
        self.objects
            .iter()
            .enumerate()
            .filter(move |(index, object)| {
                let key = (object.kind(), object.namespace(), object.name());
                object.kind() == kind && self.by_name.get(&key).is_none_or(|first| first == index)
            })
            .map(|(_, object)| object)
    }

    /// The object of a kind by its namespace and name.
    #[must_use]
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object<'m>> {
        self.by_name.get(&(kind, namespace, name)).and_then(|index| self.objects.get(*index))
    }
}
