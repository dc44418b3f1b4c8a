//! `skiff local run`: a job runs now, in the place of its schedule, which nothing keeps on this machine.

use std::{collections::BTreeSet, time::Duration};

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::{
    local::LocalCloud,
    provider::{Capacity, Fence, Motion as _, SlotAddress},
    state::layout::ServiceScope,
};
use skiff_wire::{ExitCode, MemberPhase, MemberState, OperationControl, ServiceControl};

use crate::{
    acting::conclude::busy,
    action,
    failure::Failure,
    operating::{Operating, OperatingArguments, store_failure, wait_for},
    outcome::Outcome,
};

/// How often it is looked whether the run has ended.
const PAUSE: Duration = Duration::from_millis(100);
/// More members than the ledger has of one job.
const PAGE: usize = 1000;

/// Run a job now, as its schedule would
///
/// Nothing on this machine starts a job by itself. One member of the live release starts, and the command waits for its end;
/// whoever stops the command stops no run. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff local run report\n  skiff local run report --dry-run")]
pub(super) struct RunArguments {
    /// The job
    #[arg(value_name = "SERVICE")]
    service: String,
    #[command(flatten)]
    place: OperatingArguments,
    /// Say what would run, and start nothing
    #[arg(long)]
    dry_run: bool,
}

/// A job that can run.
struct Job {
    operating: Operating,
    cloud: LocalCloud,
    name: String,
    slot: SlotAddress,
    release: String,
    epoch: u64,
}

/// Runs a job to its end.
pub(super) fn run(arguments: &RunArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let job = ready(arguments).await?;
        if arguments.dry_run {
            let summary = format!("`{}` would run; nothing was started", job.name);
            return Ok(Outcome::done("WOULD_RUN", summary).data(job.data(None)));
        }
        let before = job.members().await?;
        job.start().await?;
        job.ended().await?;
        let run = job.members().await?.difference(&before).next().cloned();
        job.conclude(run).await
    })
}

/// Looks at everything that a run needs; nothing is started.
async fn ready(arguments: &RunArguments) -> Result<Job, Failure> {
    let (operating, name) = (arguments.place.open()?, arguments.service.clone());
    let kind = &operating.motion(&name)?.kind;
    if kind != "job" {
        let message = format!("`{name}` is no job: a service of kind `{kind}` runs from its deploy on");
        return Err(Failure::usage(message).hint("`skiff deploy` brings it into service"));
    }
    let (scope, place) = (operating.scope.service(&name), arguments.place.words());
    let read = operating.ledger.read::<ServiceControl>(&scope.control()).await?;
    let (epoch, control) = read.map(|read| (read.control.epoch, read.control)).unzip();
    if let Some(holder) = control.as_ref().and_then(|control| control.holder.as_ref()) {
        let held = operating.ledger.read::<OperationControl>(&operating.scope.operation(holder)).await?;
        if held.is_none_or(|held| !held.control.body.status.is_final()) {
            return Err(busy(&name, holder, None, &place));
        }
    }
    let live = control.and_then(|control| assigned(&control.body)).ok_or_else(|| nothing_live(&name))?;
    let cloud = operating.cloud()?;
    let slot = SlotAddress { service: scope, slot: live.0 };
    if cloud.capacity(&slot).await?.desired > 0 {
        let message = format!("a run of `{name}` is under way");
        return Err(Failure::new("ALREADY_RUNNING", ExitCode::Conflict, message).hint("wait for its end"));
    }
    Ok(Job { operating, cloud, name, slot, release: live.1, epoch: epoch.unwrap_or_default() })
}

/// The live slot of a service and its release.
fn assigned(control: &ServiceControl) -> Option<(String, String)> {
    let live = control.live.clone().filter(|_| !control.destroyed)?;
    let release = control.slots.get(&live)?.assignment.as_ref()?.release.clone();
    Some((live, release))
}

fn nothing_live(name: &str) -> Failure {
    let deploy = action::write("deploy", &["deploy", name], "assigns a release to it");
    Failure::not_found(format!("nothing of `{name}` is live")).hint("deploy it first").action(deploy)
}

impl Job {
    /// Asks for one member; the supervisor asks for none again when that has ended.
    async fn start(&self) -> Result<(), Failure> {
        let capacity = Capacity { minimum: 0, desired: 1 };
        // The epoch of whoever held the service last: an operation that takes it from now on is not disturbed.
        let token = format!("run {}", self.operating.ledger.world.nonce());
        let fence = Fence { operation: "run".into(), epoch: self.epoch, token };
        Ok(self.cloud.set_capacity(&self.slot, capacity, &fence).await?)
    }

    async fn ended(&self) -> Result<(), Failure> {
        while self.cloud.capacity(&self.slot).await?.desired > 0 || !self.cloud.members(&self.slot).await?.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// The members that have ever said something of themselves.
    async fn members(&self) -> Result<BTreeSet<String>, Failure> {
        let prefix = self.scope().prefix("members");
        let (mut names, mut after) = (BTreeSet::new(), None);
        loop {
            let listed = self.operating.ledger.store.list(&prefix, after.as_ref(), PAGE).await;
            let page = listed.map_err(store_failure)?;
            let name = |key: &skiff_runtime::store::Key| {
                key.as_str().strip_prefix(&prefix)?.strip_suffix(".json").map(str::to_owned)
            };
            names.extend(page.keys.iter().filter_map(name));
            match page.keys.last() {
                Some(last) if page.more => after = Some(last.clone()),
                _ => return Ok(names),
            }
        }
    }

    /// What the run came to, as its member says.
    async fn conclude(&self, run: Option<String>) -> Result<Outcome, Failure> {
        let state = match &run {
            Some(instance) => self.operating.ledger.read::<MemberState>(&self.scope().member(instance)).await?,
            None => None,
        };
        let state = state.map(|read| read.control.body);
        let why = state.as_ref().and_then(|state| state.reason.as_ref()).map(|reason| reason.message.clone());
        let exit = match state.map(|state| state.phase) {
            Some(MemberPhase::Stopped) if why.is_none() => {
                let summary = format!("the run of `{}` has ended well", self.name);
                return Ok(Outcome::done("JOB_DONE", summary).action(self.logs()).data(self.data(run.as_deref())));
            }
            Some(MemberPhase::Refused) => ExitCode::VerificationFailed,
            _ => ExitCode::GateFailed,
        };
        let why = why.unwrap_or_else(|| "it ended without saying why".into());
        let failure = Failure::new("JOB_FAILED", exit, format!("the run of `{}` failed: {why}", self.name));
        Err(failure.action(self.logs()).details(Vec::new(), self.data(run.as_deref())))
    }

    fn scope(&self) -> &ServiceScope {
        &self.slot.service
    }

    fn logs(&self) -> skiff_wire::RecommendedAction {
        action::look("logs", &["logs", &self.name], "what it said")
    }

    fn data(&self, run: Option<&str>) -> Value {
        json!({ "service": self.name, "release": self.release, "instance": run })
    }
}
