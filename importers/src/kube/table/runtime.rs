//! What a container says of how it runs: probes, resources, privileges, hooks.

use super::row::Row;

/// A container, from its root.
pub(super) static CONTAINER: &[Row] = &[];

/// An init container, from its root.
pub(super) static INIT_CONTAINER: &[Row] = &[];
