//! `skiff secret`: values that services are given and nobody else sees.

use clap::{Args, Subcommand};
use skiff_runtime::local::{
    place::Place,
    secret::{SecretStore, default_key_file},
};

use crate::{failure::Failure, operating::Operating, outcome::Outcome};

mod list;
pub(crate) mod names;
mod set;
mod value;

/// Set and list the secrets of services; values are never printed
///
/// On this machine they are encrypted in the state folder, with a key in your configuration folder.
#[derive(Debug, Args)]
pub(crate) struct SecretArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Set(set::SetArguments),
    List(list::ListArguments),
}

/// Sets or lists.
pub(crate) fn run(arguments: &SecretArguments) -> Result<Outcome, Failure> {
    match &arguments.action {
        Action::Set(arguments) => set::run(arguments),
        Action::List(arguments) => list::run(arguments),
    }
}

fn store(operating: &Operating) -> Result<SecretStore, Failure> {
    Ok(SecretStore::open(Place::of(&operating.state).secrets(), default_key_file()?))
}
