//! Where everything stands: an existing VPC, or one to create.

use std::collections::BTreeMap;

use super::{Reporter, Settings, codes, needs_load_balancer};
use crate::{
    source::Span,
    spec::{
        Spec,
        application::Scheme,
        network::{Egress, Network, Selector, SubnetSelector, Zones},
        values::{Cidr, Scalar},
    },
};

/// The network, and how members reach what is outside.
#[derive(Debug, Clone)]
pub struct ResolvedNetwork {
    /// Given or created.
    pub choice: NetworkChoice,
    /// The way out.
    pub egress: Egress,
    /// More interface endpoints.
    pub endpoints: Vec<String>,
    /// The load balancer's scheme.
    pub scheme: Scheme,
    /// Where it is declared.
    pub span: Span,
}

/// Given or created.
#[derive(Debug, Clone)]
pub enum NetworkChoice {
    /// Exists.
    Existing(ExistingNetwork),
    /// Is made.
    Created(CreatedNetwork),
}

/// An existing network.
#[derive(Debug, Clone)]
pub struct ExistingNetwork {
    /// The VPC.
    pub vpc: Subnets,
    /// Subnets of the load balancer.
    pub public: Option<Subnets>,
    /// Subnets of VMs and databases.
    pub private: Subnets,
}

/// Ids, or tags to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subnets {
    /// These.
    Ids(Vec<String>),
    /// Those that have these tags.
    Tags(BTreeMap<String, String>),
}

/// A network to create.
#[derive(Debug, Clone)]
pub struct CreatedNetwork {
    /// Its range.
    pub cidr: Cidr,
    /// Its zones.
    pub zones: Vec<String>,
    /// A public subnet for each zone.
    pub public: Vec<Cidr>,
    /// A private subnet for each zone.
    pub private: Vec<Cidr>,
}

pub(crate) fn resolve(spec: &Spec, settings: &Settings, report: &mut Reporter<'_>) -> ResolvedNetwork {
    let scheme = spec.load_balancer.as_ref().and_then(|balancer| balancer.scheme).unwrap_or(Scheme::InternetFacing);
    let span = spec.at.field("network");
    let network = spec.network.as_ref();
    let choice = match network {
        Some(network)
            if network.vpc.is_some() || network.public_subnets.is_some() || network.private_subnets.is_some() =>
        {
            NetworkChoice::Existing(existing(network, spec, scheme, report))
        }
        _ => NetworkChoice::Created(created(network, settings, span, report)),
    };
    check_load_balancer(spec, report);
    ResolvedNetwork {
        choice,
        egress: network.and_then(|network| network.egress.as_ref()).map_or(Egress::Endpoints, |egress| egress.value),
        endpoints: network
            .map(|network| network.endpoints.iter().map(|name| name.value.clone()).collect())
            .unwrap_or_default(),
        scheme,
        span,
    }
}

fn existing(network: &Network, spec: &Spec, scheme: Scheme, report: &mut Reporter<'_>) -> ExistingNetwork {
    let mut complain = |span: Span, message: &str, hint: &str| report.report(&codes::BAD_NETWORK, span, message, hint);
    for key in ["cidr", "zones"].into_iter().filter(|key| network.at.has(key)) {
        complain(
            network.at.field(key),
            &format!("`{key}` is for a network that Skiff creates"),
            "take it away, or take `vpc` and its subnets away",
        );
    }
    if network.vpc.is_none() {
        complain(network.at.whole, "subnets are given and `vpc` is not", "add `vpc:` with its id or its tags");
    }
    if network.private_subnets.is_none() {
        complain(network.at.whole, "`vpc` is given and `private_subnets` is not", "add the subnets that VMs start in");
    }
    let serves = needs_load_balancer(spec);
    if serves && scheme == Scheme::InternetFacing && network.public_subnets.is_none() {
        let hint = "add `public_subnets`, or say `load_balancer: { scheme: internal }`";
        complain(network.at.whole, "an internet-facing load balancer needs `public_subnets`", hint);
    }
    check_ids(network, report);
    let subnets = |selector: &SubnetSelector| match selector {
        SubnetSelector::Ids(ids) => Subnets::Ids(ids.iter().map(|id| id.value.clone()).collect()),
        SubnetSelector::Tags(tags) => Subnets::Tags(tags.tags.clone()),
    };
    ExistingNetwork {
        vpc: match &network.vpc {
            Some(Selector::Id(id)) => Subnets::Ids(vec![id.value.clone()]),
            Some(Selector::Tags(tags)) => Subnets::Tags(tags.tags.clone()),
            None => Subnets::Ids(vec![String::new()]),
        },
        public: network.public_subnets.as_ref().map(subnets),
        private: network.private_subnets.as_ref().map_or(Subnets::Ids(Vec::new()), subnets),
    }
}

/// Ids have their prefix and hexadecimal digits; tags are not empty; a load balancer and a database need two subnets.
fn check_ids(network: &Network, report: &mut Reporter<'_>) {
    if let Some(Selector::Id(id)) = &network.vpc {
        check_id(id, id.span(), "vpc-", report);
    }
    let lists = [("public_subnets", &network.public_subnets), ("private_subnets", &network.private_subnets)];
    for (key, selector) in lists {
        match selector {
            Some(SubnetSelector::Ids(ids)) => {
                ids.iter().for_each(|id| check_id(id, id.span(), "subnet-", report));
                if ids.len() < 2 {
                    let message = format!("`{key}` has {} subnet, two are needed in different zones", ids.len());
                    let hint = "add a subnet in another zone";
                    report.report(&codes::TOO_FEW_ZONES, network.at.field(key), message, hint);
                }
            }
            Some(SubnetSelector::Tags(tags)) if tags.tags.is_empty() => {
                report.report(
                    &codes::BAD_NETWORK,
                    tags.at.whole,
                    "no tags to look for",
                    "add the tags that only these subnets have",
                );
            }
            _ => {}
        }
    }
}

fn check_id(id: &str, span: Span, prefix: &str, report: &mut Reporter<'_>) {
    let digits = id.strip_prefix(prefix).unwrap_or_default();
    if digits.len() < 8 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = format!("`{id}` is not an id: `{prefix}` and hexadecimal digits");
        report.report(&codes::BAD_NETWORK, span, message, "copy the id from the console, or look it up by `tags`");
    }
}

fn created(network: Option<&Network>, settings: &Settings, span: Span, report: &mut Reporter<'_>) -> CreatedNetwork {
    let written = network.and_then(|network| network.cidr.as_ref());
    let cidr = written.map_or_else(Cidr::stand_in, |cidr| cidr.value);
    let zones = zones(network, settings, span, report);
    // One half for public subnets, one for private ones, each cut into as many parts as the next power of two of zones.
    let bits = u8::try_from(zones.len().next_power_of_two().trailing_zeros()).unwrap_or(0) + 1;
    let prefix = cidr.prefix.saturating_add(bits);
    let half = 1_u32 << (bits - 1);
    if cidr.prefix < 16 || prefix > 26 {
        let message = format!("`{cidr}` cannot be cut into {} subnets of a useful size", 2 * zones.len());
        let place = written.map_or(span, super::super::spec::decode::Spanned::span);
        report.report(&codes::RANGE_TOO_SMALL, place, message, "give a range of `/16` to `/22`");
    }
    let cut = |from: u32| (from..).zip(&zones).filter_map(|(index, _)| cidr.part(prefix, index)).collect::<Vec<_>>();
    CreatedNetwork { cidr, public: cut(half), private: cut(0), zones }
}

fn zones(network: Option<&Network>, settings: &Settings, span: Span, report: &mut Reporter<'_>) -> Vec<String> {
    let written = network.and_then(|network| network.zones.as_ref());
    let place = written.map_or(span, super::super::spec::decode::Spanned::span);
    let zones: Vec<String> = match written.map(|zones| &zones.value) {
        Some(Zones::Named(names)) => names.clone(),
        Some(Zones::Count(count)) => settings.zones.iter().take(*count as usize).cloned().collect(),
        None => settings.zones.iter().take(2).cloned().collect(),
    };
    for zone in zones.iter().filter(|zone| !settings.zones.is_empty() && !settings.zones.contains(zone)) {
        let message = format!("`{zone}` is not a zone of `{}`", settings.region);
        let hint = format!("the zones are `{}`", settings.zones.join("`, `"));
        report.report(&codes::UNKNOWN_ZONE, place, message, hint);
    }
    if let Some(twice) =
        zones.iter().enumerate().find_map(|(index, zone)| zones[..index].contains(zone).then_some(zone))
    {
        let message = format!("`{twice}` stands twice");
        report.report(&codes::TOO_FEW_ZONES, place, message, "name each zone once");
    }
    let asked = match written.map(|zones| &zones.value) {
        Some(Zones::Count(count)) => *count as usize,
        _ => zones.len(),
    };
    if !settings.zones.is_empty() && (asked < 2 || asked > settings.zones.len()) {
        let message = format!("`zones` asks for {asked}, and 2 to {} are possible", settings.zones.len());
        report.report(&codes::TOO_FEW_ZONES, place, message, "two zones are enough for most applications");
    }
    zones
}

fn check_load_balancer(spec: &Spec, report: &mut Reporter<'_>) {
    let Some(balancer) = &spec.load_balancer else { return };
    if let Some(timeout) = balancer.idle_timeout.as_ref().filter(|timeout| !(1..=4000).contains(&timeout.0)) {
        let message = "an idle timeout is 1 to 4000 seconds".to_owned();
        report.report(&codes::OUT_OF_RANGE, timeout.span(), message, "give a time such as `60s`");
    }
    if let Some(policy) = balancer.tls_policy.as_ref().filter(|policy| !policy.starts_with("ELBSecurityPolicy-TLS13-"))
    {
        let message = format!("`{}` allows TLS versions that are broken, or does not exist", policy.value);
        let hint = "use a policy that begins with `ELBSecurityPolicy-TLS13-`";
        report.report(&codes::OUT_OF_RANGE, policy.span(), message, hint);
    }
    if let Some(test) = balancer.test_listener.as_ref().filter(|test| test.allow.is_empty()) {
        let hint = "add the ranges that may try a shadow release";
        report.report(&codes::BAD_NETWORK, test.at.whole, "a test listener that nobody may reach", hint);
    }
}
