//! Versions of the API that newer clusters do not have.

use super::cluster::Cluster;
use crate::kube::{codes::general::OLD_GROUP, table};

/// A version, a kind or `*`, the version of Kubernetes that does without, and what took its place.
///
/// Source: the "Deprecated API Migration Guide" of Kubernetes,
/// <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.
static REMOVED: &[(&str, &str, &str, &str)] = &[
    ("extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
    ("extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"),
    ("extensions/v1beta1", "*", "1.16", "apps/v1"),
    ("apps/v1beta1", "*", "1.16", "apps/v1"),
    ("apps/v1beta2", "*", "1.16", "apps/v1"),
    ("batch/v2alpha1", "CronJob", "1.21", "batch/v1"),
    ("batch/v1beta1", "CronJob", "1.25", "batch/v1"),
    ("networking.k8s.io/v1beta1", "*", "1.22", "networking.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"),
    ("autoscaling/v2beta1", "*", "1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "*", "1.26", "autoscaling/v2"),
];

/// Notes each object of the table that is written in such a version.
pub(super) fn say(cluster: &Cluster<'_>) {
    for object in cluster.objects() {
        let version = &*object.manifest.api_version;
        let fits = |kind: &str| kind == "*" || kind == object.kind();
        let removed = REMOVED.iter().find(|(old, kind, ..)| *old == version && fits(kind));
        let known = table::kind(version, object.kind()).is_some();
        let Some((_, _, since, instead)) = removed.filter(|_| known) else { continue };
        if let Some(field) = object.at("apiVersion") {
            let reason = format!("Kubernetes {since} and later do not have `{version}` of a {}", object.kind());
            field.note(
                &OLD_GROUP,
                reason,
                format!("write `apiVersion: {instead}` where a cluster still takes the file"),
            );
        }
    }
}
