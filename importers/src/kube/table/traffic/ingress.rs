//! Ingresses, of all versions of the API that ever had them.

use crate::kube::table::{
    kinds::{Kind, Section},
    metadata::{METADATA, OBJECT},
    row::{Row, ignored, mapped, mapped_as},
};

pub(super) const INGRESS: Kind = Kind {
    name: "Ingress",
    groups: &["networking.k8s.io", "extensions"],
    api: Some("Ingress"),
    sections: &[
        Section { at: "", rows: &[OBJECT] },
        Section { at: "metadata", rows: &[METADATA] },
        Section { at: "spec", rows: &[SPEC] },
        Section { at: "spec.defaultBackend", rows: &[BACKEND] },
        Section { at: "spec.backend", rows: &[BACKEND] },
        Section { at: "spec.rules[].http.paths[].backend", rows: &[BACKEND] },
    ],
};

static SPEC: &[Row] = &[
    mapped_as("ingressClassName", "/load_balancer", "it decides what paths and annotations mean"),
    mapped("rules[].host", "routes"),
    mapped("rules[].http.paths[].path", "routes"),
    mapped("rules[].http.paths[].pathType", "routes"),
    mapped_as("tls[].hosts[]", "/certificates", "these hosts are served by HTTPS"),
    mapped("tls[].secretName", "/certificates"),
];

/// A backend, from its root: of v1, then of v1beta1.
static BACKEND: &[Row] = &[
    mapped_as("service.name", "routes", "the Service leads to the workload"),
    mapped_as("service.port.number", "routes", "the Service's port leads to one of the workload"),
    mapped_as("service.port.name", "routes", "the Service's port leads to one of the workload"),
    mapped_as("resource.**", "routes", "an object instead of a Service"),
    mapped_as("serviceName", "routes", "the Service leads to the workload"),
    mapped_as("servicePort", "routes", "the Service's port leads to one of the workload"),
];

pub(super) const INGRESS_CLASS: Kind = Kind {
    name: "IngressClass",
    groups: &["networking.k8s.io"],
    api: Some("IngressClass"),
    sections: &[
        Section { at: "", rows: &[CLASS_OBJECT] },
        Section { at: "metadata", rows: &[CLASS_METADATA] },
        Section { at: "spec", rows: &[CLASS_SPEC] },
    ],
};

static CLASS_OBJECT: &[Row] = &[
    ignored("apiVersion", "it only says what the Ingresses of the class mean"),
    ignored("kind", "it only says what the Ingresses of the class mean"),
];

static CLASS_METADATA: &[Row] = &[ignored("**", "it only says what the Ingresses of the class mean")];

static CLASS_SPEC: &[Row] = &[
    ignored("controller", "it only says what the Ingresses of the class mean"),
    ignored("parameters.**", "settings of the controller go with it"),
];
