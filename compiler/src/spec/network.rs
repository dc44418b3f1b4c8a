//! The network and the load balancer of an environment.

use std::collections::BTreeMap;

use super::{
    application::Scheme,
    declare::{choice, mapping},
    decode::Spanned,
    service::Route,
    values::{Arn, Cidr, Duration},
};

mapping! {
    /// An existing VPC (`vpc`, `public_subnets`, `private_subnets`), or one that Skiff creates (`cidr`, `zones`).
    Network, "a network" {
        /// An existing VPC, by id or by tags.
        shape vpc: Option<Selector>,
        /// Existing subnets for the load balancer, by id or by tags.
        shape public_subnets: Option<SubnetSelector>,
        /// Existing subnets for VMs and databases, by id or by tags.
        shape private_subnets: Option<SubnetSelector>,
        /// Address range of a created VPC; default `10.0.0.0/16`.
        shape cidr: Option<Spanned<Cidr>>,
        /// Availability Zones of a created VPC: a number, or their names; default 2.
        shape zones: Option<Spanned<Zones>>,
        /// How VMs reach what is outside; default `endpoints`.
        shape egress: Option<Spanned<Egress>>,
        /// More AWS services to reach by interface endpoint, such as `ecr.api`.
        shape endpoints: Vec<Spanned<String>>,
    }
}

choice! {
    /// How VMs reach what is outside the VPC.
    Egress, "a way out" {
        /// Only AWS services, by VPC endpoints; nothing reaches the internet.
        Endpoints = "endpoints",
        /// One NAT gateway for all zones.
        Nat = "nat",
        /// A NAT gateway in each zone.
        NatPerZone = "nat-per-zone",
    }
}

mapping! {
    /// The load balancer that all web services of an environment share.
    LoadBalancer, "a load balancer" {
        /// What it faces; default `internet-facing`.
        shape scheme: Option<Scheme>,
        /// Who may connect; default everyone for `internet-facing`, the VPC's range for `internal`.
        shape allow: Vec<Spanned<Cidr>>,
        /// TLS policy of the HTTPS listener; default `ELBSecurityPolicy-TLS13-1-2-2021-06`.
        shape tls_policy: Option<Spanned<String>>,
        /// How long a connection may be idle; default 60s.
        shape idle_timeout: Option<Spanned<Duration>>,
        /// An existing WAF web ACL to put in front.
        shape web_acl: Option<Spanned<Arn>>,
        /// A listener that only the named ranges may reach, for shadow releases.
        shape test_listener: Option<TestListener>,
        /// Routes that lead to no service: each has `redirect` or `respond`.
        shape routes: Vec<Route>,
    }
}

mapping! {
    /// A second listener on which a shadow release can be tried before it serves.
    TestListener, "a test listener" {
        /// Its port; default 8443.
        shape port: Option<u16>,
        /// Who may connect.
        shape allow: Vec<Spanned<Cidr>>,
    }
}

/// One existing resource: its id, or the tags that only it has.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// By id.
    Id(Spanned<String>),
    /// By tags.
    Tags(Tags),
}

/// Existing subnets: their ids, or the tags that only they have.
#[derive(Debug, Clone, PartialEq)]
pub enum SubnetSelector {
    /// By id.
    Ids(Vec<Spanned<String>>),
    /// By tags.
    Tags(Tags),
}

mapping! {
    /// A look-up by tags.
    Tags, "`tags:` with the tags to look for" {
        /// Tags that must all match.
        shape tags: BTreeMap<String, String>,
    }
}

/// A number of zones, or their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zones {
    /// That many, the first in alphabetical order.
    Count(u32),
    /// These.
    Named(Vec<String>),
}
