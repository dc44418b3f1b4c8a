//! `skiff saga report`: an operation as one page for a browser.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::OneArguments;
use crate::{
    acting::Acting,
    arguments::Settings,
    document::{self, Existing},
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    report,
};

/// Write an operation as one page that a browser opens
///
/// Its timeline, the weights, errors and latencies that were seen, each gate with its samples, who approved what, and every
/// entry of its log. The page is made from the ledger alone and loads nothing from elsewhere, so it can be sent to a reviewer
/// as it is. An operation that is not finished is shown as far as it came. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff saga report OPERATION --out report.html\n  skiff saga report OPERATION --dry-run"
)]
pub(super) struct ReportArguments {
    #[command(flatten)]
    one: OneArguments,
    /// The file; one that is there is replaced
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Say what would be written; nothing is
    #[arg(long)]
    dry_run: bool,
}

/// Writes the page.
pub(super) fn run(arguments: &ReportArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(write(&arguments.one.operation, &arguments.out, arguments.dry_run, &acting))
}

async fn write(operation: &str, out: &Path, dry_run: bool, acting: &Acting) -> Result<Outcome, Failure> {
    let history = acting.engine.history(&acting.operating.scope, operation).await?;
    let page = report::page(&history)?;
    let data = json!({ "file": out, "bytes": page.len(), "entries": history.entries.len() });
    if dry_run {
        let there = if out.exists() { ", in the place of what is there" } else { "" };
        let summary = format!("`{}` would be written{there}; nothing was", out.display());
        return Ok(Outcome::done("WOULD_WRITE", summary).data(data).operation(operation));
    }
    document::write(out, &page, Existing::Replace)?;
    let summary = format!("`{}` has the {} of {} entries", out.display(), history.intent.saga, history.entries.len());
    Ok(Outcome::done("REPORT_WRITTEN", summary).data(data).operation(operation))
}
