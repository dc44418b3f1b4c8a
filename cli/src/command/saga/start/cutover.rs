//! `skiff saga start traffic-cutover`: requests move from the old way of serving to the service.

use clap::Args;
use serde::Deserialize as _;
use serde_json::{Value, json};
use skiff_runtime::saga::{
    Saga,
    cutover::{self, Parameters},
};

use super::stages::StagesArguments;
use crate::{
    acting::{Acting, ActingArguments, conclude::Words, handing::HandingArguments, steps},
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    releasing::rollout::staged,
};

/// Move requests from the old way of serving to the service
///
/// The old way is what the spec names in `cutover.from`. Each share is read back and watched, with the old way as what it is
/// compared with; when a gate fails, the old way gets back what it had. With `--retire` it is retired in the end: only when it
/// is seen to be quiet, and a person has approved. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  skiff saga start traffic-cutover web --steps 5,25,50,100 --bake 5m --gate 'error-rate<=1%'\n  skiff saga start traffic-cutover web --steps 0 --bake 0s\n  skiff saga start traffic-cutover web --steps 100 --retire"
)]
pub(in crate::command::saga) struct CutoverArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    stages: StagesArguments,
    /// Retire the old way in the end, after an approval
    #[arg(long, help_heading = "Stages")]
    retire: bool,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(super) acting: ActingArguments,
}

/// Starts a cutover.
pub(super) fn run(arguments: &CutoverArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(start(arguments, &acting))
}

async fn start(arguments: &CutoverArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(arguments.service.as_deref())?;
    let service = acting.moved(&name)?;
    if !service.legacy {
        return Err(Failure::usage(format!("`{name}` takes over from nothing"))
            .hint("name the old way of serving in `cutover.from` of the spec, and apply the shape"));
    }
    let parameters = parameters(arguments, acting, service)?;
    let same = |then: &Value| {
        let then = Parameters::deserialize(then).ok();
        then.is_some_and(|then| {
            (&then.stages, &then.gates, then.retire) == (&parameters.stages, &parameters.gates, parameters.retire)
        })
    };
    let before = acting.asked_before(acting.key.as_deref(), &[cutover::NAME], &name, same).await?;
    if before.is_none() {
        acting.live(&name).await?;
    }
    let (share, retire) = (parameters.stages.last().map_or(0, |stage| stage.percent), parameters.retire);
    let deciding = parameters.gates.iter().filter(|gate| !gate.dry_run).count();
    let how = format!("`{name}`: {}", staged(&parameters.stages, deciding));
    let saga = Saga::Cutover(parameters);
    if arguments.acting.dry_run {
        return steps::would_start("WOULD_CUT_OVER", &how, &saga, &json!({ "service": name, "share": share }));
    }
    acting.say(&how);
    let done = match (share, retire) {
        (100, true) => format!("`{name}` serves every request, and the old way is retired"),
        _ => format!("`{name}` serves {share} of 100 requests, the old way the rest"),
    };
    let words = Words::of(&saga, "CUT_OVER", done);
    acting.carry_out(saga, before, &words, json!({ "share": share, "retired": retire })).await
}

fn parameters(
    arguments: &CutoverArguments,
    acting: &Acting,
    service: skiff_runtime::saga::Service,
) -> Result<Parameters, Failure> {
    let rollout = &acting.operating.motion(&service.name)?.rollout;
    let stages = arguments.stages.stages(rollout);
    let gates = arguments.stages.gates(rollout)?;
    let last = stages.last().map_or(0, |stage| stage.percent);
    if arguments.retire && last != 100 {
        return Err(Failure::usage(format!(
            "the old way cannot be retired while it has {} of 100 requests",
            100 - last
        ))
        .hint("end with 100: `--steps 5,25,50,100`"));
    }
    Ok(Parameters { service, stages, gates, retire: arguments.retire })
}
