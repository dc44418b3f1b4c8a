//! `skiff saga reject`: what waits for an approval is refused.

use clap::Args;
use serde_json::json;
use skiff_wire::OperationStatus;

use super::OneArguments;
use crate::{
    acting::{Acting, conclude},
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
    one: OneArguments,
    /// Why; it is kept with the operation
    #[arg(long, value_name = "WHY")]
    reason: String,
}

/// Refuses what waits.
pub(super) fn run(arguments: &RejectArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(reject(arguments, &acting))
}

async fn reject(arguments: &RejectArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.one.operation.as_str());
    let operation = acting.engine.look(scope, id).await?;
    if operation.control.status != OperationStatus::AwaitingApproval {
        return Err(nothing_waits(&operation, acting));
    }
    acting.engine.reject(scope, id, &acting.actor, &arguments.reason).await?;
    let outcome = Outcome::done("REJECTED", format!("{} is refused: {}", described(&operation), arguments.reason));
    let data = json!({ "operation": id, "reason": arguments.reason });
    Ok(outcome.data(data).operation(id).action(conclude::resume(id, &acting.place)))
}
