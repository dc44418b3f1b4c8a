//! `skiff diff`: two plan files, compared by what they mean.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use skiff_wire::{Change, ExitCode};

use crate::{arguments::Format, document, failure::Failure, outcome::Outcome, seam};

/// Compare two plan files by what they mean
///
/// Exits with 3 when they differ and 0 when they mean the same. Forms: text, json, markdown.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff diff before.json after.json --format markdown")]
pub(crate) struct DiffArguments {
    /// The plan before
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The plan after
    #[arg(value_name = "NEW")]
    new: PathBuf,
}

/// Compares two plan files.
pub(crate) fn run(arguments: &DiffArguments, format: Format) -> Result<Outcome, Failure> {
    let (old, new) = (document::read_plan(&arguments.old)?, document::read_plan(&arguments.new)?);
    let change = seam::change(&old, &new);
    let lines = match format {
        Format::Text => seam::text_diff(&document::to_json(&old)?, &document::to_json(&new)?),
        _ => String::new(),
    };
    let outcome = if change.is_empty() {
        Outcome::done("PLANS_MATCH", "the two plans mean the same")
    } else {
        Outcome::new("PLANS_DIFFER", ExitCode::Attention, format!("the plans differ: {}", changes(&change)))
    };
    Ok(outcome.body(render(&change, &lines, format)).data(json!({ "change": change })))
}

/// A change in the form that was asked for, followed by the lines that differ when there are any.
pub(crate) fn render(change: &Change, lines: &str, format: Format) -> String {
    match (format, lines) {
        (Format::Markdown, "") => seam::change_markdown(change),
        (Format::Markdown, lines) => format!(
            "{}\n<details><summary>Lines that differ</summary>\n\n````diff\n{lines}````\n\n</details>\n",
            seam::change_markdown(change)
        ),
        (_, "") => seam::change_text(change),
        (_, lines) => format!("{}\n{lines}", seam::change_text(change)),
    }
}

/// How many of each, in words, such as `2 to add, 1 to replace, highest risk high`.
pub(crate) fn changes(change: &Change) -> String {
    let summary = &change.summary;
    let counts = [
        (summary.add, "to add"),
        (summary.change, "to change"),
        (summary.replace, "to replace"),
        (summary.rename, "to rename"),
        (summary.remove, "to remove"),
        (summary.release, "outside the shape"),
    ];
    let counts = counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
    let risk = format!("highest risk {}", format!("{:?}", summary.risk).to_lowercase());
    counts.chain([risk]).collect::<Vec<_>>().join(", ")
}
