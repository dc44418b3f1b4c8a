//! What runs after a container has started and before it is stopped.

use skiff_compiler::spec::workload::Hooks;

use crate::kube::{map::draft::PodPort, object::Field};

/// The hooks of a container, from `lifecycle`.
pub(super) fn of(_container: Field<'_>, _ports: &[PodPort<'_>]) -> Option<Hooks> {
    None
}
