//! `skiff saga pause`: an operation stops between two steps.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::{Ask, Operation};
use skiff_wire::{Event, OperationStatus};

use super::AskedArguments;
use crate::{
    acting::{
        Acting,
        asking::{Asking, named, would_ask},
        conclude,
    },
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    standing::text::status_word,
};

/// Let an operation stop before its next step
///
/// A step that is being done comes to its end first; what was done stays done. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga pause OPERATION\n  skiff saga resume OPERATION")]
pub(super) struct PauseArguments {
    #[command(flatten)]
    asked: AskedArguments,
}

/// Asks for a pause.
pub(super) fn run(arguments: &PauseArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?;
    wait_for(pause(&arguments.asked, &acting))
}

async fn pause(arguments: &AskedArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (id, dry_run) = (arguments.operation.as_str(), arguments.acting.dry_run);
    let asking = Asking { command: "saga pause", operation: id, arguments: json!({}) };
    let asked = acting.asked_already(&asking, dry_run, |event| matches!(event, Event::PauseRequested { .. })).await?;
    if dry_run {
        let history = acting.could_be_asked(id, &Event::PauseRequested { by: acting.actor.clone() }, asked).await?;
        let summary = format!("{} would stop before its next step", named(&history.intent));
        return Ok(would_ask("WOULD_PAUSE", &summary, &history));
    }
    let operation = match asked {
        true => acting.engine.look(&acting.operating.scope, id).await?,
        false => acting.engine.ask(&acting.operating.scope, id, Ask::Pause, &acting.actor).await?,
    };
    Ok(told(&operation, asked, acting))
}

fn told(operation: &Operation, asked: bool, acting: &Acting) -> Outcome {
    let (id, what) = (operation.intent.operation.as_str(), named(&operation.intent));
    let status = operation.control.status;
    let (code, summary) = match status {
        OperationStatus::Paused => ("PAUSED", format!("{what} is paused")),
        // The pause of then is over: somebody has answered it.
        _ if asked => ("PAUSE_ASKED", format!("{what} was asked to pause before, and is {} now", status_word(status))),
        _ => ("PAUSE_ASKED", format!("{what} stops after step {}", operation.control.step + 1)),
    };
    let next = if status.is_final() { conclude::show(id, &acting.place) } else { conclude::resume(id, &acting.place) };
    Outcome::done(code, summary).data(conclude::of_operation(operation)).operation(id).action(next)
}
