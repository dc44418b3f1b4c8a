//! A world with services in it, and what a test asks of it.

use std::{collections::BTreeMap, sync::Arc};

use skiff_runtime::{
    Error,
    engine::{Engine, Finished, Request},
    provider::{Capacity, Fence, Motion, SlotAddress},
    saga::{Kind, Saga, Service, deploy},
    simulation::{
        Simulation,
        registry::SimulatedRelease,
        schedule::{to_the_end, until_death},
    },
};
use skiff_wire::{OperationStatus, ServiceControl};

use crate::people::{People, approve};

/// The name of the service that the tests move.
pub(crate) const WEB: &str = "web";

/// A service of two to four members.
pub(crate) fn service(kind: Kind) -> Service {
    let slots = match kind {
        Kind::Web | Kind::Worker => vec!["a".to_owned(), "b".to_owned()],
        Kind::Stateful | Kind::Job => vec!["a".to_owned()],
    };
    let (minimum, maximum) = if kind == Kind::Stateful { (1, 1) } else { (2, 4) };
    Service {
        name: WEB.into(),
        kind,
        slots,
        minimum,
        maximum,
        legacy: false,
        recreate: false,
        drain_seconds: 2,
        grace_seconds: 2,
        deadline_seconds: 60,
    }
}

/// A world, and one driver's view of it.
pub(crate) struct Stage {
    pub(crate) world: Simulation,
    pub(crate) service: Service,
    /// Who approves what waits for it, when anybody does.
    pub(crate) people: Option<Arc<People>>,
}

/// Everything that a test compares: what is durable about the service, and what the cloud has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) live: Option<String>,
    pub(crate) destroyed: bool,
    pub(crate) history: Vec<String>,
    pub(crate) assigned: BTreeMap<String, (String, u64, u32)>,
    pub(crate) capacity: BTreeMap<String, (u32, u32)>,
    pub(crate) weights: BTreeMap<String, u32>,
    pub(crate) members: BTreeMap<String, usize>,
    /// Where the test listener leads to.
    pub(crate) tried: Option<String>,
    /// What the ledger says of the old way of serving: its weight, and whether it is retired.
    pub(crate) legacy: Option<(u32, bool)>,
    pub(crate) holder: Option<String>,
}

impl Stage {
    pub(crate) fn new(seed: u64, service: Service) -> Self {
        Self { world: Simulation::new(seed), service, people: None }
    }

    /// The same world once more, from here on apart from the first.
    pub(crate) fn fork(&self, seed: u64) -> Self {
        Self { world: self.world.fork(seed), service: self.service.clone(), people: self.people.clone() }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.world.engine("driver")
    }

    pub(crate) fn release(&self, name: &str, sequence: u64) -> String {
        self.world.registry.put(name, SimulatedRelease { sequence, ..SimulatedRelease::default() })
    }

    /// Ends all members of a slot, whose release cannot start any more.
    pub(crate) fn break_slot(&self, slot: &str, name: &str, sequence: u64) {
        let sick = SimulatedRelease { sequence, sick: true, ..SimulatedRelease::default() };
        self.world.registry.put(name, sick);
        self.reboot(slot);
    }

    /// Ends all members of a slot; others boot in their place.
    pub(crate) fn reboot(&self, slot: &str) {
        let address = SlotAddress { service: self.world.service(WEB), slot: slot.into() };
        to_the_end(self.world.cloud.kill_all(&address)).expect("it waits for nothing");
    }

    /// Gives a slot so many members, as what follows its load would: its least number stays.
    pub(crate) fn scaled_by_its_load(&self, slot: &str, desired: u32) {
        let address = SlotAddress { service: self.world.service(WEB), slot: slot.into() };
        let cloud = &self.world.cloud;
        to_the_end(async {
            let minimum = cloud.capacity(&address).await.expect("it answers").minimum;
            let fence = Fence { operation: "load".into(), epoch: self.control_epoch().await, token: "load".into() };
            cloud.set_capacity(&address, Capacity { minimum, desired }, &fence).await.expect("it is admitted");
            self.world.world.clock.sleep(std::time::Duration::from_secs(10)).await;
        })
        .expect("it ends");
    }

    /// The epoch that the service was held with last.
    async fn control_epoch(&self) -> u64 {
        let read = self.world.ledger().read::<ServiceControl>(&self.world.service(WEB).control()).await;
        read.expect("it can be read").map_or(0, |seen| seen.control.epoch)
    }

    pub(crate) fn deploy_of(&self, release: &str) -> Saga {
        Saga::Deploy(deploy::Parameters {
            service: self.service.clone(),
            release: release.to_owned(),
            before: Vec::new(),
        })
    }

    pub(crate) fn request(&self, saga: Saga, key: Option<&str>) -> Request {
        Request {
            scope: self.world.scope(),
            saga,
            requested_by: "ada".into(),
            idempotency_key: key.map(str::to_owned),
            two_party: false,
        }
    }

    /// Starts and drives in one go; `None` when the driver died. What waits for an approval gets it, and is driven on.
    pub(crate) fn act(&self, saga: &Saga, key: Option<&str>) -> Option<Result<Finished, Error>> {
        let ended = self.drive(saga, key);
        match (&ended, &self.people) {
            (Some(Ok(finished)), Some(people)) if finished.status == OperationStatus::AwaitingApproval => {
                approve(&self.world, &finished.operation, "grace", &people.grace, |_| {}).expect("Grace may approve");
                self.drive(saga, key)
            }
            _ => ended,
        }
    }

    fn drive(&self, saga: &Saga, key: Option<&str>) -> Option<Result<Finished, Error>> {
        let (engine, request) = (self.engine(), self.request(saga.clone(), key));
        until_death(&self.world.faults, async {
            let started = engine.start(&request).await?;
            engine.drive(&request.scope, &started.operation, &mut |_| {}).await
        })
    }

    /// Does it in a world without faults, and expects it to be done.
    pub(crate) fn done(&self, saga: &Saga) -> Finished {
        let finished = self.act(saga, None).expect("no death is planned").expect("it can be driven");
        assert_eq!(finished.status, OperationStatus::Succeeded, "{finished:?}");
        finished
    }

    pub(crate) fn control(&self) -> (ServiceControl, Option<String>) {
        let key = self.world.service(WEB).control();
        let read = to_the_end(self.world.ledger().read::<ServiceControl>(&key));
        let control = read.expect("the store answers").expect("the document can be read");
        control.map(|seen| (seen.control.body, seen.control.holder)).unwrap_or_default()
    }

    /// What is there when what was begun has come to its end: members that were told to leave have left.
    pub(crate) fn picture(&self) -> Picture {
        to_the_end(self.world.world.clock.sleep(std::time::Duration::from_secs(20))).expect("it ends");
        let (control, holder) = self.control();
        let cloud = self.world.cloud.clone();
        let service = self.world.service(WEB);
        let slots = self.service.slots.clone();
        let (mut capacity, mut members) = (BTreeMap::new(), BTreeMap::new());
        for slot in &slots {
            let address = SlotAddress { service: service.clone(), slot: slot.clone() };
            let (has, there) = to_the_end(async {
                (
                    cloud.capacity(&address).await.expect("it answers"),
                    cloud.members(&address).await.expect("it answers"),
                )
            })
            .expect("the cloud waits for nothing");
            capacity.insert(slot.clone(), (has.minimum, has.desired));
            members.insert(slot.clone(), there.len());
        }
        let shadow = to_the_end(cloud.shadow(&service)).expect("it waits for nothing").expect("it answers");
        let weights = to_the_end(cloud.weights(&service)).expect("it waits for nothing").expect("it answers");
        Picture {
            live: control.live,
            destroyed: control.destroyed,
            history: control.history.into_iter().map(|live| live.release).collect(),
            assigned: control
                .slots
                .into_iter()
                .filter_map(|(letter, slot)| {
                    let assignment = slot.assignment?;
                    Some((letter, (assignment.release, assignment.sequence, slot.desired)))
                })
                .collect(),
            capacity,
            weights: weights.effective.by_slot.into_iter().filter(|(_, weight)| *weight > 0).collect(),
            members,
            tried: shadow.effective.slot,
            legacy: control.legacy.map(|legacy| (legacy.weight, legacy.retired_at.is_some())),
            holder,
        }
    }

    /// Asserts that nothing happened that must never happen.
    pub(crate) fn assert_clean(&self, what: &str) {
        let account = to_the_end(self.world.cloud.account()).expect("it waits for nothing");
        assert!(account.violations.is_empty(), "{what}: {:#?}\n{:#?}", account.violations, self.world.faults.trace());
        for (token, changes) in &account.changes {
            assert!(*changes <= 1, "{what}: the effect `{token}` happened {changes} times");
        }
    }
}
