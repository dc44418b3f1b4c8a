//! `skiff saga abort`: what an operation did is taken back.

use clap::Args;
use serde_json::json;
use skiff_runtime::engine::Ask;
use skiff_wire::OperationStatus;

use super::{OneArguments, reader};
use crate::{
    acting::{Acting, conclude, handing::HandingArguments},
    arguments::Settings,
    command::resume,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Take back what an operation has done
///
/// Each step is taken back, the last one first. Whoever drives it hears of it; when nobody does, it is done here, or left to a
/// worker with `--detach`. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff saga abort OPERATION\n  skiff saga abort OPERATION --detach")]
pub(super) struct AbortArguments {
    #[command(flatten)]
    one: OneArguments,
    /// Leave it to a worker
    #[arg(long)]
    detach: bool,
}

/// Asks for everything to be taken back.
pub(super) fn run(arguments: &AbortArguments, settings: Settings) -> Result<Outcome, Failure> {
    let handing = HandingArguments { detach: arguments.detach, ..HandingArguments::default() };
    let acting = arguments.one.open(settings)?.handing(handing);
    wait_for(abort(&arguments.one.operation, &acting))
}

async fn abort(id: &str, acting: &Acting) -> Result<Outcome, Failure> {
    let before = acting.engine.look(&acting.operating.scope, id).await?;
    if matches!(before.control.status, OperationStatus::Compensated | OperationStatus::Failed) {
        let data = json!({ "operation": id, "status": before.control.status });
        return Ok(Outcome::done("ALREADY_ABORTED", "everything is taken back already").data(data).operation(id));
    }
    let operation = acting.engine.ask(&acting.operating.scope, id, Ask::Abort, &acting.actor).await?;
    let driven = reader(acting).driven(id).await?;
    if driven || acting.handing.detach {
        let who = operation.holder.as_deref().filter(|_| driven).unwrap_or("a worker");
        let data = json!({ "operation": id, "status": operation.control.status });
        let outcome = Outcome::done("ABORT_ASKED", format!("{who} takes it back")).data(data).operation(id);
        return Ok(outcome.action(conclude::watch(id, &acting.place)));
    }
    taken_back(acting, id).await
}

/// Drives an operation back here; being taken back is what was asked for.
pub(super) async fn taken_back(acting: &Acting, id: &str) -> Result<Outcome, Failure> {
    let finished = acting.drive(id).await?;
    let operation = acting.engine.look(&acting.operating.scope, id).await?;
    let words = resume::words(&operation)?;
    let data = conclude::data(&words.service, Some(id), json!({ "status": finished.status }));
    match finished.status {
        OperationStatus::Compensated => {
            Ok(Outcome::done("TAKEN_BACK", format!("{} was taken back", words.what)).data(data).operation(id))
        }
        OperationStatus::Failed => {
            let summary = format!("{} had done nothing, and is over", words.what);
            Ok(Outcome::done("TAKEN_BACK", summary).data(data).operation(id))
        }
        _ => conclude::conclude(&finished, &words, data, &acting.place),
    }
}
