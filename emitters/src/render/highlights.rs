//! What a reader wants to know of a resource at one glance: what it is called, what it is for, what it is like.

use serde_json::Value;
use skiff_wire::Resource;

use super::value::short;

/// What resources are for, in the order in which a reader asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Where it runs, and how packets get there.
    Network,
    /// How requests come in.
    LoadBalancing,
    /// What runs.
    Compute,
    /// What is kept.
    Data,
    /// Who it is, and with which keys.
    Identity,
    /// What is seen of it.
    Observability,
    /// What no row names.
    Other,
}

impl Purpose {
    /// All, in reading order.
    pub(super) const ALL: [Self; 7] = [
        Self::Network,
        Self::LoadBalancing,
        Self::Compute,
        Self::Data,
        Self::Identity,
        Self::Observability,
        Self::Other,
    ];

    /// As a heading.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::LoadBalancing => "load balancing",
            Self::Compute => "compute",
            Self::Data => "data",
            Self::Identity => "identity and keys",
            Self::Observability => "observability",
            Self::Other => "other",
        }
    }
}

/// What a type is called, and what to say of one.
#[derive(Debug)]
pub(super) struct Noun {
    resource_type: &'static str,
    pub(super) purpose: Purpose,
    pub(super) one: &'static str,
    many: &'static str,
    /// Whether it only holds others together, so that a count is enough.
    pub(super) wiring: bool,
    says: &'static [Say],
}

impl Noun {
    /// The row of a type; a type without a row is `resource`.
    pub(super) fn of(resource_type: &str) -> &'static Self {
        NOUNS.iter().find(|noun| noun.resource_type == resource_type).unwrap_or(&OTHER)
    }

    /// Its place in the table, which is the reading order.
    pub(super) fn position(&self) -> usize {
        NOUNS.iter().position(|noun| noun.resource_type == self.resource_type).unwrap_or(NOUNS.len())
    }

    /// Whether what is said of one makes its key needless.
    pub(super) fn speaks_for_itself(&self) -> bool {
        matches!(self.says.first(), Some(Unnamed))
    }

    /// In the singular.
    pub(super) fn one(&self) -> &'static str {
        self.one
    }

    /// In the singular or the plural.
    pub(super) fn counted(&self, count: usize) -> &'static str {
        if count == 1 { self.one } else { self.many }
    }
}

/// One thing to say of a resource.
#[derive(Debug, Clone, Copy)]
enum Say {
    /// The value at a pointer, with words before and after it.
    Value(&'static str, &'static str, &'static str),
    /// A word, when the pointer holds `true`, `"true"` or `Enabled`.
    Flag(&'static str, &'static str),
    /// Seconds at a pointer, with a word before them.
    Seconds(&'static str, &'static str),
    /// Nothing: what follows says it all, so that the key of the resource would only repeat it.
    Unnamed,
}
use Say::{Flag, Seconds, Unnamed, Value as Says};

const fn noun(
    resource_type: &'static str,
    purpose: Purpose,
    (one, many): (&'static str, &'static str),
    says: &'static [Say],
) -> Noun {
    Noun { resource_type, purpose, one, many, wiring: false, says }
}

const fn wiring(resource_type: &'static str, purpose: Purpose, one: &'static str) -> Noun {
    Noun { resource_type, purpose, one, many: one, wiring: true, says: &[] }
}

const OTHER: Noun = noun("", Purpose::Other, ("resource", "resources"), &[]);

use Purpose::{Compute, Data, Identity, LoadBalancing, Network, Observability};

/// The table, in reading order within each purpose.
#[rustfmt::skip]
const NOUNS: &[Noun] = &[
    noun("AWS::EC2::VPC", Network, ("VPC", "VPCs"), &[Says("", "/CidrBlock", "")]),
    noun("AWS::EC2::Subnet", Network, ("subnet", "subnets"), &[Says("", "/CidrBlock", "")]),
    noun("AWS::EC2::NatGateway", Network, ("NAT gateway", "NAT gateways"), &[]),
    noun("AWS::EC2::VPCEndpoint", Network, ("endpoint", "endpoints"), &[]),
    noun("AWS::ServiceDiscovery::PrivateDnsNamespace", Network, ("private DNS zone", "private DNS zones"), &[Unnamed, Says("", "/Name", "")]),
    noun("AWS::ServiceDiscovery::Service", Network, ("discovery", "discoveries"), &[Unnamed, Says("", "/Name", "")]),
    noun("AWS::Route53::RecordSet", LoadBalancing, ("DNS record", "DNS records"), &[Unnamed, Says("", "/Name", ""), Says("", "/Type", "")]),
    noun("AWS::Route53::HostedZone", LoadBalancing, ("DNS zone", "DNS zones"), &[Says("", "/Name", "")]),
    noun("AWS::ElasticLoadBalancingV2::LoadBalancer", LoadBalancing, ("load balancer", "load balancers"), &[Says("", "/Name", ""), Says("", "/Scheme", "")]),
    noun("AWS::ElasticLoadBalancingV2::Listener", LoadBalancing, ("listener", "listeners"), &[Unnamed, Says("", "/Protocol", ""), Says("", "/Port", "")]),
    noun("AWS::ElasticLoadBalancingV2::TargetGroup", LoadBalancing, ("target group", "target groups"), &[Says("", "/Protocol", ""), Says("", "/Port", ""), Says("health on ", "/HealthCheckPort", ""), Says("", "/HealthCheckPath", "")]),
    noun("AWS::AutoScaling::AutoScalingGroup", Compute, ("Auto Scaling group", "Auto Scaling groups"), &[Says("at most ", "/MaxSize", "")]),
    noun("AWS::EC2::LaunchTemplate", Compute, ("launch template", "launch templates"), &[Says("", "/LaunchTemplateData/InstanceType", ""), Says("disk ", "/LaunchTemplateData/BlockDeviceMappings/0/Ebs/VolumeSize", " GiB")]),
    noun("AWS::AutoScaling::ScalingPolicy", Compute, ("scaling", "scaling"), &[Says("holds ", "/TargetTrackingConfiguration/TargetValue", "")]),
    noun("AWS::AutoScaling::ScheduledAction", Compute, ("schedule", "schedules"), &[Says("", "/Recurrence", ""), Says("", "/TimeZone", "")]),
    noun("AWS::EC2::Volume", Data, ("volume", "volumes"), &[Says("", "/Size", " GiB"), Says("", "/VolumeType", ""), Says("in ", "/AvailabilityZone", "")]),
    noun("AWS::RDS::DBInstance", Data, ("database", "databases"), &[Says("", "/Engine", ""), Says("", "/EngineVersion", ""), Says("on ", "/DBInstanceClass", ""), Says("", "/AllocatedStorage", " GiB"), Flag("standby in a second zone", "/MultiAZ"), Says("backups ", "/BackupRetentionPeriod", " days")]),
    noun("AWS::SQS::Queue", Data, ("queue", "queues"), &[Says("", "/QueueName", ""), Flag("in order", "/FifoQueue"), Seconds("messages kept", "/MessageRetentionPeriod")]),
    noun("AWS::S3::Bucket", Data, ("bucket", "buckets"), &[Says("", "/BucketName", ""), Flag("versioned", "/VersioningConfiguration/Status"), Says("objects expire after ", "/LifecycleConfiguration/Rules/0/ExpirationInDays", " days")]),
    noun("AWS::Backup::BackupPlan", Data, ("backups", "backups"), &[Says("", "/BackupPlan/BackupPlanRule/0/ScheduleExpression", ""), Says("kept ", "/BackupPlan/BackupPlanRule/0/Lifecycle/DeleteAfterDays", " days")]),
    noun("AWS::SecretsManager::Secret", Data, ("secret", "secrets"), &[Says("", "/Name", "")]),
    noun("AWS::KMS::Key", Identity, ("key", "keys"), &[Flag("rotated yearly", "/EnableKeyRotation")]),
    noun("AWS::SNS::Topic", Observability, ("topic", "topics"), &[Says("", "/TopicName", "")]),
    noun("AWS::SNS::Subscription", Observability, ("subscription", "subscriptions"), &[Unnamed, Says("", "/Protocol", ""), Says("to ", "/Endpoint", "")]),
    noun("AWS::Logs::LogGroup", Observability, ("logs", "logs"), &[Unnamed, Says("", "/LogGroupName", ""), Says("kept ", "/RetentionInDays", " days")]),
    noun("AWS::CloudWatch::Alarm", Observability, ("alarm", "alarms"), &[Unnamed, Says("", "/AlarmDescription", "")]),
    wiring("AWS::EC2::InternetGateway", Network, "internet gateway"),
    wiring("AWS::EC2::VPCGatewayAttachment", Network, "gateway attachment"),
    wiring("AWS::EC2::RouteTable", Network, "route table"),
    wiring("AWS::EC2::Route", Network, "route"),
    wiring("AWS::EC2::SubnetRouteTableAssociation", Network, "route table association"),
    wiring("AWS::EC2::EIP", Network, "public address"),
    wiring("AWS::EC2::FlowLog", Network, "flow log"),
    wiring("AWS::EC2::SecurityGroup", Network, "security group"),
    wiring("AWS::EC2::SecurityGroupIngress", Network, "security group rule"),
    wiring("AWS::EC2::SecurityGroupEgress", Network, "security group rule"),
    wiring("AWS::ElasticLoadBalancingV2::ListenerRule", LoadBalancing, "listener rule"),
    wiring("AWS::AutoScaling::LifecycleHook", Compute, "lifecycle hook"),
    wiring("AWS::RDS::DBSubnetGroup", Data, "database subnet group"),
    wiring("AWS::RDS::DBParameterGroup", Data, "database parameter group"),
    wiring("AWS::S3::BucketPolicy", Data, "bucket policy"),
    wiring("AWS::SQS::QueuePolicy", Data, "queue policy"),
    wiring("AWS::Backup::BackupVault", Data, "backup vault"),
    wiring("AWS::Backup::BackupSelection", Data, "backup selection"),
    wiring("AWS::IAM::Role", Identity, "role"),
    wiring("AWS::IAM::RolePolicy", Identity, "role policy"),
    wiring("AWS::IAM::ManagedPolicy", Identity, "managed policy"),
    wiring("AWS::IAM::InstanceProfile", Identity, "instance profile"),
    wiring("AWS::KMS::Alias", Identity, "key alias"),
];

/// A few properties in words, and whether a removal would leave what it stores.
pub(super) fn summary(resource: &Resource) -> String {
    let noun = Noun::of(&resource.resource_type);
    let properties = Value::Object(resource.properties.clone());
    let mut words = String::new();
    for say in noun.says {
        if let Some(text) = said(*say, &properties) {
            let plain = matches!(say, Says("", _, ""));
            words.push_str(if words.is_empty() {
                ""
            } else if plain {
                " "
            } else {
                ", "
            });
            words.push_str(&text);
        }
    }
    let stores = matches!(noun.purpose, Data | Identity) && !noun.wiring;
    match (resource.retain && stores, words.is_empty()) {
        (true, true) => "retained".to_owned(),
        (true, false) => format!("{words}, retained"),
        _ => words,
    }
}

fn said(say: Say, properties: &Value) -> Option<String> {
    Some(match say {
        Says(before, pointer, after) => format!("{before}{}{after}", short(properties.pointer(pointer)?, 120)),
        Flag(word, pointer) => {
            let value = short(properties.pointer(pointer)?, 12);
            return matches!(value.as_str(), "true" | "Enabled").then(|| word.to_owned());
        }
        Seconds(before, pointer) => {
            format!("{before} {}", super::value::days(properties.pointer(pointer)?.as_u64()?))
        }
        Unnamed => return None,
    })
}

/// What a type is called, for a number of resources; types without a row by their own last word.
pub(super) fn kind(resource_type: &str, count: usize) -> String {
    let noun = Noun::of(resource_type);
    if noun.resource_type.is_empty() {
        return super::counted(count, super::value::short_type(resource_type));
    }
    if noun.wiring { super::counted(count, noun.one) } else { format!("{count} {}", noun.counted(count)) }
}
