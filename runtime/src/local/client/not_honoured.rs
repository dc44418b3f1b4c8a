//! What of a plan this machine cannot do: one line for each group of types, and one for each field of a service.

use std::{collections::BTreeSet, env, path::Path};

use skiff_wire::{Artifact, Motion, Plan, ReleaseManifest, Workload};

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

/// What of a plan this machine cannot do, each once, in the order of groups and services.
#[must_use]
pub fn not_honoured(plan: &Plan) -> Vec<NotHonoured> {
    let types: BTreeSet<&str> = plan.shape.values().map(|resource| resource.resource_type.as_str()).collect();
    let mut list = groups(&types);
    list.extend(listeners(plan));
    for (name, motion) in &plan.services {
        list.extend(service(name, motion));
    }
    list
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

/// Listeners that end TLS: all of them are one plain port here.
fn listeners(plan: &Plan) -> Option<NotHonoured> {
    let listeners = plan.shape.values().filter(|one| one.resource_type == "AWS::ElasticLoadBalancingV2::Listener");
    let protocols: BTreeSet<_> = listeners.filter_map(|one| one.properties.get("Protocol")?.as_str()).collect();
    let reason = "one port of plain HTTP stands for all listeners; redirects to HTTPS are left out";
    protocols.contains("HTTPS").then(|| of("TLS at the load balancer", reason))
}

fn service(name: &str, motion: &Motion) -> Vec<NotHonoured> {
    let mut list = Vec::new();
    let mut add = |field: &str, reason: &str| list.push(of(format!("services.{name}.{field}"), reason));
    if motion.schedule.is_some() {
        add("schedule", "nothing starts the job by itself; `skiff scale` does");
    }
    if !motion.forward.is_empty() {
        add("forward", "ports are replaced by free ones, and no other port leads to them");
    }
    if motion.maintenance_window.is_some() {
        add("maintenance_window", "a member is replaced when a command says so");
    }
    if motion.legacy.is_some() || motion.legacy_target_group.is_some() {
        add("cutover", "the old way of serving is not on this machine and gets no requests");
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
