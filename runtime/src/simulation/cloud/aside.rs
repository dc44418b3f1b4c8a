//! What is beside the traffic of users in the made-up cloud: the test listener and mirroring, commands that run once, and the
//! old way of serving that a service takes over from.

use jiff::Timestamp;

use crate::{
    error::{Error, ErrorKind},
    provider::{
        Capacity, Fence, LEGACY, RunPhase, RunView, Shadow, ShadowRead, SlotAddress, SlotTraffic, Weights, codes,
    },
    simulation::cloud::{Cloud, Member, Runs, Service, Slot},
    state::layout::ServiceScope,
};

/// Where the test listener leads to.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside {
    pub(super) set: Shadow,
    pub(super) effective: Shadow,
    pub(super) effective_at: Option<Timestamp>,
}

/// A command that ran once.
#[derive(Debug, Clone)]
pub(super) struct Run {
    ends_at: Option<Timestamp>,
    ends_with: i32,
    instance: String,
}

/// What is asked at the test listener of a service, and where its users ask.
pub(super) fn address(service: &ServiceScope, listener: &str) -> String {
    format!("{listener}.{}.{}.{}:80", service.service, service.scope.environment, service.scope.app)
}

impl Cloud {
    pub(super) fn read_shadow(&self, service: &ServiceScope) -> ShadowRead {
        let mut state = self.state();
        let aside = &state.service(service).aside;
        ShadowRead {
            set: aside.set.clone(),
            effective: aside.effective.clone(),
            test_address: Some(address(service, "test")),
            address: Some(address(service, "users")),
        }
    }

    pub(super) fn lead_aside(&self, service: &ServiceScope, shadow: &Shadow, fence: &Fence) {
        let effective_at = self.in_seconds(self.bounds().seconds_to_move);
        let mut state = self.state();
        let aside = &mut state.service(service).aside;
        let there = std::mem::replace(&mut aside.set, shadow.clone());
        aside.effective_at = effective_at;
        state.changed(fence, there != *shadow);
    }

    /// Runs the command of what the slot is assigned; each time it is called that is one run more for the token.
    pub(super) async fn run_once(&self, slot: &SlotAddress, fence: &Fence) -> Result<(), Error> {
        let Some(assignment) = self.assignment(slot).await else {
            let message = format!("slot `{}` is assigned nothing, so it has no command to run", slot.slot);
            return Err(Error::new(&codes::MISSING, ErrorKind::NotFound, message));
        };
        let ends_with = self.registry.get(&assignment.release).map_or(127, |release| release.before_ends_with);
        let ends_at = self.in_seconds(self.bounds().seconds_to_boot);
        let mut state = self.state();
        let service = state.service(&slot.service);
        let instance = format!("i-{}-{}-before-{:04}", slot.service.service, slot.slot, service.runs.len() + 1);
        service.runs.insert(fence.token.clone(), Run { ends_at, ends_with, instance });
        state.changed(fence, true);
        Ok(())
    }

    pub(super) fn what_ran(&self, slot: &SlotAddress, token: &str) -> Option<RunView> {
        let mut state = self.state();
        let now = state.seen;
        let run = state.service(&slot.service).runs.get(token)?;
        let (phase, exit) = match run.ends_with {
            _ if run.ends_at > now => (RunPhase::Running, None),
            0 => (RunPhase::Succeeded, Some(0)),
            other => (RunPhase::Failed, Some(other)),
        };
        Some(RunView { phase, exit, reason: None, instance: Some(run.instance.clone()) })
    }

    /// Lets a service take over from an old way of serving, which gets all requests at first.
    pub fn take_over_from(&self, service: &ServiceScope) {
        let mut state = self.state();
        let service = state.service(service);
        let weights = Weights { by_slot: [(LEGACY.to_owned(), 100)].into() };
        (service.set, service.effective) = (weights.clone(), weights);
        service.slots.insert(LEGACY.to_owned(), old_way());
    }

    /// Whether the old way of serving answers.
    pub fn old_way_is(&self, service: &ServiceScope, up: bool) {
        let mut state = self.state();
        let slot = state.service(service).slots.get_mut(LEGACY);
        let runs = slot.into_iter().flat_map(|slot| &mut slot.members).filter_map(|member| member.runs.as_mut());
        runs.for_each(|runs| runs.ready = up);
    }
}

fn old_way() -> Slot {
    let runs = Runs { release: LEGACY.to_owned(), ready: true, ..Runs::default() };
    let member =
        Member { instance: "old-way-1".to_owned(), boots_at: Timestamp::UNIX_EPOCH, leaves_at: None, runs: Some(runs) };
    let capacity = Capacity { minimum: 1, desired: 1 };
    Slot { capacity, members: vec![member], made: 1, traffic: SlotTraffic::default(), flights: Vec::new() }
}

impl Service {
    /// What was said of the test listener comes into effect.
    pub(super) fn aside_at(&mut self, at: Timestamp) {
        if self.aside.effective_at.is_some_and(|due| due <= at) {
            self.aside.effective = self.aside.set.clone();
            self.aside.effective_at = None;
        }
    }
}
