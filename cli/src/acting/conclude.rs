//! What an operation came to, as the outcome of the command that drove it.

use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    engine::{self, Finished, Operation},
    saga::Saga,
};
use skiff_wire::{ExitCode, Finding, OperationStatus, RecommendedAction, Reversibility, Risk};

use crate::{
    action,
    failure::Failure,
    graph::{Graph, text},
    outcome::Outcome,
    seam,
    standing::text::status_word,
};

/// How a command speaks of its operation.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// The stable word of its success, such as `DEPLOYED`.
    pub(crate) code: &'static str,
    /// The saga.
    pub(crate) saga: String,
    /// What it is, such as "the deploy of `web`".
    pub(crate) what: String,
    /// What is true when it has succeeded.
    pub(crate) done: String,
    /// The service, whose logs may say why it has not.
    pub(crate) service: String,
}

impl Words {
    /// The words for a saga that moves one service.
    pub(crate) fn of(saga: &Saga, code: &'static str, done: String) -> Self {
        let service = saga.service().to_owned();
        Self { code, saga: saga.name().into(), what: format!("the {} of `{service}`", saga.name()), done, service }
    }
}

/// The outcome of a command whose operation has ended or waits.
pub(crate) fn conclude(finished: &Finished, words: &Words, data: Value, place: &[String]) -> Result<Outcome, Failure> {
    let operation = finished.operation.as_str();
    match finished.status {
        OperationStatus::Succeeded => Ok(Outcome::done(words.code, &words.done).data(data).operation(operation)),
        OperationStatus::Paused if finished.failure.is_some() => Err(held(finished, words, data, place)),
        OperationStatus::Paused => {
            let outcome = Outcome::new("PAUSED", ExitCode::Attention, format!("{} is paused", words.what));
            Ok(outcome.data(data).operation(operation).action(resume(operation, place)))
        }
        OperationStatus::AwaitingApproval => Err(awaits(finished, words, data, place)),
        OperationStatus::Compensated | OperationStatus::Failed => Err(failed(finished, words, data, place)),
        _ => Err(unknown(finished, words, data, place)),
    }
}

/// The outcome of a command that leaves its operation to a worker.
pub(crate) fn started(operation: &str, words: &Words, data: Value, place: &[String]) -> Outcome {
    let summary = format!("{} is on record as `{operation}`; a worker carries it out", words.what);
    Outcome::done("STARTED", summary).data(data).operation(operation).actions([worker(place), watch(operation, place)])
}

/// The command that drives what nobody drives.
pub(crate) fn worker(place: &[String]) -> RecommendedAction {
    mutating("worker", &["worker"], place, "drives what nobody drives, until it is told to stop")
}

/// The command that looks on while an operation is driven.
pub(crate) fn watch(operation: &str, place: &[String]) -> RecommendedAction {
    action::look("saga-watch", &argv(&["saga", "watch", operation], place), "looks on until it ends or waits")
}

/// The command that shows an operation.
pub(crate) fn show(operation: &str, place: &[String]) -> RecommendedAction {
    action::look("saga-show", &argv(&["saga", "show", operation], place), "each step, and what was seen at it")
}

/// A gate cannot say: a person must.
fn held(finished: &Finished, words: &Words, data: Value, place: &[String]) -> Failure {
    let operation = finished.operation.as_str();
    let Some(failure) = &finished.failure else { return unknown(finished, words, data, place) };
    let why = format!("{} is held up at step {}: {}", words.what, failure.step + 1, failure.message);
    let saga = words.saga.rsplit('-').next().unwrap_or_default().to_uppercase();
    Failure::new(format!("{saga}_PAUSED"), ExitCode::GateFailed, why)
        .hint("have it watched again, take it back, or let a person approve to go on without the verdict")
        .details(Vec::new(), data)
        .finding(finding(failure))
        .operation(operation)
        .action(show(operation, place))
        .actions(about_a_gate(operation, place))
}

/// What can be done about a gate that cannot say.
pub(crate) fn about_a_gate(operation: &str, place: &[String]) -> [RecommendedAction; 3] {
    let again = mutating("saga-retry", &["saga", "retry", operation], place, "watches the same share once more");
    let skip = RecommendedAction {
        risk: Risk::Medium,
        needs_approval: true,
        confidence: 0.3,
        ..mutating(
            "saga-skip",
            &["saga", "skip", operation, "--reason", "…", "--key", "…"],
            place,
            "goes on without the verdict; a person signs for it",
        )
    };
    [again, mutating("saga-abort", &["saga", "abort", operation], place, "takes everything back"), skip]
}

fn awaits(finished: &Finished, words: &Words, data: Value, place: &[String]) -> Failure {
    let operation = finished.operation.as_str();
    let approve = RecommendedAction {
        needs_approval: true,
        ..mutating("approve", &["approve", operation, "--key", "…"], place, "shows what is approved, and signs it")
    };
    Failure::new("APPROVAL_NEEDED", ExitCode::ApprovalNeeded, format!("{} waits for an approval", words.what))
        .hint("a person with the role `approval` approves it; then resume it")
        .details(Vec::new(), data)
        .operation(operation)
        .actions([approve, resume(operation, place)])
}

fn failed(finished: &Finished, words: &Words, data: Value, place: &[String]) -> Failure {
    let fate = match finished.status {
        OperationStatus::Compensated => "and was taken back",
        _ => "before it had any effect",
    };
    let Some(failure) = &finished.failure else {
        let reason = finished.reason.as_deref().unwrap_or("somebody asked for it");
        let summary = format!("{} was ended {fate}: {reason}", words.what);
        return Failure::new("ABORTED", ExitCode::Interrupted, summary)
            .details(Vec::new(), data)
            .operation(&finished.operation)
            .action(show(&finished.operation, place));
    };
    let step = failure.step + 1;
    let message = format!("{} failed at step {step} {fate}: {}", words.what, failure.message);
    let logs = action::look("logs", &argv(&["logs", &words.service], place), "what the members say");
    let page = action::look("explain", &["explain", &failure.code], format!("the manual page of `{}`", failure.code));
    Failure::new(word(failure), exit_code(finished.exit()), message)
        .details(Vec::new(), data)
        .finding(finding(failure))
        .operation(&finished.operation)
        .actions([show(&finished.operation, place), logs, page])
}

fn unknown(finished: &Finished, words: &Words, data: Value, place: &[String]) -> Failure {
    let operation = finished.operation.as_str();
    let why = finished.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let message = format!("{}: {}{why}", words.what, status_word(finished.status));
    let (hint, next) = match finished.status {
        OperationStatus::CompensationFailed => (
            "put right what it names, then go on taking it back; do not run the command again",
            back(operation, place).to_vec(),
        ),
        _ => ("look at what it says, then resume it; do not run the command again", vec![resume(operation, place)]),
    };
    Failure::new("OUTCOME_UNKNOWN", exit_code(finished.exit()), message)
        .hint(hint)
        .details(finished.doctor.clone(), data)
        .operation(operation)
        .action(show(operation, place))
        .actions(next)
}

/// The failure of a command that could not go on driving; the operation stays as it is.
pub(crate) fn stopped(error: Error, operation: &str, place: &[String]) -> Failure {
    Failure::from(error).operation(operation).action(resume(operation, place))
}

/// The failure of a command that was told to stop.
pub(crate) fn interrupted(operation: &str, place: &[String]) -> Failure {
    Failure::new("INTERRUPTED", ExitCode::Interrupted, "stopped between two steps; the operation is on record")
        .hint("resuming it goes on where it stopped")
        .operation(operation)
        .action(resume(operation, place))
}

/// The failure of a command that finds another operation at work; `graph` is that one, where it can be read.
pub(crate) fn busy(service: &str, holder: &str, graph: Option<&Graph>, place: &[String]) -> Failure {
    let stands = graph.map(|graph| format!(", {}: {}", graph.saga, text::state(graph))).unwrap_or_default();
    let message = format!("another operation works on `{service}`: `{holder}`{stands}");
    let failure = Failure::new("SERVICE_BUSY", ExitCode::Conflict, message).operation(holder);
    let hint = match graph {
        Some(graph) if graph.rests() => "it waits for a person: answer it, or take it back",
        Some(graph) if graph.driven => "it is being driven: wait for it, or take it back",
        _ => "wait for it; when the process that drove it has ended, resume it",
    };
    let abort = mutating("saga-abort", &["saga", "abort", holder], place, "takes back what it has done");
    let failure = failure.hint(hint).action(show(holder, place));
    match graph {
        Some(graph) if graph.is_held() => failure.actions(about_a_gate(holder, place)),
        _ => failure.actions([resume(holder, place), abort]),
    }
}

/// The same failure, with the way out of a command that could have that operation give way: `again` is that command.
pub(crate) fn or_supersede(busy: Failure, again: &[&str], place: &[String]) -> Failure {
    let argv: Vec<&str> = again.iter().copied().chain(["--supersede"]).collect();
    let supersede = RecommendedAction {
        risk: Risk::Medium,
        confidence: 0.4,
        ..mutating("supersede", &argv, place, "takes that operation back first")
    };
    busy.action(supersede)
}

/// What can be done about a way back that failed.
pub(crate) fn back(operation: &str, place: &[String]) -> [RecommendedAction; 2] {
    let waive = RecommendedAction {
        risk: Risk::High,
        confidence: 0.2,
        ..mutating(
            "saga-waive-health",
            &["saga", "compensate", operation, "--waive-health", "…"],
            place,
            "only when what served before cannot be made healthy, and keeps a fix out: requests go to it all the same",
        )
    };
    [compensate(operation, place), waive]
}

/// The command that goes on taking an operation back.
pub(crate) fn compensate(operation: &str, place: &[String]) -> RecommendedAction {
    mutating("saga-compensate", &["saga", "compensate", operation], place, "takes back what was done until then")
}

/// The command that goes on with an operation.
pub(crate) fn resume(operation: &str, place: &[String]) -> RecommendedAction {
    mutating("resume", &["resume", operation], place, "goes on where it stopped")
}

/// A command that changes something which a later one can change back.
pub(crate) fn mutating(id: &str, words: &[&str], place: &[String], reason: &str) -> RecommendedAction {
    let action = action::look(id, &argv(words, place), reason);
    RecommendedAction { mutating: true, risk: Risk::Low, reversibility: Reversibility::Compensatable, ..action }
}

pub(crate) fn argv<'a>(words: &[&'a str], place: &'a [String]) -> Vec<&'a str> {
    words.iter().copied().chain(place.iter().map(String::as_str)).collect()
}

/// The stable word of a failure: the name of its code.
fn word(failure: &engine::Failure) -> String {
    let code = seam::codes().into_iter().find(|code| code.id == failure.code);
    code.map_or_else(|| "OPERATION_FAILED".into(), |code| code.name.to_uppercase().replace('-', "_"))
}

fn finding(failure: &engine::Failure) -> Finding {
    Finding {
        code: failure.code.clone(),
        severity: skiff_wire::Severity::Error,
        message: failure.message.clone(),
        file: None,
        line: None,
        column: None,
        hint: None,
        subject: None,
    }
}

/// The exit code with a number; a number that is none is a defect.
pub(crate) fn exit_code(number: u8) -> ExitCode {
    use ExitCode as E;
    let known = [
        E::Done,
        E::Usage,
        E::Attention,
        E::NotAuthorised,
        E::NotFound,
        E::Conflict,
        E::Provider,
        E::GateFailed,
        E::ApprovalNeeded,
        E::VerificationFailed,
        E::OutcomeUnknown,
        E::InputErrors,
        E::Interrupted,
    ];
    known.into_iter().find(|code| *code as u8 == number).unwrap_or(E::Internal)
}

/// Where an operation stands, for the `data` of a command that asked something of it.
pub(crate) fn of_operation(operation: &Operation) -> Value {
    let intent = &operation.intent;
    json!({ "service": intent.service, "operation": intent.operation, "status": operation.control.status })
}

/// What an operation did, for the `data` of its command.
pub(crate) fn data(service: &str, operation: Option<&str>, more: Value) -> Value {
    let mut data = json!({ "service": service, "operation": operation });
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    data
}
