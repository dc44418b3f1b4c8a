//! `skiff saga compensate`: goes on taking an operation back.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::{Ask, Operation};
use skiff_wire::{Event, ExitCode, OperationStatus};

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
/// A way back failed, or whoever drove it was ended. Each step that is taken back already is left alone.
///
/// Requests go back only to members that are healthy. When these cannot be, and a fix is ready that is kept out meanwhile,
/// `--waive-health` gives them back nevertheless, as they were before the operation began. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga compensate OPERATION\n  \
    skiff saga compensate OPERATION --waive-health 'v1 cannot start; v3 has the fix'")]
pub(super) struct CompensateArguments {
    #[command(flatten)]
    asked: AskedArguments,
    /// Give requests back to members that are not healthy; why is kept with the operation
    #[arg(long, value_name = "WHY")]
    waive_health: Option<String>,
}

/// Drives an operation back.
pub(super) fn run(arguments: &CompensateArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?;
    wait_for(compensate(&arguments.asked, arguments.waive_health.as_deref(), &acting))
}

async fn compensate(arguments: &AskedArguments, waived: Option<&str>, acting: &Acting) -> Result<Outcome, Failure> {
    let (id, dry_run) = (arguments.operation.as_str(), arguments.acting.dry_run);
    let operation = acting.engine.look(&acting.operating.scope, id).await?;
    let what = waived.map_or_else(|| json!({}), |why| json!({ "waive_health": why }));
    let asking = Asking { command: "saga compensate", operation: id, arguments: what };
    // Driving it twice is the same thing; only the waiver is asked once.
    let asked = acting.asked_already(&asking, dry_run, |event| matches!(event, Event::HealthWaived { .. })).await?;
    match operation.control.status {
        OperationStatus::Compensating | OperationStatus::CompensationFailed if dry_run => {
            let history = acting.engine.history(&acting.operating.scope, id).await?;
            let how = if waived.is_some() { ", to members that are not healthy" } else { "" };
            let summary = format!("{} would be taken back further{how}", named(&history.intent));
            Ok(would_ask("WOULD_COMPENSATE", &summary, &history))
        }
        OperationStatus::Compensating | OperationStatus::CompensationFailed => {
            if let Some(why) = waived.filter(|_| !asked) {
                let waive = Ask::WaiveHealth(why.to_owned());
                acting.engine.ask(&acting.operating.scope, id, waive, &acting.actor).await?;
            }
            taken_back(acting, id).await
        }
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
