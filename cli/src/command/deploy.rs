//! `skiff deploy`: to be written.

use clap::Args;

use crate::{failure::Failure, operating::OperatingArguments, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct DeployArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// To be written.
pub(crate) fn run(arguments: &DeployArguments) -> Result<Outcome, Failure> {
    arguments.place.open()?;
    Err(Failure::defect("`skiff deploy` is not there yet"))
}
