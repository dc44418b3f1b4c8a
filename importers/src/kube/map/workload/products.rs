//! Well-known software by its image, and what AWS or Skiff has in its place.

use crate::kube::object::Field;

/// Parts of repository names, and the managed service for each.
static MANAGED: &[(&[&str], &str)] = &[
    (&["postgres", "timescale", "spilo", "pgvector", "postgis"], "`databases:` with `engine: postgres` (Amazon RDS)"),
    (&["mysql", "mariadb", "percona"], "`databases:` with `engine: mysql` (Amazon RDS)"),
    (&["redis", "valkey", "keydb"], "Amazon ElastiCache"),
    (&["memcached"], "Amazon ElastiCache"),
    (&["kafka", "redpanda", "zookeeper"], "Amazon MSK"),
    (&["rabbitmq", "activemq", "artemis"], "Amazon MQ, or `queues:` (Amazon SQS)"),
    (&["nats"], "`queues:` (Amazon SQS)"),
    (&["mongo"], "Amazon DocumentDB"),
    (&["elasticsearch", "opensearch"], "Amazon OpenSearch Service"),
    (&["cassandra", "scylla"], "Amazon Keyspaces"),
    (&["minio", "seaweedfs"], "`buckets:` (Amazon S3)"),
    (&["prometheus", "thanos", "victoria", "cortex", "mimir"], "Amazon Managed Service for Prometheus"),
    (&["grafana"], "Amazon Managed Grafana"),
    (&["neo4j"], "Amazon Neptune"),
    (&["etcd", "consul"], "Amazon DynamoDB or AWS Systems Manager Parameter Store"),
    (&["vault"], "AWS Secrets Manager"),
    (&["influxdb"], "Amazon Timestream"),
];

/// What ships logs and metrics, which Skiff's runner does by itself.
static SHIPPERS: &[&str] = &[
    "fluentd",
    "fluent-bit",
    "filebeat",
    "metricbeat",
    "promtail",
    "logstash",
    "vector",
    "telegraf",
    "node-exporter",
    "node_exporter",
    "cadvisor",
    "cloudwatch-agent",
    "aws-for-fluent-bit",
    "kube-state-metrics",
    "grafana-agent",
    "alloy",
];

/// The repository's path of an image, without registry, tag and digest, in lower case.
pub(in super::super) fn repository(image: &str) -> String {
    let name = image.split('@').next().unwrap_or_default();
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let end = name[last..].find(':').map_or(name.len(), |at| last + at);
    name[..end].to_lowercase()
}

fn last_part(image: &str) -> String {
    repository(image).rsplit('/').next().unwrap_or_default().to_owned()
}

/// What AWS runs in place of the software in a pod.
pub(super) fn managed(pod: Field<'_>) -> Option<&'static str> {
    pod.list("containers").find_map(|container| {
        let image = last_part(container.get("image")?.written()?);
        MANAGED.iter().find(|(parts, _)| parts.iter().any(|part| image.contains(part))).map(|(_, service)| *service)
    })
}

/// Whether a pod only ships logs or metrics.
pub(super) fn is_shipper(pod: Field<'_>) -> bool {
    let mut images = pod.list("containers").filter_map(|container| container.get("image")?.written());
    images.next().is_some_and(|image| SHIPPERS.contains(&last_part(image).as_str()))
}
