//! Canary: a release comes into service share by share, and is watched at each before it gets more.
//!
//! As a deploy, with stages in the place of one shift: members for the share, healthy by digest; the weights, read back; the
//! bake, with its gates. A gate that fails takes everything back: the live slot has its members all the time. A gate that cannot
//! say holds the operation up. A release that was already sick when the canary began does not keep a good one out, since nothing
//! on the way forward asks it to be healthy.

use serde::{Deserialize, Serialize};

use crate::{
    engine::step::Steps,
    gate::Gate,
    saga::{
        Service,
        deploy::{self, Rollout},
    },
};

/// The saga's name.
pub const NAME: &str = "canary";

/// The shares of a canary when nothing else is said, of a hundred requests.
pub const SHARES: [u32; 4] = [5, 25, 50, 100];

/// What comes into service, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The release: SHA-256 of the signed payload, 64 hexadecimal digits.
    pub release: String,
    /// Its shares in their order, the last of a hundred.
    pub stages: Vec<Stage>,
    /// What must hold at each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// A command of the release that runs once before any member serves; empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

/// One share of a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Of a hundred requests, how many the new release gets.
    pub percent: u32,
    /// Seconds to watch before the next share; zero to go on at once.
    pub bake_seconds: u32,
}

impl Stage {
    /// The stages that a plan says; the last one always gives everything.
    #[must_use]
    pub fn of(rollout: &skiff_wire::Rollout) -> Vec<Self> {
        let stage = |step: &skiff_wire::Step| Self { percent: step.percent, bake_seconds: step.bake_seconds };
        let mut stages: Vec<Self> = rollout.steps.iter().map(stage).collect();
        if stages.last().is_none_or(|last| last.percent < 100) {
            stages.push(Self { percent: 100, bake_seconds: 0 });
        }
        stages
    }
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let rollout = Rollout::at_once(&parameters.service, &parameters.release, None).after(&parameters.before);
    deploy::sequence(&rollout.staged(&parameters.stages, &parameters.gates))
}
