//! `skiff saga compensate`: goes on taking an operation back.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::Operation;
use skiff_wire::{ExitCode, OperationStatus};

use super::{AskedArguments, abort::taken_back};
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

/// Go on taking an operation back
///
/// A way back failed, or whoever drove it was ended. Each step that is taken back already is left alone. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga compensate OPERATION")]
pub(super) struct CompensateArguments {
    #[command(flatten)]
    asked: AskedArguments,
}

/// Drives an operation back.
pub(super) fn run(arguments: &CompensateArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?;
    wait_for(compensate(&arguments.asked, &acting))
}

async fn compensate(arguments: &AskedArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (id, dry_run) = (arguments.operation.as_str(), arguments.acting.dry_run);
    let operation = acting.engine.look(&acting.operating.scope, id).await?;
    let asking = Asking { command: "saga compensate", operation: id, arguments: json!({}) };
    // Nothing is asked: driving it twice is the same thing, and the key only stands for this command from now on.
    acting.asked_already(&asking, dry_run, |_| false).await?;
    match operation.control.status {
        OperationStatus::Compensating | OperationStatus::CompensationFailed if dry_run => {
            let history = acting.engine.history(&acting.operating.scope, id).await?;
            let summary = format!("{} would be taken back further", named(&history.intent));
            Ok(would_ask("WOULD_COMPENSATE", &summary, &history))
        }
        OperationStatus::Compensating | OperationStatus::CompensationFailed => taken_back(acting, id).await,
        _ => Err(nothing_to_take_back(&operation, acting)),
    }
}

fn nothing_to_take_back(operation: &Operation, acting: &Acting) -> Failure {
    let (id, status) = (operation.intent.operation.as_str(), operation.control.status);
    let message = format!("operation `{id}` is not being taken back: {}", status_word(status));
    let failure = Failure::new("NOTHING_TO_COMPENSATE", ExitCode::Conflict, message).operation(id);
    if status.is_final() {
        return failure.action(conclude::show(id, &acting.place));
    }
    let abort = conclude::mutating("saga-abort", &["saga", "abort", id], &acting.place, "takes everything back");
    failure.hint("abort it first").action(abort)
}
