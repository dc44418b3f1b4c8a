//! How requests reach a workload: Services, Ingresses, routes, network policies.

use super::kinds::Kind;

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[];
