//! `skiff approve`: a second person lets an operation of high risk go on.

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use skiff_runtime::{
    engine::{Operation, approval::Approval},
    trust::envelope,
};
use skiff_wire::OperationStatus;

use crate::{
    acting::{Acting, ActingArguments, conclude, steps},
    action,
    arguments::Settings,
    document,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    signing::{self, SigningArguments},
    standing::text::status_word,
    words,
};

/// How long an approval counts.
pub(crate) const COUNTS: SignedDuration = SignedDuration::from_hours(24);

/// Approve an operation that waits, or refuse it
///
/// Shows what is approved and signs it: the operation, the step that waits, and the digest of everything that was planned.
/// The key must be that of a person with the role `approval`; an agent never counts. It counts for a day. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff approve OPERATION --dry-run\n  skiff approve OPERATION --key anna\n  skiff approve OPERATION --reject 'not before Monday'"
)]
pub(crate) struct ApproveArguments {
    /// The operation that waits
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// Refuse it instead, and say why
    #[arg(long, value_name = "WHY")]
    reject: Option<String>,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    acting: ActingArguments,
}

/// Signs an approval and records it.
pub(crate) fn run(arguments: &ApproveArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?;
    wait_for(approve(arguments, &acting))
}

async fn approve(arguments: &ApproveArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.operation.as_str());
    let operation = acting.engine.look(scope, id).await?;
    if operation.control.status != OperationStatus::AwaitingApproval {
        return Err(nothing_waits(&operation, acting));
    }
    let expires = acting.operating.ledger.world.clock.now() + COUNTS;
    if arguments.acting.dry_run {
        let approval = acting.engine.approval(scope, id, "…", expires).await?;
        return Ok(shown(
            "WOULD_APPROVE",
            &format!("{} waits for an approval", described(&operation)),
            &operation,
            &approval,
        ));
    }
    if let Some(why) = &arguments.reject {
        acting.engine.reject(scope, id, &acting.actor, why).await?;
        let outcome = Outcome::done("REJECTED", format!("{} is refused: {why}", described(&operation)));
        return Ok(outcome.operation(id).action(conclude::resume(id, &acting.place)));
    }
    sign(arguments, acting, &operation, expires).await
}

async fn sign(
    arguments: &ApproveArguments,
    acting: &Acting,
    operation: &Operation,
    expires: jiff::Timestamp,
) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.operation.as_str());
    let (approval, signed) = signed(&arguments.signing, acting, operation, expires).await?;
    let approved = acting.engine.approve(scope, id, &signed).await?;
    let mut summary =
        format!("{} is approved by `{}` until {}", described(operation), approval.approver, approval.expires);
    let missing = approvals_missing(&approved);
    if missing > 0 {
        summary += &format!("; {} still needed", words::count(missing, "approval"));
    }
    let data = json!({
        "operation": id, "approval": document::to_value(&approval)?, "missing": missing, "steps": operation.intent.steps,
    });
    Ok(Outcome::done("APPROVED", summary).data(data).operation(id).action(conclude::resume(id, &acting.place)))
}

/// How many more people must approve the step that waits.
fn approvals_missing(operation: &Operation) -> usize {
    let step = usize::try_from(operation.control.step).ok().and_then(|step| operation.steps.get(step));
    step.map_or(0, |step| (step.approvals as usize).saturating_sub(step.approved_by.len()))
}

/// The statement that lets an operation go on, and the bytes of its signed envelope; what is signed is shown first.
pub(crate) async fn signed(
    signing: &SigningArguments,
    acting: &Acting,
    operation: &Operation,
    expires: jiff::Timestamp,
) -> Result<(Approval, Vec<u8>), Failure> {
    let (scope, id) = (&acting.operating.scope, operation.intent.operation.as_str());
    let keys = signing::keys(signing)?;
    let [key] = &*keys else {
        return Err(Failure::usage("an approval is signed with one key").hint("name it with `--key NAME`"));
    };
    let approval = acting.engine.approval(scope, id, key.name(), expires).await?;
    let what = if approval.skip { "approves to go on without a verdict:" } else { "approves" };
    let mut lines = vec![format!("{what} {}, plan sha256:{}", described(operation), approval.plan)];
    lines.extend(steps::lines(&operation.intent.steps));
    lines.iter().for_each(|line| acting.say(line));
    let payload = document::to_json(&approval)?;
    let signed = envelope::sign(Approval::PAYLOAD_TYPE, payload.as_bytes(), &keys)?;
    Ok((approval, signed))
}

fn shown(code: &'static str, summary: &str, operation: &Operation, approval: &Approval) -> Outcome {
    let intent = &operation.intent;
    let more = json!({
        "operation": intent.operation,
        "saga": intent.saga,
        "service": intent.service,
        "plan": approval.plan,
        "step": approval.step,
        "requested_by": intent.requested_by,
        "requested_at": intent.requested_at,
    });
    steps::would(code, summary, &intent.steps, &more).operation(&intent.operation)
}

/// An operation as people name it.
pub(crate) fn described(operation: &Operation) -> String {
    let intent = &operation.intent;
    let of = intent.service.as_deref().map(|service| format!(" of `{service}`")).unwrap_or_default();
    format!("the {}{of} that {} asked for", intent.saga, intent.requested_by)
}

/// The failure of a decision that nobody waits for.
pub(crate) fn nothing_waits(operation: &Operation, acting: &Acting) -> Failure {
    let id = &operation.intent.operation;
    let message = format!("the operation `{id}` waits for no approval: {}", status_word(operation.control.status));
    let failure = Failure::new("NOTHING_WAITS", skiff_wire::ExitCode::Conflict, message).operation(id);
    if operation.control.status.is_final() {
        failure.action(action::look("status", &["status"], "where everything stands"))
    } else {
        failure.action(conclude::resume(id, &acting.place))
    }
}
