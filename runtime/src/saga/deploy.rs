//! Deploy: a release comes into service in the idle slot, and the old one leaves when it has nothing left to do.
//!
//! Two slots: the idle one is emptied, assigned, raised and seen to be healthy; requests are shifted and the weights read
//! back; the new release is promoted; the old slot becomes quiet and is shrunk. One slot, or `recreate`: the old members end
//! first. A job is only assigned. Every step has its way back, and the ways back are gone in the opposite order.

use serde::{Deserialize, Serialize};

use crate::{
    engine::step::{Handle, Steps},
    saga::{
        Kind, Service,
        step::{
            hold::{GiveBack, Held, TakeService},
            members::{AssertServing, AwaitHealthy},
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
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    sequence(&parameters.service, &parameters.release, None)
}

/// The steps that bring a release into service; `rollback_of` is the release that it must repeat.
pub(crate) fn sequence(service: &Service, release: &str, rollback_of: Option<&str>) -> Steps {
    let mut steps = Steps::new();
    let service = service.clone();
    let verify = VerifyRelease {
        service: service.clone(),
        release: release.to_owned(),
        rollback_of: rollback_of.map(str::to_owned),
    };
    steps.add(verify.clone());
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    let assigned = steps.add(AssignSlot { verify, held });
    if service.kind != Kind::Job {
        bring_up(&mut steps, &service, held, assigned);
    }
    steps.add(Promote { service: service.clone(), held });
    if service.kind != Kind::Job {
        take_down(&mut steps, &service, held, assigned);
    }
    steps.add(GiveBack { service });
    steps
}

/// Whether old and new members are there at the same time.
fn overlaps(service: &Service) -> bool {
    service.slots.len() > 1 && !service.recreate && service.kind != Kind::Stateful
}

fn bring_up(steps: &mut Steps, service: &Service, held: Handle<Held>, assigned: Handle<Assigned>) {
    if service.slots.len() > 1 && !overlaps(service) {
        steps.add(EmptySlot { service: service.clone(), held, which: Which::Live });
    }
    steps.add(RaiseSlot { service: service.clone(), held });
    steps.add(AwaitHealthy { service: service.clone(), held, assigned });
    if service.kind == Kind::Web {
        steps.add(ShiftTraffic { service: service.clone(), held, assigned, overlaps: overlaps(service) });
    }
}

fn take_down(steps: &mut Steps, service: &Service, held: Handle<Held>, assigned: Handle<Assigned>) {
    if overlaps(service) {
        if service.kind == Kind::Web {
            steps.add(AwaitQuiet { service: service.clone(), held });
        }
        steps.add(ShrinkOld { service: service.clone(), held, assigned });
    }
    steps.add(AssertServing { service: service.clone(), held, assigned });
}
