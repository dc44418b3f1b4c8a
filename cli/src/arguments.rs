//! The command line as types: what may be written, and the help that explains it.

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    color::ColorChoice,
    command::{
        approve::ApproveArguments, audit::AuditArguments, check::CheckArguments, completions::CompletionsArguments,
        demo::DemoArguments, deploy::DeployArguments, destroy::DestroyArguments, diff::DiffArguments,
        doctor::DoctorArguments, events::EventsArguments, explain::ExplainArguments,
        explain_resource::ExplainResourceArguments, generate::GenerateArguments, import::ImportArguments,
        init::InitArguments, keys::KeysArguments, local::LocalArguments, lock::LockArguments, logs::LogsArguments,
        man::ManArguments, plan::PlanArguments, quickstart::QuickstartArguments, release::ReleaseArguments,
        restart::RestartArguments, resume::ResumeArguments, rollback::RollbackArguments, runner::RunnerArguments,
        saga::SagaArguments, scale::ScaleArguments, schema::SchemaArguments, secret::SecretArguments,
        state::StateArguments, status::StatusArguments, worker::WorkerArguments,
    },
};

const EXIT_CODES: &str = "\
Exit codes:
  0 done, or nothing to do         7 provider or network trouble, transient
  1 a defect of Skiff              8 a gate or a canary failed
  2 the command line is wrong      9 an approval is needed
  3 done, something to look at    10 verification failed, never retry
  4 not authorised                11 outcome unknown: resume, do not run again
  5 not found                     12 the input has errors
  6 conflict, safe to retry      130 interrupted

Every command takes `--format json` and then prints one JSON object on standard output.";

/// Operations for teams that want what Kubernetes gives, without running Kubernetes.
///
/// Skiff compiles `skiff.yaml` into a plan of plain AWS resources: the VM is the pod, the cloud is the control plane.
/// Start with `skiff init web NAME`, then `skiff check` and `skiff plan`.
#[derive(Debug, Parser)]
#[command(name = "skiff", version, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    /// How to print.
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How to print, on every command.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Settings {
    /// Form of the output; each command says in its help which forms it has
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Format,
    /// When to colour; NO_COLOR is respected
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(crate) color: ColorChoice,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object for programs, on every command
    Json,
    /// For a pull request's comment: `plan` and `diff`
    Markdown,
    /// For code scanning (SARIF 2.1.0): `check`
    Sarif,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(CheckArguments),
    Plan(PlanArguments),
    Diff(DiffArguments),
    Generate(GenerateArguments),
    Lock(LockArguments),
    Import(ImportArguments),
    Init(InitArguments),
    Explain(ExplainArguments),
    ExplainResource(ExplainResourceArguments),
    Schema(SchemaArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
    Deploy(DeployArguments),
    Status(StatusArguments),
    Logs(LogsArguments),
    Events(EventsArguments),
    Audit(AuditArguments),
    Scale(ScaleArguments),
    Restart(RestartArguments),
    Rollback(RollbackArguments),
    Destroy(DestroyArguments),
    Approve(ApproveArguments),
    Resume(ResumeArguments),
    Saga(SagaArguments),
    Worker(WorkerArguments),
    Secret(SecretArguments),
    Doctor(DoctorArguments),
    Quickstart(QuickstartArguments),
    Keys(KeysArguments),
    Release(ReleaseArguments),
    State(StateArguments),
    Local(LocalArguments),
    #[command(hide = true)]
    Runner(RunnerArguments),
    #[command(hide = true)]
    Demo(DemoArguments),
}

impl Command {
    /// The command's name, as in its envelope's `schema`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Plan(_) => "plan",
            Self::Diff(_) => "diff",
            Self::Generate(_) => "generate",
            Self::Lock(_) => "lock",
            Self::Import(_) => "import",
            Self::Init(_) => "init",
            Self::Explain(_) => "explain",
            Self::ExplainResource(_) => "explain-resource",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Deploy(_) => "deploy",
            Self::Status(_) => "status",
            Self::Logs(_) => "logs",
            Self::Events(_) => "events",
            Self::Audit(_) => "audit",
            Self::Scale(_) => "scale",
            Self::Restart(_) => "restart",
            Self::Rollback(_) => "rollback",
            Self::Destroy(_) => "destroy",
            Self::Approve(_) => "approve",
            Self::Resume(_) => "resume",
            Self::Saga(_) => "saga",
            Self::Worker(_) => "worker",
            Self::Secret(_) => "secret",
            Self::Doctor(_) => "doctor",
            Self::Quickstart(_) => "quickstart",
            Self::Keys(_) => "keys",
            Self::Release(_) => "release",
            Self::State(_) => "state",
            Self::Local(_) => "local",
            Self::Runner(_) => "runner",
            Self::Demo(_) => "demo",
        }
    }

    /// Whether the command can print in a form.
    pub(crate) fn prints(&self, format: Format) -> bool {
        match format {
            Format::Text | Format::Json => true,
            Format::Markdown => matches!(self, Self::Plan(_) | Self::Diff(_)),
            Format::Sarif => matches!(self, Self::Check(_)),
        }
    }
}

/// The settings of a command line that could not be parsed, as far as they can be made out.
///
/// A program that asked for JSON must get JSON for a mistake in its arguments too.
pub(crate) fn salvage(arguments: &[OsString]) -> Settings {
    let value = |flag: &str| {
        let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
        let joined = words.iter().rev().find_map(|word| word.strip_prefix(&format!("{flag}=")).map(str::to_owned));
        joined.or_else(|| words.windows(2).rev().find(|pair| pair[0] == flag).map(|pair| pair[1].to_string()))
    };
    Settings {
        format: value("--format").and_then(|word| Format::from_str(&word, false).ok()).unwrap_or_default(),
        color: value("--color").and_then(|word| ColorChoice::from_str(&word, false).ok()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_declaration_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn settings_are_salvaged_from_a_broken_line() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(salvage(&words("skiff plna --format json")).format, Format::Json);
        assert_eq!(salvage(&words("skiff --format=json --color=never")).format, Format::Json);
        assert_eq!(salvage(&words("skiff --format=json --color=never")).color, ColorChoice::Never);
        assert_eq!(salvage(&words("skiff plan --format")).format, Format::Text);
    }
}
