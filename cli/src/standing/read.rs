//! Reads where an application stands.

use std::{collections::BTreeMap, sync::Arc};

use skiff_runtime::{
    ErrorKind,
    engine::{Driver, Engine},
    history,
    provider::{MemberView, Motion, SlotAddress},
    state::{
        Ledger,
        layout::{Scope, ServiceScope},
    },
    store::Key,
    trust,
};
use skiff_wire::{
    Control, MemberPhase, MemberState, OperationControl, OperationStatus, Plan, ServiceControl, SlotControl,
};

use crate::{
    acting::actor,
    failure::Failure,
    operating::store_failure,
    standing::{
        MemberStanding, OperationStanding, ProviderStanding, RootStanding, ServiceDirect, ServiceStanding,
        SlotStanding, Standing, release,
    },
};

/// How many member documents of a service are read while no provider can say which of them still count.
const MEMBERS_WITHOUT_PROVIDER: usize = 100;
/// How many services are looked for that the spec does not name.
const SERVICES: usize = 200;

/// How many of the newest operations are looked at, whether one of them waits for somebody.
const OPERATIONS: usize = 20;

/// What is read from.
pub(crate) struct Reader<'a> {
    /// The ledger.
    pub(crate) ledger: &'a Ledger,
    /// Application and environment.
    pub(crate) scope: &'a Scope,
    /// The plan of the spec.
    pub(crate) plan: &'a Plan,
    /// The provider.
    pub(crate) provider: Arc<dyn Motion>,
    /// Whether the provider is known not to be there; its members may be known all the same.
    pub(crate) known: ProviderStanding,
    /// Whether the provider is asked for more than its members.
    pub(crate) direct: bool,
    /// The only service that is wanted.
    pub(crate) only: Option<&'a str>,
}

impl Reader<'_> {
    /// Reads it all.
    pub(crate) async fn read(&self) -> Result<Standing, Failure> {
        let mut names = self.recorded_services().await?;
        names.extend(self.plan.services.keys().cloned());
        names.sort();
        names.dedup();
        names.retain(|name| self.only.is_none_or(|only| only == name));
        let (mut services, mut provider) = (Vec::new(), self.known.clone());
        for name in names {
            services.push(self.service(&name, &mut provider).await?);
        }
        self.waiting(&mut services).await?;
        Ok(Standing {
            app: self.scope.app.clone(),
            environment: self.scope.environment.clone(),
            ledger: self.ledger.store.place(),
            provider,
            root: self.root().await?,
            services,
            now: self.ledger.world.clock.now(),
        })
    }

    /// The services that the ledger knows, found by one key of each.
    async fn recorded_services(&self) -> Result<Vec<String>, Failure> {
        let prefix = format!("{}services/", self.scope.prefix());
        let (mut names, mut after): (Vec<String>, Option<Key>) = (Vec::new(), None);
        while names.len() < SERVICES {
            let page = self.ledger.store.list(&prefix, after.as_ref(), 1).await.map_err(store_failure)?;
            let Some(key) = page.keys.first() else { break };
            let name = key.as_str()[prefix.len()..].split('/').next().unwrap_or_default().to_owned();
            after = Key::parse(&format!("{prefix}{name}/zzzz"));
            if names.last() == Some(&name) || after.is_none() {
                break;
            }
            names.push(name);
        }
        Ok(names)
    }

    async fn root(&self) -> Result<Option<RootStanding>, Failure> {
        match trust::load_root(self.ledger, None, 0).await {
            Ok(trusted) => Ok(Some(RootStanding { version: trusted.root.version, expires: trusted.root.expires })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn service(&self, name: &str, provider: &mut ProviderStanding) -> Result<ServiceStanding, Failure> {
        let scope = self.scope.service(name);
        let kind = self.plan.services.get(name).map(|motion| motion.kind.clone());
        let mut standing = ServiceStanding { service: name.into(), kind, ..ServiceStanding::default() };
        let Some(read) = self.ledger.read::<ServiceControl>(&scope.control()).await? else { return Ok(standing) };
        let Control { holder, body, .. } = read.control;
        let mut members = self.members(&scope, &body, provider).await?;
        for (letter, slot) in &body.slots {
            let members = members.remove(letter).unwrap_or_default();
            standing.slots.push(self.slot(&scope, letter, slot, members).await?);
        }
        if let Some(before) = body.history.first() {
            standing.live_since = Some(before.until);
            standing.previous = Some(release::named(self.ledger, &scope, &before.release, before.sequence).await?);
        }
        if let Some(operation) = holder {
            standing.operation = Some(self.operation(&operation).await?);
        }
        if self.direct && *provider == ProviderStanding::Up {
            let (weights, traffic) = (self.provider.weights(&scope).await?, self.provider.traffic(&scope).await?);
            standing.direct = Some(ServiceDirect { weights, traffic });
        }
        Ok(ServiceStanding { live: body.live, destroyed: body.destroyed, ..standing })
    }

    async fn slot(
        &self,
        service: &ServiceScope,
        letter: &str,
        slot: &SlotControl,
        members: Vec<MemberStanding>,
    ) -> Result<SlotStanding, Failure> {
        let release = match &slot.assignment {
            Some(it) => Some(release::named(self.ledger, service, &it.release, it.sequence).await?),
            None => None,
        };
        let address = SlotAddress { service: service.clone(), slot: letter.into() };
        let asked = self.direct && members.iter().any(|it| it.provider.is_some());
        let capacity = if asked { Some(self.provider.capacity(&address).await?) } else { None };
        Ok(SlotStanding {
            slot: letter.into(),
            release,
            weight: slot.weight,
            minimum: slot.minimum,
            desired: slot.desired,
            ready: members.iter().filter(|member| member.phase == Some(MemberPhase::Ready)).count(),
            members,
            capacity,
        })
    }

    /// The members of each slot: those that the provider has, or those that have written of themselves.
    async fn members(
        &self,
        service: &ServiceScope,
        control: &ServiceControl,
        provider: &mut ProviderStanding,
    ) -> Result<BTreeMap<String, Vec<MemberStanding>>, Failure> {
        let mut views: Vec<MemberView> = Vec::new();
        for letter in control.slots.keys() {
            let slot = SlotAddress { service: service.clone(), slot: letter.clone() };
            match self.provider.members(&slot).await {
                Ok(members) => views.extend(members),
                Err(error) => {
                    *provider = ProviderStanding::Down(error.message().into());
                    return self.remembered(service).await;
                }
            }
        }
        self.viewed(service, views).await
    }

    async fn viewed(
        &self,
        service: &ServiceScope,
        views: Vec<MemberView>,
    ) -> Result<BTreeMap<String, Vec<MemberStanding>>, Failure> {
        let mut members: BTreeMap<String, Vec<MemberStanding>> = BTreeMap::new();
        for view in views {
            let document = self.ledger.read::<MemberState>(&service.member(&view.instance)).await?;
            let mut member = document.map(|read| standing(&view.instance, read.control.body)).unwrap_or_default();
            member.instance.clone_from(&view.instance);
            let slot = members.entry(view.slot.clone()).or_default();
            member.provider = Some(view);
            slot.push(member);
        }
        Ok(members)
    }

    async fn remembered(&self, service: &ServiceScope) -> Result<BTreeMap<String, Vec<MemberStanding>>, Failure> {
        let prefix = service.prefix("members");
        let page = self.ledger.store.list(&prefix, None, MEMBERS_WITHOUT_PROVIDER).await;
        let mut members: BTreeMap<String, Vec<MemberStanding>> = BTreeMap::new();
        for key in page.map_err(store_failure)?.keys {
            let instance = key.as_str()[prefix.len()..].trim_end_matches(".json").to_owned();
            let Some(read) = self.ledger.read::<MemberState>(&key).await? else { continue };
            if read.control.body.phase != MemberPhase::Stopped {
                let slot = read.control.body.slot.clone();
                members.entry(slot).or_default().push(standing(&instance, read.control.body));
            }
        }
        Ok(members)
    }

    /// Adds the operations that wait for somebody and do not hold their service, which therefore does not name them.
    async fn waiting(&self, services: &mut [ServiceStanding]) -> Result<(), Failure> {
        for id in history::newest_operations(self.ledger, self.scope, OPERATIONS).await? {
            let control = self.ledger.read::<OperationControl>(&self.scope.operation(&id)).await?;
            let ended = control.is_some_and(|read| read.control.body.status.is_final());
            let holds = |service: &ServiceStanding| service.operation.as_ref().is_some_and(|it| it.operation == id);
            if ended || services.iter().any(holds) {
                continue;
            }
            let operation = self.operation(&id).await?;
            let of = |service: &&mut ServiceStanding| operation.service.as_ref() == Some(&service.service);
            let ended = operation.status.is_none_or(OperationStatus::is_final);
            if let Some(service) = services.iter_mut().find(of).filter(|_| !ended) {
                service.waiting.push(operation);
            }
        }
        Ok(())
    }

    /// An operation by its log, whose length depends on its own steps alone.
    async fn operation(&self, id: &str) -> Result<OperationStanding, Failure> {
        let driver = Driver { name: "status".into(), trust_pin: None };
        let engine = Engine::new(self.ledger.clone(), Arc::clone(&self.provider), driver);
        let operation = match engine.look(self.scope, id).await {
            Ok(operation) => operation,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(OperationStanding { operation: id.into(), ..OperationStanding::default() });
            }
            Err(error) => return Err(error.into()),
        };
        let control = self.ledger.read::<OperationControl>(&self.scope.operation(id)).await?;
        let (intent, step) = (operation.intent, operation.control.step);
        Ok(OperationStanding {
            operation: id.into(),
            status: Some(operation.control.status),
            step: step + 1,
            steps: intent.steps.len(),
            title: intent.steps.get(step as usize).map(|step| step.title.clone()),
            reason: operation.control.reason,
            saga: Some(intent.saga),
            service: intent.service,
            requested_by: Some(intent.requested_by),
            requested_at: Some(intent.requested_at),
            driven: operation.holder.as_deref().and_then(actor::lives),
            driver: operation.holder,
            lease_until: control.and_then(|control| control.control.lease_until),
        })
    }
}

fn standing(instance: &str, state: MemberState) -> MemberStanding {
    MemberStanding {
        instance: instance.into(),
        phase: Some(state.phase),
        release: state.release,
        restarts: state.restarts,
        reason: state.reason,
        observed_at: Some(state.observed_at),
        provider: None,
    }
}
