//! `skiff state repair`: mend what follows from the rest.

use std::path::Path;

use clap::Args;
use serde_json::json;
use skiff_runtime::state::repair::{Mended, Repair, repair};
use skiff_wire::ExitCode;

use super::{LedgerArguments, finding, findings_data, findings_text};
use crate::{action, failure::Failure, operating::wait_for, outcome::Outcome, words};

/// Mend what follows from the rest of the ledger
///
/// An operation's control document is made again from its log, a member's document is put aside for the member to write
/// another one. What was there is kept below `quarantine/` in the ledger; nothing is lost. Exits with 3 when something is wrong
/// that cannot be mended. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff state repair --dry-run\n  skiff state repair")]
pub(super) struct RepairArguments {
    #[command(flatten)]
    place: LedgerArguments,
    /// Only say what would be mended
    #[arg(long)]
    dry_run: bool,
}

/// Repairs a ledger.
pub(super) fn run(arguments: &RepairArguments) -> Result<Outcome, Failure> {
    let (folder, ledger) = arguments.place.open()?;
    let done = wait_for(async { Ok(repair(&ledger, arguments.dry_run).await?) })?;
    let mended: Vec<_> = done.mended.iter().map(data).collect();
    let mut outcome = verdict(&done, arguments.dry_run)
        .body(text(&folder, &done, arguments.dry_run))
        .data(json!({ "dry_run": arguments.dry_run, "mended": mended, "left": findings_data(&done.left)? }));
    outcome.findings = done.left.iter().map(|found| finding(&folder, found)).collect();
    if arguments.dry_run && !done.mended.is_empty() {
        outcome = outcome.action(arguments.place.write("repair", &["state", "repair"], "mends it"));
    }
    let pages = action::explain(&outcome.findings);
    Ok(outcome.actions(pages))
}

fn verdict(done: &Repair, dry_run: bool) -> Outcome {
    let verb = if dry_run { "would be mended" } else { "mended" };
    let mended = format!("{} {verb}", words::count(done.mended.len(), "document"));
    match (done.mended.len(), done.left.len()) {
        (0, 0) => Outcome::done("LEDGER_IN_ORDER", "the ledger is in order, there is nothing to mend"),
        (_, 0) => Outcome::done(if dry_run { "REPAIR_PLANNED" } else { "REPAIRED" }, mended),
        (_, left) => {
            let summary = format!("{mended}, {left} left that must be restored from a copy");
            Outcome::new("LEDGER_NOT_IN_ORDER", ExitCode::Attention, summary)
        }
    }
}

fn data(mended: &Mended) -> serde_json::Value {
    json!({
        "code": mended.finding.code.id,
        "key": mended.finding.key,
        "message": mended.finding.message,
        "action": mended.action,
        "kept": mended.kept,
    })
}

fn text(folder: &Path, done: &Repair, dry_run: bool) -> String {
    let mut text = String::new();
    for mended in &done.mended {
        let verb = if dry_run { "would be " } else { "" };
        text.push_str(&format!("{}\n  {verb}{}\n", mended.finding.key, mended.action));
        if let Some(kept) = &mended.kept {
            text.push_str(&format!(
                "  what was there {} {}\n",
                if dry_run { "goes to" } else { "is in" },
                folder.join(kept).display()
            ));
        }
    }
    if done.mended.is_empty() && done.left.is_empty() {
        text.push_str("Everything is in order.\n");
    }
    if !done.left.is_empty() {
        text.push_str(&format!("{}left as it is:\n", if text.is_empty() { "" } else { "\n" }));
    }
    text + &findings_text(&done.left)
}
