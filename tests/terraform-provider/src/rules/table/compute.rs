//! Auto Scaling groups and what belongs to them, launch templates, volumes.

use crate::{
    rules::{
        Must::{
            BeAnArn, BeAnId, BeBetween, BeOneOf, HaveAtLeastOneOf, HaveExactlyOneOf, HaveLength, HaveWhen, NotCombine,
            Satisfy,
        },
        Rule,
    },
    value::Value,
};

const GROUP: &[&str] = &["aws_autoscaling_group"];
const HOOK: &[&str] = &["aws_autoscaling_lifecycle_hook"];
const POLICY: &[&str] = &["aws_autoscaling_policy"];
const SCHEDULE: &[&str] = &["aws_autoscaling_schedule"];
const TEMPLATE: &[&str] = &["aws_launch_template"];
const VOLUME: &[&str] = &["aws_ebs_volume"];

const TRANSITIONS: &[&str] = &["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"];
const VOLUME_TYPES: &[&str] = &["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"];
const GROUP_METRICS: &[&str] = &[
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTotalCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
];
const TERMINATION_POLICIES: &[&str] = &[
    "AllocationStrategy",
    "OldestLaunchTemplate",
    "OldestLaunchConfiguration",
    "ClosestToNextInstanceHour",
    "NewestInstance",
    "OldestInstance",
    "Default",
];
const SPECIFIED_RESOURCES: &[&str] =
    &["instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu"];
const SCALING_METRICS: &[&str] =
    &["ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", "ALBRequestCountPerTarget"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: GROUP, path: "name", must: HaveLength(0, 255) },
    Rule { types: GROUP, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule {
        types: GROUP,
        path: "",
        must: HaveExactlyOneOf(&["launch_configuration", "launch_template", "mixed_instances_policy"]),
    },
    Rule { types: GROUP, path: "", must: NotCombine(&["availability_zones", "vpc_zone_identifier"]) },
    Rule { types: GROUP, path: "", must: NotCombine(&["load_balancers", "traffic_source"]) },
    Rule { types: GROUP, path: "", must: NotCombine(&["target_group_arns", "traffic_source"]) },
    Rule { types: GROUP, path: "", must: Satisfy(capacity) },
    Rule { types: GROUP, path: "launch_template", must: HaveExactlyOneOf(&["id", "name"]) },
    Rule { types: GROUP, path: "launch_template.id", must: BeAnId(&["lt"]) },
    Rule { types: GROUP, path: "launch_template.version", must: HaveLength(1, 255) },
    Rule { types: GROUP, path: "vpc_zone_identifier", must: BeAnId(&["subnet"]) },
    Rule { types: GROUP, path: "target_group_arns", must: BeAnArn },
    Rule { types: GROUP, path: "service_linked_role_arn", must: BeAnArn },
    Rule { types: GROUP, path: "health_check_type", must: BeOneOf(&["EC2", "ELB", "EBS", "VPC_LATTICE"]) },
    Rule { types: GROUP, path: "instance_maintenance_policy.min_healthy_percentage", must: BeBetween(0, 100) },
    Rule { types: GROUP, path: "instance_maintenance_policy.max_healthy_percentage", must: BeBetween(100, 200) },
    Rule { types: GROUP, path: "instance_maintenance_policy", must: Satisfy(maintenance) },
    Rule { types: GROUP, path: "metrics_granularity", must: BeOneOf(&["1Minute"]) },
    Rule { types: GROUP, path: "enabled_metrics", must: BeOneOf(GROUP_METRICS) },
    Rule { types: GROUP, path: "termination_policies", must: BeOneOf(TERMINATION_POLICIES) },
    Rule { types: HOOK, path: "name", must: HaveLength(1, 255) },
    Rule { types: HOOK, path: "default_result", must: BeOneOf(&["CONTINUE", "ABANDON"]) },
    Rule { types: HOOK, path: "lifecycle_transition", must: BeOneOf(TRANSITIONS) },
    Rule { types: HOOK, path: "heartbeat_timeout", must: BeBetween(30, 7200) },
    Rule { types: HOOK, path: "notification_target_arn", must: BeAnArn },
    Rule {
        types: POLICY,
        path: "policy_type",
        must: BeOneOf(&["SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling"]),
    },
    Rule {
        types: POLICY,
        path: "adjustment_type",
        must: BeOneOf(&["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]),
    },
    Rule { types: POLICY, path: "metric_aggregation_type", must: BeOneOf(&["Minimum", "Maximum", "Average"]) },
    Rule {
        types: POLICY,
        path: "",
        must: HaveWhen("policy_type", "TargetTrackingScaling", &["target_tracking_configuration"]),
    },
    Rule {
        types: POLICY,
        path: "",
        must: HaveWhen("policy_type", "StepScaling", &["adjustment_type", "step_adjustment"]),
    },
    Rule { types: POLICY, path: "", must: NotCombine(&["scaling_adjustment", "step_adjustment"]) },
    Rule { types: POLICY, path: "", must: NotCombine(&["cooldown", "estimated_instance_warmup"]) },
    Rule {
        types: POLICY,
        path: "target_tracking_configuration",
        must: HaveExactlyOneOf(&["predefined_metric_specification", "customized_metric_specification"]),
    },
    Rule {
        types: POLICY,
        path: "target_tracking_configuration.predefined_metric_specification.predefined_metric_type",
        must: BeOneOf(SCALING_METRICS),
    },
    Rule {
        types: POLICY,
        path: "target_tracking_configuration.predefined_metric_specification",
        must: HaveWhen("predefined_metric_type", "ALBRequestCountPerTarget", &["resource_label"]),
    },
    Rule { types: SCHEDULE, path: "scheduled_action_name", must: HaveLength(1, 255) },
    Rule { types: SCHEDULE, path: "recurrence", must: Satisfy(recurrence) },
    Rule { types: SCHEDULE, path: "", must: HaveAtLeastOneOf(&["desired_capacity", "min_size", "max_size"]) },
    Rule { types: TEMPLATE, path: "name", must: HaveLength(3, 128) },
    Rule { types: TEMPLATE, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: TEMPLATE, path: "", must: NotCombine(&["default_version", "update_default_version"]) },
    Rule { types: TEMPLATE, path: "", must: NotCombine(&["vpc_security_group_ids", "security_group_names"]) },
    Rule { types: TEMPLATE, path: "", must: NotCombine(&["instance_type", "instance_requirements"]) },
    Rule { types: TEMPLATE, path: "", must: Satisfy(template) },
    Rule { types: TEMPLATE, path: "image_id", must: Satisfy(image) },
    Rule { types: TEMPLATE, path: "description", must: HaveLength(0, 255) },
    Rule { types: TEMPLATE, path: "vpc_security_group_ids", must: BeAnId(&["sg"]) },
    Rule { types: TEMPLATE, path: "user_data", must: Satisfy(user_data) },
    Rule { types: TEMPLATE, path: "instance_initiated_shutdown_behavior", must: BeOneOf(&["stop", "terminate"]) },
    Rule { types: TEMPLATE, path: "iam_instance_profile", must: NotCombine(&["arn", "name"]) },
    Rule { types: TEMPLATE, path: "iam_instance_profile.arn", must: BeAnArn },
    Rule { types: TEMPLATE, path: "metadata_options.http_endpoint", must: BeOneOf(&["enabled", "disabled"]) },
    Rule { types: TEMPLATE, path: "metadata_options.http_tokens", must: BeOneOf(&["optional", "required"]) },
    Rule { types: TEMPLATE, path: "metadata_options.http_protocol_ipv6", must: BeOneOf(&["enabled", "disabled"]) },
    Rule { types: TEMPLATE, path: "metadata_options.instance_metadata_tags", must: BeOneOf(&["enabled", "disabled"]) },
    Rule { types: TEMPLATE, path: "metadata_options.http_put_response_hop_limit", must: BeBetween(1, 64) },
    Rule { types: TEMPLATE, path: "network_interfaces.security_groups", must: BeAnId(&["sg"]) },
    Rule { types: TEMPLATE, path: "network_interfaces.subnet_id", must: BeAnId(&["subnet"]) },
    Rule { types: TEMPLATE, path: "block_device_mappings.ebs.volume_type", must: BeOneOf(VOLUME_TYPES) },
    Rule { types: TEMPLATE, path: "block_device_mappings.ebs.throughput", must: BeBetween(125, 2000) },
    Rule { types: TEMPLATE, path: "block_device_mappings.ebs.kms_key_id", must: BeAnArn },
    Rule { types: TEMPLATE, path: "tag_specifications.resource_type", must: BeOneOf(SPECIFIED_RESOURCES) },
    Rule { types: TEMPLATE, path: "credit_specification.cpu_credits", must: BeOneOf(&["standard", "unlimited"]) },
    Rule { types: VOLUME, path: "type", must: BeOneOf(VOLUME_TYPES) },
    Rule { types: VOLUME, path: "throughput", must: BeBetween(125, 2000) },
    Rule { types: VOLUME, path: "kms_key_id", must: BeAnArn },
    Rule { types: VOLUME, path: "", must: HaveAtLeastOneOf(&["size", "snapshot_id"]) },
];

/// The provider would wait for capacity that AWS refuses.
fn capacity(group: &Value) -> Option<String> {
    let size = |name: &str| group.get(name).number();
    let (least, most, desired) = (size("min_size")?, size("max_size")?, size("desired_capacity"));
    if least > most {
        return Some(format!("min_size ({least}) is greater than max_size ({most})"));
    }
    let desired = desired.filter(|desired| !(least..=most).contains(desired))?;
    Some(format!("desired_capacity ({desired}) is not between min_size ({least}) and max_size ({most})"))
}

/// Auto Scaling takes two shares that are at most 100 apart.
fn maintenance(policy: &Value) -> Option<String> {
    let share = |name: &str| policy.get(name).number();
    let apart = share("max_healthy_percentage")? - share("min_healthy_percentage")?;
    (apart > 100.0).then(|| format!("max_healthy_percentage is {apart} above min_healthy_percentage, more than 100"))
}

/// EC2 takes security groups either of the template or of its interfaces.
fn template(template: &Value) -> Option<String> {
    let of_interfaces =
        template.get("network_interfaces").items().iter().any(|one| one.get("security_groups").is_written());
    let both = of_interfaces && template.get("vpc_security_group_ids").is_written();
    both.then(|| "security groups are set both for the template and for its network interfaces".to_owned())
}

fn image(value: &Value) -> Option<String> {
    let image = value.text()?;
    let is_good = image.starts_with("ami-") || image.starts_with("resolve:ssm:");
    (!is_good).then(|| format!("invalid value for image_id (must be an id like ami-…): {image}"))
}

/// User data of a template is base64, which the provider checks, and at most 16 KB of text.
fn user_data(value: &Value) -> Option<String> {
    let text = value.text()?;
    let is_base64 = text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '='));
    if !is_base64 || text.len() % 4 != 0 {
        return Some("expected user_data to be a base64-encoded value".to_owned());
    }
    let bytes = text.len() / 4 * 3;
    (bytes > 16_386).then(|| format!("user_data has {bytes} bytes, more than 16384"))
}

/// Five fields of cron.
fn recurrence(value: &Value) -> Option<String> {
    let text = value.text()?;
    let fields = text.split_whitespace().count();
    (fields != 5).then(|| format!("invalid value for recurrence (cron has 5 fields): {text}"))
}
