//! Whether people agreed to what needs them, read from the logs alone: who signed what, about which plan, and when.
//!
//! It goes by what the schedule has asked for and by who is known to be a person, and not by what the intent, the root or the
//! engine says of either. Only signatures are verified by the code that users run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use skiff_runtime::{
    engine::{History, approval::Approval},
    trust::{TrustedRoot, verify_payload},
};
use skiff_wire::{Event, OperationIntent, Risk};

use crate::people::Who;

/// What people had to do with an operation, or with many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Approvals that are on record.
    pub approvals: u64,
    /// Gates that a person let an operation go on without.
    pub skips: u64,
    /// Operations that a person refused.
    pub rejections: u64,
    /// Steps of high risk that have begun.
    pub begun: u64,
    /// What was begun, put on record or passed by, and nobody had agreed who may.
    pub unfounded: u64,
}

impl Agreement {
    /// Adds another one to it.
    pub fn add(&mut self, other: &Self) {
        self.approvals += other.approvals;
        self.skips += other.skips;
        self.rejections += other.rejections;
        self.begun += other.begun;
        self.unfounded += other.unfounded;
    }
}

/// What a log is held against.
pub struct Basis<'a> {
    /// The root by which signatures are verified.
    pub root: &'a TrustedRoot,
    /// SHA-256 of the intent as it is in the store.
    pub plan: String,
    /// How many people a step of high risk needs.
    pub needed: usize,
}

/// SHA-256 as 64 hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What people had to do with an operation, and everything that happened without them.
#[must_use]
pub fn of(history: &History, basis: &Basis<'_>) -> (Agreement, Vec<String>) {
    let mut reading = Reading { history, basis, agreed: BTreeMap::new(), agreement: Agreement::default() };
    let mut findings = Vec::new();
    for entry in &history.entries {
        if let Err(why) = reading.read(&entry.event, entry.at) {
            findings.push(format!("{} `{}`: {why}", history.intent.saga, history.intent.operation));
        }
    }
    reading.agreement.unfounded = findings.len() as u64;
    (reading.agreement, findings)
}

struct Reading<'a> {
    history: &'a History,
    basis: &'a Basis<'a>,
    /// Who has agreed to which step.
    agreed: BTreeMap<u32, BTreeSet<String>>,
    agreement: Agreement,
}

impl Reading<'_> {
    fn read(&mut self, event: &Event, at: Timestamp) -> Result<(), String> {
        match event {
            Event::Approved { step, envelope, principal } => {
                self.agreement.approvals += 1;
                let signer = self.signer(envelope, *step, false, at)?;
                self.agreed.entry(*step).or_default().insert(signer.clone());
                same(&signer, principal)
            }
            Event::StepSkipped { step, envelope, principal, .. } => {
                self.agreement.skips += 1;
                if !planned(&self.history.intent, *step).is_some_and(|planned| planned.gate) {
                    return Err(format!("step {step} judges nothing, and was passed by"));
                }
                same(&self.signer(envelope, *step, true, at)?, principal)
            }
            Event::Rejected { .. } => {
                self.agreement.rejections += 1;
                Ok(())
            }
            Event::StepStarted { step, attempt, .. } => self.started(*step, *attempt),
            _ => Ok(()),
        }
    }

    fn started(&mut self, step: u32, attempt: u32) -> Result<(), String> {
        if self.agreement.rejections > 0 {
            return Err(format!("step {step} has begun, and a person had refused"));
        }
        if planned(&self.history.intent, step).is_none_or(|planned| planned.risk != Risk::High) {
            return Ok(());
        }
        self.agreement.begun += u64::from(attempt == 1);
        let (there, needed) = (self.agreed.get(&step).map_or(0, BTreeSet::len), self.basis.needed);
        let enough = there >= needed;
        if enough { Ok(()) } else { Err(format!("step {step} has begun, and {there} of {needed} people had approved")) }
    }

    /// Whose approval it is: a person's who has signed a statement about just this, in time.
    fn signer(&self, envelope: &str, step: u32, skip: bool, at: Timestamp) -> Result<String, String> {
        let signed = verify_payload(envelope.as_bytes(), self.basis.root, "approval", Approval::PAYLOAD_TYPE);
        let signed = signed.map_err(|error| format!("an approval of step {step} is on record: {error}"))?;
        let said: Approval = serde_json::from_slice(&signed.bytes).map_err(|error| error.to_string())?;
        let intent = &self.history.intent;
        let wanted = Approval {
            schema: Approval::SCHEMA.to_owned(),
            app: intent.app.clone(),
            environment: intent.environment.clone(),
            operation: intent.operation.clone(),
            step,
            skip,
            plan: self.basis.plan.clone(),
            approver: said.approver.clone(),
            by: said.by.clone(),
            expires: said.expires,
        };
        if said != wanted {
            return Err(format!("an approval of something else is on record: {said:?}"));
        }
        if said.expires <= at {
            return Err(format!("an approval of step {step} is on record, and had expired by then"));
        }
        if !signed.signers.contains(&said.approver) || !Who::counts(&said.approver) {
            return Err(format!("an approval of `{}` is on record, and does not count", said.approver));
        }
        Ok(said.approver)
    }
}

fn planned(intent: &OperationIntent, step: u32) -> Option<&skiff_wire::PlannedStep> {
    usize::try_from(step).ok().and_then(|step| intent.steps.get(step))
}

fn same(signer: &str, principal: &str) -> Result<(), String> {
    if signer == principal {
        return Ok(());
    }
    Err(format!("an approval of `{signer}` is on record as that of `{principal}`"))
}
