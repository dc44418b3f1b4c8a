//! Private names: the zones of an environment, and the names that members register under.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::Legacy;

use super::{Lowering, names, owner, service::origin, top};
use crate::{
    ir::{
        Expr, Handle, Origin, Owner,
        dns::{DiscoveryService, DnsConfig, DnsRecord, PrivateDnsNamespace},
    },
    resolve::{DiscoveryName, ResolvedService, Target, zone_of_services},
    spec::values::Name,
};

/// The private zones, and the names in them.
#[derive(Default)]
pub(super) struct Discovery {
    /// The services that another one uses.
    used: BTreeSet<Name>,
    /// Of services that are used, and its name.
    pub own_zone: Option<(Handle<PrivateDnsNamespace>, String)>,
    /// Of the names in the spec, by name.
    zones: BTreeMap<String, Handle<PrivateDnsNamespace>>,
    /// The name of each service that is used.
    pub own_names: BTreeMap<Name, Handle<DiscoveryService>>,
    /// More names of a service.
    aliases: BTreeMap<Name, Vec<Handle<DiscoveryService>>>,
}

impl Discovery {
    /// The ARNs of all names of a service; its members may register in these.
    pub(super) fn arns(&self, service: &Name) -> Vec<Expr> {
        let aliases = self.aliases.get(service).into_iter().flatten();
        self.own_names.get(service).into_iter().chain(aliases).map(Handle::<DiscoveryService>::arn).collect()
    }

    /// The keys of the names in the spec, sorted.
    pub(super) fn alias_keys(&self, service: &Name) -> Vec<String> {
        let mut keys: Vec<_> =
            self.aliases.get(service).into_iter().flatten().map(|alias| alias.id().to_string()).collect();
        keys.sort();
        keys
    }
}

impl Lowering<'_> {
    /// One zone for services that are used, and one for each that names in the spec are in.
    pub(super) fn zones(&mut self) {
        let resolved = self.resolved;
        let uses = resolved.services.values().flat_map(|service| &service.uses);
        let used = uses.filter_map(|used| match &used.target {
            Target::Service(name) => Some(name.clone()),
            _ => None,
        });
        self.shared.discovery.used = used.collect();
        if !self.shared.discovery.used.is_empty() {
            let zone = zone_of_services(&resolved.spec, &resolved.environment);
            let origin = top("services", resolved.spec.at.field("services"));
            let description = "Names by which services of this application reach each other";
            let made = self.private_zone("environment.namespace".into(), &zone, description, &origin);
            self.shared.discovery.own_zone = Some((made, zone));
        }
        for (service, name) in
            resolved.services.values().flat_map(|it| it.discovery.names.iter().map(move |name| (it, name)))
        {
            if self.shared.discovery.zones.contains_key(&name.zone) {
                continue;
            }
            let id = format!("environment.namespace.{}", names::dotted(&name.zone));
            let description = "More names by which services are found";
            let made = self.private_zone(id, &name.zone, description, &origin_of_name(service, name));
            self.shared.discovery.zones.insert(name.zone.clone(), made);
        }
    }

    fn private_zone(
        &mut self,
        id: String,
        name: &str,
        description: &str,
        origin: &Origin,
    ) -> Handle<PrivateDnsNamespace> {
        let body = PrivateDnsNamespace { description: description.into(), name: name.into(), vpc: self.vpc() };
        self.ir.add(&Owner::Environment, id, origin, body)
    }

    /// The names of a service: its own when another uses it, and those of the spec in any case.
    pub(super) fn private_names(&mut self, service: &ResolvedService) {
        let used = self.shared.discovery.used.contains(&service.name);
        let own_zone = self.shared.discovery.own_zone.clone().filter(|_| used);
        if let Some((zone, _)) = own_zone {
            let id = format!("{}.discovery", service.name);
            let made = self.private_name(service, id, (service.name.as_str(), &zone), &origin(service));
            self.shared.discovery.own_names.insert(service.name.clone(), made);
        }
        for name in &service.discovery.names {
            let Some(zone) = self.shared.discovery.zones.get(&name.zone).cloned() else { continue };
            let id = alias_id(service, name);
            let made = self.private_name(service, id, (&name.label, &zone), &origin_of_name(service, name));
            self.shared.discovery.aliases.entry(service.name.clone()).or_default().push(made);
        }
    }

    fn private_name(
        &mut self,
        service: &ResolvedService,
        id: String,
        (label, zone): (&str, &Handle<PrivateDnsNamespace>),
        origin: &Origin,
    ) -> Handle<DiscoveryService> {
        let body = DiscoveryService {
            description: format!("Members of {}", service.name),
            dns_config: DnsConfig {
                dns_records: vec![DnsRecord { time_to_live: 10, record_type: "A".into() }],
                routing_policy: "MULTIVALUE".into(),
            },
            name: label.into(),
            namespace_id: zone.namespace_id(),
        };
        self.ir.add(&owner(&service.name), id, origin, body)
    }
}

/// What the runtime needs to know of the old way of serving.
pub(super) fn legacy(service: &ResolvedService) -> Option<Legacy> {
    let source = &service.spec.cutover.as_ref()?.from;
    Some(Legacy { service: source.service.clone(), port: source.port.as_ref().map(|port| port.value) })
}

/// A logical id that is never that of the service's own name in Terraform, where the two stand side by side.
fn alias_id(service: &ResolvedService, name: &DiscoveryName) -> String {
    let slug = names::dotted(&name.name);
    if slug == service.name.as_str() {
        return format!("{}.discovery.{slug}-{}", service.name, names::hash(&name.name));
    }
    format!("{}.discovery.{slug}", service.name)
}

fn origin_of_name(service: &ResolvedService, name: &DiscoveryName) -> Origin {
    Origin::new(format!("services.{}.discovery.names[{}]", service.name, name.index), name.span)
}
