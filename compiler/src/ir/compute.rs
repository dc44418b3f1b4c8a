//! VMs: launch templates, Auto Scaling groups and what moves them.

use serde::{Serialize, Serializer};

use super::{
    expr::{Expr, attributes},
    load_balancing::ListExpr,
    observability::MetricQuery,
};

/// `AWS::EC2::LaunchTemplate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplate {
    pub launch_template_data: LaunchTemplateData,
    pub launch_template_name: String,
}

attributes!(LaunchTemplate {
    /// Its id.
    template_id = "LaunchTemplateId",
    /// The number of its newest version.
    latest_version = "LatestVersionNumber",
});

/// What every VM of a slot is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateData {
    pub block_device_mappings: Vec<BlockDevice>,
    pub ebs_optimized: bool,
    pub iam_instance_profile: ProfileReference,
    pub image_id: Expr,
    pub instance_type: String,
    pub metadata_options: MetadataOptions,
    pub monitoring: Monitoring,
    pub network_interfaces: Vec<NetworkInterface>,
    pub user_data: UserData,
}

/// A device and the volume behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockDevice {
    pub device_name: &'static str,
    pub ebs: Ebs,
}

/// A volume of a launch template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ebs {
    pub delete_on_termination: bool,
    pub encrypted: bool,
    pub kms_key_id: Option<Expr>,
    pub volume_size: u32,
    pub volume_type: &'static str,
}

/// The instance profile of a launch template.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileReference {
    pub arn: Expr,
}

/// How the VM's metadata service answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetadataOptions {
    pub http_endpoint: &'static str,
    pub http_put_response_hop_limit: u32,
    pub http_tokens: &'static str,
    pub instance_metadata_tags: &'static str,
}

impl MetadataOptions {
    /// Version 2 only, one hop.
    #[must_use]
    pub fn version_two_only() -> Self {
        Self {
            http_endpoint: "enabled",
            http_put_response_hop_limit: 1,
            http_tokens: "required",
            instance_metadata_tags: "disabled",
        }
    }
}

/// Whether metrics come every minute.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Monitoring {
    pub enabled: bool,
}

/// The network interface of a VM.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterface {
    pub associate_public_ip_address: bool,
    pub delete_on_termination: bool,
    pub device_index: u32,
    pub groups: Vec<Expr>,
}

/// What a VM is told at its first boot; the emitter prints it as cloud-init.
///
/// It names places, never content: a release is read from the ledger and verified against the trust root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserData {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// Service.
    pub service: String,
    /// Slot.
    pub slot: &'static str,
    /// Region.
    pub region: String,
    /// `s3://bucket/prefix`.
    pub state_root: String,
    /// Digest of the runner binary, or the input that will give it.
    pub runner: Expr,
    /// Digest of the trust root, or the input that will give it.
    pub trust_root: Expr,
    /// Architecture, a part of the runner's key.
    pub architecture: &'static str,
    /// Port of the runner's health endpoint.
    pub health_port: u16,
    /// Log group of the service.
    pub log_group: String,
    /// The name of the role that the workload gets, when it has one.
    pub workload_role: Option<String>,
}

impl Serialize for UserData {
    /// A marker: the emitter replaces it by the printed text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// `AWS::AutoScaling::AutoScalingGroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoScalingGroup {
    pub auto_scaling_group_name: String,
    pub capacity_rebalance: Option<bool>,
    pub default_instance_warmup: Option<u32>,
    pub desired_capacity: &'static str,
    pub health_check_grace_period: Option<u32>,
    pub health_check_type: &'static str,
    pub instance_maintenance_policy: Option<InstanceMaintenancePolicy>,
    pub launch_template: LaunchTemplateReference,
    pub max_size: String,
    pub metrics_collection: Vec<MetricsCollection>,
    pub min_size: &'static str,
    #[serde(rename = "TargetGroupARNs")]
    pub target_group_arns: Option<Vec<Expr>>,
    pub termination_policies: Option<Vec<&'static str>>,
    #[serde(rename = "VPCZoneIdentifier")]
    pub vpc_zone_identifier: ListExpr,
}

attributes!(AutoScalingGroup {
    /// Its name.
    name = "AutoScalingGroupName",
});

/// How many members a group keeps while AWS replaces some, as shares of its desired capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceMaintenancePolicy {
    pub max_healthy_percentage: u32,
    pub min_healthy_percentage: u32,
}

impl InstanceMaintenancePolicy {
    /// At least so many percent, 0 to 100, and as many above as AWS allows: the two are at most 100 apart
    /// (`InstanceMaintenancePolicy`, Auto Scaling API reference).
    ///
    /// With the widest span a new member may always start before an old one goes, so that the least share holds in a
    /// group of one as well.
    #[must_use]
    pub fn at_least(percent: u32) -> Self {
        Self { max_healthy_percentage: percent + 100, min_healthy_percentage: percent }
    }
}

/// The template of a group, and its version when the slot was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateReference {
    pub launch_template_id: Expr,
    pub version: Expr,
}

/// Group metrics.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricsCollection {
    pub granularity: &'static str,
    pub metrics: &'static [&'static str],
}

impl MetricsCollection {
    /// The sizes of a group and the states of its instances, every minute (Auto Scaling API, `EnableMetricsCollection`).
    #[must_use]
    pub fn of_group() -> Self {
        let metrics = &[
            "GroupDesiredCapacity",
            "GroupInServiceInstances",
            "GroupMaxSize",
            "GroupMinSize",
            "GroupPendingInstances",
            "GroupStandbyInstances",
            "GroupTerminatingInstances",
            "GroupTotalInstances",
        ];
        Self { granularity: "1Minute", metrics }
    }
}

/// `AWS::AutoScaling::LifecycleHook`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleHook {
    pub auto_scaling_group_name: Expr,
    pub default_result: &'static str,
    pub heartbeat_timeout: u32,
    pub lifecycle_hook_name: String,
    pub lifecycle_transition: &'static str,
}

/// `AWS::AutoScaling::ScalingPolicy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy {
    pub adjustment_type: Option<&'static str>,
    pub auto_scaling_group_name: Expr,
    pub estimated_instance_warmup: Option<u32>,
    pub metric_aggregation_type: Option<&'static str>,
    pub policy_type: &'static str,
    pub step_adjustments: Option<Vec<StepAdjustment>>,
    pub target_tracking_configuration: Option<TargetTracking>,
}

attributes!(ScalingPolicy {
    /// Its ARN.
    arn = "Arn",
});

/// A step of step scaling.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepAdjustment {
    pub metric_interval_lower_bound: Option<f64>,
    pub metric_interval_upper_bound: Option<f64>,
    pub scaling_adjustment: i32,
}

/// Holding a metric at a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTracking {
    pub customized_metric_specification: Option<CustomizedMetric>,
    pub predefined_metric_specification: Option<PredefinedMetric>,
    pub target_value: f64,
}

/// A metric that is computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomizedMetric {
    pub metrics: Vec<MetricQuery>,
}

/// A metric that Auto Scaling knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PredefinedMetric {
    pub predefined_metric_type: &'static str,
}

/// `AWS::AutoScaling::ScheduledAction`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction {
    pub auto_scaling_group_name: Expr,
    pub desired_capacity: u32,
    pub recurrence: String,
    pub time_zone: String,
}

/// `AWS::EC2::Volume`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    pub availability_zone: String,
    pub encrypted: bool,
    pub iops: Option<u32>,
    pub kms_key_id: Option<Expr>,
    pub size: u32,
    pub throughput: Option<u32>,
    pub volume_type: &'static str,
}

attributes!(Volume {
    /// Its id.
    volume_id = "VolumeId",
});
