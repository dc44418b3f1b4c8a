//! The typed intermediate representation: every resource in AWS's own terms, with its origin, its owner and typed
//! references to what it needs.
//!
//! A resource's body mirrors its CloudFormation type: the fields are the properties, under AWS's names, as far as Skiff
//! sets them. To add a resource type: its struct in the family's module, one line in `bodies!`, its facts in
//! `compiler/data`, and the pass or lowering that makes it.

// The fields of a body are AWS's properties under AWS's names; AWS documents them.
#![allow(missing_docs, reason = "bodies mirror AWS's resource types, whose documentation is AWS's")]

pub mod compute;
pub mod dns;
pub mod expr;
pub mod identity;
pub mod load_balancing;
pub mod network;
pub mod observability;
pub mod storage;

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use skiff_wire::{Cost, Input, LocalOverlay, Motion};

pub(crate) use expr::shared;
pub use expr::{Expr, Handle, Id, Pseudo};

use crate::source::Span;

/// Who owns a resource: one root module each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// What all services of an environment share.
    Environment,
    /// One service.
    Service(Id),
}

impl Owner {
    /// As documents write it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Environment => skiff_wire::ENVIRONMENT_OWNER,
            Self::Service(name) => name,
        }
    }
}

/// Where in the spec something comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Path of keys, such as `services.web.routes[0]`; shared, for many resources come from one place.
    pub path: Arc<str>,
    /// The place in the text.
    pub span: Span,
}

impl Origin {
    /// An origin at a path and a place.
    pub fn new(path: impl Into<Arc<str>>, span: Span) -> Self {
        Self { path: path.into(), span }
    }
}

/// The tags of a resource: those that all share, kept once, and its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Of the application and environment.
    pub common: Arc<BTreeMap<String, String>>,
    /// Of this resource; they win over the common ones.
    pub own: Vec<(&'static str, Id)>,
}

impl Tags {
    /// All tags, by key.
    #[must_use]
    pub fn all(&self) -> BTreeMap<&str, &str> {
        let common = self.common.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        common.chain(self.own.iter().map(|(key, value)| (*key, &**value))).collect()
    }
}

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Logical id, such as `web.target_group.a`.
    pub id: Id,
    /// Who owns it.
    pub owner: Owner,
    /// Where it comes from.
    pub origin: Origin,
    /// The logical id it had before, from `was:`.
    pub was: Option<Id>,
    /// Resources that must exist first although no property refers to them.
    pub depends_on: Vec<Id>,
    /// Its tags; empty for types that take none.
    pub tags: Tags,
    /// Scanner findings that were decided against: check id → reason.
    pub accepted: BTreeMap<&'static str, &'static str>,
    /// What it is.
    pub body: Body,
}

macro_rules! bodies {
    ($($variant:ident($path:ty) = $type_name:literal, $bills:literal;)+) => {
        /// What a resource is; in a box, so that a small resource does not take the room of the largest.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Body {
            $($variant(Box<$path>),)+
        }

        impl Body {
            /// Its CloudFormation type.
            #[must_use]
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $type_name,)+
                }
            }

            /// The place of its type in [`TYPE_NAMES`], for tables of types.
            #[must_use]
            pub fn type_index(&self) -> usize {
                enum Place {
                    $($variant,)+
                }
                match self {
                    $(Self::$variant(_) => Place::$variant as usize,)+
                }
            }

            /// Whether AWS bills for it, by its existence or by its use.
            #[must_use]
            pub fn bills(&self) -> bool {
                match self {
                    $(Self::$variant(_) => $bills,)+
                }
            }
        }

        $(impl From<$path> for Body {
            fn from(body: $path) -> Self {
                Self::$variant(Box::new(body))
            }
        })+

        /// The CloudFormation types that Skiff emits, sorted.
        pub const TYPE_NAMES: &[&str] = &[$($type_name),+];
    };
}

bodies! {
    AutoScalingGroup(compute::AutoScalingGroup) = "AWS::AutoScaling::AutoScalingGroup", true;
    LifecycleHook(compute::LifecycleHook) = "AWS::AutoScaling::LifecycleHook", false;
    ScalingPolicy(compute::ScalingPolicy) = "AWS::AutoScaling::ScalingPolicy", false;
    ScheduledAction(compute::ScheduledAction) = "AWS::AutoScaling::ScheduledAction", false;
    BackupPlan(storage::BackupPlan) = "AWS::Backup::BackupPlan", true;
    BackupSelection(storage::BackupSelection) = "AWS::Backup::BackupSelection", false;
    BackupVault(storage::BackupVault) = "AWS::Backup::BackupVault", false;
    Alarm(observability::Alarm) = "AWS::CloudWatch::Alarm", true;
    Eip(network::Eip) = "AWS::EC2::EIP", true;
    FlowLog(network::FlowLog) = "AWS::EC2::FlowLog", false;
    InternetGateway(network::InternetGateway) = "AWS::EC2::InternetGateway", false;
    LaunchTemplate(compute::LaunchTemplate) = "AWS::EC2::LaunchTemplate", false;
    NatGateway(network::NatGateway) = "AWS::EC2::NatGateway", true;
    Route(network::Route) = "AWS::EC2::Route", false;
    RouteTable(network::RouteTable) = "AWS::EC2::RouteTable", false;
    SecurityGroup(network::SecurityGroup) = "AWS::EC2::SecurityGroup", false;
    SecurityGroupEgress(network::SecurityGroupEgress) = "AWS::EC2::SecurityGroupEgress", false;
    SecurityGroupIngress(network::SecurityGroupIngress) = "AWS::EC2::SecurityGroupIngress", false;
    Subnet(network::Subnet) = "AWS::EC2::Subnet", false;
    SubnetRouteTableAssociation(network::SubnetRouteTableAssociation) = "AWS::EC2::SubnetRouteTableAssociation", false;
    Vpc(network::Vpc) = "AWS::EC2::VPC", false;
    VpcEndpoint(network::VpcEndpoint) = "AWS::EC2::VPCEndpoint", true;
    VpcGatewayAttachment(network::VpcGatewayAttachment) = "AWS::EC2::VPCGatewayAttachment", false;
    Volume(compute::Volume) = "AWS::EC2::Volume", true;
    Listener(load_balancing::Listener) = "AWS::ElasticLoadBalancingV2::Listener", false;
    ListenerCertificate(load_balancing::ListenerCertificate) = "AWS::ElasticLoadBalancingV2::ListenerCertificate", false;
    ListenerRule(load_balancing::ListenerRule) = "AWS::ElasticLoadBalancingV2::ListenerRule", false;
    LoadBalancer(load_balancing::LoadBalancer) = "AWS::ElasticLoadBalancingV2::LoadBalancer", true;
    TargetGroup(load_balancing::TargetGroup) = "AWS::ElasticLoadBalancingV2::TargetGroup", false;
    InstanceProfile(identity::InstanceProfile) = "AWS::IAM::InstanceProfile", false;
    ManagedPolicy(identity::ManagedPolicy) = "AWS::IAM::ManagedPolicy", false;
    Role(identity::Role) = "AWS::IAM::Role", false;
    RolePolicy(identity::RolePolicy) = "AWS::IAM::RolePolicy", false;
    Alias(identity::Alias) = "AWS::KMS::Alias", false;
    Key(identity::Key) = "AWS::KMS::Key", true;
    LogGroup(observability::LogGroup) = "AWS::Logs::LogGroup", true;
    DatabaseInstance(storage::DatabaseInstance) = "AWS::RDS::DBInstance", true;
    DatabaseParameterGroup(storage::DatabaseParameterGroup) = "AWS::RDS::DBParameterGroup", false;
    DatabaseSubnetGroup(storage::DatabaseSubnetGroup) = "AWS::RDS::DBSubnetGroup", false;
    RecordSet(dns::RecordSet) = "AWS::Route53::RecordSet", true;
    Bucket(storage::Bucket) = "AWS::S3::Bucket", true;
    BucketPolicy(storage::BucketPolicy) = "AWS::S3::BucketPolicy", false;
    Subscription(observability::Subscription) = "AWS::SNS::Subscription", false;
    Topic(observability::Topic) = "AWS::SNS::Topic", true;
    Queue(storage::Queue) = "AWS::SQS::Queue", true;
    QueuePolicy(storage::QueuePolicy) = "AWS::SQS::QueuePolicy", false;
    Secret(storage::Secret) = "AWS::SecretsManager::Secret", true;
    PrivateDnsNamespace(dns::PrivateDnsNamespace) = "AWS::ServiceDiscovery::PrivateDnsNamespace", true;
    DiscoveryService(dns::DiscoveryService) = "AWS::ServiceDiscovery::Service", true;
    WebAclAssociation(load_balancing::WebAclAssociation) = "AWS::WAFv2::WebACLAssociation", false;
}

impl Body {
    /// Whether it holds data or identity that a removal must not destroy by accident (`aws-rules` 8: target groups too; the
    /// NAT gateway's address is in allow-lists of others).
    #[must_use]
    pub fn retain(&self) -> bool {
        matches!(
            self,
            Self::BackupVault(_)
                | Self::Eip(_)
                | Self::Volume(_)
                | Self::TargetGroup(_)
                | Self::Key(_)
                | Self::LogGroup(_)
                | Self::DatabaseInstance(_)
                | Self::Bucket(_)
                | Self::Queue(_)
                | Self::Secret(_)
        )
    }

    /// JSON pointers of the properties that the runtime owns once the resource exists.
    #[must_use]
    pub fn runtime_owned(&self) -> &'static [&'static str] {
        match self {
            Self::AutoScalingGroup(_) => &["/DesiredCapacity", "/LaunchTemplate/Version", "/MinSize"],
            Self::ListenerRule(rule) if rule.forwards() => &["/Actions/0/ForwardConfig"],
            _ => &[],
        }
    }
}

/// A connection that must be possible, from which security-group rules follow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Who connects.
    pub from: Endpoint,
    /// Who is connected to.
    pub to: Endpoint,
    /// The TCP port.
    pub port: u16,
    /// Why, for the rule's description.
    pub reason: String,
    /// Who owns the rules.
    pub owner: Owner,
    /// Where it comes from.
    pub origin: Origin,
}

/// One end of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Endpoint {
    /// A security group of this IR.
    Group(Handle<network::SecurityGroup>),
    /// An address range.
    Range(Expr),
    /// A prefix list, such as that of S3.
    PrefixList(Expr),
}

/// Something a role may do, from which its policy follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// The role, as its logical id.
    pub role: Id,
    /// The statement.
    pub statement: identity::Statement,
    /// Where it comes from.
    pub origin: Origin,
}

/// Facts about the whole that passes and emitters need.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Application name.
    pub app: String,
    /// Environment name.
    pub environment: String,
    /// Account id.
    pub account: String,
    /// Region.
    pub region: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// `s3://bucket/prefix`.
    pub state_root: String,
    /// Tags of the spec.
    pub tags: BTreeMap<String, String>,
    /// The permissions boundary of every role.
    pub permissions_boundary: Option<String>,
    /// The key for everything at rest.
    pub key: Option<Expr>,
    /// The key of the ledger, when it has one of KMS.
    pub ledger_key: Option<Expr>,
    /// Whether this environment owns the ledger's bucket.
    pub ledger_managed: bool,
    /// Principals of the three human or automated roles: deployer, releaser, operator.
    pub access: [Vec<String>; 3],
}

impl Context {
    /// The host of a service's endpoint in this region, as `kms:ViaService` knows it.
    #[must_use]
    pub fn endpoint(&self, service: &str) -> String {
        let domain = if self.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("{service}.{}.{domain}", self.region)
    }
}

/// A route to allocate a priority for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteKey {
    /// As the lock writes it.
    pub key: String,
    /// Precedence: lower is matched first.
    pub rank: Rank,
}

/// The precedence of a route; the derived order is the order of matching.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// 0 for an exact host, 1 for a wildcard, 2 for none.
    pub host: u8,
    /// 0 for exact, 1 for regex, 2 for prefix.
    pub kind: u8,
    /// The longer path first.
    pub path_length: std::cmp::Reverse<usize>,
    /// The one with more conditions besides host and path first.
    pub conditions: std::cmp::Reverse<usize>,
    /// Decides between equals.
    pub key: String,
}

/// Everything that is to exist, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ir {
    /// Facts about the whole.
    pub context: Context,
    /// All resources, in the order they were made: the environment first, then services by name.
    pub resources: Vec<Resource>,
    /// Connections that must be possible.
    pub flows: Vec<Flow>,
    /// What roles may do, until [`pass::privilege`](crate::pass::privilege) makes policies of it.
    pub grants: Vec<Grant>,
    /// Values that the plan needs from outside.
    pub inputs: BTreeMap<String, Input>,
    /// What the runtime moves, by service.
    pub services: BTreeMap<String, Motion>,
    /// Image references of the spec, sorted.
    pub images: Vec<String>,
    /// Routes of the spec, in the order they are matched.
    pub routes: Vec<RouteKey>,
    /// The monthly estimate.
    pub cost: Cost,
    /// What is different on one's own machine; no emitter prints it.
    pub local: LocalOverlay,
}

impl Ir {
    /// Adds a resource and gives a typed handle to it.
    pub(crate) fn add<T>(&mut self, owner: &Owner, id: impl Into<Id>, origin: &Origin, body: T) -> Handle<T>
    where
        T: Into<Body>,
    {
        let id = id.into();
        self.resources.push(Resource {
            id: id.clone(),
            owner: owner.clone(),
            origin: origin.clone(),
            was: None,
            depends_on: Vec::new(),
            tags: Tags::default(),
            accepted: BTreeMap::new(),
            body: body.into(),
        });
        Handle::new(id)
    }

    /// Makes the resource added last wait for another.
    pub(crate) fn after<T>(&mut self, first: &Handle<T>) {
        if let Some(last) = self.resources.last_mut() {
            last.depends_on.push(first.id().clone());
        }
    }

    /// Records that a scanner's finding about the resource added last was decided against.
    pub(crate) fn accept(&mut self, check: &'static str, reason: &'static str) {
        if let Some(last) = self.resources.last_mut() {
            last.accepted.insert(check, reason);
        }
    }
}
