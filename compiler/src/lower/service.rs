//! One service: its slots, its roles, its routes, and what the runtime needs to know of it.

use std::fmt;

use skiff_wire::{Motion, ReleaseManifest, Slot};

use super::{Lowering, compute::SlotHandles, discovery, owner};
use crate::{
    ir::{Endpoint, Expr, Flow, Handle, Id, Origin, Owner, network::SecurityGroup, observability::LogGroup, shared},
    resolve::{RUNNER_HEALTH_PORT, ResolvedService, Target},
    spec::{service::Kind, values::Name},
};

/// What the parts of one service share while it is lowered.
pub(super) struct Parts<'service> {
    pub service: &'service ResolvedService,
    pub owner: Owner,
    pub origin: Origin,
    pub group: Handle<SecurityGroup>,
    pub logs: Handle<LogGroup>,
    /// The log group's name.
    pub log_group: String,
    /// The origins of [`FIELDS`].
    fields: [Origin; FIELDS.len()],
}

/// The fields that several resources of a service come from: their origins are made once and shared.
const FIELDS: [&str; 7] = ["alarms", "port", "replicas", "routes", "scaling", "size", "stop"];

impl Parts<'_> {
    /// The name in logical ids.
    pub(super) fn name(&self) -> &str {
        self.service.name.as_str()
    }

    /// The logical id of a resource of the service.
    pub(super) fn id(&self, rest: fmt::Arguments<'_>) -> Id {
        shared(format_args!("{}.{rest}", self.name()))
    }

    /// The letters of the slots: two where traffic or work can move, one where there is one member.
    pub(super) fn slots(&self) -> &'static [&'static str] {
        match self.service.kind {
            Kind::Web | Kind::Worker => &["a", "b"],
            Kind::Job | Kind::Stateful => &["a"],
        }
    }

    /// The origin of a field of the service.
    pub(super) fn field(&self, key: &str) -> Origin {
        let kept = FIELDS.iter().zip(&self.fields).find(|(field, _)| **field == key);
        kept.map_or_else(|| field(self.service, &self.origin, key), |(_, origin)| origin.clone())
    }
}

fn field(service: &ResolvedService, origin: &Origin, key: &str) -> Origin {
    Origin::new([&*origin.path, ".", key].concat(), service.spec.at.field(key))
}

impl Lowering<'_> {
    /// The security group and the private name of a service exist before any service refers to them.
    pub(super) fn declare_group(&mut self, service: &ResolvedService) {
        let owner = owner(&service.name);
        let origin = origin(service);
        let description = format!("Members of {}", service.identity);
        let group = self.group((&service.identity, &description), service.name.as_str(), &owner, &origin);
        self.shared.groups.insert(service.name.clone(), group);
        self.private_names(service);
    }

    pub(super) fn service(&mut self, service: &ResolvedService) {
        let Some(group) = self.shared.groups.get(&service.name).cloned() else { return };
        let first = self.ir.resources.len();
        let (owner, origin) = (owner(&service.name), origin(service));
        let log_group = self.name_under("/skiff/", &[&service.identity]);
        let logs = LogGroup {
            kms_key_id: None,
            log_group_name: log_group.clone(),
            retention_in_days: self.resolved.settings.retention_days,
        };
        let logs = self.ir.add(&owner, format!("{}.logs", service.name), &origin, logs);
        let fields = FIELDS.map(|key| field(service, &origin, key));
        let parts = Parts { service, owner, origin, group, logs, log_group, fields };
        self.ways_out(&parts.group, &parts.owner, &parts.origin);
        self.extra_ways_out(&parts);
        let secrets = self.secrets(&parts);
        let roles = self.roles(&parts, &secrets);
        let volume = self.stateful_volume(&parts, &roles);
        // Only what the load balancer reaches has an old way that it could reach as well.
        let legacy = if service.kind == Kind::Web { self.legacy_group(&parts) } else { None };
        let slots = self.slots(&parts, &roles, volume.as_ref());
        let routes = self.routes(&parts, &slots, legacy.as_ref());
        self.scaling(&parts, &slots);
        self.alarms(&parts, &slots);
        self.connect(&parts);
        let mut motion = self.motion(&parts, &slots, self.manifest(&parts, &secrets));
        motion.routes = routes;
        motion.volume = volume.map(|handles| handles.volume.id().to_string());
        motion.legacy_target_group = legacy.map(|group| group.id().to_string());
        self.ir.services.insert(service.name.to_string(), motion);
        self.rename_service(service, first);
    }

    /// What the runtime needs to know of a service.
    fn motion(&self, parts: &Parts<'_>, slots: &[SlotHandles], release: ReleaseManifest) -> Motion {
        let service = parts.service;
        let document = |slot: &SlotHandles| Slot {
            auto_scaling_group: slot.scaling_group.id().to_string(),
            launch_template: slot.template.id().to_string(),
            target_group: slot.target_group.as_ref().map(|group| group.id().to_string()),
        };
        let timeout = || service.spec.timeout.as_ref().map_or(3_600, |time| time.0);
        Motion {
            kind: service.kind.word().into(),
            release,
            slots: slots.iter().map(|slot| (slot.letter.to_owned(), document(slot))).collect(),
            minimum: service.minimum,
            maximum: service.maximum,
            routes: Vec::new(),
            rollout: service.rollout.clone(),
            stop: service.stop,
            schedule: service.spec.schedule.as_ref().map(|schedule| schedule.value.to_string()),
            suspended: service.spec.suspended.unwrap_or(false),
            timeout_seconds: (service.kind == Kind::Job).then(timeout),
            retries: service.spec.retries.as_ref().map_or(0, |retries| retries.value),
            maintenance_window: service.spec.maintenance_window.as_ref().map(ToString::to_string),
            volume: None,
            discovery: self.shared.discovery.own_names.get(&service.name).map(|name| name.id().to_string()),
            discovery_aliases: self.shared.discovery.alias_keys(&service.name),
            forward: service.discovery.forward.clone(),
            legacy: discovery::legacy(service),
            legacy_target_group: None,
        }
    }

    /// A renamed service keeps its resources under new logical ids.
    fn rename_service(&mut self, service: &ResolvedService, first: usize) {
        let Some(was) = &service.spec.was else { return };
        let prefix = format!("{}.", service.name);
        let fixed = self.ir.resources.iter_mut().enumerate().filter(|(index, _)| *index >= first);
        for resource in fixed.map(|(_, resource)| resource) {
            rename(resource, &prefix, &was.value);
        }
        // What is declared before: the group, and the names that do not follow the service's own.
        let (group, names) = (format!("{prefix}security_group"), format!("{prefix}discovery."));
        let declared = self.ir.resources.iter_mut().take(first);
        for resource in declared.filter(|resource| *resource.id == *group || resource.id.starts_with(&names)) {
            rename(resource, &prefix, &was.value);
        }
    }

    fn extra_ways_out(&mut self, parts: &Parts<'_>) {
        for (index, rule) in parts.service.spec.egress.iter().enumerate() {
            let reason = rule
                .reason
                .as_ref()
                .map_or_else(|| format!("Named in the spec: {}", rule.to.value), |reason| reason.value.clone());
            self.flow(Flow {
                from: Endpoint::Group(parts.group.clone()),
                to: Endpoint::Range(Expr::text(rule.to.to_string())),
                port: rule.port,
                reason,
                owner: parts.owner.clone(),
                origin: Origin::new(format!("{}.egress[{index}]", parts.origin.path), rule.at.whole),
            });
        }
    }

    /// Lets the load balancer reach the service, and the service what it uses.
    fn connect(&mut self, parts: &Parts<'_>) {
        let service = parts.service;
        if let Some(balancer) = self.shared.balancer.clone().filter(|_| service.kind == Kind::Web) {
            let ports = [
                (service.ports.get("main").copied(), format!("Requests to {}", service.name)),
                (Some(RUNNER_HEALTH_PORT), format!("Health checks of {}", service.name)),
            ];
            for (port, reason) in ports.into_iter().filter_map(|(port, reason)| Some((port?, reason))) {
                self.flow(Flow {
                    from: Endpoint::Group(balancer.group.clone()),
                    to: Endpoint::Group(parts.group.clone()),
                    port,
                    reason,
                    owner: parts.owner.clone(),
                    origin: parts.field("routes"),
                });
            }
        }
        for used in &service.uses {
            let origin = Origin::new(format!("{}.uses", parts.origin.path), used.span);
            for (to, port, reason) in self.reached(&used.target) {
                let from = Endpoint::Group(parts.group.clone());
                self.flow(Flow { from, to, port, reason, owner: parts.owner.clone(), origin: origin.clone() });
            }
        }
    }

    fn reached(&self, target: &Target) -> Vec<(Endpoint, u16, String)> {
        match target {
            Target::Database(name) => {
                let database = self.shared.databases.get(name);
                let to = |database: &super::DatabaseHandles| {
                    (
                        Endpoint::Group(database.group.clone()),
                        super::data::port(database.engine),
                        format!("Database {name}"),
                    )
                };
                database.map(to).into_iter().collect()
            }
            Target::Service(name) => self.reached_service(name),
            Target::Queue(_) | Target::Bucket(_) => Vec::new(),
        }
    }

    fn reached_service(&self, name: &Name) -> Vec<(Endpoint, u16, String)> {
        let (Some(service), Some(group)) = (self.resolved.services.get(name), self.shared.groups.get(name)) else {
            return Vec::new();
        };
        let to = |port: &u16| (Endpoint::Group(group.clone()), *port, format!("Service {name}"));
        let forwarded = service.discovery.forward.iter().map(|forward| &forward.port);
        service.ports.values().chain(forwarded).map(to).collect()
    }
}

fn rename(resource: &mut crate::ir::Resource, prefix: &str, was: &Name) {
    if let Some(rest) = resource.id.strip_prefix(prefix) {
        resource.was = Some(format!("{was}.{rest}").into());
    }
}

/// The origin of a service.
pub(super) fn origin(service: &ResolvedService) -> Origin {
    Origin::new(format!("services.{}", service.name), service.spec.at.whole)
}
