//! Specs of any size for benchmarks: the same number, the same text.
//!
//! A spec is an application of [`SERVICES_AN_APP`] services as a team would write it: web services with routes, health
//! and scaling, workers on a queue, a scheduled job, a stateful service, a database, a bucket.

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
    let mut text = head(app);
    for service in 0..services {
        text.push_str(&match service % 5 {
            0..=2 => web(app, service),
            3 => worker(service),
            _ => job(service),
        });
    }
    text.push_str(RESOURCES);
    text
}

fn head(app: usize) -> String {
    format!(
        "# yaml-language-server: $schema=./docs/schema/skiff.v1.json\n\
         app: shop-{app}\n\
         environments:\n  \
           prod:\n    \
             account: \"111122223333\"\n    \
             region: eu-west-1\n    \
             zone: example.com\n    \
             tags:\n      \
               team: shop\n      \
               cost-center: \"42\"\n\
         services:\n"
    )
}

fn web(app: usize, service: usize) -> String {
    let mut text = format!("  web-{service}:\n    kind: web\n");
    let _ = write!(
        text,
        r#"    image: registry.example.com/shop/web-{service}:1.{app}
    command: ["/app/server", "--port", "8080"]
    ports:
      http: 8080
    replicas: {{ min: 2, max: 8 }}
    size: {{ cpu: 1, memory: 2GiB, arch: arm64 }}
    health:
      readiness: {{ http: /ready, port: http }}
      liveness: {{ http: /live, port: http }}
    routes:
      - host: web-{service}.shop-{app}.example.com
        path: /
    env:
      LOG_LEVEL: info   # raised while an incident is open
      PUBLIC_URL: "https://web-{service}.shop-{app}.example.com"
    uses: [main, uploads, mail]
    scaling:
      cpu: 60
    stop: {{ grace: 30s, drain: 60s }}
"#
    );
    text
}

fn worker(service: usize) -> String {
    format!(
        r#"  worker-{service}:
    kind: worker
    image: registry.example.com/shop/worker-{service}:1.0
    replicas: {{ min: 1, max: 4 }}
    size: {{ cpu: 1, memory: 1GiB, arch: arm64 }}
    uses: [mail]
    scaling:
      queue: {{ name: mail, depth: 100 }}
    stop: {{ grace: 120s }}
"#
    )
}

fn job(service: usize) -> String {
    format!(
        r#"  job-{service}:
    kind: job
    image: registry.example.com/shop/job-{service}:1.0
    schedule: "15 3 * * *"
    timeout: 1h
    size: {{ cpu: 1, memory: 1GiB, arch: arm64 }}
    uses: [main]
"#
    )
}

const RESOURCES: &str = "databases:
  main:
    engine: postgres
    version: \"17\"
    size: small
    storage: 50GiB
queues:
  mail:
    visibility: 60s
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
