//! `skiff deploy`: a release comes into service.

use clap::Args;

use crate::{
    acting::{ActingArguments, handing::HandingArguments},
    arguments::Settings,
    failure::Failure,
    operating::{order::in_order_of_use, wait_for},
    outcome::Outcome,
    releasing::{
        Deploying, Wanted,
        rollout::{Choice, RolloutArguments},
    },
    signing::SigningArguments,
};

/// Make a release of what the spec says now, and bring it into service
///
/// The release is packed, numbered and signed, its members start beside those that serve, and traffic moves once they are
/// healthy. What served before is ended when it has nothing left to do. When something goes wrong before that, everything
/// is taken back. Without SERVICE all services are deployed, each after those that it uses. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  skiff deploy --label v2\n  skiff deploy web --key anna\n  skiff deploy web --release 3f9a1c22d0b4 --dry-run"
)]
pub(crate) struct DeployArguments {
    /// The service; all of them when none is named
    #[arg(value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// A release that was made before: its id, the first digits of it, or its label
    #[arg(long, value_name = "RELEASE", conflicts_with = "label")]
    pub(crate) release: Option<String>,
    /// What people call the new release, such as `v2` or a commit
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Option<String>,
    #[command(flatten)]
    pub(crate) signing: SigningArguments,
    #[command(flatten)]
    pub(crate) rollout: RolloutArguments,
    #[command(flatten)]
    pub(crate) handing: HandingArguments,
    #[command(flatten)]
    pub(crate) acting: ActingArguments,
}

/// Deploys one service or all of them.
pub(crate) fn run(arguments: &DeployArguments, settings: Settings) -> Result<Outcome, Failure> {
    deploy(arguments, arguments.rollout.choice()?, settings)
}

/// Deploys in a way of its own.
pub(crate) fn deploy(arguments: &DeployArguments, choice: Choice, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    let services = match &arguments.service {
        Some(name) => vec![acting.service(Some(name))?],
        None => in_order_of_use(&acting.operating.compiled.plan),
    };
    if let (Some(_), [_, _, ..]) = (&arguments.release, &*services) {
        return Err(Failure::usage("a release belongs to one service, and none was named").hint("name the service"));
    }
    if arguments.handing.detach && services.len() > 1 {
        return Err(Failure::usage("several services come one after the other, and `--detach` waits for none")
            .hint("name one service"));
    }
    let warnings = choice.warnings();
    let wanted = Wanted { release: arguments.release.as_deref(), label: arguments.label.as_deref() };
    let deploying = Deploying {
        acting: &acting,
        wanted,
        choice,
        supersede: arguments.rollout.supersede,
        signing: &arguments.signing,
        dry_run: arguments.acting.dry_run,
    };
    wait_for(deploying.all(&services)).map(|outcome| outcome.warnings(warnings))
}
