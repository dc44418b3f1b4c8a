//! Rollback: a new signed release that repeats an earlier one's artifacts and manifest is deployed.

use serde::{Deserialize, Serialize};

use crate::{
    engine::step::Steps,
    gate::Gate,
    saga::{
        canary::Stage,
        deploy::{self, Rollout},
    },
};

/// The saga's name.
pub const NAME: &str = "rollback";

/// What is brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The release that was made for it, and where it goes.
    pub deploy: deploy::Parameters,
    /// The earlier release by its digest, never by a role such as "the one before": the new one must name it.
    pub rollback_of: String,
    /// Shares at which it is watched; none for the fast way, which goes there at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// What must hold at each of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let deploy = &parameters.deploy;
    let rollout = Rollout::at_once(&deploy.service, &deploy.release, Some(&parameters.rollback_of));
    deploy::sequence(&rollout.staged(&parameters.stages, &parameters.gates))
}
