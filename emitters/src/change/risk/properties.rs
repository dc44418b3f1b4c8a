//! What it means that one property changes in place.

use skiff_wire::{
    Reversibility::{self, Compensatable, Irreversible, PartiallyReversible, Reversible},
    Risk::{self, High, Low, Medium, None as NoRisk},
};

use crate::change::when::When::{
    self, Always, Becomes, GainsWildcard, Grows, Loses, OpensToWorld, Shrinks, Sooner, TurnsOff, TurnsOn, Widens,
};

/// One row: the first that holds decides a property.
#[derive(Debug)]
pub(super) struct Row {
    /// CloudFormation types; a final `*` stands for the rest of a name.
    pub(super) types: &'static [&'static str],
    /// At or below this pointer; `*` stands for one segment.
    pub(super) pointer: &'static str,
    pub(super) when: When,
    pub(super) risk: Risk,
    pub(super) reversibility: Reversibility,
    pub(super) reason: &'static str,
}

const fn row(
    types: &'static [&'static str],
    pointer: &'static str,
    when: When,
    risk: Risk,
    reversibility: Reversibility,
    reason: &'static str,
) -> Row {
    Row { types, pointer, when, risk, reversibility, reason }
}

const ANY: &[&str] = &["*"];
const DATABASE: &[&str] = &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];
const BALANCER: &[&str] = &["AWS::ElasticLoadBalancingV2::LoadBalancer"];
const LISTENER: &[&str] =
    &["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerCertificate"];
const RULE: &[&str] = &["AWS::ElasticLoadBalancingV2::ListenerRule"];
const TARGETS: &[&str] = &["AWS::ElasticLoadBalancingV2::TargetGroup"];
const GROUP: &[&str] = &["AWS::AutoScaling::AutoScalingGroup"];
const HOOK: &[&str] = &["AWS::AutoScaling::LifecycleHook"];
const SCALING: &[&str] = &["AWS::AutoScaling::ScalingPolicy", "AWS::AutoScaling::ScheduledAction"];
const TEMPLATE: &[&str] = &["AWS::EC2::LaunchTemplate"];
const FIREWALL: &[&str] =
    &["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];
const NETWORK: &[&str] = &[
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet*",
    "AWS::EC2::Route*",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::EIP",
];
const ENDPOINT: &[&str] = &["AWS::EC2::VPCEndpoint"];
const IAM: &[&str] = &["AWS::IAM::*"];
const KEY: &[&str] = &["AWS::KMS::Key"];
const ACCESS: &[&str] = &["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"];
const BUCKET: &[&str] = &["AWS::S3::Bucket"];
const QUEUE: &[&str] = &["AWS::SQS::Queue"];
const SECRET: &[&str] = &["AWS::SecretsManager::Secret"];
const LOGS: &[&str] = &["AWS::Logs::LogGroup"];
const ALARM: &[&str] = &["AWS::CloudWatch::Alarm"];
const OBSERVER: &[&str] = &["AWS::CloudWatch::*", "AWS::Logs::*"];
const RECORD: &[&str] = &["AWS::Route53::RecordSet"];
const VOLUME: &[&str] = &["AWS::EC2::Volume"];

/// The table, from the particular to the general within each type.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(ANY, "/Tags", Always, NoRisk, Reversible, "only tags change"),
    row(ANY, "/HostedZoneTags", Always, NoRisk, Reversible, "only tags change"),
    row(ANY, "/TagSpecifications", Always, NoRisk, Reversible, "only tags change"),
    row(ANY, "/Description", Always, NoRisk, Reversible, "only a description changes"),
    row(ANY, "/AlarmDescription", Always, NoRisk, Reversible, "only a description changes"),

    row(DATABASE, "/DeletionProtection", TurnsOff, High, Reversible, "deletion protection goes off: the next mistake can delete the database"),
    row(DATABASE, "/DeletionProtection", Always, NoRisk, Reversible, "deletion protection goes on"),
    row(DATABASE, "/BackupRetentionPeriod", Shrinks, High, Irreversible, "older automated backups are deleted at once"),
    row(DATABASE, "/BackupRetentionPeriod", Grows, Low, Reversible, "backups are kept longer, and bill for it"),
    row(DATABASE, "/DBInstanceClass", Always, High, Reversible, "the database restarts on another size"),
    row(DATABASE, "/DBClusterInstanceClass", Always, High, Reversible, "the database restarts on another size"),
    row(DATABASE, "/EngineVersion", Always, High, Irreversible, "the engine is upgraded with a restart and cannot be downgraded"),
    row(DATABASE, "/Engine", Always, High, Irreversible, "AWS may make a new, empty database instead of changing this one"),
    row(DATABASE, "/AvailabilityZone*", Always, High, Irreversible, "AWS may make a new, empty database instead of changing this one"),
    row(DATABASE, "/DBSnapshotIdentifier", Always, High, Irreversible, "AWS may make a new database from another snapshot instead of changing this one"),
    row(DATABASE, "/PubliclyAccessible", TurnsOn, High, Reversible, "the database gets a public address"),
    row(DATABASE, "/MultiAZ", TurnsOff, Medium, Reversible, "an outage of one zone becomes an outage of the database"),
    row(DATABASE, "/AllocatedStorage", Always, Medium, Irreversible, "storage can grow, and never shrink again"),
    row(DATABASE, "/MaxAllocatedStorage", Always, Low, Reversible, "moves the limit up to which storage grows by itself"),
    row(DATABASE, "/MasterUser*", Always, High, Compensatable, "connections with the old credentials are refused"),
    row(DATABASE, "/ManageMasterUserPassword", Always, High, Compensatable, "connections with the old credentials are refused"),
    row(DATABASE, "/VPCSecurityGroups", Always, Medium, Reversible, "changes who reaches the database"),
    row(DATABASE, "/VpcSecurityGroupIds", Always, Medium, Reversible, "changes who reaches the database"),
    row(DATABASE, "/Preferred*", Always, Low, Reversible, "moves a maintenance or backup window"),
    row(DATABASE, "", Always, Medium, Reversible, "changes a running database; some properties restart it"),

    row(BALANCER, "/LoadBalancerAttributes/deletion_protection.enabled", TurnsOff, High, Reversible, "deletion protection goes off: the next mistake can delete the load balancer"),
    row(BALANCER, "/LoadBalancerAttributes/access_logs.*", Always, Low, Reversible, "changes what is logged of each request"),
    row(BALANCER, "/LoadBalancerAttributes", Always, Medium, Reversible, "changes how connections are handled"),
    row(BALANCER, "/SecurityGroups", Always, Medium, Reversible, "changes who reaches the load balancer"),
    row(BALANCER, "/Subnets", Always, Medium, Reversible, "changes the zones that the load balancer serves from"),
    row(BALANCER, "/SubnetMappings", Always, Medium, Reversible, "changes the zones that the load balancer serves from"),

    row(LISTENER, "/Certificates", Always, Medium, Reversible, "clients see another certificate; a wrong one breaks every connection"),
    row(LISTENER, "/SslPolicy", Always, Medium, Reversible, "clients that only speak what the new policy leaves out are refused"),
    row(LISTENER, "/DefaultActions", Always, High, Reversible, "requests that no rule matches get another answer"),
    row(LISTENER, "/Port", Always, High, Reversible, "clients of the old port are refused"),
    row(LISTENER, "/Protocol", Always, High, Reversible, "clients of the old protocol are refused"),

    row(RULE, "/Actions", Always, High, Reversible, "requests of this route are handled differently at once"),
    row(RULE, "/Conditions", Always, High, Reversible, "other requests than before reach the service, at once"),
    row(RULE, "/Transforms", Always, High, Reversible, "the service sees another path or host in requests of this route, at once"),
    row(RULE, "/Priority", Always, Medium, Reversible, "the order of the rules decides who gets a request that two match"),

    row(TARGETS, "/HealthCheck*", Always, Medium, Reversible, "changes when a member counts as healthy: too strict takes all of them out"),
    row(TARGETS, "/HealthyThresholdCount", Always, Medium, Reversible, "changes when a member counts as healthy: too strict takes all of them out"),
    row(TARGETS, "/UnhealthyThresholdCount", Always, Medium, Reversible, "changes when a member counts as healthy: too strict takes all of them out"),
    row(TARGETS, "/Matcher", Always, Medium, Reversible, "changes when a member counts as healthy: too strict takes all of them out"),
    row(TARGETS, "/TargetGroupAttributes/deregistration_delay.*", Always, Low, Reversible, "changes how long open connections may finish"),
    row(TARGETS, "/TargetGroupAttributes/stickiness.*", Always, Medium, Reversible, "changes which member a client comes back to: sessions kept in members may be lost"),
    row(TARGETS, "/TargetGroupAttributes", Always, Medium, Reversible, "changes how requests are spread over members"),

    row(GROUP, "/MaxSize", Shrinks, Medium, Reversible, "the group may not grow as far: load above it is not served"),
    row(GROUP, "/MaxSize", Always, Medium, Reversible, "the group may grow further, and bill for it"),
    row(GROUP, "/MinSize", Always, Medium, Reversible, "changes how many members always run"),
    row(GROUP, "/DesiredCapacity", Always, Medium, Reversible, "changes how many members run now"),
    row(GROUP, "/LaunchTemplate", Always, Low, Reversible, "takes effect at the next slot swap"),
    row(GROUP, "/MixedInstancesPolicy", Always, Low, Reversible, "takes effect at the next slot swap"),
    row(GROUP, "/VPCZoneIdentifier", Always, Medium, Reversible, "members move to other subnets as they are replaced"),
    row(GROUP, "/AvailabilityZones", Always, Medium, Reversible, "members move to other zones as they are replaced"),
    row(GROUP, "/TargetGroupARNs", Always, High, Reversible, "members leave or join a target group at once"),
    row(GROUP, "/HealthCheckType", Always, High, Reversible, "another judge may terminate members"),
    row(GROUP, "/HealthCheckGracePeriod", Always, Low, Reversible, "changes how long a new member is left alone"),
    row(GROUP, "/InstanceMaintenancePolicy", Loses, Medium, Reversible, "AWS may take members away before new ones serve"),
    row(GROUP, "/InstanceMaintenancePolicy", Always, Low, Reversible, "changes how many members AWS replaces at once by itself"),
    row(GROUP, "/MetricsCollection", Always, NoRisk, Reversible, "only what is measured changes"),
    row(GROUP, "/TerminationPolicies", Always, Low, Reversible, "changes which member goes first"),

    row(HOOK, "/DefaultResult", Always, Medium, Reversible, "changes what happens to a member that never reports"),
    row(HOOK, "/HeartbeatTimeout", Shrinks, Medium, Reversible, "a slow start or a slow drain is cut off earlier"),
    row(HOOK, "/HeartbeatTimeout", Always, Low, Reversible, "members have longer to start or to drain"),
    row(SCALING, "", Always, Medium, Reversible, "changes when and how far the group scales"),

    row(TEMPLATE, "/LaunchTemplateData/MetadataOptions/HttpTokens", Becomes("optional"), High, Reversible, "lets IMDSv1 in: a request forged through the application can steal credentials"),
    row(TEMPLATE, "/LaunchTemplateData/TagSpecifications", Always, NoRisk, Reversible, "only tags change"),
    row(TEMPLATE, "/LaunchTemplateData/IamInstanceProfile", Always, Medium, Reversible, "members have another identity from the next slot swap"),
    row(TEMPLATE, "/LaunchTemplateData", Always, Low, Reversible, "takes effect at the next slot swap"),

    row(FIREWALL, "/SecurityGroupIngress", OpensToWorld, High, Reversible, "lets the whole internet in"),
    row(&["AWS::EC2::SecurityGroupIngress"], "/Cidr*", OpensToWorld, High, Reversible, "lets the whole internet in"),
    row(FIREWALL, "", OpensToWorld, Medium, Reversible, "lets members reach the whole internet"),
    row(FIREWALL, "", Loses, Medium, Reversible, "what the old rule let through is blocked"),
    row(FIREWALL, "", Always, Medium, Reversible, "changes which connections are let through"),
    row(NETWORK, "", Always, High, Reversible, "changes where packets go"),
    row(ENDPOINT, "", Always, Medium, Reversible, "changes who reaches an AWS service through the endpoint"),

    row(IAM, "/PermissionsBoundary", Loses, High, Reversible, "nothing bounds what the role may be given any more"),
    row(IAM, "/PermissionsBoundary", Always, Medium, Reversible, "moves the bound of what the role may do"),
    row(IAM, "/AssumeRolePolicyDocument", Widens, High, Reversible, "more principals may act as this role"),
    row(IAM, "/AssumeRolePolicyDocument", Always, Medium, Reversible, "fewer principals may act as this role"),
    row(IAM, "/Polic*", GainsWildcard, High, Reversible, "allows every action that matches a wildcard"),
    row(IAM, "/Polic*", Widens, Medium, Reversible, "allows more than before"),
    row(IAM, "/Polic*", Always, Medium, Reversible, "allows less than before: what still relies on it is refused"),
    row(IAM, "/ManagedPolicyArns", Loses, Medium, Reversible, "takes a policy away: what still relies on it is refused"),
    row(IAM, "/ManagedPolicyArns", Always, Medium, Reversible, "allows more than before"),
    row(IAM, "/MaxSessionDuration", Always, Low, Reversible, "changes how long a session lasts"),
    row(IAM, "", Always, Medium, Reversible, "changes who may do what"),

    row(KEY, "/KeyPolicy", Always, High, Reversible, "a wrong key policy locks everybody out of what the key encrypts"),
    row(KEY, "/Enabled", TurnsOff, High, Reversible, "nothing that the key encrypts can be read while it is off"),
    row(KEY, "/EnableKeyRotation", TurnsOff, Medium, Reversible, "the key is not rotated any more"),
    row(KEY, "/EnableKeyRotation", Always, Low, Reversible, "the key is rotated every year"),
    row(KEY, "/PendingWindowInDays", Shrinks, Medium, Reversible, "less time to notice that a key is deleted by mistake"),

    row(ACCESS, "", GainsWildcard, High, Reversible, "lets everybody in, or allows every action of a service"),
    row(ACCESS, "", Widens, Medium, Reversible, "allows more than before"),
    row(ACCESS, "", Always, Medium, Reversible, "allows less than before: what still relies on it is refused"),

    row(BUCKET, "/PublicAccessBlockConfiguration", TurnsOff, High, Reversible, "objects may become public"),
    row(BUCKET, "/PublicAccessBlockConfiguration", Loses, High, Reversible, "objects may become public"),
    row(BUCKET, "/PublicAccessBlockConfiguration", Always, Low, Reversible, "public access is blocked further"),
    row(BUCKET, "/VersioningConfiguration", TurnsOff, High, PartiallyReversible, "an overwrite or a deletion is final from now on"),
    row(BUCKET, "/VersioningConfiguration", Loses, High, PartiallyReversible, "an overwrite or a deletion is final from now on"),
    row(BUCKET, "/VersioningConfiguration", Always, Low, PartiallyReversible, "old versions are kept, and bill for it; versioning can only be suspended later"),
    row(BUCKET, "/LifecycleConfiguration", Always, Medium, Irreversible, "objects that a rule expires are deleted for good"),
    row(BUCKET, "/BucketEncryption", Always, Medium, Reversible, "new objects are encrypted differently: readers need the key"),
    row(BUCKET, "/LoggingConfiguration", Always, Low, Reversible, "changes where access is logged"),

    row(QUEUE, "/MessageRetentionPeriod", Sooner, Medium, Irreversible, "older messages are deleted"),
    row(QUEUE, "/MessageRetentionPeriod", Always, Low, Reversible, "messages are kept longer"),
    row(QUEUE, "/SqsManagedSseEnabled", TurnsOff, High, Reversible, "new messages are stored without encryption"),
    row(QUEUE, "/Kms*", Always, Medium, Reversible, "senders and receivers need the key"),
    row(QUEUE, "/VisibilityTimeout", Shrinks, Medium, Reversible, "a message that takes longer is handed out twice"),
    row(QUEUE, "/RedrivePolicy", Always, Medium, Reversible, "changes when a message counts as failed, and where it goes"),
    row(QUEUE, "", Always, Low, Reversible, "changes how messages are handed out"),

    row(SECRET, "/KmsKeyId", Always, Medium, Reversible, "readers need the other key"),
    row(SECRET, "", Always, Low, Reversible, "the value stays as it is"),

    row(LOGS, "/RetentionInDays", Sooner, Medium, Irreversible, "older log entries are deleted"),
    row(LOGS, "/RetentionInDays", Always, Low, Reversible, "log entries are kept longer, and bill for it"),
    row(LOGS, "/KmsKeyId", Always, Medium, Reversible, "readers of new log entries need the key"),
    row(ALARM, "/ActionsEnabled", TurnsOff, Medium, Reversible, "nobody is told any more when this happens"),
    row(ALARM, "/AlarmActions", Loses, Medium, Reversible, "somebody is no longer told when this happens"),
    row(OBSERVER, "", Always, Low, Reversible, "changes what is noticed, and nothing that runs"),

    row(RECORD, "", Always, High, Compensatable, "clients go elsewhere, and resolvers keep the old answer for its time to live"),
    row(VOLUME, "/Size", Always, Medium, Irreversible, "a volume can grow, and never shrink again"),
    row(VOLUME, "", Always, Medium, Reversible, "changes a volume in use; the next change must wait six hours"),
    row(&["AWS::Backup::*"], "", Always, Medium, Irreversible, "changes what is backed up, and for how long"),
    row(&["AWS::Scheduler::*", "AWS::Events::*"], "", Always, Medium, Reversible, "changes when something runs, or what"),
];
