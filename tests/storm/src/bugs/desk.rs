//! A desk that puts approvals on record which do not count.

use skiff_runtime::engine::Engine;
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

    /// Puts an approval on record as the engine would, without having verified it.
    pub async fn put_on_record(self, crew: &Crew<'_>, engine: &Engine, handed: &Handed) {
        let (scope, waiting) = (crew.world.simulation.scope(), &handed.waiting);
        let Ok(history) = engine.history(&scope, &waiting.operation).await else { return };
        let Some(last) = history.entries.last() else { return };
        let (step, envelope) = (handed.statement.step, String::from_utf8_lossy(&handed.envelope).into_owned());
        // Who counts twice has a second name.
        let second = if self == Self::OneCountsTwice { "@desk" } else { "" };
        let principal = format!("{}{second}", handed.statement.approver);
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
