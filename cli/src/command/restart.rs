//! `skiff restart`: new members of the same release.

use clap::Args;
use serde_json::json;
use skiff_runtime::saga::{Saga, restart};

use crate::{
    acting::{Acting, ActingArguments, conclude::Words, handing::HandingArguments, steps},
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Replace the members of a service, one after the other
///
/// Each new member runs the same release and takes requests before the next old one leaves. Secrets are read anew.
/// Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  skiff restart web")]
pub(crate) struct RestartArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(crate) acting: ActingArguments,
}

/// Restarts the members of the live slot.
pub(crate) fn run(arguments: &RestartArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(restart(arguments, &acting))
}

async fn restart(arguments: &RestartArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(arguments.service.as_deref())?;
    let before = acting.asked_before(acting.key.as_deref(), &[restart::NAME], &name, |_| true).await?;
    let saga = Saga::Restart(restart::Parameters { service: acting.moved(&name)? });
    if before.is_none() {
        acting.live(&name).await?;
    }
    if arguments.acting.dry_run {
        let summary = format!("the members of `{name}` would be replaced");
        return steps::would_start("WOULD_RESTART", &summary, &saga, &json!({ "service": name }));
    }
    let words = Words::of(&saga, "RESTARTED", format!("every member of `{name}` is a new one"));
    acting.carry_out(saga, before, &words, json!({})).await
}
