//! Saying which slot is live.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use skiff_wire::{EffectClass, LiveRelease, PlannedStep, Reversibility, Risk, ServiceControl};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::Error,
    saga::{
        Kind, Service,
        step::{hold::Held, planned},
    },
};

/// How many releases that were live before are remembered.
const REMEMBERED: usize = 10;

/// Makes the slot with the new release the live one.
#[derive(Debug, Clone)]
pub struct Promote {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

/// Which slot is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promoted {
    /// The slot.
    pub live: String,
}

#[async_trait]
impl Step for Promote {
    type Output = Promoted;

    fn plan(&self) -> PlannedStep {
        let title = "say that the new release is live";
        planned("promote/1", title, Risk::None, Reversibility::Reversible, EffectClass::Ledger)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Promoted, Error> {
        let held = context.output(self.held)?;
        let history = history(&held, context.now());
        let web = self.service.kind == Kind::Web;
        let change = |body: &mut ServiceControl| {
            body.live = Some(held.target.clone());
            body.history = history;
            for (letter, slot) in &mut body.slots {
                slot.weight = if web && *letter == held.target { held.share() } else { 0 };
            }
        };
        context.change(change).await?;
        Ok(Promoted { live: held.target.clone() })
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Promoted>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        let change = |body: &mut ServiceControl| {
            body.live = held.before.live.clone();
            body.history = held.before.history.clone();
            for (letter, slot) in &mut body.slots {
                slot.weight = held.before.slots.get(letter).map_or(0, |before| before.weight);
            }
        };
        context.change(change).await.map(drop)
    }
}

/// What was live before, now that what is live is live no more.
pub(crate) fn history(held: &Held, until: jiff::Timestamp) -> Vec<LiveRelease> {
    left(held, until).into_iter().chain(held.before.history.iter().cloned()).take(REMEMBERED).collect()
}

fn left(held: &Held, until: jiff::Timestamp) -> Option<LiveRelease> {
    let (live, assignment) = (held.live.as_ref()?, held.assignment()?);
    Some(LiveRelease { release: assignment.release.clone(), sequence: assignment.sequence, slot: live.clone(), until })
}
