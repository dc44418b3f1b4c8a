//! `skiff completions`: completion scripts for shells.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::{arguments::Arguments, failure::Failure, outcome::Outcome};

/// Print the completion script of a shell
///
/// Forms: text (the script itself), json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff completions bash > ~/.local/share/bash-completion/completions/skiff")]
pub(crate) struct CompletionsArguments {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a completion script.
pub(crate) fn run(arguments: &CompletionsArguments) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "skiff", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let summary = format!("the completion script for {}", arguments.shell);
    Ok(Outcome::done("COMPLETIONS", summary).data(json!({ "script": script })).body(script))
}
