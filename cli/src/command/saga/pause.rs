//! `skiff saga pause`: an operation stops between two steps.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::Ask;
use skiff_wire::OperationStatus;

use super::OneArguments;
use crate::{
    acting::{Acting, conclude},
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Let an operation stop before its next step
///
/// A step that is being done comes to its end first; what was done stays done. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga pause OPERATION\n  skiff saga resume OPERATION")]
pub(super) struct PauseArguments {
    #[command(flatten)]
    one: OneArguments,
}

/// Asks for a pause.
pub(super) fn run(arguments: &PauseArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(pause(&arguments.one.operation, &acting))
}

async fn pause(id: &str, acting: &Acting) -> Result<Outcome, Failure> {
    let operation = acting.engine.ask(&acting.operating.scope, id, Ask::Pause, &acting.actor).await?;
    let status = operation.control.status;
    let (code, summary) = match status {
        OperationStatus::Paused => ("PAUSED", "it is paused".to_owned()),
        _ => ("PAUSE_ASKED", format!("it stops behind step {}", operation.control.step + 1)),
    };
    let data = json!({ "operation": id, "status": status });
    Ok(Outcome::done(code, summary).data(data).operation(id).action(conclude::resume(id, &acting.place)))
}
