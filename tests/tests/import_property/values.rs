//! What stands in generated fields: plausible where a name tells what it is, awkward where it does not.

use proptest::{
    prelude::*,
    sample::select,
    strategy::{BoxedStrategy, Just},
};
use serde_json::{Value as Json, json};
use skiff_tests::kubernetes_words::WORDS;

/// Names are few, so that objects find each other.
const NAMES: &[&str] = &["web", "api", "db", "shop-config", "www.example.com"];

/// Texts that a careless writer of YAML would break.
const TEXTS: &[&str] = &[
    "plain",
    "",
    "true",
    "null",
    "1.0",
    "0755",
    "- item",
    "# hash",
    "key: value",
    "a\nb\n",
    " spaced ",
    "\"quoted\"",
    "it's",
    "$(HOST):$(PORT)",
    "${PLACEHOLDER}",
    "héllo",
    "\u{2028}",
    "{}",
    "*",
    "&a",
    "!x",
    "%",
    "@",
    "`",
    "https://example.com/a?b=c",
];

/// Keys of maps: labels that selectors find, annotations that controllers read, resources.
const KEYS: &[(&str, &[&str])] = &[
    (
        "annotations",
        &[
            "alb.ingress.kubernetes.io/scheme",
            "alb.ingress.kubernetes.io/listen-ports",
            "eks.amazonaws.com/role-arn",
            "kubernetes.io/ingress.class",
            "nginx.ingress.kubernetes.io/rewrite-target",
            "nginx.ingress.kubernetes.io/canary",
            "prometheus.io/scrape",
            "sidecar.istio.io/inject",
            "service.beta.kubernetes.io/aws-load-balancer-type",
            "kubectl.kubernetes.io/last-applied-configuration",
        ],
    ),
    ("limits", &["cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"]),
    ("requests", &["cpu", "memory", "ephemeral-storage", "hugepages-2Mi"]),
    ("nodeSelector", &["kubernetes.io/arch", "kubernetes.io/os", "node.kubernetes.io/instance-type", "pool"]),
];

/// Fields that are points in time.
const TIMES: &[&str] = &["creationTimestamp", "deletionTimestamp", "time"];

/// Fields that are bytes in base64.
const BYTES: &[(&str, &str)] = &[("Secret", "data"), ("ConfigMap", "binaryData")];

/// A text for a field of a type.
pub(super) fn text(owner: &str, field: &str) -> BoxedStrategy<Json> {
    if TIMES.contains(&field) {
        return Just(json!("2026-01-02T03:04:05Z")).boxed();
    }
    if BYTES.contains(&(owner, field)) {
        return select(vec![json!("c2hvcC1wYXNzd29yZA=="), json!("")]).boxed();
    }
    if let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == field) {
        return prop_oneof![9 => one_of(words), 1 => one_of(TEXTS)].boxed();
    }
    let names = prop_oneof![9 => one_of(NAMES), 1 => one_of(TEXTS)];
    match field.to_lowercase().ends_with("name") || field == "app" {
        true => names.boxed(),
        false => prop_oneof![1 => one_of(NAMES), 3 => one_of(TEXTS)].boxed(),
    }
}

/// A whole number for a field.
pub(super) fn integer(field: &str) -> BoxedStrategy<Json> {
    let port = field.to_lowercase().ends_with("port");
    let plausible = if port { (1_i64..65_536).boxed() } else { (0_i64..12).boxed() };
    let other = select(vec![-1_i64, 0, 1, 60, 3_600, 65_535, i64::from(i32::MAX)]);
    prop_oneof![4 => plausible, 1 => other].prop_map(Json::from).boxed()
}

/// A port, a share, or the name of a port.
pub(super) fn integer_or_text() -> BoxedStrategy<Json> {
    select(vec![json!(80), json!(8080), json!(1), json!(0), json!("http"), json!("25%"), json!("100%"), json!("8080")])
        .boxed()
}

/// An amount.
pub(super) fn quantity() -> BoxedStrategy<Json> {
    one_of(&["100m", "1", "2", "0.5", "128Mi", "1Gi", "2G", "1e3", "0", "64Ti", "1500m"])
}

/// A key of a map.
pub(super) fn key(field: &str) -> BoxedStrategy<String> {
    let known = KEYS.iter().find(|(known, _)| *known == field).map(|(_, keys)| *keys);
    select(known.unwrap_or(&["app", "tier", "app.kubernetes.io/name", "config.yaml", "PASSWORD"]))
        .prop_map(str::to_owned)
        .boxed()
}

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<Json> {
    select(texts).prop_map(Json::from).boxed()
}
