//! `skiff keys`: who may sign.

use clap::{Args, Subcommand};

use crate::{failure::Failure, outcome::Outcome};

pub(super) mod change;
mod enroll;
mod list;
mod new;
mod rotate;
mod sign_root;

/// Make keys, and say in the trust root whose signatures count
///
/// Private keys are encrypted with a passphrase, in $SKIFF_KEYS or in your configuration folder, and are never printed. The
/// trust root is in the ledger, signed: each new version needs the threshold of the old one and its own.
#[derive(Debug, Args)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    New(new::NewArguments),
    List(list::ListArguments),
    Enroll(enroll::EnrollArguments),
    Revoke(rotate::RevokeArguments),
    Rotate(rotate::RotateArguments),
    Renew(rotate::RenewArguments),
    SignRoot(sign_root::SignRootArguments),
}

/// Does one of them.
pub(crate) fn run(arguments: &KeysArguments) -> Result<Outcome, Failure> {
    match &arguments.action {
        Action::New(arguments) => new::run(arguments),
        Action::List(arguments) => list::run(arguments),
        Action::Enroll(arguments) => enroll::run(arguments),
        Action::Revoke(arguments) => rotate::revoke(arguments),
        Action::Rotate(arguments) => rotate::run(arguments),
        Action::Renew(arguments) => rotate::renew(arguments),
        Action::SignRoot(arguments) => sign_root::run(arguments),
    }
}
