//! What a container says of what it runs: image, command, variables, ports, mounts.

use super::row::{Row, mapped};

/// A container, from its root.
pub(super) static CONTAINER: &[Row] = &[mapped("name", ""), mapped("image", "image")];

/// An init container, from its root.
pub(super) static INIT_CONTAINER: &[Row] = &[];
