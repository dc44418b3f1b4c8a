//! Annotations and labels that make something in a cluster change the pod.

use std::collections::BTreeSet;

use crate::kube::{
    codes::{pod, workload},
    object::{Field, Object},
};

/// What begins so, who reads it, and what takes its place.
static INJECTING: &[(&str, &str, &str)] = &[
    (
        "dapr.io/",
        "Dapr adds a container",
        "add Dapr's container under `containers:`, or call what it stands for directly",
    ),
    ("sidecar.istio.io/", "Istio adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("traffic.sidecar.istio.io/", "Istio adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("proxy.istio.io/", "Istio adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("inject.istio.io/", "Istio adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("linkerd.io/", "Linkerd adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("config.linkerd.io/", "Linkerd adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("kuma.io/", "Kuma adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("consul.hashicorp.com/", "Consul adds a proxy", "let services `use` each other; serve TLS where it matters"),
    ("appmesh.k8s.aws/", "App Mesh adds a proxy", "let services `use` each other; serve TLS where it matters"),
    (
        "vault.hashicorp.com/",
        "Vault adds a container that fetches secrets",
        "name the secrets under `secrets:` or `files:`",
    ),
    (
        "iam.amazonaws.com/",
        "a proxy on the node gives the pod an AWS role",
        "copy the role's policies to `permissions:`",
    ),
    ("instrumentation.opentelemetry.io/", "OpenTelemetry adds an agent", "put the agent into the image"),
    ("sidecar.opentelemetry.io/", "OpenTelemetry adds a collector", "add the collector under `containers:`"),
    ("admission.datadoghq.com/", "Datadog adds an agent", "put the agent's library into the image"),
    ("sidecar.jaegertracing.io/", "Jaeger adds an agent", "add the agent under `containers:`"),
    ("cert-manager.io/", "cert-manager adds certificates", "use a certificate of the load balancer"),
];

/// Values that switch an injection off.
const OFF: &[&str] = &["false", "disabled", "no", "off", "none"];

/// What begins so does nothing when this annotation switches its product off.
static SWITCHES: &[(&str, &str)] = &[
    ("dapr.io/", "dapr.io/enabled"),
    ("vault.hashicorp.com/", "vault.hashicorp.com/agent-inject"),
    ("linkerd.io/", "linkerd.io/inject"),
    ("config.linkerd.io/", "linkerd.io/inject"),
];

/// What only tunes a proxy of Istio, which something else must have put there.
static TUNING: &[&str] = &["sidecar.istio.io/", "traffic.sidecar.istio.io/", "proxy.istio.io/"];

/// Labels of a namespace by which Istio adds its proxy to every pod in it.
static NAMESPACE: &[&str] = &["istio-injection", "istio.io/rev"];

/// Says of each such annotation and label what it would have done.
pub(super) fn say(metadata: Option<Field<'_>>, namespace: Option<&Object<'_>>) {
    let Some(metadata) = metadata else { return };
    let entries = || metadata.map("annotations").chain(metadata.map("labels"));
    let on = |value: Field<'_>| value.written().is_some_and(|written| !OFF.contains(&written));
    let labels = namespace.and_then(|namespace| namespace.at("metadata.labels"));
    let has_proxy = entries()
        .any(|(key, value)| ["sidecar.istio.io/inject", "istio.io/rev"].contains(&key) && on(value))
        || labels.is_some_and(|labels| NAMESPACE.iter().filter_map(|key| labels.get(key)).any(on));
    let mut said = BTreeSet::new();
    for (key, value) in entries() {
        let tunes = key != "sidecar.istio.io/inject" && TUNING.iter().any(|prefix| key.starts_with(prefix));
        if tunes && !has_proxy {
            value.ignore("it tunes a proxy of Istio, and nothing in this import adds one");
        } else if is_switched_off(key, metadata) {
            value.ignore("it tunes what the annotations switch off");
        } else if product(key).is_some_and(|(_, what, _)| on(value) && !said.insert(what)) {
            value.share(&pod::INJECTED, "another annotation of the same product is reported");
        } else {
            say_of(key, value);
        }
    }
}

/// Whether another annotation or label of the pod switches the product of this one off.
fn is_switched_off(key: &str, metadata: Field<'_>) -> bool {
    let off = |switch: &str| {
        let values = metadata.map("annotations").chain(metadata.map("labels")).filter(|(other, _)| *other == switch);
        values.filter_map(|(_, value)| value.written()).any(|written| OFF.contains(&written))
    };
    SWITCHES.iter().any(|(prefix, switch)| key.starts_with(prefix) && key != *switch && off(switch))
}

/// Who reads an annotation or label, and what takes its place.
fn product(key: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    INJECTING.iter().find(|(prefix, ..)| key.starts_with(prefix))
}

/// Says it of one annotation or label; also of a namespace's.
pub(in super::super) fn say_of(key: &str, value: Field<'_>) {
    if key == "azure.workload.identity/use" && value.written() != Some("false") {
        let reason = "Azure gives the pod an identity, and a VM on AWS cannot have it";
        return value.say(&workload::OTHER_IDENTITY, reason, "give the application credentials under `secrets:`");
    }
    let Some((_, what, instead)) = product(key) else { return };
    if value.written().is_some_and(|written| OFF.contains(&written)) {
        return value.ignore("it switches off what is not there");
    }
    value.say(&pod::INJECTED, format!("`{key}`: {what}, which stands in no manifest"), *instead);
}
