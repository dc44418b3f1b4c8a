//! What workloads read: ConfigMaps, Secrets, ServiceAccounts, claims.

use super::kinds::Kind;

/// The kinds of this topic.
pub(super) static KINDS: &[Kind] = &[];
