//! What CloudFormation's `Ref` gives for each type, and so which attributes are `Fn::GetAtt`.

use serde_json::Value;
use skiff_wire::Plan;

/// How one reference is printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Printed {
    /// `Ref`.
    Ref,
    /// `Fn::GetAtt` of this attribute, with dots between its parts.
    Attribute(String),
    /// CloudFormation cannot return it, and the plan sets it: its own value.
    Property(Value),
}

/// Which property `Ref` returns: the primary identifier of the resource schemas, except where the AWS CloudFormation
/// template reference says otherwise under "Return values, Ref". A second name is another word for the same value.
#[rustfmt::skip]
const REF_RETURNS: &[(&str, &[&str])] = &[
    ("AWS::AutoScaling::AutoScalingGroup", &["AutoScalingGroupName"]),
    ("AWS::AutoScaling::LifecycleHook", &["LifecycleHookName"]),
    ("AWS::AutoScaling::ScalingPolicy", &["Arn", "PolicyARN"]),
    ("AWS::AutoScaling::ScheduledAction", &["ScheduledActionName"]),
    ("AWS::Backup::BackupPlan", &["BackupPlanId"]),
    ("AWS::Backup::BackupSelection", &["Id", "SelectionId"]),
    ("AWS::Backup::BackupVault", &["BackupVaultName"]),
    ("AWS::CertificateManager::Certificate", &["CertificateArn"]),
    ("AWS::CloudWatch::Alarm", &["AlarmName"]),
    ("AWS::CloudWatch::Dashboard", &["DashboardName"]),
    ("AWS::EC2::EIP", &["PublicIp"]),
    ("AWS::EC2::FlowLog", &["Id"]),
    ("AWS::EC2::Instance", &["InstanceId"]),
    ("AWS::EC2::InternetGateway", &["InternetGatewayId"]),
    ("AWS::EC2::LaunchTemplate", &["LaunchTemplateId"]),
    ("AWS::EC2::NatGateway", &["NatGatewayId"]),
    ("AWS::EC2::RouteTable", &["RouteTableId"]),
    ("AWS::EC2::SecurityGroup", &["Id"]),
    ("AWS::EC2::Subnet", &["SubnetId"]),
    ("AWS::EC2::VPC", &["VpcId"]),
    ("AWS::EC2::VPCEndpoint", &["Id", "VpcEndpointId"]),
    ("AWS::EC2::Volume", &["VolumeId"]),
    ("AWS::EFS::FileSystem", &["FileSystemId"]),
    ("AWS::ElastiCache::ReplicationGroup", &["ReplicationGroupId"]),
    ("AWS::ElasticLoadBalancingV2::Listener", &["ListenerArn"]),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", &["RuleArn"]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &["LoadBalancerArn"]),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", &["TargetGroupArn"]),
    ("AWS::Events::Rule", &["Name", "RuleName"]),
    ("AWS::IAM::InstanceProfile", &["InstanceProfileName"]),
    ("AWS::IAM::ManagedPolicy", &["PolicyArn", "Arn"]),
    ("AWS::IAM::OIDCProvider", &["Arn"]),
    ("AWS::IAM::Role", &["RoleName"]),
    ("AWS::KMS::Alias", &["AliasName"]),
    ("AWS::KMS::Key", &["KeyId"]),
    ("AWS::Logs::LogGroup", &["LogGroupName"]),
    ("AWS::RDS::DBCluster", &["DBClusterIdentifier"]),
    ("AWS::RDS::DBInstance", &["DBInstanceIdentifier"]),
    ("AWS::RDS::DBParameterGroup", &["DBParameterGroupName"]),
    ("AWS::RDS::DBSubnetGroup", &["DBSubnetGroupName"]),
    ("AWS::Route53::HealthCheck", &["HealthCheckId"]),
    ("AWS::Route53::HostedZone", &["Id", "HostedZoneId"]),
    ("AWS::Route53::RecordSet", &["Name"]),
    ("AWS::S3::Bucket", &["BucketName"]),
    ("AWS::SNS::Subscription", &["Arn", "SubscriptionArn"]),
    ("AWS::SNS::Topic", &["TopicArn", "Arn"]),
    ("AWS::SQS::Queue", &["QueueUrl"]),
    ("AWS::SSM::MaintenanceWindow", &["WindowId"]),
    ("AWS::SSM::Parameter", &["Name"]),
    ("AWS::Scheduler::Schedule", &["Name"]),
    ("AWS::SecretsManager::Secret", &["Id", "Arn"]),
    ("AWS::ServiceDiscovery::Service", &["Id"]),
];

/// Settable properties that `Fn::GetAtt` returns all the same (the template reference, "Return values, Fn::GetAtt").
const RETURNED_PROPERTIES: &[(&str, &str)] = &[
    ("AWS::EC2::SecurityGroup", "VpcId"),
    ("AWS::EC2::Subnet", "VpcId"),
    ("AWS::EC2::VPC", "CidrBlock"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
];

/// How the reference to `attribute` of `target` is printed.
pub(super) fn printed(target: &str, attribute: &str, plan: &Plan) -> Printed {
    let attribute = attribute.trim_start_matches('/').replace('/', ".");
    let Some(resource) = plan.shape.get(target) else { return Printed::Attribute(attribute) };
    let kind = resource.resource_type.as_str();
    let by_ref =
        REF_RETURNS.iter().find(|(name, _)| *name == kind).is_some_and(|(_, names)| names.contains(&&*attribute));
    if by_ref {
        return Printed::Ref;
    }
    match resource.properties.get(&attribute) {
        Some(value) if !RETURNED_PROPERTIES.contains(&(kind, &attribute)) => Printed::Property(value.clone()),
        _ => Printed::Attribute(attribute),
    }
}

/// The name of a pseudo-parameter.
pub(super) fn pseudo(name: &str) -> Option<&'static str> {
    match name {
        "account" => Some("AWS::AccountId"),
        "region" => Some("AWS::Region"),
        "partition" => Some("AWS::Partition"),
        _ => None,
    }
}
