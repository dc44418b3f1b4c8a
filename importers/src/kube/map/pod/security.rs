//! Whom a container runs as, and what it may do.

use skiff_compiler::spec::workload::Security;

use crate::kube::object::Field;

/// The security settings of a container over those of its pod.
pub(super) fn of(_container: Field<'_>, _pod: Field<'_>) -> Option<Security> {
    None
}
