//! `skiff resume`: goes on with an operation.

use clap::Args;
use serde_json::json;
use skiff_runtime::{
    engine::{Ask, Operation},
    saga::Saga,
};
use skiff_wire::{Event, OperationStatus};

use crate::{
    acting::{
        Acting, ActingArguments,
        asking::Asking,
        conclude::{self, Words},
        handing::HandingArguments,
        steps,
    },
    arguments::Settings,
    command::saga::abort,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    standing::text::status_word,
};

/// Go on with an operation where it stopped
///
/// The process that drove it was ended, it waited for an approval, it was paused, or nobody knew whether something had
/// happened. Each step that is on record as done is not done again. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff resume 01976e2f-7c1a-7cc3-98c4-dc0c0c07398f")]
pub(crate) struct ResumeArguments {
    /// The operation, as the command that started it named it
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// Take back what was done instead of going on, as `skiff saga abort`
    #[arg(long)]
    abort: bool,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    acting: ActingArguments,
}

/// Drives an operation on.
pub(crate) fn run(arguments: &ResumeArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(resume(arguments, &acting))
}

async fn resume(arguments: &ResumeArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.operation.as_str());
    if arguments.abort {
        return abort(id, acting, arguments.acting.dry_run).await;
    }
    let operation = acting.engine.look(scope, id).await?;
    let asking = Asking { command: "resume", operation: id, arguments: json!({}) };
    let made = |event: &Event| matches!(event, Event::ResumeRequested { .. });
    let asked = acting.asked_already(&asking, arguments.acting.dry_run, made).await?;
    if arguments.acting.dry_run {
        return Ok(would(&operation, &words(&operation)?));
    }
    if operation.control.status == OperationStatus::Paused && !asked {
        acting.engine.ask(scope, id, Ask::Resume, &acting.actor).await?;
    }
    go_on(acting, &operation).await
}

/// Drives an operation on, or leaves it to a worker.
pub(crate) async fn go_on(acting: &Acting, operation: &Operation) -> Result<Outcome, Failure> {
    let (words, id) = (words(operation)?, operation.intent.operation.as_str());
    let data = conclude::data(&words.service, Some(id), json!({ "saga": operation.intent.saga }));
    acting.see_through(id, &words, data).await
}

fn would(operation: &Operation, words: &Words) -> Outcome {
    let status = operation.control.status;
    let summary = match status.is_final() {
        true => format!("{} is {} already", words.what, status_word(status)),
        false => {
            format!("{} ({}) would go on with step {}", words.what, status_word(status), operation.control.step + 1)
        }
    };
    let more = json!({ "operation": operation.intent.operation, "status": status, "service": words.service });
    steps::would("WOULD_RESUME", &summary, &operation.intent.steps, &more).operation(&operation.intent.operation)
}

/// How a command speaks of an operation that it did not start.
pub(crate) fn words(operation: &Operation) -> Result<Words, Failure> {
    let saga = Saga::read(&operation.intent.saga, &operation.intent.parameters)?;
    let done = format!("the {} of `{}` is done", saga.name(), saga.service());
    Ok(Words::of(&saga, "RESUMED", done))
}
