//! Objects of kinds that become nothing as a whole: each is named, none is silent.

use super::cluster::Cluster;
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
    let group = binding.manifest.api_version.starts_with("rbac.authorization.k8s.io/");
    if !group || !matches!(binding.kind(), "RoleBinding" | "ClusterRoleBinding") || only_admits_pods(binding, cluster) {
        return false;
    }
    let accounts = binding.root().list("subjects").filter(|subject| subject.text_of("kind") == Some("ServiceAccount"));
    let mut users = accounts.filter_map(|subject| {
        let namespace = subject.text_of("namespace").unwrap_or_else(|| binding.namespace());
        workload(cluster, namespace, subject.text_of("name").unwrap_or_default())
    });
    let Some(workload) = users.next() else { return false };
    let role = binding.at("roleRef.name").and_then(Field::text).unwrap_or_default();
    let reason = format!("{} `{}` calls the Kubernetes API with the role `{role}`", workload.kind(), workload.name());
    binding.say(&BOUND_ROLE, reason, "find out what it asks for; a controller or an operator stays in a cluster");
    true
}

/// Whether the role that is bound only lets pods be created under a security policy: then nothing calls the API.
fn only_admits_pods(binding: &Object<'_>, cluster: &Cluster<'_>) -> bool {
    let text = |way| binding.at(way).and_then(Field::text).unwrap_or_default();
    let (kind, name) = (text("roleRef.kind"), text("roleRef.name"));
    let fits =
        |role: &&Object<'_>| role.name() == name && (kind == "ClusterRole" || role.namespace() == binding.namespace());
    let Some(role) = cluster.objects().iter().find(fits) else { return false };
    let admits = |rule: Field<'_>| {
        let resources = rule.get("resources").map(Field::texts).unwrap_or_default();
        let policy = |resource: &&str| matches!(*resource, "podsecuritypolicies" | "securitycontextconstraints");
        !resources.is_empty() && resources.iter().all(policy)
    };
    role.root().list("rules").all(admits)
}

/// The first workload that runs as an account.
fn workload<'c>(cluster: &'c Cluster<'_>, namespace: &str, account: &str) -> Option<&'c Object<'c>> {
    let runs_as = |object: &&Object<'_>| {
        let pod = PODS.iter().filter_map(|way| object.at(way)).find(|pod| pod.get("containers").is_some());
        pod.is_some_and(|pod| object.namespace() == namespace && calls_as(pod, account))
    };
    let found = cluster.objects().iter().filter(|object| is_workload(object)).find(runs_as);
    found.map(|object| -> &'c Object<'c> { object })
}

fn is_workload(object: &Object<'_>) -> bool {
    table::kind(&object.manifest.api_version, object.kind()).is_some()
}

/// Whether a pod can call the Kubernetes API as an account; a pod that names none is `default`.
fn calls_as(pod: Field<'_>, account: &str) -> bool {
    let named = pod.text_of("serviceAccountName").or_else(|| pod.text_of("serviceAccount")).unwrap_or("default");
    named == account && pod.boolean_of("automountServiceAccountToken") != Some(false)
}
