//! A desk that puts approvals on record which do not count, and a door through which they are believed.

use std::sync::Arc;

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::{
        Engine,
        approval::{Approval, Expected},
        verify::{Assignable, Floor, Verify},
    },
    state::{Ledger, layout::ServiceScope},
    trust::{envelope::Opened, json},
};
use skiff_wire::{Event, LogEntry};

use crate::{
    bugs::Bug,
    crew::Crew,
    desk::Handed,
    people::{Deed, Who},
};

impl Bug {
    /// Whether it takes what this leads to for a good approval.
    #[must_use]
    pub fn believes(self, deed: Deed) -> bool {
        match self {
            Self::AnyPlan => deed == Deed::AnotherPlan,
            Self::AgentApproves => deed == Deed::Approves(Who::Robot),
            Self::OwnApproval => deed == Deed::Approves(Who::Ada),
            Self::OneCountsTwice => deed == Deed::Twice,
            Self::LateCounts => deed == Deed::TooLate,
            Self::AnythingGoes => deed == Deed::AnotherThing,
            _ => false,
        }
    }

    /// What an engine with this mistake has releases and approvals verified by: both of its looks at an approval believe it, or
    /// the second would put right what the first one missed.
    #[must_use]
    pub fn door(self, door: Arc<dyn Verify>) -> Arc<dyn Verify> {
        match self {
            Self::AnyPlan
            | Self::AgentApproves
            | Self::OwnApproval
            | Self::OneCountsTwice
            | Self::LateCounts
            | Self::AnythingGoes => Arc::new(Believing(door)),
            _ => door,
        }
    }

    /// Puts an approval on record as the engine would, without having verified it.
    pub async fn put_on_record(self, crew: &Crew<'_>, engine: &Engine, handed: &Handed) {
        let (scope, waiting) = (crew.world.simulation.scope(), &handed.waiting);
        let Ok(history) = engine.history(&scope, &waiting.operation).await else { return };
        let Some(last) = history.entries.last() else { return };
        let (mut statement, mut signed) = (handed.statement.clone(), handed.envelope.clone());
        // Who counts twice has a second name.
        if self == Self::OneCountsTwice {
            statement.approver.push_str("@desk");
            let Ok(anew) = crew.world.people.signed(&statement, Who::Grace) else { return };
            signed = anew;
        }
        let (step, principal) = (statement.step, statement.approver);
        let envelope = String::from_utf8_lossy(&signed).into_owned();
        let event = if waiting.held {
            Event::StepSkipped { step, envelope, principal, reason: "somebody has looked".into() }
        } else {
            Event::Approved { step, envelope, principal }
        };
        // What the engine could not read again is not written: that would be another mistake than the one on purpose.
        if history.status.clone().next(&event).is_err() {
            return;
        }
        let (index, epoch, at) = (last.index + 1, last.epoch, crew.world.simulation.world.clock.now());
        let entry = LogEntry { schema: LogEntry::SCHEMA.into(), index, epoch, at, event };
        drop(crew.ledger().put_once(&scope.log(&waiting.operation, index), &entry).await);
    }
}

/// Believes what an approval says of itself.
struct Believing(Arc<dyn Verify>);

#[async_trait]
impl Verify for Believing {
    async fn assignable(
        &self,
        ledger: &Ledger,
        service: &ServiceScope,
        release: &str,
        floor: Floor,
    ) -> Result<Assignable, Error> {
        self.0.assignable(ledger, service, release, floor).await
    }

    async fn approval(&self, _ledger: &Ledger, envelope: &[u8], _expected: &Expected) -> Result<String, Error> {
        let said: Approval = json::read(Opened::read(envelope)?.unverified(), "the approval")?;
        Ok(said.approver)
    }
}
