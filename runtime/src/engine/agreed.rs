//! What people have agreed to, verified again by whoever acts on it.
//!
//! A log is what the ledger says, and whoever can write the ledger can write a log. A release is verified where it runs; an
//! approval is verified where something is done because of it, and not only where it was put on record.

use skiff_wire::{Event, LogEntry};

use crate::{
    engine::{approval::Expected, codes, drive::Drive},
    error::{Error, ErrorKind},
};

impl Drive<'_> {
    /// Verifies each approval on record that was not verified yet, when what is done next rests on one.
    ///
    /// # Errors
    /// One of them does not count: nothing is done because of it, and the operation stays as it is.
    pub(super) async fn verify_agreement(&mut self, step: u32) -> Result<(), Error> {
        let there = self.journal.entries();
        if self.agreed == there || !self.rests_on_people(step) {
            return Ok(());
        }
        for index in self.agreed..there {
            let key = self.scope.log(&self.intent.operation, index);
            if let Some(entry) = self.engine.ledger.get::<LogEntry>(&key).await? {
                self.verify_entry(&entry).await?;
            }
        }
        self.agreed = there;
        Ok(())
    }

    /// Whether a step may begin only because people have agreed: to itself, or to go on without the verdict of one before it.
    fn rests_on_people(&self, step: u32) -> bool {
        let until = usize::try_from(step).unwrap_or(usize::MAX).saturating_add(1);
        let steps = self.journal.status().steps.iter().take(until);
        steps.into_iter().any(|step| step.skipped_by.is_some() || !step.approved_by.is_empty())
    }

    async fn verify_entry(&self, entry: &LogEntry) -> Result<(), Error> {
        let (step, skip, envelope, principal) = match &entry.event {
            Event::Approved { step, envelope, principal } => (*step, false, envelope, principal),
            Event::StepSkipped { step, envelope, principal, .. } => (*step, true, envelope, principal),
            _ => return Ok(()),
        };
        // It counted when it was put on record; that the step begins later takes nothing away from it.
        let expected = Expected::of(&self.intent, step, skip, entry.at)?;
        let verified = self.engine.verify.approval(&self.engine.ledger, envelope.as_bytes(), &expected).await;
        match verified {
            Ok(approver) if approver == *principal => Ok(()),
            Ok(approver) => Err(self.forged(entry, &format!("it is signed by `{approver}`, not by `{principal}`"))),
            Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::OutcomeUnknown) => Err(error),
            Err(error) => Err(self.forged(entry, error.message())),
        }
    }

    fn forged(&self, entry: &LogEntry, why: &str) -> Error {
        let (index, operation) = (entry.index, &self.intent.operation);
        let message = format!("entry {index} of operation `{operation}` has an approval that does not count: {why}");
        Error::new(&codes::BAD_APPROVAL, ErrorKind::VerificationFailed, message).hint(format!(
            "nothing was done because of it; find out who wrote it, then take the operation back: `skiff saga abort \
             {operation}`"
        ))
    }
}
