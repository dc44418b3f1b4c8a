//! Who drives an operation, and how many people must agree to what is risky: what commands share that start one.

use clap::Args;

/// How an operation is handed on.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct HandingArguments {
    /// Put it on record and return at once; `skiff worker` carries it out
    #[arg(long, help_heading = "Operation")]
    pub(crate) detach: bool,
    /// Two people must approve each step of high risk, not one
    #[arg(long, help_heading = "Operation")]
    pub(crate) two_party: bool,
}
