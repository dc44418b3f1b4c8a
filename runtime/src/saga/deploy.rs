//! Deploy: a release comes into service in the idle slot, and the old one leaves when it has nothing left to do.
//!
//! Two slots: the idle one is emptied, assigned, raised and seen to be healthy; requests are shifted and the weights read
//! back; the new release is promoted; the old slot becomes quiet and is shrunk. One slot, or `recreate`: the old members end
//! first. A job is only assigned. Every step has its way back, and the ways back are gone in the opposite order.

use serde::{Deserialize, Serialize};

use crate::{
    engine::step::{Handle, Steps},
    gate::Gate,
    saga::{
        Kind, Service,
        canary::Stage,
        step::{
            bake::{Bake, Watched},
            before::RunBefore,
            hold::{GiveBack, Held, TakeService},
            members::{AssertServing, AwaitHealthy},
            pin::{PinLive, Unpin},
            promote::Promote,
            release::{AssignSlot, Assigned, VerifyRelease},
            slot::{EmptySlot, RaiseSlot, ShrinkOld, Which},
            weights::{AwaitQuiet, ShiftTraffic},
        },
    },
};

/// The saga's name.
pub const NAME: &str = "deploy";

/// What is deployed where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The release: SHA-256 of the signed payload, 64 hexadecimal digits.
    pub release: String,
    /// A command of the release that runs once before any member serves; empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    sequence(&Rollout::at_once(&parameters.service, &parameters.release, None).after(&parameters.before))
}

/// How a release comes into service.
#[derive(Debug, Clone)]
pub(crate) struct Rollout<'a> {
    service: &'a Service,
    release: &'a str,
    rollback_of: Option<&'a str>,
    stages: &'a [Stage],
    gates: &'a [Gate],
    before: &'a [String],
}

impl<'a> Rollout<'a> {
    /// All at once, without watching; `rollback_of` is the release that it must repeat.
    pub(crate) fn at_once(service: &'a Service, release: &'a str, rollback_of: Option<&'a str>) -> Self {
        Self { service, release, rollback_of, stages: &[], gates: &[], before: &[] }
    }

    /// Share by share, watched at each.
    pub(crate) fn staged(self, stages: &'a [Stage], gates: &'a [Gate]) -> Self {
        Self { stages, gates, ..self }
    }

    /// With a command that the new release runs once before any of its members serves.
    pub(crate) fn after(self, before: &'a [String]) -> Self {
        Self { before, ..self }
    }

    /// Whether it comes share by share, beside what serves.
    fn is_staged(&self) -> bool {
        !self.stages.is_empty() && overlaps(self.service)
    }
}

/// The steps that bring a release into service.
pub(crate) fn sequence(rollout: &Rollout<'_>) -> Steps {
    let mut steps = Steps::new();
    let service = rollout.service.clone();
    let verify = VerifyRelease {
        service: service.clone(),
        release: rollout.release.to_owned(),
        rollback_of: rollout.rollback_of.map(str::to_owned),
    };
    steps.add(verify.clone());
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    let assigned = steps.add(AssignSlot { verify, held });
    if !rollout.before.is_empty() {
        steps.add(RunBefore { service: service.clone(), held, command: rollout.before.to_vec() });
    }
    if service.kind != Kind::Job {
        bring_up(&mut steps, rollout, held, assigned);
    }
    steps.add(Promote { service: service.clone(), held });
    if service.kind != Kind::Job {
        take_down(&mut steps, rollout, held, assigned);
    }
    steps.add(GiveBack { service });
    steps
}

/// Whether old and new members are there at the same time.
fn overlaps(service: &Service) -> bool {
    service.slots.len() > 1 && !service.recreate && service.kind != Kind::Stateful
}

fn bring_up(steps: &mut Steps, rollout: &Rollout<'_>, held: Handle<Held>, assigned: Handle<Assigned>) {
    let service = rollout.service;
    if service.slots.len() > 1 && !overlaps(service) {
        steps.add(EmptySlot { service: service.clone(), held, which: Which::Live });
    }
    if !rollout.is_staged() {
        return reach(steps, service, held, assigned, 100);
    }
    steps.add(PinLive { service: service.clone(), held });
    for stage in rollout.stages {
        reach(steps, service, held, assigned, stage.percent);
        if stage.bake_seconds > 0 {
            let gates = rollout.gates.to_vec();
            let watched = Watched::Rollout(held);
            steps.add(Bake { service: service.clone(), watched, stage: *stage, gates });
        }
    }
}

/// The new release gets so many of a hundred requests.
fn reach(steps: &mut Steps, service: &Service, held: Handle<Held>, assigned: Handle<Assigned>, percent: u32) {
    steps.add(RaiseSlot { service: service.clone(), held, percent });
    steps.add(AwaitHealthy { service: service.clone(), held, assigned, percent });
    if service.kind == Kind::Web {
        steps.add(ShiftTraffic { service: service.clone(), held, assigned, overlaps: overlaps(service), percent });
    }
}

fn take_down(steps: &mut Steps, rollout: &Rollout<'_>, held: Handle<Held>, assigned: Handle<Assigned>) {
    let service = rollout.service;
    if overlaps(service) {
        if service.kind == Kind::Web {
            steps.add(AwaitQuiet { service: service.clone(), held });
        }
        steps.add(ShrinkOld { service: service.clone(), held, assigned });
    }
    if rollout.is_staged() {
        steps.add(Unpin { service: service.clone(), held });
    }
    steps.add(AssertServing { service: service.clone(), held, assigned });
}
