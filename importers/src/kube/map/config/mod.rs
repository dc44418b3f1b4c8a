//! What workloads read: ConfigMaps and Secrets by their keys, service accounts, claims, namespaces.

mod account;
pub(super) mod rights;
mod secret;

pub(super) use account::{has_role, join as join_account};

use super::{context::Context, workload};
use crate::kube::object::{Field, Object};

/// A ConfigMap or Secret of the import.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'c> {
    /// The object.
    pub(super) object: &'c Object<'c>,
}

impl<'c> Source<'c> {
    /// The ConfigMap or Secret of this name; a service that uses it is written down.
    pub(super) fn find(context: &Context<'c>, kind: &str, namespace: &str, name: &str, service: &str) -> Option<Self> {
        let object = context.cluster.find(kind, namespace, name)?;
        object.belongs_to(service);
        Some(Self { object })
    }

    /// The keys with their values: `data` and what overrides it. Values of a Secret are fields too, never to be read.
    pub(super) fn texts(self) -> impl Iterator<Item = (&'c str, Field<'c>)> {
        let root = self.object.root();
        let over: Vec<_> = root.map("stringData").collect();
        let hidden: Vec<_> = over.iter().map(|(key, _)| *key).collect();
        root.map("data").filter(move |(key, _)| !hidden.contains(key)).chain(over)
    }

    /// The keys whose values are bytes, base64 in the manifest.
    pub(super) fn bytes(self) -> impl Iterator<Item = (&'c str, Field<'c>)> {
        self.object.root().map("binaryData")
    }

    /// One key of `data` or `stringData`.
    pub(super) fn text(self, key: &str) -> Option<Field<'c>> {
        self.texts().find(|(other, _)| *other == key).map(|(_, field)| field)
    }
}

/// The command that shows an object of the namespace that a field's object is in.
pub(super) fn get(kind: &str, name: &str, field: Field<'_>) -> String {
    let namespace = field.object().namespace();
    format!("kubectl get {} {name} -n {namespace} -o yaml", kind.to_lowercase())
}

/// What is said of the objects of this topic when all services are known.
pub(super) fn settle(context: &Context<'_>) {
    for kind in ["ConfigMap", "PersistentVolumeClaim", "ServiceAccount", "Secret"] {
        for object in context.cluster.of_kind(kind) {
            object.otherwise_ignored("no imported workload needs it");
            if kind == "Secret" {
                secret::say(object);
            }
        }
    }
    for namespace in context.cluster.of_kind("Namespace") {
        namespace.otherwise_ignored("an application of Skiff has no namespaces");
        let labels = namespace.at("metadata").into_iter().flat_map(|metadata| metadata.map("labels"));
        for (key, value) in labels {
            match key {
                "istio-injection" | "istio.io/rev" => workload::say_injected("sidecar.istio.io/", value),
                _ => workload::say_injected(key, value),
            }
        }
    }
}
