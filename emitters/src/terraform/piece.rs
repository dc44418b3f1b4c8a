//! A block of Terraform while it is made: what it says, where it stands, whom it comes from.

use skiff_compiler::ir::Id;

use super::{
    address::Address,
    model::{Body, Path},
};

/// The files of a root module that hold blocks, in the order a reader takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum File {
    /// Networks, subnets, routes, endpoints, security groups, private names.
    Network,
    /// Load balancer, listeners, rules, target groups, public names.
    LoadBalancer,
    /// Launch templates, Auto Scaling groups and what moves them.
    Compute,
    /// Roles, policies, instance profiles.
    Iam,
    /// Logs, alarms, topics.
    Observability,
    /// Keys, databases, queues, buckets, secrets, volumes, backups.
    DataStores,
}

impl File {
    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Network => "network.tf",
            Self::LoadBalancer => "load_balancer.tf",
            Self::Compute => "compute.tf",
            Self::Iam => "iam.tf",
            Self::Observability => "observability.tf",
            Self::DataStores => "data_stores.tf",
        }
    }
}

/// One `resource` or `data` block, or one of several that will become one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Whether it is a data source.
    pub(super) data: bool,
    /// Its address.
    pub(super) address: Address,
    /// The file it stands in.
    pub(super) file: File,
    /// The resource of the IR that it comes from.
    pub(super) from: Id,
    /// Why it is there, in lines above the block.
    pub(super) comment: Vec<String>,
    /// Findings of scanners that were decided against.
    pub(super) skips: Vec<(String, String)>,
    /// What it says, without meta-arguments.
    pub(super) body: Body,
    /// What Terraform must leave alone: argument and owner's reason.
    pub(super) ignored: Vec<(&'static str, &'static str)>,
    /// The key of the spec that asks for it, where that is narrower than its owner.
    pub(super) source: Option<String>,
    /// Why a replacement must exist before the old one goes.
    pub(super) made_before_gone: Option<&'static str>,
    /// Why Terraform must not destroy it.
    pub(super) kept: Option<&'static str>,
    /// What must exist first although no argument refers to it.
    pub(super) depends_on: Vec<Path>,
    /// The address that it had before.
    pub(super) was: Option<Address>,
}
