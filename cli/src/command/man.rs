//! `skiff man`: manual pages, one for each command.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use serde_json::json;

use crate::{
    arguments::Arguments,
    document::{self, Existing},
    failure::Failure,
    outcome::Outcome,
};

/// Print the manual page, or write one page for each command
///
/// Forms: text (roff), json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff man --out ~/.local/share/man/man1")]
pub(crate) struct ManArguments {
    /// Write one page for each command into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints or writes manual pages.
pub(crate) fn run(arguments: &ManArguments) -> Result<Outcome, Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    match &arguments.out {
        None => {
            let page = page(command).map_err(|error| unprintable(&error))?;
            Ok(Outcome::done("MANUAL", "the manual page").data(json!({ "page": page })).body(page))
        }
        Some(folder) => write_all(command, folder),
    }
}

fn write_all(command: Command, folder: &Path) -> Result<Outcome, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    let mut commands = Vec::new();
    collect(command, &mut commands);
    let mut written = Vec::new();
    for command in commands {
        let path = folder.join(format!("{}.1", command.get_display_name().unwrap_or(command.get_name())));
        document::write(&path, &page(command).map_err(|error| unprintable(&error))?, Existing::Replace)?;
        written.push(path.display().to_string());
    }
    let summary = format!("wrote {} manual pages to `{}`", written.len(), folder.display());
    Ok(Outcome::done("WRITTEN", summary).data(json!({ "written": written })))
}

/// A command and all below it.
fn collect(command: Command, all: &mut Vec<Command>) {
    let below: Vec<_> = command.get_subcommands().filter(|below| !below.is_hide_set()).cloned().collect();
    all.push(command);
    for command in below {
        collect(command, all);
    }
}

fn page(command: Command) -> io::Result<String> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn unprintable(error: &io::Error) -> Failure {
    Failure::defect(format!("a manual page could not be rendered: {error}"))
}
