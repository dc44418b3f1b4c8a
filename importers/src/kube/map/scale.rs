//! Autoscalers and disruption budgets.

use super::{context::Context, draft::Draft};

/// Joins what scales or protects the workloads.
pub(super) fn join(_drafts: &mut [Draft<'_>], _context: &Context<'_>) {}
