//! The objects that have pods, each as a draft.

use super::{context::Context, draft::Draft};

/// A draft for each object that has pods.
pub(super) fn drafts<'c>(context: &Context<'c>) -> Vec<Draft<'c>> {
    context
        .cluster
        .of_kind("Deployment")
        .filter_map(|object| {
            let pod = object.at("spec.template.spec")?;
            let name = context.names.borrow_mut().choose(object.namespace(), object.name());
            let mut draft = Draft::new(name, object, pod);
            draft.labels = pod_labels(object);
            if let Some(replicas) = object.at("spec.replicas").and_then(super::super::object::Field::integer) {
                let replicas = u32::try_from(replicas).unwrap_or(1);
                draft.replicas = (replicas, replicas.max(1));
            }
            Some(draft)
        })
        .collect()
}

fn pod_labels<'c>(object: &'c super::super::object::Object<'c>) -> std::collections::BTreeMap<&'c str, &'c str> {
    let metadata = object.at("spec.template.metadata");
    metadata
        .into_iter()
        .flat_map(|metadata| metadata.map("labels"))
        .filter_map(|(key, value)| Some((key, value.written()?)))
        .collect()
}
