//! What all services of a Compose file share.

use std::cell::RefCell;

use skiff_compiler::spec::values::Name;

use crate::{
    import::Options,
    kube::object::{Field, Object},
    names::{self, Names},
    secrets::Secrets,
};

/// What all services of a Compose file share.
#[derive(Debug)]
pub(super) struct Project<'o> {
    /// All objects, in the order of the file.
    pub(super) objects: &'o [Object<'o>],
    /// What the user asked for.
    pub(super) options: &'o Options,
    /// The application's name.
    pub(super) app: Name,
    /// The names that services have.
    pub(super) names: RefCell<Names>,
    /// The secrets that services need.
    pub(super) secrets: RefCell<Secrets>,
}

impl<'o> Project<'o> {
    pub(super) fn new(objects: &'o [Object<'o>], options: &'o Options) -> Self {
        let (names, secrets) = (RefCell::default(), RefCell::default());
        Self { objects, options, app: names::tidy(&options.app), names, secrets }
    }

    /// The objects of a kind, by the order of the file.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'o Object<'o>> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// A volume, secret, config or network by its key.
    pub(super) fn find(&self, kind: &str, name: &str) -> Option<Field<'o>> {
        self.of_kind(kind).find(|object| object.name() == name).map(|object| object.root())
    }

    /// Says of what no service names that nothing is lost without it.
    pub(super) fn ignore_unused(&self) {
        for object in ["volume", "secret", "config"].into_iter().flat_map(|kind| self.of_kind(kind)) {
            if let Some(inside) = object.at("external").filter(|external| external.written() == Some("false")) {
                inside.ignore("it is the default");
            }
            if !object.is_owned() {
                object.root().ignore("no service uses it");
            }
        }
    }

    /// Says whether the file's own name became the application's.
    pub(super) fn named(&self) {
        for name in self.of_kind("file").filter_map(|file| file.root().get("name")) {
            match name.text() {
                Some(text) if names::tidy(text) == self.app => {}
                _ => name.ignore("the application has another name"),
            }
        }
    }

    /// The zone of the names that services have for each other.
    pub(super) fn zone(&self) -> String {
        format!("{}.compose.internal", self.app)
    }
}
