//! How requests reach a workload: Services, Ingresses, routes, network policies.

mod gateway;
mod ingress;
mod service;

use super::kinds::Kind;

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[
    service::SERVICE,
    service::NETWORK_POLICY,
    ingress::INGRESS,
    ingress::INGRESS_CLASS,
    gateway::GATEWAY,
    gateway::HTTP_ROUTE,
    gateway::GRPC_ROUTE,
    gateway::REFERENCE_GRANT,
];
