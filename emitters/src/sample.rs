//! Small plans for tests.
#![allow(
    clippy::needless_pass_by_value,
    reason = "tests hand over fresh JSON; a borrow at each call would only be noise"
)]

use serde_json::{Value, json};
use skiff_wire::{Change, Plan, Resource, ShapeChange};

/// Create-only facts as the resource schemas have them (`createOnlyProperties`), for the types the tests use.
pub(crate) fn facts(resource_type: &str, pointer: &str) -> bool {
    let create_only: &[&str] = match resource_type {
        "AWS::RDS::DBInstance" => &["/DBInstanceIdentifier", "/StorageEncrypted"],
        "AWS::S3::Bucket" => &["/BucketName"],
        "AWS::ElasticLoadBalancingV2::TargetGroup" => &["/Port", "/Protocol", "/VpcId", "/Name"],
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => &["/Scheme", "/Name", "/Type"],
        "AWS::ElasticLoadBalancingV2::Listener" => &["/LoadBalancerArn"],
        "AWS::ElasticLoadBalancingV2::ListenerRule" => &["/ListenerArn"],
        "AWS::EC2::SecurityGroup" => &["/GroupDescription", "/GroupName", "/VpcId"],
        "AWS::EC2::SecurityGroupIngress" => &["/CidrIp", "/FromPort", "/GroupId"],
        "AWS::EC2::Subnet" => &["/VpcId", "/AvailabilityZone"],
        "AWS::IAM::Role" => &["/RoleName", "/Path"],
        _ => &[],
    };
    create_only.contains(&pointer)
}

/// A spec of two services with what they use.
pub(crate) const SHOP: &str = r#"
app: shop
account: "111122223333"
region: us-east-1
network: { egress: nat }
certificates: ["arn:aws:acm:us-east-1:111122223333:certificate/abc"]
alerts: { email: ops@example.com }
dns: { zone: example.com }
services:
  web:
    kind: web
    image: ghcr.io/acme/shop:1.4
    port: 8080
    routes: [{ host: shop.example.com }]
    health: { readiness: /healthz }
    uses: [orders, jobs]
    scaling: { cpu: 60% }
  thumbs:
    kind: worker
    image: ghcr.io/acme/thumbs:1
    uses: [jobs, assets]
databases:
  orders: { engine: postgres, class: db.t4g.small }
queues: { jobs: {} }
buckets: { assets: {} }
"#;

/// The plan of a spec, as the command line would make it.
pub(crate) fn compiled(spec: &str) -> Plan {
    let sources = skiff_compiler::source::Sources::new("skiff.yaml", spec, None);
    let compilation = skiff_compiler::compile(&sources, &skiff_wire::Lock::default());
    crate::plan(&compilation.ir.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))).unwrap()
}

/// The plan of a spec with some of its text replaced; each piece must be there.
pub(crate) fn edited(edits: &[(&str, &str)]) -> Plan {
    let edit = |spec: String, (from, to): &(&str, &str)| {
        assert!(spec.contains(from), "{from}");
        spec.replace(from, to)
    };
    compiled(&edits.iter().fold(SHOP.to_owned(), edit))
}

/// An empty plan.
pub(crate) fn plan() -> Plan {
    serde_json::from_value(json!({
        "schema": "skiff.dev/plan/v1", "app": "shop", "environment": "prod", "account": "123456789012",
        "region": "eu-west-1", "state_root": "s3://shop-state/skiff", "inputs": {}, "shape": {}, "services": {},
        "cost": {"currency": "USD", "prices_as_of": "2026-11-01", "monthly": "10.00", "monthly_peak": "20.00", "lines": [], "unknown": []}
    }))
    .unwrap()
}

/// A resource of the environment.
pub(crate) fn resource(kind: &str, properties: Value) -> Resource {
    serde_json::from_value(json!({"type": kind, "owner": "environment", "origin": "network", "properties": properties}))
        .unwrap()
}

/// A plan with these resources.
pub(crate) fn shaped(resources: &[(&str, &str, Value)]) -> Plan {
    let shape = resources.iter().map(|(id, kind, properties)| ((*id).to_owned(), resource(kind, properties.clone())));
    Plan { shape: shape.collect(), ..plan() }
}

/// A plan with one web service.
pub(crate) fn with_service(motion: Value) -> Plan {
    let mut plan = plan();
    let mut whole = json!({
        "kind": "web",
        "release": {"main": {
            "name": "web", "command": {},
            "artifact": {"image": {"reference": "ghcr.io/shop/web:1.4", "digest": format!("sha256:{}", "ab".repeat(32))}},
            "environment": {"LOG_LEVEL": {"value": "info"}}, "ports": {"http": 8080},
            "readiness": {"kind": "http", "path": "/ready", "port": 8080, "interval_seconds": 10, "timeout_seconds": 2, "failures": 3, "successes": 1}
        }},
        "slots": {
            "a": {"auto_scaling_group": "web.group.a", "launch_template": "web.template.a", "target_group": "web.target_group.a"},
            "b": {"auto_scaling_group": "web.group.b", "launch_template": "web.template.b", "target_group": "web.target_group.b"}
        },
        "minimum": 2, "maximum": 6,
        "routes": [{"listener_rule": "web.rule", "host": "shop.example.com", "path": "/", "match": "prefix"}],
        "rollout": {
            "strategy": "canary", "deadline_seconds": 3600,
            "steps": [{"percent": 10, "bake_seconds": 300}, {"percent": 100, "bake_seconds": 0}],
            "gates": [{"metric": "error-rate", "limit": "1%"}, {"metric": "latency-p99", "limit": "500ms"}]
        },
        "stop": {"grace_seconds": 30, "drain_seconds": 60}
    });
    merge(&mut whole, &motion);
    plan.services.insert("web".to_owned(), serde_json::from_value(whole).unwrap());
    plan
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            from.iter().for_each(|(key, value)| merge(into.entry(key.clone()).or_insert(Value::Null), value));
        }
        (into, from) => *into = from.clone(),
    }
}

/// The change between two plans under the sample facts.
pub(crate) fn change(before: &Plan, after: &Plan) -> Change {
    crate::change_with(before, after, &facts)
}

/// The only change of the shape when one resource goes from these properties to those.
pub(crate) fn only(kind: &str, before: Value, after: Value) -> ShapeChange {
    let change = change(&shaped(&[("it", kind, before)]), &shaped(&[("it", kind, after)]));
    assert_eq!(change.shape.len(), 1, "{change:#?}");
    change.shape[0].clone()
}
