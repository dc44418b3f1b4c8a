//! `skiff saga compensate`: goes on taking an operation back.

use clap::Args;
use skiff_wire::{ExitCode, OperationStatus};

use super::{OneArguments, abort::taken_back};
use crate::{
    acting::{Acting, conclude},
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
    one: OneArguments,
}

/// Drives an operation back.
pub(super) fn run(arguments: &CompensateArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(compensate(&arguments.one.operation, &acting))
}

async fn compensate(id: &str, acting: &Acting) -> Result<Outcome, Failure> {
    let operation = acting.engine.look(&acting.operating.scope, id).await?;
    match operation.control.status {
        OperationStatus::Compensating | OperationStatus::CompensationFailed => taken_back(acting, id).await,
        status => {
            let message = format!("operation `{id}` is not being taken back: {}", status_word(status));
            let failure = Failure::new("NOTHING_TO_COMPENSATE", ExitCode::Conflict, message).operation(id);
            Err(match status.is_final() {
                true => failure.action(conclude::show(id, &acting.place)),
                false => failure.hint("abort it first").action(conclude::mutating(
                    "saga-abort",
                    &["saga", "abort", id],
                    &acting.place,
                    "takes everything back",
                )),
            })
        }
    }
}
