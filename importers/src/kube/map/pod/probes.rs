//! Probes of a container.

use skiff_compiler::spec::service::Health;

use crate::kube::{map::draft::PodPort, object::Field};

/// The probes of a container.
pub(super) fn health(_container: Field<'_>, _ports: &[PodPort<'_>]) -> Option<Health> {
    None
}
