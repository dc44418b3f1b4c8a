//! What of a plan this machine cannot do: one line for each group of types, and one for each field of a service.

use std::{collections::BTreeSet, env, path::Path};

use serde_json::Value;
use skiff_wire::{Artifact, Motion, Plan, ReleaseManifest, Resource, Workload};

use crate::{local::client::HONOURED, provider::NotHonoured};

/// Groups of types by the beginnings of their names, and what happens to them here.
const GROUPS: [(&[&str], &str, &str); 14] = [
    (
        &["AWS::EC2::SecurityGroup"],
        "security groups",
        "every process of this machine can reach the members' ports on loopback",
    ),
    (
        &[
            "AWS::EC2::VPC",
            "AWS::EC2::Subnet",
            "AWS::EC2::Route",
            "AWS::EC2::InternetGateway",
            "AWS::EC2::NatGateway",
            "AWS::EC2::EIP",
            "AWS::EC2::FlowLog",
        ],
        "the network",
        "everything listens on 127.0.0.1, and workloads reach what this machine reaches",
    ),
    (
        &["AWS::IAM::"],
        "roles and policies",
        "workloads run as the user who brought the provider up, without AWS credentials",
    ),
    (&["AWS::KMS::"], "keys", "the disk is as encrypted as this machine's is; secrets are encrypted by themselves"),
    (
        &["AWS::Logs::", "AWS::CloudWatch::", "AWS::SNS::"],
        "alarms and log groups",
        "logs are files in the state folder, and nobody is woken",
    ),
    (&["AWS::S3::", "AWS::SQS::"], "buckets and queues", "none is made; name what stands in for it under `local:`"),
    (
        &["AWS::RDS::", "AWS::ElastiCache::", "AWS::EFS::"],
        "databases and file systems",
        "none is made; name what stands in for it under `local:`",
    ),
    (&["AWS::SecretsManager::", "AWS::SSM::Parameter"], "secrets", "values come from `skiff secret set`, not from AWS"),
    (
        &["AWS::Route53::", "AWS::CertificateManager::", "AWS::ElasticLoadBalancingV2::ListenerCertificate"],
        "DNS and certificates",
        "the load balancer speaks plain HTTP and answers for `NAME.localhost`",
    ),
    (&["AWS::WAFv2::"], "the web firewall", "no request is filtered"),
    (&["AWS::ServiceDiscovery::"], "service names", "members are not found by name; use the load balancer"),
    (
        &["AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction"],
        "scaling by itself",
        "the number of members changes by `skiff scale` alone",
    ),
    (
        &["AWS::Backup::", "AWS::EC2::Volume"],
        "volumes and their backups",
        "a volume is a folder in the state folder, and nothing copies it",
    ),
    (&["AWS::Scheduler::", "AWS::Events::"], "schedules", "nothing starts a job by itself"),
];

/// What of a plan this machine cannot do, each once, in the order of groups and services; `legacy` has the services of which
/// it knows where they take over from.
#[must_use]
pub fn not_honoured(plan: &Plan, legacy: &BTreeSet<String>) -> Vec<NotHonoured> {
    let types: BTreeSet<&str> = plan.shape.values().map(|resource| resource.resource_type.as_str()).collect();
    let mut list = groups(&types);
    list.extend(listeners(plan));
    for (name, motion) in &plan.services {
        list.extend(service(name, motion));
        if motion.legacy.is_some() && !legacy.contains(name) {
            list.push(unknown_legacy(name, motion));
        }
    }
    list
}

fn unknown_legacy(name: &str, motion: &Motion) -> NotHonoured {
    let reason = match motion.legacy_target_group {
        Some(_) => format!(
            "what it takes over from gets no requests; write `local.services.{name}.legacy: 127.0.0.1:9000` with its address \
             to send it some"
        ),
        None => "what it takes over from is left alone".to_owned(),
    };
    of(format!("services.{name}.cutover"), reason)
}

fn groups(types: &BTreeSet<&str>) -> Vec<NotHonoured> {
    let is_in = |prefixes: &[&str], name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let said = GROUPS.iter().filter(|(prefixes, _, _)| types.iter().any(|name| is_in(prefixes, name)));
    let mut list: Vec<_> = said.map(|(_, what, reason)| of(*what, *reason)).collect();
    let others = types
        .iter()
        .filter(|name| !HONOURED.contains(name) && !GROUPS.iter().any(|(prefixes, _, _)| is_in(prefixes, name)));
    list.extend(others.map(|name| of(*name, "it is not made on this machine")));
    list
}

/// What of the load balancer is not here: TLS, listeners of their own, cookies that hold a client to a member.
fn listeners(plan: &Plan) -> Vec<NotHonoured> {
    let of_type = |name: &'static str| {
        let is = move |(_, resource): &(&String, &Resource)| resource.resource_type.ends_with(name);
        plan.shape.iter().filter(is)
    };
    let mut list = Vec::new();
    if of_type("::Listener").any(|(_, one)| one.properties.get("Protocol").and_then(Value::as_str) == Some("HTTPS")) {
        let reason = "one port of plain HTTP stands for all listeners; redirects to HTTPS are left out";
        list.push(of("TLS at the load balancer", reason));
    }
    for (key, _) in of_type("::TargetGroup").filter(|(_, one)| is_sticky(one)) {
        list.push(of(key.as_str(), "no cookie holds a client to one member"));
    }
    list
}

fn is_sticky(group: &Resource) -> bool {
    let attributes = group.properties.get("TargetGroupAttributes").and_then(Value::as_array);
    let says = |one: &Value, name: &str, text: &str| one.get(name).and_then(Value::as_str) == Some(text);
    attributes
        .is_some_and(|all| all.iter().any(|one| says(one, "Key", "stickiness.enabled") && says(one, "Value", "true")))
}

fn service(name: &str, motion: &Motion) -> Vec<NotHonoured> {
    let mut list = Vec::new();
    let mut add = |field: &str, reason: &str| list.push(of(format!("services.{name}.{field}"), reason));
    if motion.schedule.is_some() {
        add("schedule", "nothing starts the job by itself; `skiff local run` does");
    }
    if !motion.forward.is_empty() {
        add("forward", "ports are replaced by free ones, and no other port leads to them");
    }
    if motion.maintenance_window.is_some() {
        add("maintenance_window", "a member is replaced when a command says so");
    }
    manifest(&motion.release, &mut add);
    list
}

fn manifest(release: &ReleaseManifest, add: &mut dyn FnMut(&str, &str)) {
    if release.dns.is_some() || !release.hosts.is_empty() {
        add("dns", "names are resolved as this machine does");
    }
    if !release.sysctls.is_empty() {
        add("sysctls", "kernel parameters of this machine are left alone");
    }
    let workloads: Vec<&Workload> = [&release.main].into_iter().chain(&release.init).chain(&release.sidecars).collect();
    let image = |workload: &&&Workload| matches!(workload.artifact, Artifact::Image { .. });
    let images: Vec<&str> = workloads.iter().filter(image).map(|workload| workload.name.as_str()).collect();
    if !images.is_empty() && !["podman", "docker"].iter().any(|program| is_on_path(program)) {
        let what = format!("images of {}", images.join(", "));
        add(&what, "neither podman nor docker is on this machine: members will refuse to start");
    }
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}

fn of(what: impl Into<String>, reason: impl Into<String>) -> NotHonoured {
    NotHonoured { what: what.into(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn said(name: &str) -> Vec<String> {
        let path = format!("{}/../golden/plan/{name}/plan.json", env!("CARGO_MANIFEST_DIR"));
        let plan: Plan = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        not_honoured(&plan, &BTreeSet::new()).into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn an_old_way_of_serving_without_an_address_is_said_with_what_to_write() {
        let path = format!("{}/../golden/plan/web-cutover/plan.json", env!("CARGO_MANIFEST_DIR"));
        let plan: Plan = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let said = |known: &BTreeSet<String>| {
            not_honoured(&plan, known).into_iter().find(|one| one.what == "services.web.cutover")
        };
        assert!(said(&BTreeSet::new()).unwrap().reason.contains("local.services.web.legacy: 127.0.0.1:9000"));
        assert_eq!(said(&BTreeSet::from(["web".to_owned()])), None);
    }

    #[test]
    fn a_group_of_types_is_said_once() {
        let said = said("web-minimal");
        for what in ["the network", "roles and policies", "TLS at the load balancer", "security groups"] {
            assert_eq!(said.iter().filter(|one| *one == what).count(), 1, "{what}: {said:?}");
        }
    }

    #[test]
    fn what_a_service_loses_is_said_with_its_name() {
        assert!(said("job-minimal").iter().any(|what| what.starts_with("services.") && what.ends_with(".schedule")));
        assert!(said("discovery-forward").iter().any(|what| what.ends_with(".forward")));
        assert!(!said("load-balancer-test-listener").contains(&"the test listener".to_owned()));
        assert!(said("target-group-stickiness").iter().any(|what| what.contains("target_group")));
    }

    #[test]
    fn no_type_of_any_plan_is_without_a_word() {
        let folder = format!("{}/../golden/plan", env!("CARGO_MANIFEST_DIR"));
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let unknown: Vec<_> = said(&name).into_iter().filter(|what| what.starts_with("AWS::")).collect();
            assert_eq!(unknown, [] as [String; 0], "{name}");
        }
    }
}
