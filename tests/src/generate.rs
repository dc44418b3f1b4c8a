//! Specs of any size for benchmarks: the same number, the same text.
//!
//! A spec is an application of [`SERVICES_AN_APP`] services as a team would write it: web services with a route, health
//! and scaling, workers on a queue, a scheduled job, a database, a queue, a bucket. [`one_app`] gives the other extreme,
//! one file with any number of services, in which whatever grows with the square of its size shows.

use std::fmt::Write as _;

/// Services in one `skiff.yaml`: more than most teams have, fewer than would be unreadable.
pub const SERVICES_AN_APP: usize = 10;

/// The texts of as many specs as `services` need, [`SERVICES_AN_APP`] to a spec, the last one with the rest.
#[must_use]
pub fn specs(services: usize) -> Vec<String> {
    let apps = services.div_ceil(SERVICES_AN_APP);
    (0..apps).map(|app| spec(app, SERVICES_AN_APP.min(services - app * SERVICES_AN_APP))).collect()
}

/// One spec with some services.
#[must_use]
pub fn spec(app: usize, services: usize) -> String {
    let kinds = |service: usize| match service % 5 {
        0..=2 => web(app, service),
        3 => worker(service),
        _ => job(service),
    };
    [head(app), (0..services).map(kinds).collect(), RESOURCES.to_owned()].concat()
}

/// One spec with any number of services: workers, for a load balancer has room for a hundred target groups only.
#[must_use]
pub fn one_app(services: usize) -> String {
    [head(0), (0..services).map(worker).collect(), RESOURCES.to_owned()].concat()
}

fn head(app: usize) -> String {
    format!(
        r#"# yaml-language-server: $schema=./docs/schema/skiff.v1.json
app: shop-{app}
environments:
  prod:
    account: "111122223333"
    region: eu-west-1
dns: {{ zone: example.com }}
certificates:
  - arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
alerts: {{ email: shop@example.com }}
tags:
  team: shop
  cost-center: "42"
services:
"#
    )
}

fn web(app: usize, service: usize) -> String {
    let mut text = format!("  web-{service}:\n    kind: web\n    image: {REGISTRY}/web-{service}:1.{app}\n");
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        r#"    command: ["/app/server", "--port", "8080"]
    port: 8080
    replicas: {{ min: 2, max: 8 }}
    size: {{ cpu: 1, memory: 2Gi, arch: arm64 }}
    health:
      readiness: {{ http: /ready, interval: 5s }}
      liveness: {{ http: /live }}
    routes:
      - host: web-{service}.shop-{app}.example.com
        path: /
    env:
      LOG_LEVEL: info   # raised while an incident is open
      PUBLIC_URL: "https://web-{service}.shop-{app}.example.com"
    uses: [main, uploads, mail]
    scaling:
      cpu: 60%
    stop: {{ grace: 30s, drain: 60s }}
"#
    );
    text
}

fn worker(service: usize) -> String {
    format!(
        r"  worker-{service}:
    kind: worker
    image: {REGISTRY}/worker-{service}:1.0
    replicas: {{ min: 1, max: 4 }}
    size: {{ cpu: 1, memory: 2Gi, arch: arm64 }}
    env:
      LOG_LEVEL: info
    uses: [mail]
    scaling:
      queue: {{ name: mail, depth: 100 }}
    stop: {{ grace: 120s }}
"
    )
}

fn job(service: usize) -> String {
    format!(
        r#"  job-{service}:
    kind: job
    image: {REGISTRY}/job-{service}:1.0
    schedule: "15 3 * * *"
    timeout: 1h
    size: {{ cpu: 1, memory: 2Gi, arch: arm64 }}
    uses: [main]
"#
    )
}

/// Reached without a way to the internet.
const REGISTRY: &str = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop";

const RESOURCES: &str = "databases:
  main:
    engine: postgres
    storage: 50Gi
queues:
  mail:
    visibility_timeout: 60s
buckets:
  uploads:
    versioned: true
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_services_as_asked_for() {
        for services in [1, 9, 10, 11, 95] {
            let texts = specs(services);
            let kinds: usize = texts.iter().map(|text| text.matches("    kind: ").count()).sum();
            assert_eq!(kinds, services);
        }
    }

    #[test]
    fn every_spec_is_yaml() {
        let parsed: Result<serde_json::Value, _> = serde_yaml::from_str(&spec(3, SERVICES_AN_APP));
        assert!(parsed.is_ok(), "{parsed:?}");
    }
}
