//! Launch templates, Auto Scaling groups and what moves them.

use crate::terraform_mapping::row::{
    Form, Match, Only, Row, TypeMapping, block, each, one, pair, plan_only, same, set, tags, terraform_only, text,
};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::AutoScaling::AutoScalingGroup", &[block("aws_autoscaling_group", GROUP)]),
    one("AWS::AutoScaling::LifecycleHook", &[block("aws_autoscaling_lifecycle_hook", HOOK)]),
    one("AWS::AutoScaling::ScalingPolicy", &[block("aws_autoscaling_policy", POLICY)]),
    one("AWS::AutoScaling::ScheduledAction", &[block("aws_autoscaling_schedule", SCHEDULE)]),
    one("AWS::EC2::LaunchTemplate", &[block("aws_launch_template", TEMPLATE)]),
];

const GROUP: &[Row] = &[
    same("/AutoScalingGroupName", "name"),
    text("/MinSize", "min_size"),
    text("/MaxSize", "max_size"),
    text("/DesiredCapacity", "desired_capacity"),
    set("/VPCZoneIdentifier", "vpc_zone_identifier"),
    set("/TargetGroupARNs", "target_group_arns"),
    same("/HealthCheckType", "health_check_type"),
    same("/HealthCheckGracePeriod", "health_check_grace_period"),
    same("/DefaultInstanceWarmup", "default_instance_warmup"),
    same("/CapacityRebalance", "capacity_rebalance"),
    same("/TerminationPolicies", "termination_policies"),
    same("/LaunchTemplate/LaunchTemplateId", "launch_template.id"),
    text("/LaunchTemplate/Version", "launch_template.version"),
    same("/InstanceMaintenancePolicy/MinHealthyPercentage", "instance_maintenance_policy.min_healthy_percentage"),
    same("/InstanceMaintenancePolicy/MaxHealthyPercentage", "instance_maintenance_policy.max_healthy_percentage"),
    same("/MetricsCollection/0/Granularity", "metrics_granularity"),
    set("/MetricsCollection/0/Metrics", "enabled_metrics"),
    each("/Tags", "tag", Match::Key("/Key", "key"), GROUP_TAG),
];

const GROUP_TAG: &[Row] =
    &[same("/Key", "key"), same("/Value", "value"), same("/PropagateAtLaunch", "propagate_at_launch")];

const HOOK: &[Row] = &[
    same("/LifecycleHookName", "name"),
    same("/AutoScalingGroupName", "autoscaling_group_name"),
    same("/LifecycleTransition", "lifecycle_transition"),
    same("/DefaultResult", "default_result"),
    same("/HeartbeatTimeout", "heartbeat_timeout"),
];

const POLICY: &[Row] = &[
    Row::TerraformOnly {
        terraform: "name",
        value: Only::Anything,
        why: "CloudFormation makes up a policy's name, Terraform asks for one",
    },
    same("/AutoScalingGroupName", "autoscaling_group_name"),
    same("/PolicyType", "policy_type"),
    same("/AdjustmentType", "adjustment_type"),
    same("/MetricAggregationType", "metric_aggregation_type"),
    same("/EstimatedInstanceWarmup", "estimated_instance_warmup"),
    each("/StepAdjustments", "step_adjustment", Match::Content, STEP),
    same("/TargetTrackingConfiguration/TargetValue", "target_tracking_configuration.target_value"),
    same(
        "/TargetTrackingConfiguration/PredefinedMetricSpecification/PredefinedMetricType",
        "target_tracking_configuration.predefined_metric_specification.predefined_metric_type",
    ),
    each(
        "/TargetTrackingConfiguration/CustomizedMetricSpecification/Metrics",
        "target_tracking_configuration.customized_metric_specification.metrics",
        Match::Key("/Id", "id"),
        TRACKED,
    ),
];

const STEP: &[Row] = &[
    text("/MetricIntervalLowerBound", "metric_interval_lower_bound"),
    text("/MetricIntervalUpperBound", "metric_interval_upper_bound"),
    same("/ScalingAdjustment", "scaling_adjustment"),
];

const TRACKED: &[Row] = &[
    same("/Id", "id"),
    same("/Expression", "expression"),
    same("/Label", "label"),
    same("/ReturnData", "return_data"),
    same("/MetricStat/Period", "metric_stat.period"),
    same("/MetricStat/Stat", "metric_stat.stat"),
    same("/MetricStat/Metric/Namespace", "metric_stat.metric.namespace"),
    same("/MetricStat/Metric/MetricName", "metric_stat.metric.metric_name"),
    each("/MetricStat/Metric/Dimensions", "metric_stat.metric.dimensions", Match::Key("/Name", "name"), DIMENSION),
];

const DIMENSION: &[Row] = &[same("/Name", "name"), same("/Value", "value")];

const SCHEDULE: &[Row] = &[
    Row::TerraformOnly {
        terraform: "scheduled_action_name",
        value: Only::Anything,
        why: "CloudFormation makes up an action's name, Terraform asks for one",
    },
    same("/AutoScalingGroupName", "autoscaling_group_name"),
    same("/Recurrence", "recurrence"),
    same("/TimeZone", "time_zone"),
    same("/DesiredCapacity", "desired_capacity"),
    terraform_only("min_size", "-1", "-1 leaves the bound as it is, as CloudFormation does without the property"),
    terraform_only("max_size", "-1", "-1 leaves the bound as it is, as CloudFormation does without the property"),
];

const TEMPLATE: &[Row] = &[
    same("/LaunchTemplateName", "name"),
    plan_only("/TagSpecifications/0/ResourceType", "\"launch-template\"", "the block's tags are the template's own"),
    tags("/TagSpecifications/0/Tags"),
    same("/LaunchTemplateData/ImageId", "image_id"),
    same("/LaunchTemplateData/InstanceType", "instance_type"),
    text("/LaunchTemplateData/EbsOptimized", "ebs_optimized"),
    pair("/LaunchTemplateData/UserData", "user_data", Form::Base64),
    same("/LaunchTemplateData/IamInstanceProfile/Arn", "iam_instance_profile.arn"),
    same("/LaunchTemplateData/Monitoring/Enabled", "monitoring.enabled"),
    same("/LaunchTemplateData/MetadataOptions/HttpEndpoint", "metadata_options.http_endpoint"),
    same("/LaunchTemplateData/MetadataOptions/HttpPutResponseHopLimit", "metadata_options.http_put_response_hop_limit"),
    same("/LaunchTemplateData/MetadataOptions/HttpTokens", "metadata_options.http_tokens"),
    same("/LaunchTemplateData/MetadataOptions/InstanceMetadataTags", "metadata_options.instance_metadata_tags"),
    each("/LaunchTemplateData/BlockDeviceMappings", "block_device_mappings", Match::Order, DEVICE),
    each("/LaunchTemplateData/NetworkInterfaces", "network_interfaces", Match::Order, INTERFACE),
    each("/LaunchTemplateData/TagSpecifications", "tag_specifications", Match::Order, TAGGED),
];

const DEVICE: &[Row] = &[
    same("/DeviceName", "device_name"),
    same("/Ebs/VolumeType", "ebs.volume_type"),
    same("/Ebs/VolumeSize", "ebs.volume_size"),
    text("/Ebs/Encrypted", "ebs.encrypted"),
    same("/Ebs/KmsKeyId", "ebs.kms_key_id"),
    text("/Ebs/DeleteOnTermination", "ebs.delete_on_termination"),
];

const INTERFACE: &[Row] = &[
    same("/DeviceIndex", "device_index"),
    text("/AssociatePublicIpAddress", "associate_public_ip_address"),
    text("/DeleteOnTermination", "delete_on_termination"),
    set("/Groups", "security_groups"),
];

const TAGGED: &[Row] = &[same("/ResourceType", "resource_type"), pair("/Tags", "tags", Form::Map("Key"))];
