//! `skiff saga reject`: what waits for an approval is refused.

use clap::Args;
use serde_json::json;
use skiff_wire::{Event, OperationStatus};

use super::AskedArguments;
use crate::{
    acting::{
        Acting,
        asking::{Asking, would_ask},
        conclude,
    },
    arguments::Settings,
    command::approve::{described, nothing_waits},
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Refuse an operation that waits for an approval
///
/// Anybody may refuse. What was done until then is taken back when the operation is driven. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga reject OPERATION --reason 'not before Monday'")]
pub(super) struct RejectArguments {
    #[command(flatten)]
    asked: AskedArguments,
    /// Why; it is kept with the operation
    #[arg(long, value_name = "WHY")]
    reason: String,
}

/// Refuses what waits.
pub(super) fn run(arguments: &RejectArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?;
    wait_for(reject(&arguments.asked.operation, &arguments.reason, &acting, arguments.asked.acting.dry_run))
}

/// Refuses what waits for an approval, and says why.
pub(crate) async fn reject(id: &str, reason: &str, acting: &Acting, dry_run: bool) -> Result<Outcome, Failure> {
    let scope = &acting.operating.scope;
    let operation = acting.engine.look(scope, id).await?;
    let asking = Asking { command: "saga reject", operation: id, arguments: json!({ "reason": reason }) };
    let asked = acting.asked_already(&asking, dry_run, |event| matches!(event, Event::Rejected { .. })).await?;
    if operation.control.status != OperationStatus::AwaitingApproval && !asked {
        return Err(nothing_waits(&operation, acting));
    }
    if dry_run {
        let history = acting.engine.history(scope, id).await?;
        let summary = format!("{} would be refused: {reason}", described(&operation));
        return Ok(would_ask("WOULD_REJECT", &summary, &history));
    }
    let now = match asked {
        true => operation,
        false => acting.engine.reject(scope, id, &acting.actor, reason).await?,
    };
    let mut data = conclude::of_operation(&now);
    data["reason"] = json!(reason);
    let outcome = Outcome::done("REJECTED", format!("{} is refused: {reason}", described(&now)));
    let next = match now.control.status.is_final() {
        true => conclude::show(id, &acting.place),
        false => conclude::compensate(id, &acting.place),
    };
    Ok(outcome.data(data).operation(id).action(next))
}
