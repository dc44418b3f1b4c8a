//! The kinds that have pods.

use super::{
    container,
    kinds::{Kind, Section},
    metadata::{METADATA, OBJECT},
    pod,
    row::{Row, mapped},
    runtime, volumes,
};

/// `spec` of a Deployment, its template excepted.
static DEPLOYMENT: &[Row] = &[mapped("replicas", "replicas")];

/// The kinds that have pods.
pub(super) static KINDS: &[Kind] = &[Kind {
    name: "Deployment",
    groups: &["apps", "extensions"],
    api: Some("Deployment"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[DEPLOYMENT] },
        Section { at: "spec.template.metadata", rows: &[METADATA] },
        Section { at: "spec.template.spec", rows: &[pod::POD, volumes::POD] },
        Section { at: "spec.template.spec.containers[]", rows: &[container::CONTAINER, runtime::CONTAINER] },
        Section {
            at: "spec.template.spec.initContainers[]",
            rows: &[container::INIT_CONTAINER, runtime::INIT_CONTAINER],
        },
    ],
}];
