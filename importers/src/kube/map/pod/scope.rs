//! What a container's variables and files may refer to.

use skiff_compiler::{
    facts::instances::InstanceType,
    resolve::instance_for,
    spec::{decode::Decode, service::Size, shorthand::SecretReference, values::Name},
};

use crate::kube::{
    map::{context::Context, draft::Draft},
    object::{Field, Object},
};

/// A container within its pod, its workload and the import.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s, 'c> {
    pub(super) context: &'s Context<'c>,
    pub(super) service: &'s Name,
    pub(super) workload: &'c Object<'c>,
    pub(super) template: Option<Field<'c>>,
    pub(super) pod: Field<'c>,
    pub(super) container: Field<'c>,
    /// The VM that the size of the service leads to.
    pub(super) vm: Option<&'static InstanceType>,
}

impl<'s, 'c> Scope<'s, 'c> {
    /// The scope of a container of a draft that has this name.
    pub(super) fn new(draft: &Draft<'c>, service: &'s Name, container: Field<'c>, context: &'s Context<'c>) -> Self {
        let vm = instance_for(Some(draft.service.size.as_ref().unwrap_or(&Size::fallback())));
        Self { context, service, workload: draft.workload, template: draft.template, pod: draft.pod, container, vm }
    }

    /// The namespace of the workload.
    pub(super) fn namespace(&self) -> &'c str {
        self.workload.namespace()
    }

    /// What the workload was, for the list of secrets.
    pub(super) fn source(&self) -> String {
        format!("{} {}/{}", self.workload.kind(), self.workload.namespace(), self.workload.name())
    }

    /// The service account; what reads it needs it.
    pub(super) fn account(&self) -> &'c str {
        let field = self.pod.get("serviceAccountName").or_else(|| self.pod.get("serviceAccount"));
        if let Some(field) = field {
            field.mapped_to("env");
        }
        field.and_then(Field::text).unwrap_or("default")
    }

    /// A container of the pod by its name.
    pub(super) fn named(&self, name: &str) -> Option<Field<'c>> {
        let mut containers = self.pod.list("containers").chain(self.pod.list("initContainers"));
        containers.find(|container| container.text_of("name") == Some(name))
    }

    /// A reference to one key of a Secret of this namespace.
    pub(super) fn secret(&self, secret: &str, key: &str) -> SecretReference {
        self.key_of("Secret", secret, key)
    }

    /// A reference to one key of a Secret of this namespace, or of a ConfigMap that is not in the import.
    pub(super) fn key_of(&self, kind: &str, name: &str, key: &str) -> SecretReference {
        self.context.secrets.borrow_mut().reference(kind, (self.namespace(), name), key, self.service)
    }
}
