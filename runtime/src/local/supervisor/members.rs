//! Members from launch to end: every step is written down before it is taken.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::json;

use super::{
    Supervisor,
    decide::{Seen, decide},
    launch,
    member::{Ended, Member},
    ports, release,
};
use crate::{
    error::Error,
    local::{
        codes,
        desired::{MemberRecord, ServiceFacts, Stage},
        file,
        link::Serving,
        pin, routing,
    },
    provider::SlotAddress,
};

/// How long a runner may take beyond its member's grace until it is killed: it waits for workloads that were killed, and
/// writes its last word into the ledger.
const BEYOND_GRACE: Duration = Duration::from_secs(10);

impl Supervisor {
    /// Notices which runners have ended.
    pub(super) fn reap(&mut self) {
        let running = self.members.iter_mut().filter(|(_, member)| member.record.stage != Stage::Ended);
        let ended: Vec<(String, Ended)> =
            running.filter_map(|(instance, member)| Some((instance.clone(), member.ended()?))).collect();
        for (instance, how) in ended {
            let left = self.kill_rest(&instance);
            let Some(member) = self.members.get(&instance) else { continue };
            let about = json!({ "instance": instance, "stage": member.record.stage, "left": left });
            self.log.say("runner-ended", &how.words(), about);
            match member.record.stage {
                _ if member.record.before.is_some() => self.run_ended(&instance, how),
                Stage::Draining | Stage::Stopping => self.forget(&instance),
                Stage::Launching | Stage::Running | Stage::Ended => self.ended_by_itself(&instance, how),
            }
        }
    }

    /// Keeps the place of a member that nobody had asked to end, for as long as its slot's past demands.
    fn ended_by_itself(&mut self, instance: &str, how: Ended) {
        if self.members.get(instance).is_some_and(|member| member.record.before.is_some()) {
            return self.run_ended(instance, how);
        }
        let Some(member) = self.members.get_mut(instance) else { return };
        let slot = member.record.address();
        let kind = self.cloud.service(&slot.service).map(|service| service.facts.kind.clone()).unwrap_or_default();
        if kind == "job" && !how.left() && !how.before_anything_ran() {
            // A job's member ends when its run does, and the next run is asked for anew.
            return match self.cloud.job_ended(&slot) {
                Ok(()) => self.forget(instance),
                Err(error) => self.complain("the end of a job could not be written down", &error),
            };
        }
        let lived = self.world.clock.now().duration_since(member.record.launched_at).try_into().unwrap_or_default();
        let wait = match how.left() {
            true => Duration::ZERO,
            false => self.back_off.entry(slot).or_default().ended(lived, how.refused()),
        };
        member.replace_at = Instant::now().checked_add(wait);
        let reason = format!("{}: {}", codes::MEMBER_ENDED.id, how.words());
        let record = MemberRecord { stage: Stage::Ended, process: None, reason: Some(reason), ..member.record.clone() };
        self.write(record);
    }

    /// Brings every slot to its capacity and every member that is to go further on its way.
    pub(super) async fn settle(&mut self) {
        let serving = self.serving_for_ends().await;
        if self.stopping {
            self.end_runs();
        }
        for slot in self.known_slots() {
            let desired = if self.stopping { 0 } else { self.cloud.capacity(&slot).desired };
            let seen = self.seen(&slot, serving.as_ref());
            let decision = decide(usize::try_from(desired).unwrap_or(usize::MAX), &seen, Instant::now());
            decision.forget.iter().for_each(|instance| self.forget(instance));
            decision.drain.iter().for_each(|instance| self.advance(instance, Stage::Draining));
            for _ in 0..decision.launch {
                if let Err(error) = self.launch(&slot, None).await {
                    self.complain("a member could not be launched", &error);
                    break;
                }
            }
        }
        let leaving: Vec<String> = self.members.keys().cloned().collect();
        for instance in leaving {
            self.lead_out(&instance, serving.as_ref());
        }
    }

    /// The slots of the plan, and those that have members although the plan has them no more.
    fn known_slots(&self) -> BTreeSet<SlotAddress> {
        let inhabited = self.members.values().map(|member| member.record.address());
        self.cloud.slots().into_iter().chain(inhabited).collect()
    }

    fn seen(&self, slot: &SlotAddress, serving: Option<&Serving>) -> Vec<Seen> {
        let serves = |member: &&Member| member.record.before.is_none() && member.record.address() == *slot;
        let members = self.members.values().filter(serves);
        let healthy = |instance: &str| {
            serving.and_then(|serving| serving.targets.get(instance)).is_some_and(|target| target.health == "healthy")
        };
        let seen = |member: &Member| Seen {
            instance: member.record.instance.clone(),
            stage: member.record.stage,
            launched: member.record.launched_at.as_nanosecond(),
            healthy: healthy(&member.record.instance),
            replace_at: member.replace_at,
        };
        members.map(seen).collect()
    }

    /// What the load balancer says, when somebody is about to leave; nothing else depends on it.
    async fn serving_for_ends(&self) -> Option<Serving> {
        let too_many = |slot: &SlotAddress| {
            let counts =
                |one: &&Member| one.is_active() && one.record.before.is_none() && one.record.address() == *slot;
            let active = self.members.values().filter(counts).count();
            self.stopping || active > usize::try_from(self.cloud.capacity(slot).desired).unwrap_or(usize::MAX)
        };
        let leaving = self.members.values().any(|member| member.record.stage == Stage::Draining);
        if leaving || self.known_slots().iter().any(too_many) { self.serving().await } else { None }
    }

    /// Takes a member that is leaving to its next stage when its time has come.
    fn lead_out(&mut self, instance: &str, serving: Option<&Serving>) {
        let Some(member) = self.members.get(instance) else { return };
        let slot = member.record.address();
        let stop =
            self.cloud.service(&slot.service).map(|service| service.facts.stop).unwrap_or(ServiceFacts::default().stop);
        match member.record.stage {
            Stage::Draining if self.is_quiet(member, serving, stop.drain_seconds) => {
                self.advance(instance, Stage::Stopping);
                self.signal(instance, Signal::TERM);
            }
            Stage::Stopping => {
                let patience = Duration::from_secs(stop.grace_seconds.into()) + BEYOND_GRACE;
                if member.since.elapsed() > patience {
                    self.log.say("killed", "its grace is over", json!({ "instance": instance }));
                    self.signal(instance, Signal::KILL);
                    self.kill_rest(instance);
                }
            }
            _ => {}
        }
    }

    /// Whether a member that was taken out of the load balancer has nothing left to do there, or has had its time.
    fn is_quiet(&self, member: &Member, serving: Option<&Serving>, drain_seconds: u32) -> bool {
        if !self.is_balanced(&member.record) || self.balancer.is_gone() {
            return true;
        }
        if member.since.elapsed() >= Duration::from_secs(drain_seconds.into()) {
            return true;
        }
        let in_flight = |serving: &Serving| serving.targets.get(&member.record.instance).map_or(0, |one| one.in_flight);
        self.balancer_is_current() && serving.is_some_and(|serving| in_flight(serving) == 0)
    }

    /// The port that the targets of a slot declare in the shape.
    fn target_port(&self, slot: &SlotAddress) -> Option<u16> {
        let service = self.cloud.service(&slot.service)?;
        let key = service.facts.slots.get(&slot.slot)?.target_group.as_ref()?;
        routing::target_port(self.cloud.properties(&slot.service.scope, key)?)
    }

    pub(super) fn is_balanced(&self, record: &MemberRecord) -> bool {
        let service = self.cloud.service(&record.service()).filter(|_| record.before.is_none());
        service
            .and_then(|service| service.facts.slots.get(&record.slot))
            .is_some_and(|slot| slot.target_group.is_some())
    }

    /// Launches one member of a slot: to serve, or to run a `before` command for the token that it was asked for with.
    pub(super) async fn launch(&mut self, slot: &SlotAddress, before: Option<String>) -> Result<(), Error> {
        let Some(service) = self.cloud.service(&slot.service) else { return Ok(()) };
        let facts = service.facts.clone();
        let taken: BTreeSet<u16> = self.members.values().flat_map(|member| member.record.all_ports()).collect();
        let mut declared = release::declared_ports(&self.ledger, slot).await?;
        declared.extend(self.target_port(slot));
        let ports = ports::allocate(&declared, &taken, &self.world)?;
        pin::write(&self.place, &self.ledger, None).await?;
        let instance = launch::instance_id(slot, &self.world);
        let record = MemberRecord {
            instance: instance.clone(),
            app: slot.service.scope.app.clone(),
            environment: slot.service.scope.environment.clone(),
            service: slot.service.service.clone(),
            slot: slot.slot.clone(),
            launched_at: self.world.clock.now(),
            stage: Stage::Launching,
            process: None,
            ports: ports.members,
            health_port: ports.health,
            reason: None,
            before,
        };
        launch::prepare(&self.place, &record, &facts)?;
        file::write(&self.place.record(&instance), &record)?;
        self.members.insert(instance.clone(), Member::new(record));
        self.start_runner(&instance);
        Ok(())
    }

    /// Starts the runner of a member whose record is written. One that cannot be started has ended by itself.
    fn start_runner(&mut self, instance: &str) {
        match launch::start(&self.place, &self.programs.runner, instance) {
            Ok(child) => {
                let Some(member) = self.members.get_mut(instance) else { return };
                member.started(child);
                let about =
                    json!({ "instance": instance, "process": member.record.process, "ports": member.record.ports });
                self.log.say("launched", "started the runner", about);
                self.advance(instance, Stage::Running);
            }
            Err(error) => {
                self.complain("a runner could not be started", &error);
                self.ended_by_itself(instance, Ended::NotStarted);
            }
        }
    }

    /// Ends one member at the request of an operation; its slot brings another.
    pub(super) fn replace(&mut self, slot: &SlotAddress, instance: &str) {
        let member = self.members.get(instance).filter(|member| member.record.address() == *slot);
        match member.map(|member| member.record.stage) {
            Some(Stage::Launching | Stage::Running) => self.advance(instance, Stage::Draining),
            Some(Stage::Ended) => self.forget(instance),
            Some(Stage::Draining | Stage::Stopping) | None => {}
        }
    }

    /// Takes a member to a stage: on the disk first, and not at all when that fails.
    pub(super) fn advance(&mut self, instance: &str, stage: Stage) {
        let Some(member) = self.members.get(instance) else { return };
        self.write(MemberRecord { stage, ..member.record.clone() });
    }

    fn write(&mut self, record: MemberRecord) {
        let written = file::write(&self.place.record(&record.instance), &record);
        if let Err(error) = &written {
            self.complain("a member's record could not be written", error);
        }
        if let Some(member) = self.members.get_mut(&record.instance) {
            // The end of a process is a fact, whether it could be written down or not.
            if written.is_ok() || record.stage == Stage::Ended || record.stage == Stage::Running {
                member.since = Instant::now();
                member.record = record;
            }
        }
    }

    /// Removes a member that has ended, with all of its folder but its logs.
    pub(super) fn forget(&mut self, instance: &str) {
        let Some(member) = self.members.get(instance) else { return };
        let slot = member.record.address();
        if let Err(error) = file::remove(&self.place.record(instance)) {
            return self.complain("a member's record could not be removed", &error);
        }
        self.members.remove(instance);
        let living = self.members.keys().cloned().collect();
        if let Err(error) = launch::tidy(&self.place, &slot, instance, &living) {
            self.log.say(
                "trouble",
                &format!("its folder could not be tidied: {error}"),
                json!({ "instance": instance }),
            );
        }
    }

    fn signal(&mut self, instance: &str, signal: Signal) {
        let Some(process) = self.members.get(instance).and_then(|member| member.record.process) else { return };
        if let Err(error) = process.signal(signal) {
            self.log.say("trouble", &format!("could not be signalled: {error}"), json!({ "instance": instance }));
        }
    }
}
