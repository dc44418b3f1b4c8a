//! `skiff quickstart`: a walk through deploy, a second release and a rollback, on this machine.

use std::path::PathBuf;

use clap::Args;

use crate::{
    arguments::{Format, Settings},
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    quickstart::{Walk, walk},
};

/// Walk through deploy, a second release and a rollback on this machine
///
/// Makes a throwaway project with an example service, signs and deploys it behind a load balancer, deploys a second release and
/// rolls back while requests come in, and shows what happened. Every step is a command that you could type. Needs no cloud, no
/// network and no configuration; what it made is removed in the end, also after Ctrl-C. Exits with 3 when a request failed. Forms:
/// text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff quickstart\n  skiff quickstart --dir demo --keep")]
pub(crate) struct QuickstartArguments {
    /// Make the project in this folder, which is empty or not there yet
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Keep the project, and let it run
    #[arg(long)]
    keep: bool,
    /// The load balancer's port; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

/// Walks.
pub(crate) fn run(arguments: &QuickstartArguments, settings: Settings) -> Result<Outcome, Failure> {
    wait_for(walk(&Walk {
        folder: arguments.dir.clone(),
        keep: arguments.keep,
        port: arguments.port,
        silent: settings.format == Format::Json,
        color: settings.color.on_stdout(),
    }))
}
