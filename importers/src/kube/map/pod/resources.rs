//! What containers ask for and may take: the size of the VM, and limits on it.

use skiff_compiler::spec::workload::Limits;

use crate::kube::{map::draft::Draft, object::Field};

/// The limits of a container.
pub(super) fn limits(_container: Field<'_>) -> Option<Limits> {
    None
}

/// The VM that all containers of the pod need together.
pub(super) fn size(_draft: &mut Draft<'_>, _containers: &[Field<'_>]) {}
