//! `skiff saga skip`: a person lets an operation go on without the verdict of a gate.

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::engine::{Operation, status::StepProgress};
use skiff_wire::{Event, ExitCode};

use super::AskedArguments;
use crate::{
    acting::{
        Acting,
        asking::{Asking, would_ask},
        conclude,
    },
    arguments::Settings,
    command::approve::{COUNTS, Signed, described, one_person, signed},
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
    asked: AskedArguments,
    /// Why nobody needs the verdict; it is kept with the operation
    #[arg(long, value_name = "WHY")]
    reason: String,
    #[command(flatten)]
    signing: SigningArguments,
}

/// Signs that a gate's verdict is not needed.
pub(super) fn run(arguments: &SkipArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.asked.acting.open(settings)?;
    wait_for(skip(arguments, &acting))
}

async fn skip(arguments: &SkipArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.asked.operation.as_str());
    let (reason, dry_run) = (arguments.reason.as_str(), arguments.asked.acting.dry_run);
    let operation = acting.engine.look(scope, id).await?;
    let what = json!({ "reason": reason, "keys": arguments.signing.keys });
    let asking = Asking { command: "saga skip", operation: id, arguments: what };
    let asked = acting.asked_already(&asking, dry_run, |event| matches!(event, Event::StepSkipped { .. })).await?;
    if asked && !dry_run {
        let summary = format!("{} was let go on without a verdict before", described(&operation));
        return Ok(told(summary, &operation, &Value::Null, reason, acting));
    }
    if !asked && !operation.steps.iter().any(|step| step.progress == StepProgress::Held) {
        return Err(no_gate_holds(&operation, acting));
    }
    if dry_run {
        let history = acting.engine.history(scope, id).await?;
        let step = operation.control.step + 1;
        let summary = format!("{} would go on without the verdict of step {step}", described(&operation));
        return Ok(would_ask("WOULD_SKIP", &summary, &history));
    }
    let expires = acting.operating.ledger.world.clock.now() + COUNTS;
    let Signed { approval, envelope } = signed(&arguments.signing, acting, &operation, expires).await?;
    let now = acting.engine.skip(scope, id, &envelope, reason).await?;
    let (who, what) = (&approval.approver, described(&operation));
    let summary = format!("`{who}` lets {what} go on without the verdict of step {}", approval.step + 1);
    let outcome = told(summary, &now, &document::to_value(&approval)?, reason, acting);
    Ok(outcome.warnings(one_person(&operation, &approval)))
}

fn told(summary: String, operation: &Operation, approval: &Value, reason: &str, acting: &Acting) -> Outcome {
    let id = operation.intent.operation.as_str();
    let mut data = conclude::of_operation(operation);
    data["reason"] = json!(reason);
    data["approval"] = approval.clone();
    Outcome::done("SKIPPED", summary).data(data).operation(id).action(conclude::resume(id, &acting.place))
}

fn no_gate_holds(operation: &Operation, acting: &Acting) -> Failure {
    let id = &operation.intent.operation;
    let message = format!("no gate holds operation `{id}` up: {}", status_word(operation.control.status));
    Failure::new("NOTHING_WAITS", ExitCode::Conflict, message).operation(id).action(conclude::show(id, &acting.place))
}
