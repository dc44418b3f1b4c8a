//! `skiff demo`: to be written.

use clap::Args;

use crate::{failure::Failure, operating::OperatingArguments, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// To be written.
pub(crate) fn run(arguments: &DemoArguments) -> Result<Outcome, Failure> {
    arguments.place.open()?;
    Err(Failure::defect("`skiff demo` is not there yet"))
}
