//! `skiff state verify`: is the ledger whole?

use std::path::Path;

use clap::Args;
use serde_json::json;
use skiff_runtime::state::verify::{Examination, verify};
use skiff_wire::ExitCode;

use super::{LedgerArguments, finding, findings_data, findings_text};
use crate::{action, failure::Failure, operating::wait_for, outcome::Outcome, words};

/// Read the whole ledger and name what is wrong with it
///
/// Every document is read, every artifact is compared with its name, and what the documents say of each other is compared.
/// Nothing is changed. Exits with 3 when something is wrong. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff state verify")]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    place: LedgerArguments,
}

/// Verifies a ledger.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Outcome, Failure> {
    let (folder, ledger) = arguments.place.open()?;
    let examination = wait_for(async { Ok(verify(&ledger).await?) })?;
    let mut outcome = verdict(&examination)
        .body(text(&folder, &examination))
        .fact("objects", examination.objects.to_string())
        .data(json!({
            "state": folder.display().to_string(),
            "objects": examination.objects,
            "artifacts": examination.artifacts,
            "services": examination.services,
            "operations": examination.operations,
            "events": examination.events,
            "findings": findings_data(&examination.findings)?,
        }));
    outcome.findings = examination.findings.iter().map(|found| finding(&folder, found)).collect();
    if examination.findings.iter().any(|found| found.mend.is_some()) {
        let reason = "shows what it would mend";
        outcome = outcome.action(arguments.place.look("repair", &["state", "repair", "--dry-run"], reason));
    }
    let pages = action::explain(&outcome.findings);
    Ok(outcome.actions(pages))
}

fn verdict(examination: &Examination) -> Outcome {
    let objects = words::count(counted(examination.objects), "object");
    match examination.findings.len() {
        0 => Outcome::done("LEDGER_IN_ORDER", format!("the ledger is in order: {objects}")),
        wrong => Outcome::new(
            "LEDGER_NOT_IN_ORDER",
            ExitCode::Attention,
            format!("{} in {objects}", words::count(wrong, "finding")),
        ),
    }
}

fn text(folder: &Path, examination: &Examination) -> String {
    let rows = [
        ("objects", examination.objects),
        ("artifacts", examination.artifacts),
        ("services", examination.services),
        ("operations", examination.operations),
        ("events", examination.events),
    ];
    let heading = format!("ledger      {}\n", folder.display());
    let rows: String = rows.iter().map(|(name, number)| format!("{name:<10}  {number}\n")).collect();
    let end = if examination.findings.is_empty() { "\nEverything is in order.\n" } else { "" };
    heading + &rows + &findings_text(&examination.findings) + end
}

fn counted(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
