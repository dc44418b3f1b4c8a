//! `skiff restart`: to be written.

use clap::Args;

use crate::{failure::Failure, operating::OperatingArguments, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct RestartArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// To be written.
pub(crate) fn run(arguments: &RestartArguments) -> Result<Outcome, Failure> {
    arguments.place.open()?;
    Err(Failure::defect("`skiff restart` is not there yet"))
}
