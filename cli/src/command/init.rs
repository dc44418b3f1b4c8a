//! `skiff init`: a first `skiff.yaml` to edit.

use std::path::Path;

use clap::{Args, ValueEnum};
use minijinja::{Environment, context};
use serde_json::json;
use skiff_wire::ExitCode;

use crate::{
    action,
    document::{self, Existing},
    failure::Failure,
    outcome::Outcome,
};

/// Where the spec is written: the current folder.
const TARGET: &str = "skiff.yaml";

/// Write a commented skiff.yaml into this folder
///
/// An existing skiff.yaml is kept unless --force is given (exit 6). Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff init web shop")]
pub(crate) struct InitArguments {
    /// What the application is made of
    #[arg(value_enum)]
    kind: Kind,
    /// The application's name: lower-case letters, digits and hyphens
    name: String,
    /// Replace an existing skiff.yaml
    #[arg(long)]
    force: bool,
    /// Print the file instead of writing it
    #[arg(long)]
    dry_run: bool,
}

/// What the application is made of.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// A service that answers HTTP behind a load balancer
    Web,
    /// A service that works through a queue
    Worker,
    /// A task that runs on a schedule
    Job,
    /// One member with its own volume
    Stateful,
    /// A web service, a worker, a database and a queue together
    Stack,
}

impl Kind {
    fn template(self) -> &'static str {
        match self {
            Self::Web => include_str!("../../templates/web.yaml"),
            Self::Worker => include_str!("../../templates/worker.yaml"),
            Self::Job => include_str!("../../templates/job.yaml"),
            Self::Stateful => include_str!("../../templates/stateful.yaml"),
            Self::Stack => include_str!("../../templates/stack.yaml"),
        }
    }
}

/// Writes a first spec.
pub(crate) fn run(arguments: &InitArguments) -> Result<Outcome, Failure> {
    check_name(&arguments.name)?;
    let spec = Environment::new()
        .render_str(arguments.kind.template(), context! { name => arguments.name.as_str() })
        .map_err(|error| Failure::defect(format!("a template could not be filled in: {error}")))?;
    let spec = spec.trim_end().to_owned() + "\n";
    if arguments.dry_run {
        return Ok(Outcome::done("WOULD_WRITE", format!("`{TARGET}` would be written"))
            .data(json!({ "spec": spec }))
            .body(spec));
    }
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    if !arguments.force && Path::new(TARGET).symlink_metadata().is_ok() {
        return Err(conflict());
    }
    document::write(Path::new(TARGET), &spec, existing)?;
    let next = action::look("check", &["check"], "reports what is still to be filled in");
    Ok(Outcome::done("WRITTEN", format!("wrote `{TARGET}`")).data(json!({ "written": TARGET })).action(next))
}

fn conflict() -> Failure {
    Failure::new("CONFLICT", ExitCode::Conflict, format!("`{TARGET}` exists already"))
        .hint("`--force` replaces it; `--dry-run` prints the new one")
}

/// The name becomes part of AWS names and of host names, so it follows the stricter rule (RFC 1123 labels).
fn check_name(name: &str) -> Result<(), Failure> {
    let letters = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    let edges = name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.ends_with('-');
    if letters && edges && name.len() <= 32 {
        return Ok(());
    }
    Err(Failure::usage(format!("`{name}` cannot be an application's name"))
        .hint("use at most 32 lower-case letters, digits and hyphens, beginning with a letter, such as `web-shop`"))
}
