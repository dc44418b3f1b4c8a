//! `skiff saga start` and `skiff saga plan`: every operation by its own name.

use clap::Subcommand;

use crate::{
    acting::ActingArguments,
    arguments::Settings,
    command::{
        deploy::{self, DeployArguments},
        destroy::{self, DestroyArguments},
        restart::{self, RestartArguments},
        rollback::{self, RollbackArguments},
        scale::{self, ScaleArguments},
    },
    failure::Failure,
    outcome::Outcome,
    releasing::rollout::{Choice, RolloutArguments},
};

mod canary;
mod cutover;
mod drain;
mod stages;

/// An operation by its name.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum Start {
    Canary(canary::CanaryArguments),
    /// Bring a release into service at once
    Deploy(DeployArguments),
    /// Try a release beside what serves; no user sees it
    Shadow(DeployArguments),
    Rollback(RollbackArguments),
    TrafficCutover(cutover::CutoverArguments),
    Drain(drain::DrainArguments),
    Scale(ScaleArguments),
    Restart(RestartArguments),
    Destroy(DestroyArguments),
}

/// Starts it.
pub(super) fn run(start: &Start, settings: Settings) -> Result<Outcome, Failure> {
    match start {
        Start::Canary(arguments) => canary::run(arguments, settings),
        Start::Deploy(arguments) => {
            let rollout = &arguments.rollout;
            if rollout.shadow || !rollout.rehearsal.is_empty() {
                return Err(Failure::usage("a deploy brings the release into service, and a shadow deploy does not")
                    .hint("for one that no user sees: `skiff saga start shadow`"));
            }
            deploy::deploy(arguments, Choice::AtOnce, settings)
        }
        Start::Shadow(arguments) => {
            if arguments.rollout.at_once {
                return Err(Failure::usage(
                    "a shadow deploy gives no request to the release, and `--at-once` gives all",
                )
                .hint("leave one of them out"));
            }
            let rollout = RolloutArguments { shadow: true, ..arguments.rollout.clone() };
            deploy::deploy(arguments, rollout.choice()?, settings)
        }
        Start::Rollback(arguments) => rollback::run(arguments, settings),
        Start::TrafficCutover(arguments) => cutover::run(arguments, settings),
        Start::Drain(arguments) => drain::run(arguments, settings),
        Start::Scale(arguments) => scale::run(arguments, settings),
        Start::Restart(arguments) => restart::run(arguments, settings),
        Start::Destroy(arguments) => destroy::run(arguments, settings),
    }
}

/// Shows what it would do; nothing is written.
pub(super) fn plan(start: &Start, settings: Settings) -> Result<Outcome, Failure> {
    let mut start = start.clone();
    start.acting().dry_run = true;
    run(&start, settings)
}

impl Start {
    fn acting(&mut self) -> &mut ActingArguments {
        match self {
            Self::Canary(arguments) => &mut arguments.deploy.acting,
            Self::Deploy(arguments) | Self::Shadow(arguments) => &mut arguments.acting,
            Self::Rollback(arguments) => &mut arguments.acting,
            Self::TrafficCutover(arguments) => &mut arguments.acting,
            Self::Drain(arguments) => &mut arguments.acting,
            Self::Scale(arguments) => &mut arguments.acting,
            Self::Restart(arguments) => &mut arguments.acting,
            Self::Destroy(arguments) => &mut arguments.acting,
        }
    }
}
