//! The kinds that are generated, and whether an object is really one of its kind: it is read into the type that
//! `k8s-openapi` has for it and written again, and nothing may be lost on the way.

use k8s_openapi::{
    Resource,
    api::{
        apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
        autoscaling::v2::HorizontalPodAutoscaler,
        batch::v1::{CronJob, Job},
        core::v1::{
            ConfigMap, Endpoints, LimitRange, Namespace, PersistentVolume, PersistentVolumeClaim, Pod, PodTemplate,
            ReplicationController, ResourceQuota, Secret, Service, ServiceAccount,
        },
        discovery::v1::EndpointSlice,
        networking::v1::{Ingress, IngressClass, NetworkPolicy},
        policy::v1::PodDisruptionBudget,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
        scheduling::v1::PriorityClass,
        storage::v1::StorageClass,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use skiff_tests::Problems;

/// One kind: its name, its group and version, and its type.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    through_type: fn(&Json) -> Result<Json, String>,
}

const fn kind<K: Resource + Serialize + DeserializeOwned>() -> Kind {
    Kind { name: K::KIND, api_version: K::API_VERSION, through_type: through_type::<K> }
}

/// All kinds that are generated; those of workloads and traffic first.
pub(super) static KINDS: &[Kind] = &[
    kind::<Deployment>(),
    kind::<StatefulSet>(),
    kind::<DaemonSet>(),
    kind::<ReplicaSet>(),
    kind::<ReplicationController>(),
    kind::<Pod>(),
    kind::<PodTemplate>(),
    kind::<Job>(),
    kind::<CronJob>(),
    kind::<Service>(),
    kind::<Ingress>(),
    kind::<NetworkPolicy>(),
    kind::<HorizontalPodAutoscaler>(),
    kind::<PodDisruptionBudget>(),
    kind::<ConfigMap>(),
    kind::<Secret>(),
    kind::<ServiceAccount>(),
    kind::<PersistentVolumeClaim>(),
    kind::<PersistentVolume>(),
    kind::<Namespace>(),
    kind::<LimitRange>(),
    kind::<ResourceQuota>(),
    kind::<Role>(),
    kind::<RoleBinding>(),
    kind::<ClusterRole>(),
    kind::<ClusterRoleBinding>(),
    kind::<IngressClass>(),
    kind::<StorageClass>(),
    kind::<PriorityClass>(),
    kind::<Endpoints>(),
    kind::<EndpointSlice>(),
];

fn through_type<K: Serialize + DeserializeOwned>(object: &Json) -> Result<Json, String> {
    let typed: K = serde_json::from_value(object.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

/// What of an object its type does not keep.
pub(super) fn lost(object: &Json) -> Problems {
    let Some(kind) = KINDS.iter().find(|kind| object["kind"] == kind.name) else {
        return vec![format!("`{}` is not generated", object["kind"])];
    };
    match (kind.through_type)(object) {
        Ok(kept) => {
            let mut lost = Problems::new();
            compare(object, &kept, kind.name, &mut lost);
            lost
        }
        Err(error) => vec![format!("no {}: {error}: {object}", kind.name)],
    }
}

/// Everything that is in one tree and not in the other. Recursion is safe: what is generated has a bounded depth.
fn compare(object: &Json, kept: &Json, path: &str, lost: &mut Problems) {
    match (object, kept) {
        (Json::Object(fields), Json::Object(_)) => {
            fields.iter().for_each(|(field, value)| compare(value, &kept[field], &format!("{path}.{field}"), lost));
        }
        (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
            items.iter().zip(others).for_each(|(item, other)| compare(item, other, &format!("{path}[]"), lost));
        }
        _ if object == kept => {}
        _ => lost.push(format!("{path}: {object} became {kept}")),
    }
}
