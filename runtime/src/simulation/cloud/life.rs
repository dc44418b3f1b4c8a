//! What happens in the made-up cloud while time passes.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use skiff_wire::{Assignment, MemberPhase, MemberState, ServiceControl};

use crate::{
    provider::{LEGACY, SlotAddress},
    simulation::cloud::{Account, Cloud, Member, Runs, Service, State, requests::Manners},
    state::{control::Next, layout::ServiceScope},
};

impl Cloud {
    pub(super) fn in_seconds(&self, seconds: i64) -> Option<Timestamp> {
        self.ledger.world.clock.now().checked_add(SignedDuration::from_secs(seconds)).ok()
    }

    /// Lets happen what has happened since somebody looked last, second by second.
    pub(super) async fn catch_up(&self) {
        let now = self.ledger.world.clock.now();
        let mut at = self.state().seen.unwrap_or(now);
        while let Some(next) = at.checked_add(SignedDuration::from_secs(1)).ok().filter(|next| *next <= now) {
            at = next;
            self.boot(at).await;
            self.state().second(at);
            self.check(at).await;
        }
        self.state().seen = Some(at);
    }

    /// Members whose machine has started read their assignment, verify it, and say what they run.
    async fn boot(&self, at: Timestamp) {
        let booting = self.state().booting(at);
        for (address, instance) in booting {
            let assignment = self.assignment(&address).await;
            let found = self.found_at_boot(&address, assignment.clone()).await;
            let runs = Runs { stale: found != assignment, ..self.runs(found.as_ref()) };
            self.say(&address, &instance, &runs, at).await;
            let mut state = self.state();
            if let Some(member) = state.slot(&address).members.iter_mut().find(|member| member.instance == instance) {
                member.runs = Some(runs);
            }
        }
    }

    /// The service's control document, read again only when it has changed: this happens every second.
    async fn control(&self, service: &ServiceScope) -> Option<Arc<ServiceControl>> {
        let etag = self.ledger.store.get(&service.control()).await.ok().flatten()?.etag;
        let known = self.state().controls.get(service).cloned();
        if let Some((_, control)) = known.filter(|(known, _)| *known == etag) {
            return Some(control);
        }
        let seen = self.ledger.read::<ServiceControl>(&service.control()).await.ok().flatten()?;
        let control = Arc::new(seen.control.body);
        self.state().controls.insert(service.clone(), (etag, control.clone()));
        Some(control)
    }

    /// What a member that boots finds; one whose disk is an old copy finds the release that is live.
    async fn found_at_boot(&self, address: &SlotAddress, assignment: Option<Assignment>) -> Option<Assignment> {
        if !self.bounds().stale_members {
            return assignment;
        }
        let control = self.control(&address.service).await?;
        let live = control.live.as_ref().and_then(|live| control.slots.get(live));
        live.and_then(|slot| slot.assignment.clone()).or(assignment)
    }

    pub(super) async fn assignment(&self, address: &SlotAddress) -> Option<Assignment> {
        let control = self.control(&address.service).await?;
        control.slots.get(&address.slot)?.assignment.clone()
    }

    fn runs(&self, assignment: Option<&Assignment>) -> Runs {
        let Some(assignment) = assignment else {
            return Runs::default();
        };
        let release = self.registry.get(&assignment.release);
        let manners = release.as_ref().map(Manners::of).unwrap_or_default();
        let ready = release.is_some_and(|release| !release.revoked && !release.sick && !release.refused);
        let (release, generation) = (assignment.release.clone(), assignment.generation);
        Runs { release, generation, ready, manners, stale: false }
    }

    async fn say(&self, address: &SlotAddress, instance: &str, runs: &Runs, at: Timestamp) {
        let refused = self.registry.get(&runs.release).is_none_or(|release| release.refused || release.revoked);
        let phase = match (runs.ready, refused) {
            (true, _) => MemberPhase::Ready,
            (false, true) => MemberPhase::Refused,
            (false, false) => MemberPhase::Starting,
        };
        let body = MemberState {
            slot: address.slot.clone(),
            release: Some(runs.release.clone()).filter(|release| !release.is_empty()),
            generation: runs.generation,
            phase,
            reason: None,
            restarts: 0,
            root_version: 1,
            sequence: 0,
            observed_at: at,
        };
        let next = Next { epoch: 1, holder: None, lease_until: None, body };
        // Each instance writes its own document, once.
        drop(self.ledger.write(&address.service.member(instance), None, next).await);
    }

    /// What members run must be what their slot is assigned: an assignment is frozen while there are members.
    async fn check(&self, at: Timestamp) {
        let services: Vec<ServiceScope> = self.state().services.keys().cloned().collect();
        for service in services {
            let control = self.control(&service).await.unwrap_or_default();
            let mut state = self.state();
            let State { services, account, .. } = &mut *state;
            if let Some(known) = services.get(&service) {
                check_members(known, &control, account, at);
                check_weights(known, &control, account, at);
            }
        }
    }
}

fn check_members(service: &Service, control: &ServiceControl, account: &mut Account, at: Timestamp) {
    for (letter, slot) in service.slots.iter().filter(|(letter, _)| *letter != LEGACY) {
        let assigned = control.slots.get(letter).and_then(|slot| slot.assignment.as_ref());
        for member in &slot.members {
            let Some(runs) = member.runs.as_ref().filter(|runs| !runs.release.is_empty()) else { continue };
            let instance = &member.instance;
            let weight = service.effective.by_slot.get(letter).copied().unwrap_or_default();
            if runs.stale && runs.ready && weight > 0 {
                account.violations.insert(format!("{at}: {instance} serves what is not assigned to slot {letter}"));
            }
            if !runs.stale && assigned.map(|assigned| assigned.generation) != Some(runs.generation) {
                account.violations.insert(format!("{at}: the assignment of slot {letter} changed under {instance}"));
            }
        }
    }
}

/// Where requests go, somebody must be meant to be there.
fn check_weights(service: &Service, control: &ServiceControl, account: &mut Account, at: Timestamp) {
    for (letter, _) in service.effective.by_slot.iter().filter(|(_, weight)| **weight > 0) {
        let desired = service.slots.get(letter).map_or(0, |slot| slot.capacity.desired);
        if desired == 0 {
            account.violations.insert(format!("{at}: slot {letter} has weight and no capacity"));
        }
        if letter == LEGACY && control.legacy.as_ref().is_some_and(|legacy| legacy.retired_at.is_some()) {
            account.violations.insert(format!("{at}: the old way of serving is retired, and gets requests"));
        }
    }
}

impl State {
    fn booting(&self, at: Timestamp) -> Vec<(SlotAddress, String)> {
        let mut booting = Vec::new();
        for (service, known) in &self.services {
            for (letter, slot) in &known.slots {
                let address = SlotAddress { service: service.clone(), slot: letter.clone() };
                let due = |member: &&Member| member.runs.is_none() && member.boots_at <= at;
                booting
                    .extend(slot.members.iter().filter(due).map(|member| (address.clone(), member.instance.clone())));
            }
        }
        booting
    }

    /// One second: who has to leave has left, weights come into effect, capacity is filled, requests arrive.
    fn second(&mut self, at: Timestamp) {
        for service in self.services.values_mut() {
            if service.effective_at.is_some_and(|due| due <= at) {
                service.effective = service.set.clone();
                service.effective_at = None;
            }
            service.aside_at(at);
            for slot in service.slots.values_mut() {
                slot.land(at);
                slot.members.retain(|member| member.leaves_at.is_none_or(|leaves| leaves > at));
            }
        }
        let addresses: Vec<SlotAddress> = self.addresses();
        for address in addresses {
            self.resize_at(&address, at);
        }
        let Self { services, account, bounds, .. } = self;
        for service in services.values_mut() {
            for _ in 0..bounds.requests_per_second {
                service.request(at, account);
            }
        }
    }

    /// Writes down when a slot is emptied that still has something to do.
    pub(super) fn judge_emptying(&mut self, address: &SlotAddress) {
        let Some(at) = self.seen else { return };
        let service = self.service(&address.service);
        let (letter, weight) = (&address.slot, service.weight(&address.slot));
        let Some(slot) = service.slots.get(letter).filter(|slot| slot.capacity.desired > 0) else { return };
        let in_hand = slot.flights.iter().filter(|flight| flight.of_user).count();
        if weight > 0 {
            self.violated(at, &format!("slot {letter} was emptied while it had weight {weight}"));
        }
        if in_hand > 0 {
            self.violated(at, &format!("slot {letter} was emptied with {in_hand} requests in hand"));
        }
    }

    fn addresses(&self) -> Vec<SlotAddress> {
        let of = |(service, known): (&ServiceScope, &Service)| -> Vec<SlotAddress> {
            known.slots.keys().map(|slot| SlotAddress { service: service.clone(), slot: slot.clone() }).collect()
        };
        self.services.iter().flat_map(of).collect()
    }

    /// Makes the slot have as many members as it is to have, as of when somebody looked last.
    pub(super) fn resize(&mut self, address: &SlotAddress) {
        if let Some(at) = self.seen {
            self.resize_at(address, at);
        }
    }

    fn resize_at(&mut self, address: &SlotAddress, at: Timestamp) {
        let bounds = self.bounds;
        let slot = self.slot(address);
        let staying = |member: &&mut Member| member.leaves_at.is_none();
        let there = slot.members.iter_mut().filter(staying).count();
        let wanted = usize::try_from(slot.capacity.desired).unwrap_or(usize::MAX);
        let after = |seconds| at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(at);
        for member in slot.members.iter_mut().rev().filter(staying).take(there.saturating_sub(wanted)) {
            member.leaves_at = Some(after(bounds.seconds_to_leave));
        }
        for _ in there..wanted {
            slot.made += 1;
            let instance = format!("i-{}-{}-{:04}", address.service.service, address.slot, slot.made);
            let boots_at = after(bounds.seconds_to_boot);
            slot.members.push(Member { instance, boots_at, leaves_at: None, runs: None });
        }
    }
}
