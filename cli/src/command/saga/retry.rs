//! `skiff saga retry`: an operation is tried again.

use clap::Args;
use serde_json::json;
use skiff_runtime::{
    engine::{Ask, Operation},
    saga::Saga,
};
use skiff_wire::{ExitCode, OperationStatus};

use super::OneArguments;
use crate::{
    acting::{Acting, conclude, handing::HandingArguments},
    arguments::Settings,
    command::resume,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Try an operation again
///
/// One that waits goes on with the step that it stopped at: a gate is asked anew. One that failed is over, so a new operation
/// with the same parameters is started. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga retry OPERATION\n  skiff saga retry OPERATION --detach")]
pub(super) struct RetryArguments {
    #[command(flatten)]
    one: OneArguments,
    /// Asking again with the same key is the same operation
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    handing: HandingArguments,
}

/// Tries an operation again.
pub(super) fn run(arguments: &RetryArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?.handing(arguments.handing);
    wait_for(retry(arguments, &acting))
}

async fn retry(arguments: &RetryArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.one.operation.as_str());
    let operation = acting.engine.look(scope, id).await?;
    match operation.control.status {
        OperationStatus::Succeeded => Err(Failure::new("ALREADY_DONE", ExitCode::Conflict, "it succeeded already")
            .operation(id)
            .action(conclude::show(id, &acting.place))),
        OperationStatus::Compensated | OperationStatus::Failed => anew(arguments, acting, &operation).await,
        OperationStatus::Paused => {
            acting.engine.ask(scope, id, Ask::Resume, &acting.actor).await?;
            resume::go_on(acting, &operation).await
        }
        _ => resume::go_on(acting, &operation).await,
    }
}

/// The same once more, as an operation of its own.
async fn anew(arguments: &RetryArguments, acting: &Acting, before: &Operation) -> Result<Outcome, Failure> {
    let saga = Saga::read(&before.intent.saga, &before.intent.parameters)?;
    let again = conclude::Words::of(&saga, "RETRIED", format!("the {} of `{}` is done", saga.name(), saga.service()));
    let of = &before.intent.operation;
    let two_party = acting.handing.two_party || before.intent.steps.iter().any(|step| step.approvals > 1);
    let key = arguments.idempotency_key.clone();
    let operation = acting.start_by(saga, key, two_party).await?;
    acting.say(&format!("operation {of} is over; operation {operation} tries the same again"));
    let data = conclude::data(&again.service, Some(&operation), json!({ "retry_of": of }));
    acting.see_through(&operation, &again, data).await
}
