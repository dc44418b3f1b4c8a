//! `skiff import`: a spec made of what runs elsewhere, and an account of every field.
//!
//! [`options`] checks what was asked for, [`input`] reads the files, the importer does its work without any, [`verdict`]
//! decides the exit code, [`told`] says what came out.

mod input;
mod options;
mod told;
mod verdict;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use skiff_wire::{ExitCode, ImportReport};

use crate::{
    document::{self, Existing},
    failure::Failure,
    outcome::Outcome,
    seam::{self, Import, ImportOptions, Input},
};

/// Write skiff.yaml from Kubernetes manifests, with an account of every field
///
/// Forms: text, json.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    #[command(subcommand)]
    source: Source,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
enum Source {
    /// Kubernetes manifests: files, folders, or `-` for standard input
    ///
    /// Folders are read to their depths: *.yaml, *.yml and *.json, sorted by name, without following links and without
    /// hidden folders. What kustomize or Helm must render first is named with the command that does it. Nothing asks a
    /// cluster.
    ///
    /// Exits with 0 when nothing worse happened than a change of meaning, with 3 when something is unsupported or unknown,
    /// and with 12 when something could not be read; the spec is written all the same. No value of a Secret is in any
    /// output. Forms: text, json.
    #[command(
        after_help = "Examples:\n  skiff import kube ./k8s --report import.md\n  kubectl kustomize ./overlays/prod | skiff import kube - --app shop"
    )]
    Kube(Flags),
    /// A Compose file
    ///
    /// What the file names elsewhere is not read: `docker compose config` puts `env_file`, `extends`, `include` and variables
    /// of the shell into one file.
    ///
    /// Exits with 0 when nothing worse happened than a change of meaning, with 3 when something is unsupported or unknown,
    /// and with 12 when something could not be read; the spec is written all the same. Forms: text, json.
    #[command(
        after_help = "Examples:\n  skiff import compose compose.yaml --report import.md\n  docker compose config | skiff import compose - --app shop"
    )]
    Compose(Flags),
}

/// What every import takes.
#[derive(Debug, Args)]
pub(crate) struct Flags {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Where the spec is written
    #[arg(long, value_name = "FILE", default_value = "skiff.yaml")]
    out: PathBuf,
    /// The application's name; default the folder's
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    /// The AWS account; without it a placeholder is written
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The AWS region; without it a placeholder is written
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// An ACM certificate of the HTTPS hosts; may be given several times, the first is the default
    #[arg(long = "certificate", value_name = "ARN")]
    certificates: Vec<String>,
    /// Write the whole account, every leaf with its fate: Markdown for *.md, else JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Let `changed` and `assumed` decide the exit code as well (3)
    #[arg(long)]
    strict: bool,
    /// A code, by id or name, that does not decide the exit code; may be given several times
    #[arg(long = "allow", value_name = "CODE")]
    allowed: Vec<String>,
    /// Print the spec and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

/// An importer, and the words for what it reads.
struct Importer {
    /// Of which there must be one at least.
    noun: &'static str,
    /// The application's name, where the input says one.
    name: fn(&[Input]) -> Option<String>,
    import: fn(&[Input], &ImportOptions) -> Import,
}

/// Imports from what was named.
pub(crate) fn run(arguments: &ImportArguments) -> Result<Outcome, Failure> {
    match &arguments.source {
        Source::Kube(flags) => {
            carry_out(flags, &Importer { noun: "Kubernetes object", name: |_| None, import: seam::import_kube })
        }
        Source::Compose(flags) => carry_out(
            flags,
            &Importer { noun: "Compose service", name: seam::compose_name, import: seam::import_compose },
        ),
    }
}

fn carry_out(flags: &Flags, importer: &Importer) -> Result<Outcome, Failure> {
    let mut asked = options::check(flags)?;
    refuse_to_overwrite(flags)?;
    let written: Vec<&Path> = std::iter::once(flags.out.as_path()).chain(flags.report.as_deref()).collect();
    let inputs = input::read(&flags.paths, &written)?;
    if let (None, Some(name)) = (&flags.app, (importer.name)(&inputs)) {
        asked.options.app = seam::tidy(&name).to_string();
    }
    let import = (importer.import)(&inputs, &asked.options);
    let report = seam::report(&import);
    if let Some(path) = flags.report.as_deref().filter(|_| !flags.dry_run) {
        write_report(path, &report)?;
    }
    if import.account.objects.is_empty() {
        return Ok(told::nothing(flags, &report, importer.noun, inputs.len()));
    }
    if !flags.dry_run {
        let existing = if flags.force { Existing::Replace } else { Existing::Keep };
        document::write(&flags.out, &import.text, existing)?;
    }
    let exit = verdict::exit(&report, flags.strict, &asked.allowed);
    told::imported(flags, &import, &report, exit)
}

/// An existing file stays unless it may go; the report is made anew each time and replaces the one before.
fn refuse_to_overwrite(flags: &Flags) -> Result<(), Failure> {
    if flags.report.as_deref() == Some(&flags.out) {
        return Err(
            Failure::usage("the spec and the report cannot be one file").hint("name another file for the report")
        );
    }
    if flags.force || flags.dry_run || flags.out.symlink_metadata().is_err() {
        return Ok(());
    }
    let message = format!("`{}` exists already", flags.out.display());
    Err(Failure::new("CONFLICT", ExitCode::Conflict, message)
        .hint("`--force` replaces it, `--out FILE` writes another, `--dry-run` prints the new one"))
}

fn write_report(path: &Path, report: &ImportReport) -> Result<(), Failure> {
    let markdown = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let text = match markdown {
        true => seam::report_markdown(report, &seam::import_codes()),
        false => document::to_json(report)?,
    };
    document::write(path, &text, Existing::Replace)
}
