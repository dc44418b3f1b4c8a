//! What a pod says besides its containers and volumes.

use super::row::Row;

/// `spec` of a pod.
pub(super) static POD: &[Row] = &[];
