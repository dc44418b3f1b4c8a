//! `skiff events`: what happened.

use clap::Args;

use crate::{
    arguments::Settings,
    failure::Failure,
    outcome::Outcome,
    timeline::{self, Kind, TimelineArguments},
};

/// Show what happened, the newest last
///
/// Reads only what it shows, however much has happened; times are UTC. With --follow it goes on until Ctrl-C, which is exit 0.
/// Forms: text, json (not with --follow).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff events --since 2h\n  skiff events --service web -f")]
pub(crate) struct EventsArguments {
    #[command(flatten)]
    timeline: TimelineArguments,
}

/// Shows events.
pub(crate) fn run(arguments: &EventsArguments, settings: Settings) -> Result<Outcome, Failure> {
    timeline::run(&arguments.timeline, Kind::Events, settings)
}
