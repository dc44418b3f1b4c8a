//! Scale: how many members of the live slot serve.

use serde::{Deserialize, Serialize};

use crate::{engine::step::Steps, saga::Service};

/// The saga's name.
pub const NAME: &str = "scale";

/// How many members there are to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
    /// The number of members that is wanted, from one to the service's maximum; it is the least number as well.
    pub members: u32,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let _ = parameters;
    Steps::new()
}
