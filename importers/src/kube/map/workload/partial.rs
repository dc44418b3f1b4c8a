//! Manifests that are parts of one: patches that kustomize puts onto a base.

use super::Pods;
use crate::kube::{
    codes::workload as codes,
    object::{Field, Object},
};

/// The pods of an object, when each of their containers says what it runs; else the object is reported as a part.
pub(super) fn complete<'c>(object: &'c Object<'c>, template: Option<Field<'c>>) -> Option<Pods<'c>> {
    let spec = template.and_then(|template| template.get("spec"));
    let complete = spec.filter(|spec| {
        let mut containers = spec.list("containers").chain(spec.list("initContainers"));
        spec.list("containers").next().is_some() && containers.all(|container| container.get("image").is_some())
    });
    if complete.is_none() {
        let reason = match spec.is_some_and(|spec| spec.list("containers").next().is_some()) {
            true => "a container has no `image`, so this is a patch or a part of a manifest",
            false => "it has no containers, so this is a patch or a part of a manifest",
        };
        object.say(
            &codes::PARTIAL,
            reason,
            "import what kustomize makes of it: `kubectl kustomize DIRECTORY | skiff import kube -`",
        );
    }
    Some(Pods { metadata: template.and_then(|template| template.get("metadata")), spec: complete? })
}
