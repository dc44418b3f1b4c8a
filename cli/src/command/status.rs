//! `skiff status`: to be written.

use clap::Args;

use crate::{failure::Failure, operating::OperatingArguments, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// To be written.
pub(crate) fn run(arguments: &StatusArguments) -> Result<Outcome, Failure> {
    arguments.place.open()?;
    Err(Failure::defect("`skiff status` is not there yet"))
}
