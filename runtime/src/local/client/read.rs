//! What there is on this machine: from the documents of the supervisor, the load balancer, and the members' own.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
};

use skiff_wire::{MemberPhase, MemberState, Plan};

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud,
        balancer::Shadowed,
        desired::{MemberRecord, RunRecord, ServiceDesired, Stage, Up},
        file,
        link::{self, Serving, TargetSeen},
        process::ProcessId,
        routing,
    },
    provider::{
        self, Capacity, LEGACY, MemberView, RunPhase, RunView, Shadow, ShadowRead, SlotAddress, SlotTraffic, Weights,
        WeightsRead,
    },
    state::layout::{Scope, ServiceScope},
};

impl LocalCloud {
    pub(super) fn read_capacity(&self, slot: &SlotAddress) -> Result<Capacity, Error> {
        let service = self.read_service(&slot.service)?;
        if !service.facts.slots.contains_key(&slot.slot) {
            return Err(missing(&format!("slot `{}` of `{}`", slot.slot, slot.service.service)));
        }
        Ok(service.capacity.get(&slot.slot).copied().unwrap_or_default())
    }

    pub(super) async fn read_weights(&self, service: &ServiceScope) -> Result<WeightsRead, Error> {
        let desired = self.read_service(service)?;
        let serving = link::serving(self.place()).await;
        let effective = serving.map(|serving| effective(service, &desired, &serving)).unwrap_or_default();
        let set = match desired.weights.is_empty() {
            true => self.planned_weights(service, &desired)?,
            false => desired.weights,
        };
        Ok(WeightsRead { set: Weights { by_slot: set }, effective: Weights { by_slot: effective } })
    }

    /// The weights that the rules were made with: what is set until somebody sets others.
    fn planned_weights(
        &self,
        service: &ServiceScope,
        desired: &ServiceDesired,
    ) -> Result<BTreeMap<String, u32>, Error> {
        let scope = self.place().read_scope(&service.scope)?;
        let made = routing::configuration(&routing::Input { scopes: vec![&scope], members: Vec::new() });
        Ok(effective(service, desired, &Serving { weights: link::weights(&made), ..Serving::default() }))
    }

    pub(super) async fn read_traffic(&self, service: &ServiceScope) -> Result<BTreeMap<String, SlotTraffic>, Error> {
        let desired = self.read_service(service)?;
        let served = link::traffic(self.place()).await;
        let traffic = |group: &str| served.get(&link::group(service, group)).cloned();
        Ok(desired.facts.groups().filter_map(|group| Some((group.to_owned(), traffic(group)?))).collect())
    }

    pub(super) async fn read_shadow(&self, service: &ServiceScope) -> Result<ShadowRead, Error> {
        let desired = self.read_service(service)?;
        let serving = link::serving(self.place()).await.unwrap_or_default();
        let up: Option<Up> = file::read(&self.place().up())?;
        let address = |port: Option<u16>| port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string());
        Ok(ShadowRead {
            effective: effective_shadow(service, &desired, &serving),
            set: desired.shadow,
            test_address: address(up.and_then(|up| up.test_port)),
            address: address(up.and_then(|up| up.port)),
        })
    }

    pub(super) async fn read_slot_members(&self, slot: &SlotAddress) -> Result<Vec<MemberView>, Error> {
        let desired = self.read_service(&slot.service)?;
        let balanced = desired.facts.slots.get(&slot.slot).is_some_and(|slot| slot.target_group.is_some());
        let serving = link::serving(self.place()).await.unwrap_or_default();
        if slot.slot == LEGACY && desired.facts.legacy.is_some() {
            return Ok(vec![legacy_view(serving.targets.get(&link::group(&slot.service, LEGACY)))]);
        }
        let mut views = Vec::new();
        let records = self.place().read_members()?;
        let runners = records.iter().filter_map(|record| record.process).collect();
        let usage = self.usage.look(self.place(), &runners);
        for record in records.into_iter().filter(|record| record.address() == *slot) {
            let state = self.read_state(&record).await?;
            let target = serving.targets.get(&record.instance);
            let cpu_permille = usage.get(&record.instance).copied();
            views.push(MemberView { cpu_permille, ..view(&record, state.as_ref(), target, balanced) });
        }
        Ok(views)
    }

    /// The services of a plan of which this machine knows where they take over from; none where that cannot be read.
    pub(super) fn known_legacies(&self, plan: &Plan) -> BTreeSet<String> {
        let scope = self.place().read_scope(&Scope::new(&plan.app, &plan.environment)).unwrap_or_default();
        let known = scope.services.into_iter().filter(|(_, service)| service.facts.legacy.is_some());
        known.map(|(name, _)| name).collect()
    }

    /// What became of a `before` command. The member goes only after its end is written down, so that is looked at last.
    pub(super) fn read_run(&self, slot: &SlotAddress, token: &str) -> Result<Option<RunView>, Error> {
        let members = self.place().read_members()?.into_iter();
        let mut runs = members.filter(|record| record.address() == *slot && record.before.as_deref() == Some(token));
        let running = runs.next().map(|record| record.instance);
        let ended: Option<RunRecord> = file::read(&self.place().run(token))?;
        Ok(match (ended, running) {
            (Some(RunRecord { outcome, instance, .. }), _) => {
                let phase = if outcome.exit == Some(0) { RunPhase::Succeeded } else { RunPhase::Failed };
                Some(RunView { phase, exit: outcome.exit, reason: outcome.reason, instance: Some(instance) })
            }
            (None, Some(instance)) => {
                Some(RunView { phase: RunPhase::Running, exit: None, reason: None, instance: Some(instance) })
            }
            (None, None) => None,
        })
    }

    fn read_service(&self, service: &ServiceScope) -> Result<ServiceDesired, Error> {
        let scope = self.place().read_scope(&service.scope)?;
        scope.services.get(&service.service).cloned().ok_or_else(|| missing(&format!("service `{}`", service.service)))
    }

    /// What a member says of itself; a document that cannot be read is not worth failing for.
    async fn read_state(&self, record: &MemberRecord) -> Result<Option<MemberState>, Error> {
        let key = record.service().member(&record.instance);
        Ok(self.ledger()?.read::<MemberState>(&key).await.ok().flatten().map(|seen| seen.control.body))
    }
}

/// The weights that requests are sent by; empty when the rules of the service do not agree, as while one is being changed.
fn effective(service: &ServiceScope, desired: &ServiceDesired, serving: &Serving) -> BTreeMap<String, u32> {
    let of_rule = |rule: &String| {
        let groups = serving.weights.get(&link::rule(&service.scope, rule))?;
        let weight = |group: &str| groups.get(&link::group(service, group)).copied().unwrap_or_default();
        Some(desired.facts.groups().map(|group| (group.to_owned(), weight(group))).collect::<BTreeMap<_, _>>())
    };
    let mut rules = desired.facts.rules.iter().map(of_rule);
    let Some(Some(first)) = rules.next() else { return BTreeMap::new() };
    if rules.all(|rule| rule.as_ref() == Some(&first)) { first } else { BTreeMap::new() }
}

/// What is beside the traffic of users now. Where the rules do not agree, one that is not what was set, so that nobody takes the
/// change for complete.
fn effective_shadow(service: &ServiceScope, desired: &ServiceDesired, serving: &Serving) -> Shadow {
    let slot_of = |shadowed: &Shadowed| {
        desired.facts.slots.keys().find(|slot| link::group(service, slot) == shadowed.group).cloned()
    };
    let of_rule = |rule: &String| match serving.shadows.get(&link::rule(&service.scope, rule)) {
        Some(shadowed) => Shadow { slot: slot_of(shadowed), mirror_percent: shadowed.mirror_percent },
        None => Shadow::default(),
    };
    let of_rules: Vec<Shadow> = desired.facts.rules.iter().map(of_rule).collect();
    let other = of_rules.iter().find(|shadow| **shadow != desired.shadow);
    other.or(of_rules.first()).cloned().unwrap_or_default()
}

fn view(record: &MemberRecord, state: Option<&MemberState>, target: Option<&TargetSeen>, balanced: bool) -> MemberView {
    let alive = record.process.is_some_and(ProcessId::is_alive);
    let serves = record.before.is_none();
    let balanced = balanced && serves;
    let health = health(record, target, balanced && alive);
    let ready = match balanced {
        true => health == "healthy",
        false => serves && state.is_some_and(|state| state.phase == MemberPhase::Ready),
    };
    let lifecycle = match record.stage {
        Stage::Draining | Stage::Stopping => "terminating",
        Stage::Ended => "terminated",
        Stage::Running if !alive => "terminated",
        Stage::Running if ready => "in-service",
        Stage::Launching | Stage::Running => "pending",
    };
    MemberView {
        instance: record.instance.clone(),
        slot: record.slot.clone(),
        lifecycle: lifecycle.into(),
        target_health: health,
        // What a check says of a process that is not there any more explains nothing.
        reason: reason(record, state, target.filter(|_| lifecycle != "terminated")),
        in_flight: target.map(|target| target.in_flight),
        cpu_permille: None,
    }
}

/// What a service takes over from, as a member: nobody here started it, so that its health is all that is known of it.
fn legacy_view(target: Option<&TargetSeen>) -> MemberView {
    let health = target.map_or("initial", |target| &target.health);
    MemberView {
        instance: LEGACY.into(),
        slot: LEGACY.into(),
        lifecycle: if health == "healthy" { "in-service" } else { "pending" }.into(),
        target_health: health.into(),
        reason: target.and_then(|target| target.reason.clone()),
        in_flight: target.map(|target| target.in_flight),
        cpu_permille: None,
    }
}

fn health(record: &MemberRecord, target: Option<&TargetSeen>, balanced: bool) -> String {
    match (target, record.stage) {
        (Some(target), _) => target.health.clone(),
        (None, Stage::Launching | Stage::Running) if balanced => "initial".into(),
        _ => "unused".into(),
    }
}

fn reason(record: &MemberRecord, state: Option<&MemberState>, target: Option<&TargetSeen>) -> Option<String> {
    let own = state.and_then(|state| state.reason.as_ref()).map(|why| format!("{}: {}", why.code, why.message));
    own.or_else(|| record.reason.clone()).or_else(|| target.and_then(|target| target.reason.clone()))
}

fn missing(what: &str) -> Error {
    let message = format!("there is no {what} on this machine");
    Error::new(&provider::codes::MISSING, ErrorKind::NotFound, message).hint("apply the shape with `skiff local up`")
}
