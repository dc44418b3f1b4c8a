//! `skiff saga start drain`: one member leaves, and another takes its place.

use clap::Args;
use serde_json::json;
use skiff_runtime::saga::{
    Saga,
    drain::{self, Parameters},
};

use crate::{
    acting::{Acting, ActingArguments, conclude::Words, handing::HandingArguments, steps},
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Take one member out of service, and bring another
///
/// What it has in hand is finished first: it gets nothing new, its time to drain, SIGTERM and its grace. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  skiff saga start drain web --instance i-web-a-3c1cbeec")]
pub(in crate::command::saga) struct DrainArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// The member, as `skiff status --direct` names it
    #[arg(long, value_name = "INSTANCE")]
    instance: String,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(super) acting: ActingArguments,
}

/// Starts to drain a member.
pub(super) fn run(arguments: &DrainArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(start(arguments, &acting))
}

async fn start(arguments: &DrainArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(arguments.service.as_deref())?;
    let instance = &arguments.instance;
    let same = |parameters: &serde_json::Value| parameters["instance"] == instance.as_str();
    let before = acting.asked_before(acting.key.as_deref(), &[drain::NAME], &name, same).await?;
    if before.is_none() {
        acting.live(&name).await?;
    }
    let saga = Saga::Drain(Parameters { service: acting.moved(&name)?, instance: instance.clone() });
    if arguments.acting.dry_run {
        let summary = format!("member `{instance}` of `{name}` would leave, and another take its place");
        return steps::would_start("WOULD_DRAIN", &summary, &saga, &json!({ "service": name, "instance": instance }));
    }
    let words = Words::of(&saga, "DRAINED", format!("member `{instance}` of `{name}` has left; another has its place"));
    acting.carry_out(saga, before, &words, json!({ "instance": instance })).await
}
