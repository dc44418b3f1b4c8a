//! `skiff local`: to be written.

use clap::Args;

use crate::{failure::Failure, operating::OperatingArguments, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct LocalArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// To be written.
pub(crate) fn run(arguments: &LocalArguments) -> Result<Outcome, Failure> {
    arguments.place.open()?;
    Err(Failure::defect("`skiff local` is not there yet"))
}
