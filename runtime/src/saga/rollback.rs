//! Rollback: a new signed release that repeats an earlier one's artifacts and manifest is deployed.

use serde::{Deserialize, Serialize};

use crate::{engine::step::Steps, saga::deploy};

/// The saga's name.
pub const NAME: &str = "rollback";

/// What is brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The release that was made for it, and where it goes.
    pub deploy: deploy::Parameters,
    /// The earlier release by its digest, never by a role such as "the one before": the new one must name it.
    pub rollback_of: String,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let deploy = &parameters.deploy;
    deploy::sequence(&deploy.service, &deploy.release, Some(&parameters.rollback_of))
}
