//! Which bindings give an account rights on the Kubernetes API, and which pods can use them.

use crate::kube::{
    map::cluster::Cluster,
    object::{Field, Object},
};

/// Resources whose use only lets a pod be created: nobody asks the API for them afterwards.
const ADMISSION: &[&str] = &["podsecuritypolicies", "securitycontextconstraints"];

/// Whether an object binds roles of the cluster to somebody.
pub(in super::super) fn is_binding(object: &Object<'_>) -> bool {
    matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding")
        && object.manifest.api_version.starts_with("rbac.authorization.k8s.io/")
}

/// Whether an object gives a service account rights on the Kubernetes API: by its name, as a user, or with all others of
/// its namespace or of the cluster.
pub(in super::super) fn gives(object: &Object<'_>, namespace: &str, account: &str, cluster: &Cluster<'_>) -> bool {
    is_binding(object)
        && object.root().list("subjects").any(|subject| is(subject, object, namespace, account))
        && !gives_nothing(object, cluster)
}

/// Whether a subject is the account. The names of users and groups are those of the API server's authentication of tokens.
fn is(subject: Field<'_>, binding: &Object<'_>, namespace: &str, account: &str) -> bool {
    let name = subject.text_of("name").unwrap_or_default();
    match subject.text_of("kind") {
        Some("ServiceAccount") => {
            name == account && subject.text_of("namespace").unwrap_or_else(|| binding.namespace()) == namespace
        }
        Some("User") => name == format!("system:serviceaccount:{namespace}:{account}"),
        Some("Group") => {
            name == "system:serviceaccounts" || name.strip_prefix("system:serviceaccounts:") == Some(namespace)
        }
        _ => false,
    }
}

/// Whether the role is known and lets nobody do more than be admitted; rules of an aggregated role stand elsewhere.
fn gives_nothing(binding: &Object<'_>, cluster: &Cluster<'_>) -> bool {
    let text = |way| binding.at(way).and_then(Field::text).unwrap_or_default();
    let (kind, name) = (text("roleRef.kind"), text("roleRef.name"));
    let here = |role: &Object<'_>| kind == "ClusterRole" || role.namespace() == binding.namespace();
    let role = cluster.objects().iter().find(|role| role.kind() == kind && role.name() == name && here(role));
    let admits = |rule: Field<'_>| {
        let mut resources = rule.list("resources").filter_map(Field::written).peekable();
        resources.peek().is_some() && resources.all(|resource| ADMISSION.contains(&resource))
    };
    role.is_some_and(|role| role.at("aggregationRule").is_none() && role.root().list("rules").all(admits))
}

/// The account that a pod runs as, and whether it is given the account's token: the pod decides, then the account.
pub(in super::super) fn account<'o>(pod: Field<'o>, namespace: &str, cluster: &Cluster<'_>) -> (&'o str, bool) {
    let named = pod.text_of("serviceAccountName").or_else(|| pod.text_of("serviceAccount"));
    let name = named.filter(|name| !name.is_empty()).unwrap_or("default");
    let of_account = || {
        let object = cluster.find("ServiceAccount", namespace, name)?;
        object.at("automountServiceAccountToken")?.boolean()
    };
    (name, pod.boolean_of("automountServiceAccountToken").or_else(of_account).unwrap_or(true))
}
