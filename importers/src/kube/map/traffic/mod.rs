//! How requests reach a workload: Services, Ingresses, routes, network policies.

use skiff_compiler::spec::Spec;

use super::{context::Context, draft::Draft};

/// Joins what leads requests to the workloads.
pub(super) fn join(_drafts: &mut [Draft<'_>], _context: &Context<'_>) {}

/// What all services share: load balancer, certificates, redirects without a service.
pub(super) fn environment(_spec: &mut Spec, _context: &Context<'_>) {}
