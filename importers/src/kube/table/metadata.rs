//! What every object says of itself.

use super::row::{Row, ignored, mapped_as};

/// `apiVersion` and `kind` of what has no status.
pub(super) static TYPE: &[Row] = &[
    mapped_as("apiVersion", "", "it says how the object is read"),
    mapped_as("kind", "", "it says what the object is"),
];

/// `apiVersion` and `kind`, and the status that only a cluster writes.
pub(super) static OBJECT: &[Row] = &[
    mapped_as("apiVersion", "", "it says how the object is read"),
    mapped_as("kind", "kind", "it says what the object becomes"),
    ignored("status.**", "the cluster writes it"),
];

/// `metadata` of any object.
pub(super) static METADATA: &[Row] = &[
    mapped_as("name", "", "the name, tidied where `skiff.yaml` has another idea of names"),
    mapped_as("namespace", "", "part of the name where two namespaces share it"),
    ignored("generateName", "Skiff names members itself"),
    ignored("labels.<map>", "labels join objects during the import; Skiff tags what it creates itself"),
    ignored("annotations.<map>", "an annotation that no controller of this import reads"),
    ignored("clusterName", "the cluster wrote it in an old API"),
    ignored("initializers.**", "the cluster wrote them in an old API"),
    ignored("creationTimestamp", "the cluster writes it"),
    ignored("deletionGracePeriodSeconds", "the cluster writes it"),
    ignored("deletionTimestamp", "the cluster writes it"),
    ignored("finalizers.**", "they hold up a deletion in the cluster"),
    ignored("generation", "the cluster writes it"),
    ignored("managedFields.**", "the cluster writes it"),
    ignored("ownerReferences.**", "the cluster writes it"),
    ignored("resourceVersion", "the cluster writes it"),
    ignored("selfLink", "the cluster writes it"),
    ignored("uid", "the cluster writes it"),
];

/// `metadata` of a pod template: the pods' own names are of no account.
pub(super) static TEMPLATE: &[Row] = &[
    ignored("name", "a pod's name is made by its workload"),
    ignored("namespace", "a pod is in the namespace of its workload"),
];
