//! `skiff saga retry`: an operation is tried again.

use clap::Args;
use serde_json::json;
use skiff_runtime::{
    engine::{Ask, Operation},
    saga::Saga,
};
use skiff_wire::{Event, ExitCode, OperationStatus};

use super::AskedArguments;
use crate::{
    acting::{
        Acting,
        asking::{Asking, named, would_ask},
        conclude,
        handing::HandingArguments,
        steps,
    },
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
    asked: AskedArguments,
    #[command(flatten)]
    handing: HandingArguments,
}

/// Tries an operation again.
pub(super) fn run(arguments: &RetryArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?.handing(arguments.handing);
    wait_for(retry(&arguments.asked, &acting))
}

async fn retry(arguments: &AskedArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id, dry_run) = (&acting.operating.scope, arguments.operation.as_str(), arguments.acting.dry_run);
    let operation = acting.engine.look(scope, id).await?;
    match operation.control.status {
        OperationStatus::Succeeded => {
            let message = format!("{} has succeeded already", named(&operation.intent));
            Err(Failure::new("ALREADY_DONE", ExitCode::Conflict, message)
                .operation(id)
                .action(conclude::show(id, &acting.place)))
        }
        OperationStatus::Compensated | OperationStatus::Failed => anew(acting, &operation, dry_run).await,
        status => {
            let asking = Asking { command: "saga retry", operation: id, arguments: json!({}) };
            let made = |event: &Event| matches!(event, Event::ResumeRequested { .. });
            let asked = acting.asked_already(&asking, dry_run, made).await?;
            if dry_run {
                let history = acting.engine.history(scope, id).await?;
                let what = named(&history.intent);
                let summary = format!("{what} would try step {} again", operation.control.step + 1);
                return Ok(would_ask("WOULD_RETRY", &summary, &history));
            }
            if status == OperationStatus::Paused && !asked {
                acting.engine.ask(scope, id, Ask::Resume, &acting.actor).await?;
            }
            resume::go_on(acting, &operation).await
        }
    }
}

/// The same once more, as an operation of its own.
async fn anew(acting: &Acting, before: &Operation, dry_run: bool) -> Result<Outcome, Failure> {
    let (saga, of) = (Saga::read(&before.intent.saga, &before.intent.parameters)?, &before.intent.operation);
    let parameters = saga.parameters()?;
    let same = |then: &serde_json::Value| *then == parameters;
    let key = acting.key.as_deref();
    if acting.key_record().await?.is_some_and(|record| record.operation == *of && record.entries.is_some()) {
        // The key has asked this very operation to go on, before it came to its end.
        return resume::go_on(acting, before).await;
    }
    let again = acting.asked_before(key, &[saga.name()], saga.service(), same).await?;
    if dry_run {
        let summary = format!("the {} of `{}` would be tried again as a new operation", saga.name(), saga.service());
        return steps::would_start(
            "WOULD_RETRY",
            &summary,
            &saga,
            &json!({ "service": saga.service(), "retry_of": of }),
        );
    }
    let words = conclude::Words::of(&saga, "RETRIED", format!("the {} of `{}` is done", saga.name(), saga.service()));
    let operation = match again {
        Some(intent) => intent.operation,
        None => {
            let two_party = acting.handing.two_party || before.intent.steps.iter().any(|step| step.approvals > 1);
            acting.start_by(saga, acting.key.clone(), two_party).await?
        }
    };
    acting.say(&format!("operation {of} is over; operation {operation} tries the same again"));
    let data = conclude::data(&words.service, Some(&operation), json!({ "retry_of": of }));
    acting.see_through(&operation, &words, data).await
}
