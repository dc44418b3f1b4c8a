//! Which Terraform address a resource of the IR gets: stable under every change of the spec that keeps the resource.
//!
//! The name is what is left of the logical id without its owner and without its type. Slots and zones are keys, so that
//! `aws_lb_target_group.web["a"]` and `["b"]` are one block.

use skiff_compiler::ir::{Body, Owner, Resource};

use super::model::{Path, Step};

/// A resource's place in its root module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    /// Terraform's type, such as `aws_lb_target_group`.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: String,
    /// The slot or zone, when several share one block.
    pub(super) key: Option<String>,
}

impl Address {
    /// The address as a reference.
    pub(super) fn path(&self) -> Path {
        let path = Path::of(&[self.kind, &self.name]);
        match &self.key {
            Some(key) => path.then(Step::Key(key.clone())),
            None => path,
        }
    }

    /// The address in Terraform's own words.
    pub(super) fn text(&self) -> String {
        match &self.key {
            Some(key) => format!("{}.{}[\"{key}\"]", self.kind, self.name),
            None => format!("{}.{}", self.kind, self.name),
        }
    }
}

/// The name of what an environment has one of.
const ONLY: &str = "main";

/// The primary address of a resource.
pub(super) fn address(resource: &Resource) -> Address {
    named(&resource.body, &resource.owner, &resource.id)
}

/// The address that a resource had under its former id.
pub(super) fn former(resource: &Resource, was: &str) -> Address {
    let owner = match (&resource.owner, was.split_once('.')) {
        (Owner::Service(_), Some((service, _))) => Owner::Service(service.into()),
        (owner, _) => owner.clone(),
    };
    named(&resource.body, &owner, was)
}

fn named(body: &Body, owner: &Owner, id: &str) -> Address {
    let kind = terraform_type(body);
    let within = id.split_once('.').map_or(id, |(_, rest)| rest);
    let (word, rest) = within.split_once('.').unwrap_or((within, ""));
    let (key, rest) = keyed(word, rest);
    let name = match (word, rest) {
        // Two IR resources that Terraform says in one block, and blocks that belong together, share a name.
        ("internet_gateway_attachment", _) => ONLY.to_owned(),
        ("alerts_subscription", _) => "alerts".to_owned(),
        ("database_monitoring_role", _) => "database_monitoring".to_owned(),
        ("flow_logs_role" | "flow_logs_role_policy" | "flow_logs", _) => "flow_logs".to_owned(),
        ("access_logs" | "access_logs_policy", _) => "access_logs".to_owned(),
        ("state" | "state_policy", _) => "state".to_owned(),
        ("alerts", _) => "alerts".to_owned(),
        ("dead_letter_queue" | "dead_letter_queue_policy", queue) => format!("{}_dead_letters", ident(queue)),
        ("queue" | "queue_policy", queue) => unlike(ident(queue), "_queue", |name| name.ends_with("_dead_letters")),
        ("bucket" | "bucket_policy", bucket) => {
            unlike(ident(bucket), "_bucket", |name| matches!(name, "state" | "access_logs"))
        }
        (_, "") => match owner {
            Owner::Environment => ONLY.to_owned(),
            Owner::Service(service) => ident(service),
        },
        (_, rest) => ident(rest),
    };
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    let name = if digit { format!("{}_{name}", word.rsplit('_').next().unwrap_or(word)) } else { name };
    Address { kind, name, key }
}

/// Whether a resource is one of several in its block.
pub(super) fn keyed_block(resource: &Resource) -> bool {
    address(resource).key.is_some()
}

/// Splits off the slot or zone.
fn keyed<'id>(word: &str, rest: &'id str) -> (Option<String>, &'id str) {
    match word {
        "target_group" | "launch_template" | "auto_scaling_group" | "lifecycle_hook" | "scaling_policy"
        | "scaling_alarm" => match rest.split_once('-') {
            Some((slot, rest)) if is_slot(slot) => (Some(slot.to_owned()), rest),
            None if is_slot(rest) => (Some(rest.to_owned()), ""),
            _ => (None, rest),
        },
        "subnet" | "route" | "route_table" | "route_table_association" => match rest.rsplit_once('-') {
            Some((rest, zone)) => (Some(zone.to_owned()), rest),
            None => (None, rest),
        },
        "nat_gateway" | "nat_address" => (Some(rest.to_owned()), ""),
        _ => (None, rest),
    }
}

fn is_slot(text: &str) -> bool {
    matches!(text, "a" | "b")
}

/// Keeps names that users chose apart from those that Skiff chose: a name that would be one of Skiff's, and every name
/// that this rule itself could have made of one, gets the suffix once more.
fn unlike(name: String, suffix: &str, taken: impl Fn(&str) -> bool) -> String {
    let core = name.trim_end_matches(suffix);
    if taken(core) { format!("{name}{suffix}") } else { name }
}

/// A logical id's part as an identifier.
pub(super) fn ident(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The Terraform type that stands for a CloudFormation type; further ones may belong to it.
#[allow(clippy::too_many_lines, reason = "one row a type, and the compiler counts them")]
pub(super) fn terraform_type(body: &Body) -> &'static str {
    match body {
        Body::AutoScalingGroup(_) => "aws_autoscaling_group",
        Body::LifecycleHook(_) => "aws_autoscaling_lifecycle_hook",
        Body::ScalingPolicy(_) => "aws_autoscaling_policy",
        Body::ScheduledAction(_) => "aws_autoscaling_schedule",
        Body::BackupPlan(_) => "aws_backup_plan",
        Body::BackupSelection(_) => "aws_backup_selection",
        Body::BackupVault(_) => "aws_backup_vault",
        Body::Alarm(_) => "aws_cloudwatch_metric_alarm",
        Body::Eip(_) => "aws_eip",
        Body::FlowLog(_) => "aws_flow_log",
        Body::InternetGateway(_) | Body::VpcGatewayAttachment(_) => "aws_internet_gateway",
        Body::LaunchTemplate(_) => "aws_launch_template",
        Body::NatGateway(_) => "aws_nat_gateway",
        Body::Route(_) => "aws_route",
        Body::RouteTable(_) => "aws_route_table",
        Body::SecurityGroup(_) => "aws_security_group",
        Body::SecurityGroupEgress(_) => "aws_vpc_security_group_egress_rule",
        Body::SecurityGroupIngress(_) => "aws_vpc_security_group_ingress_rule",
        Body::Subnet(_) => "aws_subnet",
        Body::SubnetRouteTableAssociation(_) => "aws_route_table_association",
        Body::Vpc(_) => "aws_vpc",
        Body::VpcEndpoint(_) => "aws_vpc_endpoint",
        Body::Volume(_) => "aws_ebs_volume",
        Body::Listener(_) => "aws_lb_listener",
        Body::ListenerCertificate(_) => "aws_lb_listener_certificate",
        Body::ListenerRule(_) => "aws_lb_listener_rule",
        Body::LoadBalancer(_) => "aws_lb",
        Body::TargetGroup(_) => "aws_lb_target_group",
        Body::InstanceProfile(_) => "aws_iam_instance_profile",
        Body::ManagedPolicy(_) => "aws_iam_policy",
        Body::Role(_) => "aws_iam_role",
        Body::RolePolicy(_) => "aws_iam_role_policy",
        Body::Alias(_) => "aws_kms_alias",
        Body::Key(_) => "aws_kms_key",
        Body::LogGroup(_) => "aws_cloudwatch_log_group",
        Body::DatabaseInstance(_) => "aws_db_instance",
        Body::DatabaseParameterGroup(_) => "aws_db_parameter_group",
        Body::DatabaseSubnetGroup(_) => "aws_db_subnet_group",
        Body::RecordSet(_) => "aws_route53_record",
        Body::Bucket(_) => "aws_s3_bucket",
        Body::BucketPolicy(_) => "aws_s3_bucket_policy",
        Body::Subscription(_) => "aws_sns_topic_subscription",
        Body::Topic(_) => "aws_sns_topic",
        Body::Queue(_) => "aws_sqs_queue",
        Body::QueuePolicy(_) => "aws_sqs_queue_policy",
        Body::Secret(_) => "aws_secretsmanager_secret",
        Body::PrivateDnsNamespace(_) => "aws_service_discovery_private_dns_namespace",
        Body::DiscoveryService(_) => "aws_service_discovery_service",
        Body::WebAclAssociation(_) => "aws_wafv2_web_acl_association",
    }
}
