//! Restart: each member is replaced by a new one of the same release, one after the other.

use serde::{Deserialize, Serialize};

use crate::{engine::step::Steps, saga::Service};

/// The saga's name.
pub const NAME: &str = "restart";

/// What is restarted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The service.
    pub service: Service,
}

/// Its steps.
#[must_use]
pub fn steps(parameters: &Parameters) -> Steps {
    let _ = parameters;
    Steps::new()
}
