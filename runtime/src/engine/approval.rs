//! The statement by which a person lets a step of high risk happen; it is signed as a DSSE envelope.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use skiff_wire::{OperationIntent, PlannedStep, PrincipalKind, Risk};

use crate::{
    engine::{begin::digest, codes},
    error::{Error, ErrorKind},
    state::Ledger,
    trust::{json, load_root, verify_payload},
};

/// The role whose people approve.
const ROLE: &str = "approval";

/// How many people must approve a step before it begins: what is risky needs one at least, whatever its plan says.
pub(crate) fn needed(step: &PlannedStep) -> u32 {
    step.approvals.max(u32::from(step.risk == Risk::High))
}

/// What a person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `skiff.dev/approval/v1`.
    pub schema: String,
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// The operation.
    pub operation: String,
    /// The step that waits, from zero.
    pub step: u32,
    /// Whether it is to go on without the verdict of a gate, in the place of doing the step.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub skip: bool,
    /// SHA-256 of the intent's bytes, 64 hexadecimal digits: what is to be done, all of it.
    pub plan: String,
    /// The principal who approves; the signature must be theirs.
    pub approver: String,
    /// The account from which it was signed, `user@host`; it says whether whoever asked is whoever approved, and decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// After this it counts no more.
    pub expires: Timestamp,
}

impl Approval {
    /// The statement's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/approval/v1";
    /// The payload type of its envelope.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.skiff.approval+json";
}

/// What an approval must be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
    /// The operation.
    pub operation: String,
    /// The step that waits.
    pub step: u32,
    /// Whether the operation is to go on without the verdict of that step.
    pub skip: bool,
    /// SHA-256 of the intent.
    pub plan: String,
    /// Who asked for the operation: their own approval does not count.
    pub requested_by: String,
    /// The time.
    pub now: Timestamp,
}

impl Expected {
    /// What an approval of a step must be about, at a time.
    ///
    /// # Errors
    /// An intent that cannot be written.
    pub(crate) fn of(intent: &OperationIntent, step: u32, skip: bool, now: Timestamp) -> Result<Self, Error> {
        Ok(Self {
            app: intent.app.clone(),
            environment: intent.environment.clone(),
            operation: intent.operation.clone(),
            step,
            skip,
            plan: digest(intent)?,
            requested_by: intent.requested_by.clone(),
            now,
        })
    }
}

impl Approval {
    /// Whether it is about what is expected.
    ///
    /// # Errors
    /// The first thing that it is not.
    pub fn check(&self, expected: &Expected) -> Result<(), Error> {
        let about = (&self.app, &self.environment, &self.operation, self.step);
        if self.schema != Self::SCHEMA {
            return Err(refused(&format!("it is a `{}`, not a `{}`", self.schema, Self::SCHEMA)));
        }
        if about != (&expected.app, &expected.environment, &expected.operation, expected.step) {
            return Err(refused(&format!("it is for step {} of operation `{}`", self.step, self.operation)));
        }
        if self.skip != expected.skip {
            let what = if self.skip { "to go on without a verdict" } else { "to do the step" };
            return Err(refused(&format!("it is one {what}")));
        }
        if self.plan != expected.plan {
            return Err(refused(&format!("it is for the intent `{}`, and this one is `{}`", self.plan, expected.plan)));
        }
        if self.expires <= expected.now {
            return Err(refused(&format!("it expired at {}", self.expires)));
        }
        if self.approver == expected.requested_by {
            return Err(refused(&format!("`{}` asked for the operation, and cannot approve it", self.approver)));
        }
        Ok(())
    }
}

fn refused(why: &str) -> Error {
    Error::new(&codes::BAD_APPROVAL, ErrorKind::NotAuthorised, format!("the approval does not count: {why}"))
        .hint("ask a second person with the role `approval` to run `skiff approve`")
}

/// Verifies an approval by the root of trust; gives the principal whose approval it is.
///
/// Enough people with the role `approval` must have signed it, the one that it names among them. An agent never counts, a
/// build does not, and neither does whoever asked for the operation.
///
/// # Errors
/// Each reason why it does not count.
pub async fn verify(ledger: &Ledger, pin: Option<&str>, envelope: &[u8], expected: &Expected) -> Result<String, Error> {
    let root = load_root(ledger, pin, 0).await?;
    if root.root.expires <= expected.now {
        return Err(refused(&format!("version {} of the trust root has expired", root.root.version)));
    }
    let signed = verify_payload(envelope, &root, ROLE, Approval::PAYLOAD_TYPE)?;
    let approval: Approval = json::read(&signed.bytes, "the approval")?;
    approval.check(expected)?;
    let counts = |name: &&String| {
        let human = root.root.principals.get(*name).is_some_and(|principal| principal.kind == PrincipalKind::Human);
        human && **name != expected.requested_by
    };
    let people: Vec<&String> = signed.signers.iter().filter(counts).collect();
    if !people.contains(&&approval.approver) {
        return Err(refused(&format!("`{}` is not a person who has signed it", approval.approver)));
    }
    let needed = root.root.roles.get(ROLE).map_or(1, |role| role.threshold);
    if u32::try_from(people.len()).unwrap_or(u32::MAX) < needed {
        return Err(refused(&format!("{} people have signed it, and {needed} are needed", people.len())));
    }
    Ok(approval.approver)
}
