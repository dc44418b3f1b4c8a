//! `skiff quickstart`: to be written.

use clap::Args;

use crate::{arguments::Settings, failure::Failure, outcome::Outcome};

/// To be written
#[derive(Debug, Args)]
pub(crate) struct QuickstartArguments {}

/// To be written.
pub(crate) fn run(_: &QuickstartArguments, _: Settings) -> Result<Outcome, Failure> {
    Err(Failure::defect("`skiff quickstart` is not there yet"))
}
