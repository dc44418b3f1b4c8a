//! `skiff destroy`: a service ends.

use clap::Args;
use serde_json::json;
use skiff_runtime::saga::{Saga, destroy};

use crate::{
    acting::{
        Acting, ActingArguments,
        conclude::{self, Words},
        handing::HandingArguments,
        steps,
    },
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// End a service: it drains, and its members end
///
/// Nobody is served after that, so a second person must approve: the command plans the operation, puts it on record and
/// exits with 9. Releases stay in the ledger, and a deploy brings the service back. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  skiff destroy web --dry-run\n  skiff destroy web\n  skiff approve OPERATION --key anna\n  skiff resume OPERATION"
)]
pub(crate) struct DestroyArguments {
    /// The service
    #[arg(value_name = "SERVICE")]
    service: String,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(crate) acting: ActingArguments,
}

/// Plans the end of a service, and waits for an approval.
pub(crate) fn run(arguments: &DestroyArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(destroy(arguments, &acting))
}

async fn destroy(arguments: &DestroyArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(Some(&arguments.service))?;
    let before = acting.asked_before(acting.key.as_deref(), &[destroy::NAME], &name, |_| true).await?;
    let saga = Saga::Destroy(destroy::Parameters { service: acting.moved(&name)? });
    if before.is_none() && acting.free(&name).await?.is_none_or(|control| control.destroyed || control.live.is_none()) {
        let data = conclude::data(&name, None, json!({}));
        return Ok(Outcome::done("ALREADY_DESTROYED", format!("nothing of `{name}` is live")).data(data));
    }
    if arguments.acting.dry_run {
        let summary = format!("`{name}` would end, after an approval");
        return steps::would_start("WOULD_DESTROY", &summary, &saga, &json!({ "service": name }));
    }
    let words = Words::of(&saga, "DESTROYED", format!("`{name}` has ended; its releases are kept"));
    acting.carry_out(saga, before, &words, json!({})).await
}
