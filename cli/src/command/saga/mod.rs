//! `skiff saga`: operations as graphs, to look at and to decide about.

use clap::{Args, Subcommand};

use crate::{
    acting::{Acting, ActingArguments},
    arguments::Settings,
    command::{approve::ApproveArguments, resume::ResumeArguments},
    failure::Failure,
    graph::read::Reader,
    operating::OperatingArguments,
    outcome::Outcome,
};

mod abort;
mod compensate;
mod list;
mod pause;
mod reject;
mod report;
mod retry;
mod show;
mod skip;
mod start;
mod watch;

pub(crate) use abort::abort;
pub(crate) use reject::reject;

/// Start operations, look at them, and decide about them
///
/// An operation is a list of steps, each with a risk and a way back. It is on record before its first effect, so whoever
/// drives it may be ended at any instant, and somebody else goes on.
#[derive(Debug, Args)]
pub(crate) struct SagaArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Start an operation by its name
    Start {
        #[command(subcommand)]
        start: start::Start,
    },
    /// Show what an operation would do, with the digest of its plan; nothing is written
    Plan {
        #[command(subcommand)]
        start: start::Start,
    },
    List(list::ListArguments),
    Show(show::ShowArguments),
    Watch(watch::WatchArguments),
    Report(report::ReportArguments),
    Pause(pause::PauseArguments),
    Resume(ResumeArguments),
    Abort(abort::AbortArguments),
    Retry(retry::RetryArguments),
    Compensate(compensate::CompensateArguments),
    Approve(ApproveArguments),
    Skip(skip::SkipArguments),
    Reject(reject::RejectArguments),
}

/// An operation, and where it is.
#[derive(Debug, Clone, Args)]
struct OneArguments {
    /// The operation, as the command that started it named it
    #[arg(value_name = "OPERATION")]
    operation: String,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Does one of them.
pub(crate) fn run(arguments: &SagaArguments, settings: Settings) -> Result<Outcome, Failure> {
    match &arguments.action {
        Action::Start { start } => start::run(start, settings),
        Action::Plan { start } => start::plan(start, settings),
        Action::List(arguments) => list::run(arguments, settings),
        Action::Show(arguments) => show::run(arguments, settings),
        Action::Watch(arguments) => watch::run(arguments, settings),
        Action::Report(arguments) => report::run(arguments, settings),
        Action::Pause(arguments) => pause::run(arguments, settings),
        Action::Resume(arguments) => crate::command::resume::run(arguments, settings),
        Action::Abort(arguments) => abort::run(arguments, settings),
        Action::Retry(arguments) => retry::run(arguments, settings),
        Action::Compensate(arguments) => compensate::run(arguments, settings),
        Action::Approve(arguments) => crate::command::approve::run(arguments, settings),
        Action::Skip(arguments) => skip::run(arguments, settings),
        Action::Reject(arguments) => reject::run(arguments, settings),
    }
}

/// An operation of which something is asked.
#[derive(Debug, Clone, Args)]
struct AskedArguments {
    /// The operation, as the command that started it named it
    #[arg(value_name = "OPERATION")]
    operation: String,
    #[command(flatten)]
    acting: ActingArguments,
}

impl OneArguments {
    fn open(&self, settings: Settings) -> Result<Acting, Failure> {
        ActingArguments::on(&self.place).open(settings)
    }
}

/// What reads operations as graphs.
fn reader(acting: &Acting) -> Reader<'_> {
    Reader { engine: &acting.engine, ledger: &acting.operating.ledger, scope: &acting.operating.scope }
}
