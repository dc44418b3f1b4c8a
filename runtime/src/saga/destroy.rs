//! Destroy: a service drains and ends; its releases stay in the ledger.

use serde::{Deserialize, Serialize};

use crate::{engine::step::Steps, saga::Service};

/// The saga's name.
pub const NAME: &str = "destroy";

/// What is ended.
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
