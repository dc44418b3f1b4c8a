//! Objects of kinds that become nothing as a whole: each is named, none is silent.

use super::{cluster::Cluster, config::rights};
use crate::kube::{
    codes::{self, runtime::BOUND_ROLE},
    object::{Field, Object},
    table,
};

/// Where the kinds with pods keep them.
const PODS: &[&str] = &["spec.template.spec", "spec.jobTemplate.spec.template.spec", "spec"];

/// Says of every object that the table does not map field by field what becomes of it.
pub(super) fn say(cluster: &Cluster<'_>) {
    for object in cluster.objects() {
        let version = &object.manifest.api_version;
        if table::kind(version, object.kind()).is_some() || say_api_access(object, cluster) {
            continue;
        }
        match table::other(version, object.kind()) {
            None => say_unknown(object),
            Some(other) => match other.code {
                Some(code) => object.say(code, other.reason, other.action),
                None => object.root().ignore(other.reason),
            },
        }
    }
}

/// A kind that nobody knows; one of Kubernetes' own under a wrong version of its API is probably a typo.
fn say_unknown(object: &Object<'_>) {
    let version = &object.manifest.api_version;
    let reason = format!("Skiff does not know `{}` of `{version}`", object.kind());
    let own = !version.split('/').next().unwrap_or_default().contains('.');
    let meant = table::KINDS.iter().copied().flatten().find(|known| own && known.name == object.kind());
    let action = match meant.and_then(|known| known.groups.first()) {
        Some(&"") => "did you mean `apiVersion: v1`?".to_owned(),
        Some(group) => format!("did you mean `apiVersion: {group}/v1`?"),
        None => "do by hand what its operator does, or import what it creates".to_owned(),
    };
    object.say(&codes::general::UNKNOWN_KIND, reason, action);
}

/// Whether the object gives a workload of the import rights on the Kubernetes API, which is reported.
fn say_api_access(binding: &Object<'_>, cluster: &Cluster<'_>) -> bool {
    if !rights::is_binding(binding) {
        return false;
    }
    let Some(workload) = cluster.objects().iter().find(|object| uses(object, binding, cluster)) else { return false };
    let role = binding.at("roleRef.name").and_then(Field::text).unwrap_or_default();
    let reason = format!("{} `{}` calls the Kubernetes API with the role `{role}`", workload.kind(), workload.name());
    binding.say(&BOUND_ROLE, reason, "find out what it asks for; a controller or an operator stays in a cluster");
    true
}

/// Whether an object has pods that run as an account with what is bound.
fn uses(object: &Object<'_>, binding: &Object<'_>, cluster: &Cluster<'_>) -> bool {
    let pod = PODS.iter().filter_map(|way| object.at(way)).find(|pod| pod.get("containers").is_some());
    let Some(pod) = pod.filter(|_| table::kind(&object.manifest.api_version, object.kind()).is_some()) else {
        return false;
    };
    let (account, mounts) = rights::account(pod, object.namespace(), cluster);
    mounts && rights::gives(binding, object.namespace(), account, cluster)
}
