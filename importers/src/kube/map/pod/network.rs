//! How a pod resolves names and shares the host: DNS, `/etc/hosts`, kernel parameters.

use crate::kube::map::draft::Draft;

/// Applies what the pod says about its network and its kernel.
pub(super) fn apply(_draft: &mut Draft<'_>) {}
