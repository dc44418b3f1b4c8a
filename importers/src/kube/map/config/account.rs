//! Service accounts: which rights a workload has by them, in AWS and in the cluster.

use crate::kube::{
    codes::{general, workload as codes},
    map::{context::Context, draft::Draft, pod},
    object::{Field, Object},
};

/// The annotation that names the role of AWS.
const ROLE: &str = "eks.amazonaws.com/role-arn";

/// Annotations by which a service account is somebody elsewhere.
static ELSEWHERE: &[(&str, &str)] = &[
    ("iam.gke.io/gcp-service-account", "a service account of Google Cloud"),
    ("azure.workload.identity/client-id", "an identity of Azure"),
    ("azure.workload.identity/tenant-id", "an identity of Azure"),
];

/// Says what the service account of a workload means.
pub(in super::super) fn join(draft: &Draft<'_>, context: &Context<'_>) {
    let field = draft.pod.get("serviceAccountName").or_else(|| draft.pod.get("serviceAccount"));
    let name = field.and_then(Field::text).unwrap_or("default");
    let namespace = draft.workload.namespace();
    let account = context.cluster.find("ServiceAccount", namespace, name);
    if let Some(account) = account.filter(|_| field.is_some() || name != "default") {
        account.belongs_to(draft.name.as_str());
    }
    if let Some(account) = account {
        say_annotations(account);
        pod::pull_secrets(draft.pod, account.root());
    }
    if let Some(field) = field.filter(|_| name != "default" && !has_role(draft.pod, context)) {
        say_pod_identity(field, draft.pod);
    }
    let mounted = |field: Option<Field<'_>>| field.and_then(Field::boolean);
    let mounts = mounted(draft.pod.get("automountServiceAccountToken"))
        .or_else(|| mounted(account.and_then(|account| account.at("automountServiceAccountToken"))))
        .unwrap_or(true);
    let bound = context.cluster.objects().iter().find(|object| mounts && binds(object, namespace, name, context));
    if let (Some(binding), Some(place)) = (bound, field.or(Some(draft.pod))) {
        let reason = format!(
            "{} `{}` lets it call the Kubernetes API, which a VM does not have",
            binding.kind(),
            binding.name()
        );
        let action = "find out what it asks the API for, and give it another way";
        match field {
            Some(field) => field.say(&codes::API_ACCESS, reason, action),
            None => place.note(&codes::API_ACCESS, reason, action),
        }
    }
}

/// Whether the service account of a pod has a role of AWS by its annotation, which is reported there.
pub(in super::super) fn has_role(pod: Field<'_>, context: &Context<'_>) -> bool {
    let field = pod.get("serviceAccountName").or_else(|| pod.get("serviceAccount"));
    let name = field.and_then(Field::text).unwrap_or("default");
    let account = context.cluster.find("ServiceAccount", pod.object().namespace(), name);
    let annotations = account.and_then(|account| account.at("metadata.annotations"));
    annotations.is_some_and(|annotations| annotations.get(ROLE).is_some())
}

/// Notes that a pod which names something of AWS has its role from elsewhere, unless it has keys of its own.
fn say_pod_identity(field: Field<'_>, pod: Field<'_>) {
    let variables = || pod.list("containers").flat_map(|container| container.list("env"));
    let named = |name: &str| variables().any(|item| item.text_of("name") == Some(name));
    let bucket = variables().any(|item| item.text_of("value").is_some_and(|value| value.starts_with("s3://")));
    if (bucket || named("AWS_REGION") || named("AWS_DEFAULT_REGION")) && !named("AWS_ACCESS_KEY_ID") {
        let reason = "its variables name something of AWS, and no manifest says by which role it may use it";
        let action = "look for an association of EKS Pod Identity, and copy the role's policies to `permissions:`";
        field.note(&general::POD_IDENTITY, reason, action);
    }
}

fn say_annotations(account: &Object<'_>) {
    let annotations = account.at("metadata").into_iter().flat_map(|metadata| metadata.map("annotations"));
    for (key, value) in annotations {
        if key == ROLE {
            let role = value.written().unwrap_or_default();
            let reason =
                "the role trusts the cluster and no VM; every process of a member has the role that Skiff makes";
            value.say(&codes::IDENTITY, reason, format!("copy the policies of `{role}` to `permissions:`"));
        } else if key.starts_with("eks.amazonaws.com/") {
            value.ignore("it says how the cluster hands out the role");
        } else if let Some((_, what)) = ELSEWHERE.iter().find(|(other, _)| *other == key) {
            let reason = format!("it is {what}, which a VM on AWS cannot have");
            value.say(&codes::OTHER_IDENTITY, reason, "give the application credentials of its own under `secrets:`");
        }
    }
}

/// Whether an object binds this service account to rights in the cluster.
fn binds(object: &Object<'_>, namespace: &str, name: &str, context: &Context<'_>) -> bool {
    let is_binding = matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding")
        && object.manifest.api_version.starts_with("rbac.authorization.k8s.io/");
    is_binding
        && !is_policy(object, context)
        && object.root().list("subjects").any(|subject| {
            let place = subject.text_of("namespace").unwrap_or_else(|| object.namespace());
            subject.text_of("kind") == Some("ServiceAccount")
                && subject.text_of("name") == Some(name)
                && place == namespace
        })
}

/// Whether the role only lets the pod be admitted, by a pod security policy.
fn is_policy(binding: &Object<'_>, context: &Context<'_>) -> bool {
    let reference = binding.at("roleRef");
    let part = |key| reference.and_then(|reference| reference.text_of(key)).unwrap_or_default();
    let (kind, name) = (part("kind"), part("name"));
    let role = context.cluster.objects().iter().find(|object| {
        object.kind() == kind
            && object.name() == name
            && (kind == "ClusterRole" || object.namespace() == binding.namespace())
    });
    let mut rules = role.into_iter().flat_map(|role| role.root().list("rules")).peekable();
    rules.peek().is_some()
        && rules.all(|rule| rule.get("resources").is_some_and(|all| all.texts() == ["podsecuritypolicies"]))
}
