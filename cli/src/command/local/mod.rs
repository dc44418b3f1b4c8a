//! `skiff local`: the provider that runs on this machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use skiff_runtime::{
    local::{self, DownReport, LocalCloud, LocalStatus, Programs, SuperviseOptions, UpOptions, UpReport, balancer},
    world::World,
};
use skiff_wire::{ExitCode, LocalService, RecommendedAction};

use crate::{
    action,
    failure::Failure,
    operating::{OperatingArguments, wait_for},
    outcome::Outcome,
    signing, words,
};

mod run;
mod text;

/// Run services on this machine: a supervisor, a load balancer, and a runner for each member
///
/// `up` starts what is needed and applies the shape of the spec, `status` shows the processes, `down` ends exactly what was
/// started and keeps all data. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff local up\n  skiff local up --port 0\n  skiff local down")]
pub(crate) struct LocalArguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Up(UpArguments),
    /// Show the processes of the provider on this machine; starts nothing
    Status(PlaceArguments),
    /// End what `skiff local up` has started, members first, and keep all data
    Down(PlaceArguments),
    Run(run::RunArguments),
    #[command(hide = true)]
    Supervise(SuperviseArguments),
    #[command(hide = true)]
    Balance(BalanceArguments),
}

/// Start the provider of this machine and apply the shape of the spec
///
/// A second time it changes nothing. What of the spec cannot be honoured here is listed. Forms: text, json.
#[derive(Debug, Args)]
struct UpArguments {
    #[command(flatten)]
    place: OperatingArguments,
    /// Port of the load balancer on 127.0.0.1; 0 takes any free one [default: `local.port` of the spec, or 8080]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Say what would be applied, and start nothing
    #[arg(long)]
    dry_run: bool,
}

// What it is for is said of each command that takes it.
#[derive(Debug, Args)]
struct PlaceArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// The process that is the cloud of one state folder; started by `skiff local up`
#[derive(Debug, Args)]
struct SuperviseArguments {
    /// The state folder
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
}

/// The load balancer; started by the supervisor with its listening socket as standard input
#[derive(Debug, Args)]
struct BalanceArguments {
    /// Where it takes its configuration
    #[arg(long, value_name = "SOCKET")]
    control: PathBuf,
}

/// Runs the provider of this machine, or shows it.
pub(crate) fn run(arguments: &LocalArguments) -> Result<Outcome, Failure> {
    match &arguments.verb {
        Verb::Up(arguments) => up(arguments),
        Verb::Status(arguments) => status(arguments),
        Verb::Down(arguments) => down(arguments),
        Verb::Run(arguments) => run::run(arguments),
        Verb::Supervise(arguments) => supervise(arguments),
        Verb::Balance(arguments) => balance(arguments),
    }
}

fn up(arguments: &UpArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    let cloud = LocalCloud::at(&operating.state, Programs::this()?);
    let plan = &operating.compiled.plan;
    if arguments.dry_run {
        let differing = wait_for(async { Ok(local::shape_differs(&operating.ledger, plan).await?) })?;
        return Ok(would(&differing));
    }
    let overlay = &operating.compiled.ir.local;
    let legacy = |(name, service): (&String, &LocalService)| Some((name.clone(), service.legacy.clone()?));
    let options = UpOptions {
        port: arguments.port,
        default_port: overlay.port,
        legacy: overlay.services.iter().filter_map(legacy).collect(),
        ..UpOptions::default()
    };
    let report = wait_for(async { Ok(local::up(&cloud, &operating.ledger, plan, &options).await?) })?;
    Ok(brought_up(&report))
}

fn would(differing: &[String]) -> Outcome {
    let summary = match differing.len() {
        0 => "the shape is what was last applied; nothing would be changed".to_owned(),
        number => format!("{} would be applied", words::count(number, "resource")),
    };
    Outcome::done("WOULD_APPLY", summary).data(json!({ "would_apply": differing })).body(text::lines(differing))
}

fn brought_up(report: &UpReport) -> Outcome {
    let code = if report.started { "UP" } else { "UP_ALREADY" };
    let summary = format!("the load balancer listens on http://127.0.0.1:{}", report.port);
    Outcome::done(code, summary)
        .fact("port", report.port.to_string())
        .fact("applied", report.applied.len().to_string())
        .fact("removed", report.removed.len().to_string())
        .action(next(report.trust_root.is_some()))
        .data(json!(report))
        .body(text::up(report))
}

/// What to do once it is up: nothing can be deployed before somebody's signatures count, and nobody signs without a key.
fn next(has_root: bool) -> RecommendedAction {
    let keys = signing::folder().and_then(|folder| Ok(folder.entries()?)).unwrap_or_default();
    match (keys.first(), has_root) {
        (None, _) => action::write("keys-new", &["keys", "new", "me"], "makes a key that signs releases"),
        (Some(key), false) => {
            let reason = "members run nothing before it is known whose signatures count";
            action::write("keys-enroll", &["keys", "enroll", &key.name], reason)
        }
        (Some(_), true) => action::write("deploy", &["deploy"], "releases a service onto the members of this machine"),
    }
}

fn status(arguments: &PlaceArguments) -> Result<Outcome, Failure> {
    let cloud = arguments.cloud()?;
    let status = wait_for(async { Ok(local::status(&cloud).await?) })?;
    Ok(shown(&status))
}

fn shown(status: &LocalStatus) -> Outcome {
    let up = || action::write("local-up", &["local", "up"], "starts the supervisor, which takes over what still runs");
    let serving = status.members.iter().filter(|member| member.view.lifecycle == "in-service").count();
    let members = format!("{} of {} in service", serving, words::count(status.members.len(), "member"));
    let outcome = match (status.up, status.wanted) {
        (true, _) if status.balancer.is_some() => Outcome::done("UP", members),
        (true, _) => Outcome::new("BALANCER_DOWN", ExitCode::Attention, "the load balancer is being started again"),
        (false, true) => {
            Outcome::new("SUPERVISOR_DOWN", ExitCode::Attention, "the supervisor has ended; what it started runs on")
                .action(up())
        }
        (false, false) => Outcome::done("DOWN", "nothing runs on this machine").action(up()),
    };
    outcome.data(json!(status)).body(text::status(status))
}

fn down(arguments: &PlaceArguments) -> Result<Outcome, Failure> {
    let cloud = arguments.cloud()?;
    let report = wait_for(async { Ok(local::down(&cloud).await?) })?;
    Ok(brought_down(&report))
}

fn brought_down(report: &DownReport) -> Outcome {
    if !report.was_up {
        return Outcome::done("DOWN_ALREADY", "nothing was running").data(json!(report));
    }
    let ended = words::count(report.ended.len(), "process").replace("processs", "processes");
    Outcome::done("DOWN", format!("{ended} ended; releases, state and logs are kept"))
        .action(action::write("local-up", &["local", "up"], "brings back what was wanted"))
        .data(json!(report))
}

fn supervise(arguments: &SuperviseArguments) -> Result<Outcome, Failure> {
    let options = SuperviseOptions { state: arguments.state.clone(), programs: Programs::this()? };
    wait_for(async { Ok(local::supervise(options).await?) })?;
    Ok(Outcome::done("ENDED", "the supervisor has ended"))
}

fn balance(arguments: &BalanceArguments) -> Result<Outcome, Failure> {
    wait_for(async { Ok(balancer::serve_standard_input(&arguments.control, World::real()).await?) })?;
    Ok(Outcome::done("ENDED", "the load balancer has ended"))
}

impl PlaceArguments {
    fn cloud(&self) -> Result<LocalCloud, Failure> {
        Ok(LocalCloud::at(&self.place.folder(), Programs::this()?))
    }
}
