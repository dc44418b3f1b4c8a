//! `skiff approve`: a second person lets an operation of high risk go on.

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use skiff_runtime::{
    engine::{Operation, approval::Approval},
    trust::envelope,
};
use skiff_wire::{Event, OperationStatus};

use crate::{
    acting::{
        Acting, ActingArguments,
        actor::same_person,
        asking::{self, Asking},
        conclude, steps,
    },
    arguments::Settings,
    command::saga::reject,
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
/// The key must be that of a person with the role `approval`; an agent never counts. It counts for a day. When the person who
/// approves is the one who asked, as far as names can tell, the command says so. Forms: text, json.
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

/// A statement that lets an operation go on, signed.
pub(crate) struct Signed {
    /// What was signed.
    pub(crate) approval: Approval,
    /// The bytes of its envelope.
    pub(crate) envelope: Vec<u8>,
}

/// Signs an approval and records it.
pub(crate) fn run(arguments: &ApproveArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?;
    let (id, dry_run) = (arguments.operation.as_str(), arguments.acting.dry_run);
    match &arguments.reject {
        Some(why) => wait_for(reject(id, why, &acting, dry_run)),
        None => wait_for(approve(arguments, &acting)),
    }
}

async fn approve(arguments: &ApproveArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let (scope, id) = (&acting.operating.scope, arguments.operation.as_str());
    let operation = acting.engine.look(scope, id).await?;
    let what = json!({ "keys": arguments.signing.keys });
    let asking = Asking { command: "saga approve", operation: id, arguments: what };
    let made = |event: &Event| matches!(event, Event::Approved { .. });
    if acting.asked_already(&asking, arguments.acting.dry_run, made).await? {
        let summary = format!("{} was approved before with this idempotency key", described(&operation));
        return Ok(told(summary, &operation, None, acting));
    }
    if operation.control.status != OperationStatus::AwaitingApproval {
        return Err(nothing_waits(&operation, acting));
    }
    let expires = acting.operating.ledger.world.clock.now() + COUNTS;
    if arguments.acting.dry_run {
        let approval = acting.engine.approval(scope, id, "…", expires).await?;
        return Ok(would(&operation, &approval, acting));
    }
    let signed = signed(&arguments.signing, acting, &operation, expires).await?;
    let approved = acting.engine.approve(scope, id, &signed.envelope).await?;
    let Approval { approver, expires, .. } = &signed.approval;
    let mut summary = format!("{} is approved by `{approver}` until {expires}", described(&operation));
    match approvals_missing(&approved) {
        0 => {}
        1 => summary += "; 1 more approval is needed",
        missing => summary += &format!("; {} are needed", words::count(missing, "more approval")),
    }
    Ok(told(summary, &approved, Some(&signed.approval), acting))
}

/// What an approval came to; with a warning when the same person asked, as far as names can tell.
fn told(summary: String, operation: &Operation, approval: Option<&Approval>, acting: &Acting) -> Outcome {
    let intent = &operation.intent;
    let same = approval.and_then(|approval| one_person(operation, approval));
    let mut data = conclude::of_operation(operation);
    data["approval"] = json!(approval);
    data["missing"] = json!(approvals_missing(operation));
    data["same_person"] = json!(approval.and_then(|approval| whoever_asked(operation, approval)));
    data["steps"] = json!(intent.steps);
    let outcome = Outcome::done("APPROVED", summary).data(data).operation(&intent.operation);
    outcome.warnings(same).action(conclude::resume(&intent.operation, &acting.place))
}

/// Why whoever approves is whoever asked, where names say so.
fn whoever_asked(operation: &Operation, approval: &Approval) -> Option<String> {
    same_person(&operation.intent.requested_by, &approval.approver, approval.by.as_deref())
}

/// That the same person has asked and approved, where names say so.
pub(crate) fn one_person(operation: &Operation, approval: &Approval) -> Option<String> {
    let why = whoever_asked(operation, approval)?;
    let said = format!("the same person asked and approved, as far as names can tell: {why}");
    let two = operation.steps.iter().any(|step| step.approvals > 1);
    Some(if two { said } else { said + "; an operation that is started with `--two-party` needs two others" })
}

/// How many more people must approve the step that waits.
fn approvals_missing(operation: &Operation) -> usize {
    if operation.control.status != OperationStatus::AwaitingApproval {
        return 0;
    }
    let step = usize::try_from(operation.control.step).ok().and_then(|step| operation.steps.get(step));
    step.map_or(0, |step| (step.approvals as usize).saturating_sub(step.approved_by.len()))
}

/// The statement that lets an operation go on, signed; it is shown first.
pub(crate) async fn signed(
    signing: &SigningArguments,
    acting: &Acting,
    operation: &Operation,
    expires: jiff::Timestamp,
) -> Result<Signed, Failure> {
    let (scope, id) = (&acting.operating.scope, operation.intent.operation.as_str());
    let keys = signing::keys(signing)?;
    let [key] = &*keys else {
        return Err(Failure::usage("an approval is signed with one key").hint("name it with `--key NAME`"));
    };
    let approval = acting.engine.approval(scope, id, key.name(), expires).await?;
    let approval = Approval { by: Some(acting.actor.clone()), ..approval };
    let what = if approval.skip { "approves to go on without a verdict:" } else { "approves" };
    acting.say(&format!("{what} {}, plan sha256:{}", described(operation), approval.plan));
    steps::lines(&operation.intent.steps).iter().for_each(|line| acting.say(line));
    let payload = document::to_json(&approval)?;
    let envelope = envelope::sign(Approval::PAYLOAD_TYPE, payload.as_bytes(), &keys)?;
    Ok(Signed { approval, envelope })
}

fn would(operation: &Operation, approval: &Approval, acting: &Acting) -> Outcome {
    let intent = &operation.intent;
    // Whose key will sign is not known yet; the account is.
    let from_here = Approval { approver: String::new(), by: Some(acting.actor.clone()), ..approval.clone() };
    let same = one_person(operation, &from_here);
    let more = json!({
        "operation": intent.operation,
        "saga": intent.saga,
        "service": intent.service,
        "status": operation.control.status,
        "plan": approval.plan,
        "step": approval.step,
        "requested_by": intent.requested_by,
        "requested_at": intent.requested_at,
        "same_person": whoever_asked(operation, &from_here),
    });
    let summary = format!("{} waits for an approval of step {}", described(operation), approval.step + 1);
    let outcome = steps::would("WOULD_APPROVE", &summary, &intent.steps, &more).operation(&intent.operation);
    outcome.warnings(same)
}

/// An operation as people name it, with who asked for it.
pub(crate) fn described(operation: &Operation) -> String {
    format!("{} that {} asked for", asking::named(&operation.intent), operation.intent.requested_by)
}

/// The failure of a decision that nobody waits for.
pub(crate) fn nothing_waits(operation: &Operation, acting: &Acting) -> Failure {
    let id = &operation.intent.operation;
    let message = format!("the operation `{id}` waits for no approval: {}", status_word(operation.control.status));
    let failure = Failure::new("NOTHING_WAITS", skiff_wire::ExitCode::Conflict, message).operation(id);
    if operation.control.status.is_final() {
        failure.action(conclude::show(id, &acting.place))
    } else {
        failure.action(conclude::resume(id, &acting.place))
    }
}
