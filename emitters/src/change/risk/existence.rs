//! What it means to add, replace or remove a resource, by the sort of resource.

use skiff_wire::{
    Reversibility::{self, Compensatable, Irreversible, PartiallyReversible, Reversible},
    Risk::{self, High, Low, Medium, None as NoRisk},
};

type Verdict = (Risk, Reversibility, &'static str);

/// One sort of resource.
#[derive(Debug)]
pub(super) struct Kind {
    /// CloudFormation types; a final `*` stands for the rest of a name.
    types: &'static [&'static str],
    /// When it is new.
    pub(super) add: Verdict,
    /// When it is new and one of these properties attaches it to a resource that was there before.
    pub(super) joins: Option<(&'static [&'static str], Risk, &'static str)>,
    /// When it is made anew.
    pub(super) replace: Verdict,
    /// When it goes away.
    pub(super) remove: Verdict,
}

impl Kind {
    /// The first row for a type; every type has one.
    pub(super) fn of(resource_type: &str) -> &'static Self {
        KINDS.iter().find(|kind| is_one_of(resource_type, kind.types)).unwrap_or(&OTHER)
    }
}

/// Whether a type is among some patterns.
pub(super) fn is_one_of(resource_type: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => resource_type.starts_with(start),
        None => resource_type == *pattern,
    })
}

const OTHER: Kind = Kind {
    types: &["*"],
    add: (Low, Reversible, "nothing uses it yet"),
    joins: None,
    replace: (Medium, Compensatable, "a new one takes its place and the old one is deleted"),
    remove: (Medium, Compensatable, "what relied on it loses it; it can be created again, but not the same one"),
};

const KINDS: &[Kind] = &[
    Kind {
        types: &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::ElastiCache::*"],
        add: (Low, Reversible, "a new database; it bills from now on"),
        joins: None,
        replace: (High, Irreversible, "a new, empty database takes its place: restore a backup or lose the data"),
        remove: (High, Irreversible, "the database goes, and its automated backups with it"),
    },
    Kind {
        types: &["AWS::S3::Bucket", "AWS::EFS::FileSystem"],
        add: (Low, Reversible, "new, empty storage"),
        joins: None,
        replace: (High, Irreversible, "new, empty storage takes its place: its objects do not move"),
        remove: (High, Irreversible, "what it stores is lost"),
    },
    Kind {
        types: &["AWS::EC2::Volume"],
        add: (Low, Reversible, "a new, empty volume; it bills from now on"),
        joins: None,
        replace: (High, Irreversible, "a new, empty volume takes its place: restore a snapshot or lose the data"),
        remove: (High, Irreversible, "the volume's data is lost"),
    },
    Kind {
        types: &["AWS::KMS::Key"],
        add: (Low, Reversible, "a new key; it bills from now on"),
        joins: None,
        replace: (High, Irreversible, "what the old key encrypted cannot be read once it is deleted"),
        remove: (High, Irreversible, "what it encrypted can never be read again once its waiting period ends"),
    },
    Kind {
        types: &["AWS::SecretsManager::Secret"],
        add: (Low, Reversible, "a new secret without a value: give it one before a member needs it"),
        joins: None,
        replace: (High, Irreversible, "the new secret is empty: members that boot cannot read a value"),
        remove: (
            High,
            Irreversible,
            "the value is lost once its recovery window ends; members that boot cannot read it",
        ),
    },
    Kind {
        types: &["AWS::SQS::Queue"],
        add: (Low, Reversible, "a new, empty queue"),
        joins: None,
        replace: (High, Irreversible, "messages in the old queue are lost, and senders need the new address"),
        remove: (High, Irreversible, "messages in it are lost, and senders fail"),
    },
    Kind {
        types: &["AWS::Backup::*"],
        add: (Low, Reversible, "more is backed up than before"),
        joins: None,
        replace: (High, PartiallyReversible, "backups pause, and recovery points may stay with the old one"),
        remove: (High, PartiallyReversible, "what it covered is no longer backed up"),
    },
    Kind {
        types: &["AWS::ElasticLoadBalancingV2::TargetGroup"],
        add: (Low, Reversible, "a new target group; no rule sends requests to it yet"),
        joins: None,
        replace: (
            High,
            Compensatable,
            "rules still forward to the old group, whose weights the runtime owns: make a second generation and cut over",
        ),
        remove: (High, Compensatable, "requests that a rule sends to it fail"),
    },
    Kind {
        types: &["AWS::ElasticLoadBalancingV2::ListenerRule"],
        add: (Low, Reversible, "a new route on a new listener"),
        joins: Some((&["ListenerArn"], Medium, "a new rule may take requests that a rule behind it serves today")),
        replace: (High, Compensatable, "requests fall through to the next rule until the new one exists"),
        remove: (High, Reversible, "requests for this route fall through to the next rule"),
    },
    Kind {
        types: &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
        add: (Low, Reversible, "a new load balancer; it bills from now on"),
        joins: None,
        replace: (High, Compensatable, "it gets a new address: traffic stops until DNS has followed"),
        remove: (High, Compensatable, "all traffic through it stops; a new one has another address"),
    },
    Kind {
        types: &["AWS::ElasticLoadBalancingV2::Listener*"],
        add: (Low, Reversible, "a new way in; its rules decide what it serves"),
        joins: None,
        replace: (High, Compensatable, "connections are refused, and its rules are gone, until the new one exists"),
        remove: (High, Reversible, "connections to its port are refused"),
    },
    Kind {
        types: &["AWS::AutoScaling::AutoScalingGroup"],
        add: (Low, Reversible, "a new group; it starts no member until the runtime gives it capacity"),
        joins: None,
        replace: (High, Compensatable, "its members are terminated, and the new group starts empty"),
        remove: (High, Compensatable, "its members are terminated"),
    },
    Kind {
        types: &["AWS::AutoScaling::*"],
        add: (Low, Reversible, "takes effect the next time its group scales"),
        joins: None,
        replace: (Medium, Reversible, "between the old and the new one its group scales without it"),
        remove: (Medium, Reversible, "its group scales without it from now on"),
    },
    Kind {
        types: &["AWS::EC2::LaunchTemplate"],
        add: (Low, Reversible, "no member starts from it yet"),
        joins: None,
        replace: (Medium, Compensatable, "groups that start members from the old template need the new one"),
        remove: (Medium, Compensatable, "groups that use it cannot start members"),
    },
    Kind {
        types: &["AWS::EC2::SecurityGroup"],
        add: (Low, Reversible, "no member carries it yet"),
        joins: None,
        replace: (High, Compensatable, "running members keep the old group, so rules about the new one miss them"),
        remove: (Medium, Compensatable, "what it let through is blocked"),
    },
    Kind {
        types: &["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"],
        add: (Low, Reversible, "part of a new security group"),
        joins: Some((&["GroupId"], Medium, "opens a new network path through an existing security group")),
        replace: (Medium, Reversible, "what it lets through is blocked between the old rule and the new one"),
        remove: (Medium, Reversible, "what it let through is blocked"),
    },
    Kind {
        types: &[
            "AWS::EC2::VPC*",
            "AWS::EC2::Subnet*",
            "AWS::EC2::Route*",
            "AWS::EC2::NatGateway",
            "AWS::EC2::InternetGateway",
            "AWS::EC2::EIP",
        ],
        add: (Low, Reversible, "part of the network"),
        joins: Some((&["RouteTableId", "SubnetId"], Medium, "changes how an existing network reaches other places")),
        replace: (High, Compensatable, "the network path breaks until the new one is in place"),
        remove: (High, Compensatable, "the network path breaks"),
    },
    Kind {
        types: &["AWS::IAM::*"],
        add: (Low, Reversible, "new permissions for something that is new too"),
        joins: Some((
            &["RoleName", "Roles", "UserName", "Users", "GroupName", "Groups"],
            Medium,
            "gives an existing principal more permissions",
        )),
        replace: (Medium, Compensatable, "its permissions are missing between the old and the new one"),
        remove: (Medium, Compensatable, "whoever relied on its permissions is refused"),
    },
    Kind {
        types: &["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::KMS::Alias"],
        add: (Low, Reversible, "decides who may use a resource that is new too"),
        joins: Some((&["Bucket", "Queues", "TargetKeyId"], Medium, "changes who may use an existing resource")),
        replace: (Medium, Reversible, "the resource stands without it between the old and the new one"),
        remove: (High, Reversible, "what it refused becomes possible, and what it allowed is refused"),
    },
    Kind {
        types: &["AWS::Route53::HostedZone"],
        add: (Low, Reversible, "a new zone answers nobody until its name servers are delegated to"),
        joins: None,
        replace: (
            High,
            Irreversible,
            "the new zone has other name servers: names stop resolving until they are delegated",
        ),
        remove: (High, Irreversible, "all names in it stop resolving; a new zone has other name servers"),
    },
    Kind {
        types: &["AWS::Route53::RecordSet"],
        add: (Low, Reversible, "a new name"),
        joins: None,
        replace: (High, Compensatable, "resolvers keep the old answer, or the lack of one, for its time to live"),
        remove: (High, Compensatable, "the name stops resolving, at the latest when its time to live ends"),
    },
    Kind {
        types: &["AWS::Logs::LogGroup"],
        add: (NoRisk, Reversible, "an empty log group"),
        joins: None,
        replace: (Medium, Irreversible, "the logs so far are deleted"),
        remove: (Medium, Irreversible, "the logs so far are deleted"),
    },
    Kind {
        types: &["AWS::CloudWatch::Alarm"],
        add: (NoRisk, Reversible, "one more alarm; it changes nothing that runs"),
        joins: None,
        replace: (Low, Reversible, "the new alarm starts without a history"),
        remove: (Medium, Reversible, "nobody is told any more when this happens"),
    },
    Kind {
        types: &["AWS::CloudWatch::*", "AWS::Logs::*"],
        add: (NoRisk, Reversible, "observes, and changes nothing that runs"),
        joins: None,
        replace: (Low, Reversible, "what it observed starts anew"),
        remove: (Low, Reversible, "what it observed is not seen any more"),
    },
    Kind {
        types: &["AWS::Scheduler::*", "AWS::Events::*"],
        add: (Low, Reversible, "runs for the first time when its schedule says"),
        joins: None,
        replace: (Medium, Reversible, "a run may be missed between the old and the new one"),
        remove: (Medium, Reversible, "what it started does not start any more"),
    },
];
