//! What the importer knows of the Kubernetes API is what the API's types say.

#![allow(clippy::expect_used, reason = "what a test stands on is there, or the test says what is missing")]

use std::collections::BTreeSet;

use k8s_openapi::api::{
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
};
use schemars::{JsonSchema, SchemaGenerator};
use skiff_tests::{
    expected::Expected,
    kubernetes_fields::{self, Definitions},
    listed,
};

/// The kinds whose fields the data has.
///
/// Of the autoscalers it is `v2`: what `v1` has besides stands with the fields of old versions.
fn definitions() -> (Definitions, BTreeSet<String>) {
    let mut generator = SchemaGenerator::default();
    let mut roots = BTreeSet::new();
    macro_rules! add {
        ($($kind:ty),* $(,)?) => {$(
            generator.subschema_for::<$kind>();
            roots.insert(<$kind>::schema_name().into_owned());
        )*};
    }
    add!(DaemonSet, Deployment, ReplicaSet, StatefulSet, HorizontalPodAutoscaler, CronJob, Job);
    add!(ConfigMap, Endpoints, LimitRange, Namespace, PersistentVolume, PersistentVolumeClaim, Pod, PodTemplate);
    add!(ReplicationController, ResourceQuota, Secret, Service, ServiceAccount, EndpointSlice);
    add!(Ingress, IngressClass, NetworkPolicy, PodDisruptionBudget, PriorityClass, StorageClass);
    add!(ClusterRole, ClusterRoleBinding, Role, RoleBinding);
    (generator.take_definitions(false), roots)
}

#[test]
fn the_data_is_what_the_types_of_the_api_say() {
    let (definitions, roots) = definitions();
    let lines = kubernetes_fields::lines(&definitions, &roots).expect("every type of the API can be written down");
    let mut expected = Expected::new("kubernetes_fields");
    expected.file("importers/data/kubernetes-fields.txt", format!("{PREFACE}{lines}"));
    let problems = expected.settle();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

const PREFACE: &str = "\
# Every field of the Kubernetes API 1.37 below the kinds that an import reads: type, field, the field's type.
# Made from the types of k8s-openapi by tests/tests/kubernetes_fields.rs, which says how to make it again.
";
