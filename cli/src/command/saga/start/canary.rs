//! `skiff saga start canary`: a release comes into service share by share.

use clap::Args;

use super::stages::StagesArguments;
use crate::{
    arguments::Settings,
    command::deploy::{self, DeployArguments},
    failure::Failure,
    outcome::Outcome,
    releasing::rollout::Choice,
};

/// Bring a release into service share by share, watched at each
///
/// As `skiff deploy` does for a service with the strategy `canary`, with shares, times and gates of its own. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  skiff saga start canary web --steps 10,100 --bake 2m --gate 'error-rate<=1%'")]
pub(in crate::command::saga) struct CanaryArguments {
    #[command(flatten)]
    pub(super) deploy: DeployArguments,
    #[command(flatten)]
    stages: StagesArguments,
}

/// Starts a canary.
pub(super) fn run(arguments: &CanaryArguments, settings: Settings) -> Result<Outcome, Failure> {
    let rollout = &arguments.deploy.rollout;
    if rollout.at_once || rollout.shadow || !rollout.rehearsal.is_empty() {
        return Err(Failure::usage("a canary is neither at once nor a shadow deploy").hint("use `skiff deploy`"));
    }
    let acting = arguments.deploy.acting.open(settings)?;
    let service = acting.service(arguments.deploy.service.as_deref())?;
    let planned = &acting.operating.motion(&service)?.rollout;
    let (stages, gates) = (arguments.stages.stages(planned), arguments.stages.gates(planned)?);
    let rises = stages.windows(2).all(|pair| matches!(pair, [one, next] if one.percent < next.percent));
    if !rises
        || stages.first().is_none_or(|stage| stage.percent == 0)
        || stages.last().is_none_or(|it| it.percent != 100)
    {
        return Err(
            Failure::usage("the shares of a canary rise from above 0 to 100").hint("for example `--steps 5,25,50,100`")
        );
    }
    let deploy = DeployArguments { service: Some(service), ..arguments.deploy.clone() };
    deploy::deploy(&deploy, Choice::Staged(stages, gates), settings)
}
