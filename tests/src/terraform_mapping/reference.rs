//! What a reference of the plan is called in Terraform: the attribute that holds the same value.

/// One attribute that a reference of the plan may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The CloudFormation type.
    pub plan_type: &'static str,
    /// CloudFormation's attribute.
    pub plan: &'static str,
    /// Terraform's, as a path from the resource.
    pub terraform: &'static str,
    /// What CloudFormation's value has behind Terraform's.
    pub suffix: &'static str,
}

const fn attribute(plan_type: &'static str, plan: &'static str, terraform: &'static str) -> Attribute {
    Attribute { plan_type, plan, terraform, suffix: "" }
}

/// Every attribute that a plan refers to.
pub const ATTRIBUTES: &[Attribute] = &[
    attribute("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", "name"),
    attribute("AWS::AutoScaling::ScalingPolicy", "Arn", "arn"),
    attribute("AWS::Backup::BackupPlan", "BackupPlanId", "id"),
    attribute("AWS::Backup::BackupVault", "BackupVaultName", "name"),
    attribute("AWS::EC2::EIP", "AllocationId", "allocation_id"),
    attribute("AWS::EC2::InternetGateway", "InternetGatewayId", "id"),
    attribute("AWS::EC2::LaunchTemplate", "LatestVersionNumber", "latest_version"),
    attribute("AWS::EC2::LaunchTemplate", "LaunchTemplateId", "id"),
    attribute("AWS::EC2::NatGateway", "NatGatewayId", "id"),
    attribute("AWS::EC2::RouteTable", "RouteTableId", "id"),
    attribute("AWS::EC2::SecurityGroup", "GroupId", "id"),
    attribute("AWS::EC2::Subnet", "SubnetId", "id"),
    attribute("AWS::EC2::VPC", "VpcId", "id"),
    attribute("AWS::EC2::Volume", "VolumeId", "id"),
    attribute("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn", "arn"),
    attribute("AWS::ElasticLoadBalancingV2::LoadBalancer", "CanonicalHostedZoneID", "zone_id"),
    attribute("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName", "dns_name"),
    attribute("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn", "arn"),
    attribute("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName", "arn_suffix"),
    attribute("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn", "arn"),
    attribute("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName", "arn_suffix"),
    attribute("AWS::IAM::InstanceProfile", "Arn", "arn"),
    attribute("AWS::IAM::ManagedPolicy", "PolicyArn", "arn"),
    attribute("AWS::IAM::Role", "Arn", "arn"),
    attribute("AWS::IAM::Role", "RoleName", "name"),
    attribute("AWS::KMS::Key", "Arn", "arn"),
    attribute("AWS::KMS::Key", "KeyId", "key_id"),
    Attribute { suffix: ":*", ..attribute("AWS::Logs::LogGroup", "Arn", "arn") },
    attribute("AWS::RDS::DBInstance", "MasterUserSecret.SecretArn", "master_user_secret.secret_arn"),
    attribute("AWS::RDS::DBParameterGroup", "DBParameterGroupName", "name"),
    attribute("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "name"),
    attribute("AWS::S3::Bucket", "Arn", "arn"),
    attribute("AWS::S3::Bucket", "BucketName", "bucket"),
    attribute("AWS::SNS::Topic", "TopicArn", "arn"),
    attribute("AWS::SQS::Queue", "Arn", "arn"),
    attribute("AWS::SQS::Queue", "QueueName", "name"),
    attribute("AWS::SQS::Queue", "QueueUrl", "url"),
    attribute("AWS::SecretsManager::Secret", "Id", "arn"),
    attribute("AWS::ServiceDiscovery::PrivateDnsNamespace", "Id", "id"),
    attribute("AWS::ServiceDiscovery::Service", "Arn", "arn"),
];

/// The attribute of this type.
#[must_use]
pub fn attribute_of(plan_type: &str, name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.plan_type == plan_type && attribute.plan == name)
}
