//! `skiff saga abort`: what an operation did is taken back.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::{
    Ask, History, Operation,
    status::{StepProgress, StepStatus},
};
use skiff_wire::{Event, OperationStatus};

use super::{AskedArguments, reader};
use crate::{
    acting::{
        Acting,
        asking::{Asking, named, would_ask},
        conclude,
        handing::HandingArguments,
    },
    arguments::Settings,
    command::resume,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    words,
};

/// Take back what an operation has done
///
/// Each step is taken back, the last one first. Whoever drives it hears of it; when nobody does, it is done here, or left to a
/// worker with `--detach`. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga abort OPERATION\n  skiff saga abort OPERATION --detach")]
pub(super) struct AbortArguments {
    #[command(flatten)]
    asked: AskedArguments,
    /// Leave it to a worker
    #[arg(long)]
    detach: bool,
}

/// Asks for everything to be taken back.
pub(super) fn run(arguments: &AbortArguments, settings: Settings) -> Result<Outcome, Failure> {
    let handing = HandingArguments { detach: arguments.detach, ..HandingArguments::default() };
    let acting = arguments.asked.acting.open(settings)?.handing(handing);
    wait_for(abort(&arguments.asked.operation, &acting, arguments.asked.acting.dry_run))
}

/// Has everything taken back that an operation did: by whoever drives it, by a worker, or here.
pub(crate) async fn abort(id: &str, acting: &Acting, dry_run: bool) -> Result<Outcome, Failure> {
    let scope = &acting.operating.scope;
    let before = acting.engine.look(scope, id).await?;
    let asking = Asking { command: "saga abort", operation: id, arguments: json!({}) };
    let asked = acting.asked_already(&asking, dry_run, |event| matches!(event, Event::AbortRequested { .. })).await?;
    if matches!(before.control.status, OperationStatus::Compensated | OperationStatus::Failed) {
        let summary = format!("everything that {} did is taken back already", named(&before.intent));
        return Ok(Outcome::done("ALREADY_ABORTED", summary).data(conclude::of_operation(&before)).operation(id));
    }
    if dry_run {
        let event = Event::AbortRequested { by: acting.actor.clone(), superseded_by: None };
        return Ok(would(&acting.could_be_asked(id, &event, asked).await?));
    }
    let operation = match asked {
        true => before,
        false => acting.engine.ask(scope, id, Ask::Abort, &acting.actor).await?,
    };
    let driven = reader(acting).driven(id).await?;
    if driven || acting.handing.detach {
        return Ok(left(&operation, driven, acting));
    }
    taken_back(acting, id).await
}

fn left(operation: &Operation, driven: bool, acting: &Acting) -> Outcome {
    let id = operation.intent.operation.as_str();
    let who = operation.holder.as_deref().filter(|_| driven).unwrap_or("a worker");
    let summary = format!("{who} takes {} back", named(&operation.intent));
    let outcome = Outcome::done("ABORT_ASKED", summary).data(conclude::of_operation(operation)).operation(id);
    let outcome = outcome.action(conclude::watch(id, &acting.place));
    if driven { outcome } else { outcome.action(conclude::worker(&acting.place)) }
}

fn would(history: &History) -> Outcome {
    let done = |step: &&StepStatus| {
        step.changes && !matches!(step.progress, StepProgress::Waiting | StepProgress::Compensated)
    };
    let steps = history.status.steps.iter().filter(done).count();
    let what = named(&history.intent);
    let summary = match steps {
        0 => format!("{what} would end; it has changed nothing"),
        steps => format!("{what} would be taken back: {}", words::count(steps, "step")),
    };
    would_ask("WOULD_ABORT", &summary, history)
}

/// Drives an operation back here; being taken back is what was asked for.
pub(super) async fn taken_back(acting: &Acting, id: &str) -> Result<Outcome, Failure> {
    let finished = acting.drive(id).await?;
    let operation = acting.engine.look(&acting.operating.scope, id).await?;
    let words = resume::words(&operation)?;
    let data = conclude::of_operation(&operation);
    match finished.status {
        OperationStatus::Compensated => {
            Ok(Outcome::done("TAKEN_BACK", format!("{} was taken back", words.what)).data(data).operation(id))
        }
        OperationStatus::Failed => {
            let summary = format!("{} had changed nothing, and is over", words.what);
            Ok(Outcome::done("TAKEN_BACK", summary).data(data).operation(id))
        }
        _ => conclude::conclude(&finished, &words, data, &acting.place),
    }
}
