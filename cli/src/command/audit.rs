//! `skiff audit`: who did what.

use clap::Args;

use crate::{
    arguments::Settings,
    failure::Failure,
    outcome::Outcome,
    timeline::{self, Kind, TimelineArguments},
};

/// Show who did what, the newest last
///
/// The events that someone caused on purpose, with who it was: releases, deployments, keys, secrets, approvals. Forms: text,
/// json (not with --follow).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff audit --since 7d\n  skiff audit --service web --format json")]
pub(crate) struct AuditArguments {
    #[command(flatten)]
    timeline: TimelineArguments,
}

/// Shows the audit.
pub(crate) fn run(arguments: &AuditArguments, settings: Settings) -> Result<Outcome, Failure> {
    timeline::run(&arguments.timeline, Kind::Audit, settings)
}
