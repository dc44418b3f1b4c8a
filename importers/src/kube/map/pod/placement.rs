//! Where a pod wants to run: architectures, zones, neighbours.

use crate::kube::map::draft::Draft;

/// Applies what the pod says about the nodes it wants.
pub(super) fn apply(_draft: &mut Draft<'_>) {}
