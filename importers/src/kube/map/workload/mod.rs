//! The objects that have pods, each as a draft.

mod batch;
mod daemon_set;
mod deployment;
mod hook;
mod injected;
mod partial;
mod products;
mod rolling;
mod schedule;
mod selector;
mod stateful_set;
mod update;

use std::collections::BTreeMap;

pub(super) use hook::join as join_hooks;
pub(super) use injected::say_of as say_injected;
pub(super) use products::repository;
pub(super) use update::settle;

use super::{context::Context, draft::Draft};
use crate::kube::{
    codes::workload as codes,
    object::{Field, Object},
};

/// Where the pods of an object are described.
#[derive(Debug, Clone, Copy)]
struct Pods<'c> {
    metadata: Option<Field<'c>>,
    spec: Field<'c>,
}

/// A draft for each object that has pods.
pub(super) fn drafts<'c>(context: &Context<'c>) -> Vec<Draft<'c>> {
    context.cluster.kept().filter_map(|object| draft(object, context)).collect()
}

fn draft<'c>(object: &'c Object<'c>, context: &Context<'c>) -> Option<Draft<'c>> {
    let template = template(object)?;
    if is_owned(object, context) {
        return None;
    }
    let pods = partial::complete(object, template)?;
    match object.kind() {
        "DaemonSet" => daemon_set::say(object, pods),
        // A Job is a step of another service or nothing; that is known when all services are.
        "Job" => {}
        "CronJob" => return Some(batch::cron_job(begin(object, pods, context))),
        "Pod" if batch::runs_once(pods.spec) => batch::say(object),
        "StatefulSet" => {
            return stateful_set::is_possible(object, pods).then(|| stateful_set::fill(begin(object, pods, context)));
        }
        _ => return Some(deployment::fill(begin(object, pods, context))),
    }
    None
}

/// The field with `metadata` and `spec` of the pods; `None` for an object that has none.
fn template<'c>(object: &'c Object<'c>) -> Option<Option<Field<'c>>> {
    match object.kind() {
        "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" | "DaemonSet" | "Job" => {
            Some(object.at("spec.template"))
        }
        "CronJob" => Some(object.at("spec.jobTemplate.spec.template")),
        "Pod" => Some(Some(object.root())),
        _ => None,
    }
}

/// What another object of the import makes is not imported by itself.
fn is_owned(object: &Object<'_>, context: &Context<'_>) -> bool {
    let owner =
        object.at("metadata").into_iter().flat_map(|metadata| metadata.list("ownerReferences")).find_map(|owner| {
            let (kind, name) = (owner.text_of("kind")?, owner.text_of("name")?);
            context.cluster.find(kind, object.namespace(), name)
        });
    let Some(owner) = owner else { return false };
    object.root().ignore(format!("{} `{}` makes it, and is imported itself", owner.kind(), owner.name()));
    true
}

/// A draft with what all kinds have: name, labels, what is injected.
fn begin<'c>(object: &'c Object<'c>, pods: Pods<'c>, context: &Context<'c>) -> Draft<'c> {
    let own = match object.name() {
        "" => object.at("metadata.generateName").and_then(Field::text).unwrap_or_default().trim_end_matches('-'),
        name => name,
    };
    let name = context.names.borrow_mut().choose(object.namespace(), own);
    let mut draft = Draft::new(name, object, pods.spec);
    say_renamed(&draft, own);
    draft.template = pods.metadata;
    draft.labels = labels(pods.metadata);
    selector::check(object, &draft.labels);
    let namespace =
        context.cluster.objects().iter().find(|it| it.kind() == "Namespace" && it.name() == object.namespace());
    injected::say(pods.metadata, namespace);
    draft
}

fn say_renamed(draft: &Draft<'_>, own: &str) {
    let field = draft.workload.at("metadata.name").or_else(|| draft.workload.at("metadata"));
    if let Some(field) = field.filter(|_| draft.name.as_str() != own) {
        let reason = format!("`{own}` is taken or no name of `skiff.yaml`, so the service is called `{}`", draft.name);
        field.note(&codes::RENAMED, reason, "give it the name that you like before the first deploy");
    }
}

fn labels<'c>(metadata: Option<Field<'c>>) -> BTreeMap<&'c str, &'c str> {
    let labels = metadata.into_iter().flat_map(|metadata| metadata.map("labels"));
    labels.filter_map(|(key, value)| Some((key, value.written()?))).collect()
}
