//! `skiff release revoke`: a release that may run nowhere any more.

use clap::Args;
use skiff_runtime::trust::edit;

use crate::{
    command::keys::change::{ChangeArguments, Told},
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    standing::short,
};

/// Revoke a release: it is neither assigned nor booted any more
///
/// This is a new version of the trust root, signed by the keys of role root. What runs goes on until it is restarted:
/// deploy another release first. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff release revoke 3f9a1c22d0b4 --key anna")]
pub(super) struct RevokeArguments {
    /// Its id, the first digits of it, or its label
    #[arg(value_name = "RELEASE")]
    release: String,
    /// The service, when several have such a release
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    change: ChangeArguments,
}

/// Revokes a release.
pub(super) fn run(arguments: &RevokeArguments) -> Result<Outcome, Failure> {
    let operating = arguments.change.place.open()?;
    wait_for(async {
        let (scope, id) = super::find(&operating, arguments.service.as_deref(), &arguments.release).await?;
        let change = arguments.change.open().await?;
        let next = edit::revoke_release(change.root()?, &id, change.expires())?;
        let summary = format!("release {} of `{}` is revoked", short(&id), scope.service);
        change.conclude(&next, Vec::new(), Told { code: "RELEASE_REVOKED", event: "release-revoked", summary }).await
    })
}
