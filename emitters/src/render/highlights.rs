//! What a reader wants to know of a resource at one glance.

use serde_json::Value;
use skiff_wire::Resource;

use super::value::short;

/// Properties in which a physical name stands.
const NAMES: &[&str] = &[
    "AutoScalingGroupName",
    "LaunchTemplateName",
    "RoleName",
    "InstanceProfileName",
    "ManagedPolicyName",
    "LogGroupName",
    "AlarmName",
    "QueueName",
    "BucketName",
    "DBInstanceIdentifier",
    "DBClusterIdentifier",
    "DBSubnetGroupName",
    "GroupName",
    "AliasName",
    "LifecycleHookName",
    "PolicyName",
    "TopicName",
    "Name",
];

/// Per type, the properties worth a column: a label and a JSON pointer.
#[rustfmt::skip]
const HIGHLIGHTS: &[(&str, &[(&str, &str)])] = &[
    ("AWS::AutoScaling::AutoScalingGroup", &[("max", "/MaxSize")]),
    ("AWS::AutoScaling::LifecycleHook", &[("", "/LifecycleTransition"), ("timeout", "/HeartbeatTimeout")]),
    ("AWS::AutoScaling::ScalingPolicy", &[("", "/PolicyType"), ("target", "/TargetTrackingConfiguration/TargetValue")]),
    ("AWS::AutoScaling::ScheduledAction", &[("at", "/Recurrence"), ("capacity", "/DesiredCapacity")]),
    ("AWS::CloudWatch::Alarm", &[("", "/MetricName"), ("", "/ComparisonOperator"), ("", "/Threshold")]),
    ("AWS::EC2::LaunchTemplate", &[("", "/LaunchTemplateData/InstanceType"), ("image", "/LaunchTemplateData/ImageId")]),
    ("AWS::EC2::Route", &[("to", "/DestinationCidrBlock")]),
    ("AWS::EC2::SecurityGroup", &[("", "/GroupDescription")]),
    ("AWS::EC2::SecurityGroupEgress", &[("port", "/FromPort"), ("to", "/CidrIp"), ("to", "/DestinationSecurityGroupId"), ("to", "/DestinationPrefixListId")]),
    ("AWS::EC2::SecurityGroupIngress", &[("port", "/FromPort"), ("from", "/CidrIp"), ("from", "/SourceSecurityGroupId")]),
    ("AWS::EC2::Subnet", &[("", "/CidrBlock"), ("in", "/AvailabilityZone")]),
    ("AWS::EC2::VPC", &[("", "/CidrBlock")]),
    ("AWS::EC2::VPCEndpoint", &[("", "/ServiceName"), ("", "/VpcEndpointType")]),
    ("AWS::EC2::Volume", &[("GiB", "/Size"), ("", "/VolumeType"), ("in", "/AvailabilityZone")]),
    ("AWS::ElasticLoadBalancingV2::Listener", &[("", "/Protocol"), ("", "/Port"), ("", "/SslPolicy")]),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", &[("priority", "/Priority")]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &[("", "/Scheme"), ("", "/Type")]),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", &[("", "/Protocol"), ("", "/Port"), ("health", "/HealthCheckPath")]),
    ("AWS::IAM::Role", &[("path", "/Path")]),
    ("AWS::KMS::Key", &[("rotation", "/EnableKeyRotation")]),
    ("AWS::Logs::LogGroup", &[("days", "/RetentionInDays")]),
    ("AWS::RDS::DBInstance", &[("", "/Engine"), ("", "/EngineVersion"), ("", "/DBInstanceClass"), ("GiB", "/AllocatedStorage")]),
    ("AWS::Route53::RecordSet", &[("", "/Type")]),
    ("AWS::S3::Bucket", &[("versions", "/VersioningConfiguration/Status")]),
    ("AWS::SQS::Queue", &[("visible after", "/VisibilityTimeout"), ("kept", "/MessageRetentionPeriod")]),
    ("AWS::Scheduler::Schedule", &[("", "/ScheduleExpression")]),
    ("AWS::SecretsManager::Secret", &[("", "/Description")]),
];

/// The physical name a resource gets, when the plan sets one.
pub(super) fn name(resource: &Resource, width: usize) -> String {
    NAMES.iter().find_map(|name| resource.properties.get(*name)).map(|name| short(name, width)).unwrap_or_default()
}

/// Two or three properties in words, and whether a removal would keep it.
pub(super) fn summary(resource: &Resource) -> String {
    let rows = HIGHLIGHTS.iter().find(|(kind, _)| *kind == resource.resource_type).map_or(&[][..], |(_, rows)| rows);
    let properties = Value::Object(resource.properties.clone());
    let shown = rows.iter().filter_map(|(label, pointer)| {
        let value = short(properties.pointer(pointer)?, 34);
        Some(if label.is_empty() { value } else { format!("{label} {value}") })
    });
    let kept = resource.retain.then(|| "kept".to_owned());
    shown.chain(kept).collect::<Vec<_>>().join(", ")
}
