//! What workloads read: ConfigMaps, Secrets, ServiceAccounts, claims.

use super::{
    kinds::{Kind, Section},
    metadata::{METADATA, OBJECT, TYPE},
    row::{Row, ignored, mapped, mapped_as, said},
};
use crate::kube::codes::{pod, workload as codes};

static CONFIG_MAP: &[Row] = &[
    mapped_as("data.<map>", "env", "a variable, or a file under `files`"),
    mapped("binaryData.<map>", "files"),
    ignored("immutable", "what is in a release never changes"),
];

const FILL_IN: &str = "create it and fill it in: `skiff secret set`";

static SECRET: &[Row] = &[
    said(
        "data.**",
        "secrets",
        &codes::SECRET_VALUES,
        "values of a Secret are not imported, only the names of its keys",
        FILL_IN,
    ),
    said(
        "stringData.**",
        "secrets",
        &codes::SECRET_VALUES,
        "values of a Secret are not imported, only the names of its keys",
        FILL_IN,
    ),
    ignored("immutable", "a release names the version of a secret that it was made with"),
    ignored("type", "a secret of Skiff has JSON with the same keys"),
];

static SERVICE_ACCOUNT: &[Row] = &[
    ignored("automountServiceAccountToken", "no member has a token of the cluster"),
    ignored("secrets.**", "tokens of the cluster are of no use outside it"),
    said(
        "imagePullSecrets[].name",
        "image",
        &pod::REGISTRY_LOGIN,
        "members pull with their own role, and with no login of another registry",
        "copy the images to Amazon ECR, or check that they can be pulled without a login",
    ),
];

static CLAIM: &[Row] = &[
    mapped("accessModes[]", "volume"),
    mapped("resources.requests.<map>", "volume.size"),
    ignored("resources.limits.<map>", "the volume has the size that is asked for"),
    ignored("resources.claims.**", "a device is for a container, and the API takes none for a volume"),
    mapped("storageClassName", "volume"),
    mapped("volumeMode", "volume"),
    ignored("volumeAttributesClassName", "the volume is of type gp3"),
    ignored("volumeName", "the volume is a new one"),
    ignored("selector.**", "the volume is a new one"),
    ignored("dataSource.**", "the volume is a new one, and its data is copied"),
    ignored("dataSourceRef.**", "the volume is a new one, and its data is copied"),
];

static NAMESPACE: &[Row] = &[ignored("spec.finalizers[]", "they hold up a deletion in the cluster")];

macro_rules! kind {
    ($name:literal, $own:expr, $place:literal, $rows:expr) => {
        Kind {
            name: $name,
            groups: &[""],
            api: Some($name),
            sections: &[
                Section { at: "", rows: &[$own] },
                Section { at: "metadata", rows: &[METADATA] },
                Section { at: $place, rows: &[$rows] },
            ],
        }
    };
}

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[
    kind!("ConfigMap", TYPE, "", CONFIG_MAP),
    kind!("Secret", TYPE, "", SECRET),
    kind!("ServiceAccount", TYPE, "", SERVICE_ACCOUNT),
    kind!("PersistentVolumeClaim", OBJECT, "spec", CLAIM),
    kind!("Namespace", OBJECT, "", NAMESPACE),
];
