//! Service accounts: which rights a workload has by them, in AWS and in the cluster.

use super::rights;
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
    let namespace = draft.workload.namespace();
    let (name, mounts) = rights::account(draft.pod, namespace, context.cluster);
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
    let gives = |object: &&Object<'_>| mounts && rights::gives(object, namespace, name, context.cluster);
    if let Some(binding) = context.cluster.objects().iter().find(gives) {
        say_rights(draft.pod, field, binding);
    }
}

/// Of an account that the pod does not name, there is no field to say it of.
fn say_rights(pod: Field<'_>, field: Option<Field<'_>>, binding: &Object<'_>) {
    let reason = format!(
        "its account has rights on the Kubernetes API by the {} `{}`, and a VM has no such API",
        binding.kind(),
        binding.name()
    );
    let action = "see what SK0909 says at that binding";
    match field {
        Some(field) => field.say(&codes::API_ACCESS, reason, action),
        None => pod.note(&codes::API_ACCESS, reason, action),
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
