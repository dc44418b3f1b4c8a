//! The volumes of a pod.

use super::row::Row;

/// `spec` of a pod, as far as it is about volumes.
pub(super) static POD: &[Row] = &[];
