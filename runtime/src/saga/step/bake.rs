//! Watching a share of a rollout, and letting its gates judge.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use skiff_wire::{EffectClass, Evidence, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::{Error, ErrorKind},
    gate::{self, Gate, Groups, Observation, Standing, Watch},
    provider::{LEGACY, LogQuery, Weights},
    saga::{
        Service,
        canary::Stage,
        step::{hold::Held, planned, weights},
    },
};

/// A stage is looked at ten times at least where that is possible, and no more often than every fifth of a second.
const LOOKS: u32 = 10;
const SHORTEST_LOOK: Duration = Duration::from_millis(200);
/// No longer than a quarter of a minute is anything left alone.
const LONGEST_LOOK: Duration = Duration::from_secs(15);
/// How often a stage whose gates cannot say is given its time once more, before a person must say.
const EXTENSIONS: u32 = 1;
/// The most lines of logs that are taken in at one look.
const LINES: usize = 2000;

/// Watches a stage for its time, and lets the gates judge.
#[derive(Debug, Clone)]
pub struct Bake {
    /// The service.
    pub service: Service,
    /// What is watched.
    pub watched: Watched,
    /// The share, and for how long.
    pub stage: Stage,
    /// What must hold.
    pub gates: Vec<Gate>,
}

/// What is watched.
#[derive(Debug, Clone, Copy)]
pub enum Watched {
    /// A new release against the live one.
    Rollout(Handle<Held>),
    /// The live slot against what it takes over from.
    Cutover(Handle<Held>),
    /// A release that gets no request of a user against the live one.
    Shadow(Handle<Held>),
}

/// What has been seen; absent when a person let the operation go on without a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Baked(pub Option<Evidence>);

#[async_trait]
impl Step for Bake {
    type Output = Baked;

    fn plan(&self) -> PlannedStep {
        let (seconds, percent) = (weights::seconds(self.stage.bake_seconds), self.stage.percent);
        let deciding = self.gates.iter().filter(|gate| !gate.dry_run).count();
        let gates = if deciding == 1 { "1 gate".to_owned() } else { format!("{deciding} gates") };
        let title = match self.watched {
            Watched::Shadow(_) => format!("watch the new release for {seconds}; {gates} must hold"),
            _ => format!("watch {percent} of 100 requests for {seconds}; {gates} must hold"),
        };
        let planned = planned("bake/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read);
        PlannedStep { gate: true, ..planned }
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Baked, Error> {
        let (groups, wanted) = self.meant(context)?;
        let mut logs = LogQuery { limit: LINES, ..LogQuery::default() };
        let first = self.look(context, &groups, &mut logs).await?;
        let mut watch = Watch::begin(&self.gates, groups.clone(), first);
        let mut extensions = 0;
        loop {
            self.watch(context, &mut watch, &groups, &wanted, &mut logs).await?;
            match watch.conclude() {
                Standing::Passed | Standing::Watching => return Ok(Baked(Some(watch.evidence()))),
                Standing::Failed(why) => return Err(failed(&why, &watch)),
                Standing::Inconclusive(why) if extensions == EXTENSIONS => return Err(self.cannot_say(&why, &watch)),
                Standing::Inconclusive(why) => context.tell(format!("{why}; the stage gets its time once more")),
            }
            extensions += 1;
        }
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Baked>) -> Result<(), Error> {
        Ok(())
    }
}

impl Bake {
    /// Which groups are compared, and the weights that they are meant to have.
    fn meant(&self, context: &Context<'_>) -> Result<(Groups, Option<Weights>), Error> {
        match self.watched {
            Watched::Rollout(held) => {
                let held = context.output(held)?;
                let wanted = weights::share_to(&self.service, &held, self.stage.percent);
                let baseline = held.live.clone().filter(|live| *live != held.target);
                let web = self.service.kind == crate::saga::Kind::Web;
                Ok((Groups { canary: held.target, baseline }, web.then_some(wanted)))
            }
            Watched::Shadow(held) => {
                let held = context.output(held)?;
                let wanted = weights::all_to(&self.service, &held, held.live.as_deref());
                Ok((Groups { canary: held.target, baseline: held.live }, Some(wanted)))
            }
            Watched::Cutover(held) => {
                let held = context.output(held)?;
                let canary = held.live_slot(&self.service)?.to_owned();
                let wanted = weights::against_legacy(&self.service, &canary, self.stage.percent);
                Ok((Groups { canary, baseline: Some(LEGACY.to_owned()) }, Some(wanted)))
            }
        }
    }

    /// Looks again and again for the time of the stage; a gate that fails ends it at once.
    async fn watch(
        &self,
        context: &mut Context<'_>,
        watch: &mut Watch,
        groups: &Groups,
        wanted: &Option<Weights>,
        logs: &mut LogQuery,
    ) -> Result<(), Error> {
        let time = context.patience(self.stage.bake_seconds);
        while !time.is_over(context) {
            context.wait(self.interval()).await?;
            self.stay(context, wanted).await?;
            let seen = self.look(context, groups, logs).await?;
            let sources = context.outside().sources.clone();
            let scope = context.service.clone();
            let standing = watch.look(seen, &*sources, &scope).await;
            context.tell(watch.words());
            if let Standing::Failed(why) = standing {
                return Err(failed(&why, watch));
            }
        }
        Ok(())
    }

    fn interval(&self) -> Duration {
        let tenth = Duration::from_secs(u64::from(self.stage.bake_seconds)) / LOOKS;
        tenth.clamp(SHORTEST_LOOK, LONGEST_LOOK)
    }

    /// Weights are what is meant, at every look: what somebody else has moved is put back.
    async fn stay(&self, context: &mut Context<'_>, wanted: &Option<Weights>) -> Result<(), Error> {
        let Some(wanted) = wanted else { return Ok(()) };
        if weights::already(context, &self.service, wanted).await? {
            return Ok(());
        }
        context.tell("the weights are not what they are meant to be; they are set again");
        weights::move_to(context, &self.service, wanted, "weights").await
    }

    /// What there is to see now.
    async fn look(
        &self,
        context: &mut Context<'_>,
        groups: &Groups,
        logs: &mut LogQuery,
    ) -> Result<Observation, Error> {
        let traffic = context.motion.traffic(&context.service).await?;
        let read = context.motion.weights(&context.service).await?;
        let mut members = BTreeMap::new();
        for group in groups.all() {
            members.insert(group.to_owned(), context.motion.members(&context.slot(group)).await?);
        }
        let lines = match gate::read_logs(&self.gates) {
            false => Vec::new(),
            true => {
                let page = context.motion.logs(&context.service, logs).await?;
                logs.after = page.next.or(logs.after.take());
                page.lines
            }
        };
        Ok(Observation { at: context.now(), traffic, weights: read.effective.by_slot, members, lines })
    }

    fn cannot_say(&self, why: &str, watch: &Watch) -> Error {
        let message = format!("{} of 100 requests: {why}", self.stage.percent);
        Error::new(&gate::codes::INCONCLUSIVE, ErrorKind::Inconclusive, message)
            .hint("try again with `skiff saga retry`, or take it back with `skiff saga abort`")
            .evidence(kept(watch))
    }
}

fn failed(why: &str, watch: &Watch) -> Error {
    Error::new(&gate::codes::FAILED, ErrorKind::GateFailed, why)
        .hint("see what was measured: `skiff saga show`")
        .evidence(kept(watch))
}

fn kept(watch: &Watch) -> Value {
    json!(watch.evidence())
}
