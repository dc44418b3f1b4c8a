//! The top of `skiff.yaml`: the application, where it runs, and what its services share.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    data::{Bucket, Database, Queue},
    declare::{choice, mapping},
    decode::Spanned,
    local::Local,
    network::{LoadBalancer, Network},
    service::Service,
    values::{AccountId, Arn, Digest, Duration, HostName, Name},
};

mapping! {
    /// One application: its services, what they use, and where they run.
    Spec, "an application" {
        /// The application's name; first part of every AWS name.
        shape app: Name,
        /// The AWS account it runs in.
        shape account: AccountId,
        /// The AWS region it runs in.
        shape region: Spanned<String>,
        /// Network: an existing VPC, or one that Skiff creates.
        shape network: Option<Network>,
        /// The load balancer that all web services of an environment share.
        shape load_balancer: Option<LoadBalancer>,
        /// Where the hosts of routes get their DNS records.
        shape dns: Option<Dns>,
        /// ACM certificates of the HTTPS listener; the first is the default.
        shape certificates: Vec<Spanned<Arn>>,
        /// Tags on every resource that takes tags.
        shape tags: BTreeMap<String, Spanned<String>>,
        /// How long logs are kept: days as CloudWatch Logs accepts them, such as `30d` or `365d`.
        shape log_retention: Option<Spanned<Duration>>,
        /// An existing KMS key for everything at rest; absent, the environment gets its own.
        /// Its policy is yours, and must let in what the own key's would: the Auto Scaling service-linked role (with
        /// `kms:CreateGrant`), CloudWatch Logs for `/skiff/*` and `/aws/rds/instance/*`, CloudWatch and SNS for alarms.
        shape kms_key: Option<Spanned<Arn>>,
        /// The permissions boundary of every role.
        shape permissions_boundary: Option<Spanned<Arn>>,
        /// Who hears of an alarm.
        shape alerts: Option<Alerts>,
        /// Where the ledger lives.
        shape state: Option<State>,
        /// The digest of the trust root that the runners accept.
        shape trust_root: Option<Digest>,
        /// The digest of the runner binary.
        shape runner: Option<Digest>,
        /// Who may act as deployer, releaser and operator.
        shape access: Option<Access>,
        /// What runs.
        mixed services: BTreeMap<Name, Arc<Service>>,
        /// Managed relational databases.
        shape databases: BTreeMap<Name, Database>,
        /// Managed queues.
        shape queues: BTreeMap<Name, Queue>,
        /// Buckets.
        shape buckets: BTreeMap<Name, Bucket>,
        /// What is different on one's own machine.
        local local: Option<Local>,
    }
}

mapping! {
    /// DNS of the routes.
    Dns, "a DNS zone" {
        /// The name of the Route 53 hosted zone, such as `example.com`.
        shape zone: Spanned<HostName>,
        /// Its id; absent, it is looked up by name and locked.
        shape zone_id: Option<String>,
    }
}

mapping! {
    /// The target of every alarm: an existing SNS topic, or an address that a new topic sends to.
    Alerts, "an alert target" {
        /// An existing SNS topic.
        shape topic: Option<Spanned<Arn>>,
        /// An address for a new topic; the subscription must be confirmed by its owner.
        shape email: Option<Spanned<String>>,
    }
}

mapping! {
    /// The ledger.
    State, "a state root" {
        /// `s3://bucket/prefix`, one bucket per account and region; absent, `s3://skiff-ACCOUNT-REGION`.
        shape root: Option<Spanned<String>>,
        /// The KMS key of a bucket that Skiff does not manage.
        shape kms_key: Option<Spanned<Arn>>,
        /// Whether this environment owns the bucket and its policy; exactly one environment per bucket does.
        shape manage: Option<bool>,
    }
}

mapping! {
    /// The principals that may act on this environment; each list makes a role.
    Access, "lists of principals" {
        /// May apply shape.
        shape deployer: Vec<Spanned<Arn>>,
        /// May move releases: assignments, weights, capacity.
        shape releaser: Vec<Spanned<Arn>>,
        /// May run sagas and approve.
        shape operator: Vec<Spanned<Arn>>,
    }
}

choice! {
    /// What the load balancer faces.
    Scheme, "a scheme" {
        /// Public addresses; the internet may connect.
        InternetFacing = "internet-facing",
        /// Private addresses only.
        Internal = "internal",
    }
}
