//! `skiff saga skip`: a person lets an operation go on without the verdict of a gate.

use clap::Args;
use serde_json::json;
use skiff_wire::ExitCode;

use super::OneArguments;
use crate::{
    acting::{Acting, conclude},
    arguments::Settings,
    command::approve::{COUNTS, described, signed},
    document,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    signing::SigningArguments,
    standing::text::status_word,
};

/// Approve that an operation goes on without the verdict of a gate
///
/// Only where a gate could not say, and only with the key of a person with the role `approval` who has not asked for the
/// operation. A gate that has failed cannot be skipped. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga skip OPERATION --reason 'too little traffic at night' --key anna")]
pub(super) struct SkipArguments {
    #[command(flatten)]
    one: OneArguments,
    /// Why nobody needs the verdict; it is kept with the operation
    #[arg(long, value_name = "WHY")]
    reason: String,
    #[command(flatten)]
    signing: SigningArguments,
}

/// Signs that a gate's verdict is not needed.
pub(super) fn run(arguments: &SkipArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.one.open(settings)?;
    wait_for(skip(arguments, &acting))
}

async fn skip(arguments: &SkipArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.one.operation.as_str());
    let operation = acting.engine.look(scope, id).await?;
    let held = operation.steps.iter().any(|step| step.progress == skiff_runtime::engine::status::StepProgress::Held);
    if !held {
        let message = format!("no gate holds operation `{id}` up: {}", status_word(operation.control.status));
        return Err(Failure::new("NOTHING_WAITS", ExitCode::Conflict, message)
            .operation(id)
            .action(conclude::show(id, &acting.place)));
    }
    let expires = acting.operating.ledger.world.clock.now() + COUNTS;
    let (approval, envelope) = signed(&arguments.signing, acting, &operation, expires).await?;
    acting.engine.skip(scope, id, &envelope, &arguments.reason).await?;
    let (who, what) = (&approval.approver, described(&operation));
    let summary = format!("`{who}` lets {what} go on without the verdict of step {}", approval.step + 1);
    let data = json!({ "operation": id, "approval": document::to_value(&approval)?, "reason": arguments.reason });
    Ok(Outcome::done("SKIPPED", summary).data(data).operation(id).action(conclude::resume(id, &acting.place)))
}
