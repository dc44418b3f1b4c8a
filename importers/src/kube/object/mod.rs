//! One object of Kubernetes while it is mapped: its fields, what the table and the API say of each, and what became of it.
//!
//! Reading a field marks it. What the table promises of a field counts only when the field was read, so a mapping that
//! forgets a field cannot hide it.

mod build;
mod field;
mod settle;
mod verdict;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use skiff_compiler::diagnostic::Code;

use super::{
    read::{Manifest, Node, Place, Step},
    table::Expected,
};
pub use field::Field;
use verdict::Said;
pub use verdict::Verdict;

/// One object while it is mapped.
#[derive(Debug)]
pub struct Object<'m> {
    /// What was read.
    pub manifest: &'m Manifest,
    slots: Vec<Slot<'m>>,
    verdicts: RefCell<BTreeMap<u32, Verdict>>,
    said: RefCell<Vec<Said>>,
    fallback: RefCell<Option<Verdict>>,
    services: RefCell<Vec<String>>,
    /// Where containers beside the main one are in their service, by slot.
    containers: RefCell<BTreeMap<u32, String>>,
    worst_stays: bool,
}

/// One node of the object.
#[derive(Debug)]
struct Slot<'m> {
    node: &'m Node,
    step: Option<Step<'m>>,
    place: Place,
    parent: u32,
    /// The slots of its children: the first, and how many.
    children: (u32, u32),
    expected: Expected,
    known: Known,
    read: Cell<bool>,
}

/// What the API says of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It is a field with such a value, or the API says nothing of it.
    Fits,
    /// The type above has no such field; `.0` is a field that is spelt alike.
    NoField(Option<&'static str>),
    /// It is below such a field.
    BelowNoField,
    /// The field takes another type of value: `.0` in words.
    WrongType(&'static str),
}

impl<'m> Object<'m> {
    /// Walks a manifest along the API and the table.
    #[must_use]
    pub fn new(manifest: &'m Manifest) -> Self {
        let slots = build::slots(manifest);
        let (verdicts, said, fallback, services, containers) = Default::default();
        Self { manifest, slots, verdicts, said, fallback, services, containers, worst_stays: false }
    }

    /// Of all that is said of a leaf, the worst stays instead of the first.
    #[must_use]
    pub fn worst_stays(self) -> Self {
        Self { worst_stays: true, ..self }
    }

    /// The whole object as a field.
    #[must_use]
    pub fn root(&self) -> Field<'_> {
        Field::new(self, 0)
    }

    /// A field by its dotted way, such as `spec.template.spec`; null counts as absent.
    #[must_use]
    pub fn at(&self, way: &str) -> Option<Field<'_>> {
        self.root().at(way)
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &'m str {
        &self.manifest.kind
    }

    /// The name; empty when it has none.
    #[must_use]
    pub fn name(&self) -> &'m str {
        self.manifest.name.as_deref().unwrap_or_default()
    }

    /// The namespace, `default` when it says none.
    #[must_use]
    pub fn namespace(&self) -> &'m str {
        self.manifest.namespace.as_deref().unwrap_or("default")
    }

    /// Says which service of `skiff.yaml` the object belongs to: comments about it stand there.
    pub fn belongs_to(&self, service: &str) {
        let mut services = self.services.borrow_mut();
        if !services.iter().any(|other| other == service) {
            services.push(service.to_owned());
        }
        for way in ["apiVersion", "kind", "metadata.name", "metadata.namespace"] {
            if let Some(field) = self.at(way) {
                field.touch();
            }
        }
    }

    /// Whether a service was named that the object belongs to.
    #[must_use]
    pub fn is_owned(&self) -> bool {
        !self.services.borrow().is_empty()
    }

    /// Says of the object as a whole what became of it: of every leaf that nothing else was said about.
    pub fn say(&self, code: &'static Code, reason: impl Into<String>, action: impl Into<String>) {
        self.root().say(code, reason, action);
    }

    /// Says what became of what the table would map or change, where the mapping did not read it: the object was not
    /// needed. Nothing is reported.
    pub fn otherwise_ignored(&self, reason: impl Into<String>) {
        *self.fallback.borrow_mut() = Some(Verdict::ignored(reason));
    }
}
