//! Shadow: a release comes up beside what serves, without any request of a user being answered by it, and is taken down again.
//!
//! Its members stand in the idle slot with weight zero; only the restricted test listener leads there. The same requests are sent
//! to the live release and to the new one, and the answers compared. Mirroring is another thing and has its own name: a share of
//! the users' own idempotent requests is sent to the new release as well, and its answers are thrown away.

use serde::{Deserialize, Serialize};

use crate::{
    engine::step::Steps,
    gate::Gate,
    saga::{
        Service,
        canary::Stage,
        step::{
            bake::{Bake, Watched},
            before::RunBefore,
            hold::{GiveBack, TakeService},
            members::AwaitHealthy,
            rehearse::{CloseShadow, OpenShadow, Rehearse},
            release::{AssignSlot, Unassign, VerifyRelease},
            slot::{EmptySlot, RaiseSlot, Which},
        },
    },
    shadow::{Aspect, Request},
};

/// The saga's name.
pub const NAME: &str = "shadow";

/// What is tried, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The release: SHA-256 of the signed payload, 64 hexadecimal digits.
    pub release: String,
    /// For how many of a hundred requests the new release gets members; one member at least.
    pub percent: u32,
    /// What is sent to old and new.
    pub requests: Vec<Request>,
    /// How often all of it.
    pub rounds: u32,
    /// Of a thousand requests, how many may be answered in another way.
    pub tolerated_permille: u32,
    /// Of a hundred idempotent requests of users, how many are sent to the new release as well; zero mirrors none.
    #[serde(default, skip_serializing_if = "crate::saga::is_zero")]
    pub mirror_percent: u32,
    /// Seconds for which it is watched, with what is mirrored.
    #[serde(default, skip_serializing_if = "crate::saga::is_zero")]
    pub watch_seconds: u32,
    /// What must hold meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// What of the rehearsal decides beside statuses; what is not in here only reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deciding: Vec<Aspect>,
    /// A command of the release that runs once before; empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let mut steps = Steps::new();
    let service = parameters.service.clone();
    let verify = VerifyRelease { service: service.clone(), release: parameters.release.clone(), rollback_of: None };
    steps.add(verify.clone());
    let held = steps.add(TakeService { service: service.clone(), live: false });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    let assigned = steps.add(AssignSlot { verify, held });
    if !parameters.before.is_empty() {
        steps.add(RunBefore { service: service.clone(), held, command: parameters.before.clone() });
    }
    let percent = parameters.percent;
    steps.add(RaiseSlot { service: service.clone(), held, percent });
    steps.add(AwaitHealthy { service: service.clone(), held, assigned, percent });
    let mirror_percent = parameters.mirror_percent;
    let shadow = steps.add(OpenShadow { service: service.clone(), held, mirror_percent });
    if !parameters.requests.is_empty() {
        let (requests, rounds) = (parameters.requests.clone(), parameters.rounds);
        let (tolerated_permille, deciding) = (parameters.tolerated_permille, parameters.deciding.clone());
        let service = service.clone();
        steps.add(Rehearse { service, held, shadow, requests, rounds, tolerated_permille, deciding });
    }
    if parameters.watch_seconds > 0 {
        let stage = Stage { percent: 0, bake_seconds: parameters.watch_seconds };
        let (watched, gates) = (Watched::Shadow(held), parameters.gates.clone());
        steps.add(Bake { service: service.clone(), watched, stage, gates });
    }
    steps.add(CloseShadow { service: service.clone() });
    steps.add(EmptySlot { service: service.clone(), held, which: Which::Target });
    steps.add(Unassign { service: service.clone(), held });
    steps.add(GiveBack { service });
    steps
}
