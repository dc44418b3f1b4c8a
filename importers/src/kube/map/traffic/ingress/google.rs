//! Annotations of Google Cloud's controller that decide who reaches the routes, and how (its guide, "Ingress configuration").

use super::{Settings, annotations::Annotations};
use crate::kube::object::{Field, Object};

/// Annotations that name a certificate for all hosts of the Ingress.
const CERTIFICATES: &[&str] = &[
    "networking.gke.io/managed-certificates",
    "networking.gke.io/pre-shared-certs",
    "networking.gke.io/certmap",
    "gke.googleapis.com/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
];

/// Annotations that name a `FrontendConfig`, which may redirect plain HTTP.
const FRONTENDS: &[&str] = &["networking.gke.io/v1beta1.FrontendConfig", "networking.gke.io/FrontendConfig"];

/// What class and annotations say of the routes; what becomes of an annotation the table says.
pub(super) fn settings(object: &Object<'_>, annotations: &Annotations<'_>) -> Settings {
    let class = object.at("spec.ingressClassName").and_then(Field::text);
    let class = class.or_else(|| annotations.text("kubernetes.io/ingress.class"));
    let only_https = annotations.text("kubernetes.io/ingress.allow-http") == Some("false");
    let certified = CERTIFICATES.iter().any(|key| annotations.text(key).is_some_and(|text| !text.is_empty()));
    let redirects = FRONTENDS.iter().any(|key| annotations.text(key).is_some());
    Settings {
        internal: class == Some("gce-internal"),
        https: certified || only_https,
        http_too: (!only_https && !redirects).then_some(true),
        ..Settings::default()
    }
}
