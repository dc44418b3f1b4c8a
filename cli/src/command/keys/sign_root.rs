//! `skiff keys sign-root`: one more signature for a proposed root.

use std::{fs, path::PathBuf};

use clap::Args;
use serde_json::json;
use skiff_runtime::trust::{codes, envelope, envelope::Opened, json, root};
use skiff_wire::TrustRoot;

use super::change::{differences, lines, newest, proposed, record};
use crate::{
    document::{self, Existing},
    failure::Failure,
    operating::{OperatingArguments, open_ledger, wait_for},
    outcome::Outcome,
    signing::{self, SigningArguments},
    words,
};

/// Add a signature to a proposed trust root; the last one that is needed publishes it
///
/// Read first what it changes, with --dry-run: that is what you sign. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff keys sign-root root.json --dry-run\n  skiff keys sign-root root.json --key ben"
)]
pub(super) struct SignRootArguments {
    /// The proposal that another command has written
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: OperatingArguments,
    #[command(flatten)]
    signing: SigningArguments,
    /// Show what it changes; sign nothing
    #[arg(long)]
    dry_run: bool,
}

/// Signs a proposal.
pub(super) fn run(arguments: &SignRootArguments) -> Result<Outcome, Failure> {
    let file = &arguments.file;
    let bytes = fs::read(file).map_err(|error| Failure::file("read", file, &error))?;
    let next: TrustRoot = json::read(Opened::read(&bytes)?.unverified(), "the proposed root")?;
    wait_for(async {
        let ledger = open_ledger(&arguments.place.folder())?;
        let before = newest(&ledger).await?;
        let changes = differences(before.as_ref().map(|before| &before.root), &next);
        if arguments.dry_run {
            let summary = format!("`{}` proposes version {} of the trust root", file.display(), next.version);
            let data = json!({ "root": next, "changes": changes });
            return Ok(Outcome::done("WOULD_SIGN_ROOT", summary).announced().body(lines(&changes)).data(data));
        }
        let keys = signing::keys(&arguments.signing)?;
        let envelope = envelope::add_signatures(&bytes, &keys)?;
        let version = before.as_ref().map_or(0, |before| before.root.version) + 1;
        match root::follow(before.as_ref(), &envelope, version) {
            Err(error) if error.code() == &codes::ROOT_NOT_APPROVED => {
                document::write(file, &String::from_utf8_lossy(&envelope), Existing::Replace)?;
                return Ok(proposed(file, &next, &changes, &error));
            }
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        let root = root::publish(&ledger, before.as_ref(), &envelope).await?;
        let actor = words::list(&keys.iter().map(|key| key.name().to_owned()).collect::<Vec<_>>());
        record(&ledger, &arguments.place, &root, actor, "root-signed", "enough have signed a proposal").await?;
        let summary = format!("version {} of the trust root is in the ledger", root.root.version);
        let data =
            json!({ "version": root.root.version, "digest": root.digest, "root": root.root, "changes": changes });
        Ok(Outcome::done("ROOT_SIGNED", summary)
            .announced()
            .body(lines(&changes))
            .fact("trust_root", &root.digest)
            .data(data))
    })
}
