//! `skiff state`: look after the ledger itself.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use skiff_runtime::state::{Ledger, verify::Finding as LedgerFinding};
use skiff_wire::{Finding, RecommendedAction};

use crate::{action, document, failure::Failure, operating, outcome::Outcome};

mod gc;
mod repair;
mod verify;

/// Check, mend and clean up the ledger
///
/// The ledger is the folder in which Skiff keeps releases, operations and events. `verify` reads all of it and changes
/// nothing, `repair` mends what follows from the rest and keeps what it replaces, `gc` removes what nothing needs any more.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff state verify\n  skiff state repair --dry-run\n  skiff state gc --events-older-than 90"
)]
pub(crate) struct StateArguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Verify(verify::VerifyArguments),
    Repair(repair::RepairArguments),
    Gc(gc::GcArguments),
}

/// Which ledger.
#[derive(Debug, Clone, Args)]
struct LedgerArguments {
    /// The spec, beside which the ledger is
    #[arg(long, value_name = "FILE", default_value = "skiff.yaml", help_heading = "Place")]
    spec: PathBuf,
    /// The ledger: a folder; `.skiff` beside the spec when it is not named
    #[arg(long, value_name = "DIR", help_heading = "Place")]
    state: Option<PathBuf>,
}

/// Looks after the ledger.
pub(crate) fn run(arguments: &StateArguments) -> Result<Outcome, Failure> {
    match &arguments.task {
        Task::Verify(arguments) => verify::run(arguments),
        Task::Repair(arguments) => repair::run(arguments),
        Task::Gc(arguments) => gc::run(arguments),
    }
}

impl LedgerArguments {
    fn folder(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| self.spec.with_file_name(".skiff"))
    }

    /// The ledger, which must be there: the spec need not compile, nor be there.
    fn open(&self) -> Result<(PathBuf, Ledger), Failure> {
        let folder = self.folder();
        if !folder.exists() {
            return Err(Failure::not_found(format!("there is no ledger at `{}`", folder.display()))
                .hint("name its folder with `--state DIR`; the first `skiff deploy` makes one"));
        }
        let ledger = operating::open_ledger(&folder)?;
        Ok((folder, ledger))
    }

    /// A command of the same ledger.
    fn words<'a>(&'a self, argv: &[&'a str]) -> Vec<String> {
        let spec = Some(self.spec.display().to_string()).filter(|spec| spec != "skiff.yaml");
        let state = self.state.as_ref().map(|state| state.display().to_string());
        let place = [("--spec", spec), ("--state", state)];
        let place = place.into_iter().filter_map(|(flag, value)| value.map(|value| [flag.to_owned(), value]));
        argv.iter().map(|word| (*word).to_owned()).chain(place.flatten()).collect()
    }

    fn look(&self, id: &str, argv: &[&str], reason: &str) -> RecommendedAction {
        let words = self.words(argv);
        action::look(id, &words.iter().map(String::as_str).collect::<Vec<_>>(), reason)
    }

    fn write(&self, id: &str, argv: &[&str], reason: &str) -> RecommendedAction {
        let words = self.words(argv);
        action::write(id, &words.iter().map(String::as_str).collect::<Vec<_>>(), reason)
    }
}

/// What is wrong with a document, in the form that all commands have.
fn finding(folder: &Path, found: &LedgerFinding) -> Finding {
    Finding {
        code: found.code.id.into(),
        severity: found.code.severity,
        message: found.message.clone(),
        file: Some(folder.join(&found.key).display().to_string()),
        line: None,
        column: None,
        hint: Some(found.hint.clone()),
        subject: None,
    }
}

/// What is wrong, for people: a line that says where, one that says what, one that says what to do.
fn findings_text(findings: &[LedgerFinding]) -> String {
    let text = |found: &LedgerFinding| {
        format!(
            "\n{:<8} {}  {}\n         {}\n         {}\n",
            found.code.severity.word(),
            found.code.id,
            found.key,
            found.message,
            found.hint
        )
    };
    findings.iter().map(text).collect()
}

fn findings_data(findings: &[LedgerFinding]) -> Result<Value, Failure> {
    let data = |found: &LedgerFinding| {
        Ok(json!({
            "code": found.code.id,
            "severity": document::to_value(&found.code.severity)?,
            "key": found.key,
            "message": found.message,
            "hint": found.hint,
            "mendable": found.mend.is_some(),
        }))
    };
    findings.iter().map(data).collect::<Result<Vec<_>, Failure>>().map(Value::Array)
}
