//! StatefulSets: imported where one member can be what its one pod was.

use super::{Pods, deployment, products};
use crate::kube::{
    codes::workload as codes,
    map::draft::Draft,
    object::{Field, Object},
};

fn claims<'c>(object: &'c Object<'c>) -> Vec<Field<'c>> {
    object.at("spec").into_iter().flat_map(|spec| spec.list("volumeClaimTemplates")).collect()
}

fn count(object: &Object<'_>) -> i64 {
    object.at("spec.replicas").and_then(Field::integer).unwrap_or(1)
}

/// Whether it can be a service; else it is reported as a whole.
pub(super) fn is_possible<'c>(object: &'c Object<'c>, pods: Pods<'c>) -> bool {
    let (claims, replicas) = (claims(object).len(), count(object));
    if claims == 0 || claims == 1 && replicas <= 1 {
        return true;
    }
    let reason = match claims {
        1 => format!("each of its {replicas} pods has a name and a volume of its own, which members have not"),
        _ => format!("each pod has {claims} volumes, and a stateful service has one"),
    };
    let action = products::managed(pods.spec).map_or_else(
        || "use a managed service, or one service of `kind: stateful` for each pod".to_owned(),
        |managed| format!("use {managed}, and move the data"),
    );
    object.say(&codes::STATEFUL_SET, reason, action);
    false
}

/// Fills a draft; what becomes of its claim is decided when traffic was joined.
pub(super) fn fill(mut draft: Draft<'_>) -> Draft<'_> {
    let workload = draft.workload;
    let several = count(workload) > 1;
    draft.replicas = deployment::replicas(workload);
    deployment::bake(&mut draft);
    if let Some(kind) = workload.at("kind") {
        say_identity(kind, &draft, several);
    }
    if let Some(service) = workload.at("spec.serviceName") {
        if several {
            let reason = "its pods have DNS names of their own, which members have not";
            service.say(&codes::STATEFUL_SET, reason, "let clients use the name of the service");
        } else {
            service.touch();
        }
    }
    if let Some(partition) = workload.at("spec.updateStrategy.rollingUpdate.partition")
        && partition.integer() == Some(0)
    {
        partition.ignore("0 means all pods");
    }
    draft
}

fn say_identity(kind: Field<'_>, draft: &Draft<'_>, several: bool) {
    let managed = products::managed(draft.pod).map(|managed| format!("consider {managed} instead")).unwrap_or_default();
    if several {
        let reason = "its pods have ordinals and names of their own, which members have not";
        let action =
            if managed.is_empty() { "take what depends on them out of the application".into() } else { managed };
        kind.say(&codes::STATEFUL_SET, reason, action);
    } else {
        kind.say(
            &codes::SINGLE_STATEFUL_SET,
            "its pod becomes a member without an ordinal and a name of its own",
            managed,
        );
    }
}
