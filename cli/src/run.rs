//! From arguments to exit code: parse, run one command, print once.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, error::ErrorKind};
use serde_json::json;
use skiff_wire::ExitCode;

use crate::{
    arguments::{Arguments, Command, Format, Settings, salvage},
    command, defect,
    failure::Failure,
    outcome::Outcome,
    output,
};

/// Runs the command line and gives the exit code of the process.
pub(crate) fn run(arguments: &[OsString]) -> u8 {
    let salvaged = salvage(arguments);
    let matches = Arguments::command().color(salvaged.color.for_clap()).try_get_matches_from(arguments);
    match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(parsed) => {
            let outcome = defect::guard(|| execute(&parsed));
            output::print(&outcome, parsed.command.name(), parsed.settings)
        }
        Err(error) => not_parsed(&error, arguments, salvaged),
    }
}

fn execute(arguments: &Arguments) -> Outcome {
    supported(&arguments.command, arguments.settings.format)
        .and_then(|()| dispatch(&arguments.command, arguments.settings))
        .unwrap_or_else(Failure::into_outcome)
}

fn dispatch(command: &Command, settings: Settings) -> Result<Outcome, Failure> {
    match command {
        Command::Check(arguments) => command::check::run(arguments, settings),
        Command::Plan(arguments) => command::plan::run(arguments, settings.format),
        Command::Diff(arguments) => command::diff::run(arguments, settings.format),
        Command::Generate(arguments) => command::generate::run(arguments),
        Command::Lock(arguments) => command::lock::run(arguments),
        Command::Import(arguments) => command::import::run(arguments),
        Command::Init(arguments) => command::init::run(arguments),
        Command::Explain(arguments) => command::explain::run(arguments),
        Command::ExplainResource(arguments) => command::explain_resource::run(arguments),
        Command::Schema(arguments) => command::schema::run(arguments),
        Command::Completions(arguments) => command::completions::run(arguments),
        Command::Man(arguments) => command::man::run(arguments),
        Command::Deploy(arguments) => command::deploy::run(arguments, settings),
        Command::Status(arguments) => command::status::run(arguments),
        Command::Logs(arguments) => command::logs::run(arguments, settings),
        Command::Events(arguments) => command::events::run(arguments, settings),
        Command::Audit(arguments) => command::audit::run(arguments, settings),
        Command::Scale(arguments) => command::scale::run(arguments, settings),
        Command::Restart(arguments) => command::restart::run(arguments, settings),
        Command::Rollback(arguments) => command::rollback::run(arguments, settings),
        Command::Destroy(arguments) => command::destroy::run(arguments, settings),
        Command::Approve(arguments) => command::approve::run(arguments, settings),
        Command::Resume(arguments) => command::resume::run(arguments, settings),
        Command::Saga(arguments) => command::saga::run(arguments, settings),
        Command::Worker(arguments) => command::worker::run(arguments, settings),
        Command::Secret(arguments) => command::secret::run(arguments),
        Command::Doctor(arguments) => command::doctor::run(arguments),
        Command::Quickstart(arguments) => command::quickstart::run(arguments, settings),
        Command::Keys(arguments) => command::keys::run(arguments),
        Command::Release(arguments) => command::release::run(arguments),
        Command::State(arguments) => command::state::run(arguments),
        Command::Local(arguments) => command::local::run(arguments),
        Command::Runner(arguments) => command::runner::run(arguments),
        Command::Demo(arguments) => command::demo::run(arguments),
    }
}

fn supported(command: &Command, format: Format) -> Result<(), Failure> {
    if command.prints(format) {
        return Ok(());
    }
    let form = if format == Format::Sarif { "SARIF" } else { "Markdown" };
    Err(Failure::usage(format!("`skiff {}` has no {form} form", command.name()))
        .hint("use `--format text` or `--format json`"))
}

/// Help, the version, and mistakes in the arguments; the parser's own words, in the form that was asked for.
fn not_parsed(error: &clap::Error, arguments: &[OsString], settings: Settings) -> u8 {
    let code = match error.kind() {
        ErrorKind::DisplayHelp => "HELP",
        ErrorKind::DisplayVersion => "VERSION",
        _ => "USAGE",
    };
    if settings.format != Format::Json {
        return output::print_parser_message(error);
    }
    let text = error.render().to_string();
    let summary = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let summary = summary.strip_prefix("error: ").unwrap_or(summary).trim().to_owned();
    let exit = if code == "USAGE" { ExitCode::Usage } else { ExitCode::Done };
    let outcome = Outcome::new(code, exit, summary).data(json!({ "text": text }));
    output::print(&outcome, &named(arguments), settings)
}

/// The command that was meant, as far as it can be made out; `skiff` when none was.
fn named(arguments: &[OsString]) -> String {
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let known = |word: &&str| Arguments::command().find_subcommand(word).is_some();
    words.into_iter().find(known).unwrap_or("skiff").to_owned()
}
