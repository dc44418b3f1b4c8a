//! Deploy: a release comes into service in the idle slot, and the old one leaves when it has nothing left to do.

use serde::{Deserialize, Serialize};

use crate::{engine::step::Steps, saga::Service};

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
    let _ = parameters;
    Steps::new()
}
