//! `skiff keys revoke`, `rotate` and `renew`: keys that go, keys that change, and a root that is used longer.

use clap::Args;
use skiff_runtime::{
    trust::{SigningKey, edit},
    world::World,
};

use super::change::{Change, ChangeArguments, Told};
use crate::{failure::Failure, operating::wait_for, outcome::Outcome, signing};

/// Take a key out of the trust root: its signatures count no more
///
/// What it has signed is neither assigned nor booted after that; what runs goes on. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff keys revoke old-build --key anna")]
pub(super) struct RevokeArguments {
    /// The principal
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    change: ChangeArguments,
}

/// Revokes a key.
pub(super) fn revoke(arguments: &RevokeArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let change = arguments.change.open().await?;
        let next = edit::revoke(change.root()?, &arguments.name, change.expires())?;
        let summary = format!("`{}` may sign nothing any more", arguments.name);
        let outcome =
            change.conclude(&next, Vec::new(), Told { code: "REVOKED", event: "key-revoked", summary }).await?;
        Ok(warned(outcome, "what it alone has signed boots no more; make new releases of what runs"))
    })
}

/// Give a principal a new key
///
/// The new key is made under the principal's name; the old file stays, as NAME.N, where N is the version of the old root. Releases that the
/// old key alone has signed boot no more, unless --keep leaves it the role release until it is revoked. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff keys rotate anna\n  skiff keys rotate build --keep --key anna --key build")]
pub(super) struct RotateArguments {
    /// The principal; its key is on this machine
    #[arg(value_name = "NAME")]
    name: String,
    /// Leave the old key the role `release`, as another principal, so that what it has signed still boots
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    change: ChangeArguments,
}

/// Rotates a key: the new one is made aside, and takes the name once the root knows it.
pub(super) fn run(arguments: &RotateArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let change = arguments.change.open().await?;
        let (name, root) = (&*arguments.name, change.root()?);
        let (old, aside) = (format!("{name}.{}", root.version), format!("{name}.next"));
        let Some(principal) = root.principals.get(name) else {
            // The edit says in its own words that there is nobody of this name, before any key is made.
            return Err(edit::revoke(root, name, change.expires()).map_or_else(Failure::from, |_| unknown(name)));
        };
        if change.folder.entry(&aside).is_ok_and(|entry| entry.public_key == principal.public_key) {
            // Others have signed the proposal meanwhile: only the names of the files are left to change.
            let summary = format!("`{name}` has its new key");
            return finish(&change, arguments, &old, &aside, Outcome::done("ROTATED", summary).announced());
        }
        let key = new_key(&change, arguments, &aside)?;
        let keep = arguments.keep.then_some(&*old);
        let next = edit::rotate(root, name, &key.public(), keep, change.expires())?;
        let summary = format!("`{name}` has a new key, {}", key.public().hex());
        let told = Told { code: "ROTATED", event: "key-rotated", summary };
        let outcome = change.conclude(&next, vec![key], told).await?;
        finish(&change, arguments, &old, &aside, outcome)
    })
}

/// The new key: made aside, or one that an interrupted rotation has made already.
fn new_key(change: &Change<'_>, arguments: &RotateArguments, aside: &str) -> Result<SigningKey, Failure> {
    let (name, passphrases, world) = (&*arguments.name, &arguments.change.signing.passphrase, World::real());
    if arguments.change.dry_run {
        return Ok(SigningKey::generate(name, &*world.random)?);
    }
    if change.folder.entry(aside).is_err() {
        let passphrase = signing::new_passphrase(name, passphrases)?;
        change.folder.create(aside, change.folder.entry(name)?.kind, &passphrase, &*world.random)?;
    }
    signing::open(&change.folder, aside, passphrases)
}

fn unknown(name: &str) -> Failure {
    Failure::not_found(format!("the trust root has no principal `{name}`"))
}

/// Gives the files their new names, once the root has the new key.
fn finish(
    change: &Change<'_>,
    arguments: &RotateArguments,
    old: &str,
    aside: &str,
    outcome: Outcome,
) -> Result<Outcome, Failure> {
    if outcome.code != "ROTATED" {
        return Ok(outcome);
    }
    change.folder.rename(&arguments.name, old)?;
    change.folder.rename(aside, &arguments.name)?;
    let what = if arguments.keep {
        format!("the old key is `{old}` now; revoke it when nothing that it has signed runs any more")
    } else {
        format!("what the old key alone has signed boots no more; its file is `{old}` now")
    };
    Ok(warned(outcome, &what))
}

/// Make the trust root good for longer
///
/// The same principals and roles again, with a new term. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff keys renew --expires 52w")]
pub(super) struct RenewArguments {
    #[command(flatten)]
    change: ChangeArguments,
}

/// Renews the root.
pub(super) fn renew(arguments: &RenewArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let change = arguments.change.open().await?;
        let next = edit::renew(change.root()?, change.expires())?;
        let summary = format!("it is good until {}", next.expires);
        change.conclude(&next, Vec::new(), Told { code: "RENEWED", event: "root-renewed", summary }).await
    })
}

fn warned(outcome: Outcome, warning: &str) -> Outcome {
    outcome.warnings([warning.to_owned()])
}
