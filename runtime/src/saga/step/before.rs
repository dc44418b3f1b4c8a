//! The command that a release runs once before any of its members serves: `rollout.before`.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::{Error, ErrorKind},
    provider::{RunPhase, RunView},
    saga::{
        Service, codes,
        step::{hold::Held, planned},
    },
};

/// Runs the release's `before` command once, such as a migration, and waits for its end.
///
/// What it runs is in the signed release; the words here are for people. It runs at most once for an operation, whoever drives
/// it: the provider knows the token. What it did is not taken back.
#[derive(Debug, Clone)]
pub struct RunBefore {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// Its words.
    pub command: Vec<String>,
}

/// How the command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ran {
    /// The member that ran it; its logs are there.
    #[serde(default)]
    pub instance: Option<String>,
}

#[async_trait]
impl Step for RunBefore {
    type Output = Ran;

    fn plan(&self) -> PlannedStep {
        let title = format!("run `{}` once with the new release", self.command.join(" "));
        planned("run-before/1", title, Risk::Medium, Reversibility::Irreversible, EffectClass::Token)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Ran, Error> {
        let held = context.output(self.held)?;
        let slot = context.slot(&held.target);
        let fence = context.fence("before").await?;
        let mut patience = context.patience(self.service.deadline_seconds);
        loop {
            match context.motion.before(&slot, &fence.token).await? {
                None => context.motion.run_before(&slot, &fence).await?,
                Some(run) if run.phase == RunPhase::Running => {
                    patience.wait(context, "the command before the rollout has not ended").await?;
                }
                Some(run) if run.phase == RunPhase::Succeeded => return Ok(Ran { instance: run.instance }),
                Some(run) => return Err(self.failed(&run)),
            }
        }
    }

    /// What a migration has done stays; the release that wrote it says how to live with it.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Ran>) -> Result<(), Error> {
        Ok(())
    }
}

impl RunBefore {
    fn failed(&self, run: &RunView) -> Error {
        let why = match (&run.reason, run.exit) {
            (Some(reason), _) => reason.clone(),
            (None, Some(exit)) => format!("it ended with {exit}"),
            (None, None) => "it was ended".to_owned(),
        };
        let message = format!("`{}` of service `{}`: {why}", self.command.join(" "), self.service.name);
        Error::new(&codes::BEFORE_FAILED, ErrorKind::GateFailed, message)
            .hint(format!("see what it wrote: `skiff logs {}`", self.service.name))
    }
}
