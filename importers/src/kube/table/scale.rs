//! What scales and protects workloads.

use super::kinds::Kind;

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[];
