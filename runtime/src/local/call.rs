//! What the supervisor is asked over its socket, and what it answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, ErrorKind},
    local::{
        codes,
        desired::{DesiredResource, ProcessRecord, ServiceFacts},
    },
    provider::{Capacity, Fence, Shadow, SlotAddress, Weights},
    state::layout::{Scope, ServiceScope},
};

/// The path that calls are posted to; its number changes when an older supervisor could misunderstand one.
pub const PATH: &str = "/v1/call";

/// A request to the supervisor. Each may be repeated: it sets, or does nothing the second time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Call {
    /// Who is there?
    Hello,
    /// Make a resource what it is here.
    Put {
        /// Whose it is.
        owner: Owner,
        /// Its key in the plan.
        key: String,
        /// What it is to be.
        resource: DesiredResource,
    },
    /// Remove a resource.
    Remove {
        /// Whose it is.
        owner: Owner,
        /// Its key in the plan.
        key: String,
    },
    /// What the plan says of every service of an application in an environment.
    Services {
        /// Whose they are.
        owner: Owner,
        /// Facts by service.
        services: BTreeMap<String, ServiceFacts>,
    },
    /// Set how many members a slot is to have.
    Capacity {
        /// Which slot.
        slot: SlotName,
        /// How many.
        capacity: Capacity,
        /// Who asks.
        fence: Fence,
    },
    /// Set the weights of a service.
    Weights {
        /// Which service.
        service: ServiceName,
        /// The weights.
        weights: Weights,
        /// Who asks.
        fence: Fence,
    },
    /// Set what is beside the traffic of a service's users.
    Shadow {
        /// Which service.
        service: ServiceName,
        /// What it is to be.
        shadow: Shadow,
        /// Who asks.
        fence: Fence,
    },
    /// End one member; its slot's capacity brings another.
    Replace {
        /// Which slot.
        slot: SlotName,
        /// Which member.
        instance: String,
        /// Who asks.
        fence: Fence,
    },
    /// Run the `before` command of what a slot is assigned; the fence's token runs it once.
    Before {
        /// Which slot.
        slot: SlotName,
        /// Who asks.
        fence: Fence,
    },
    /// End everything that was started, then yourself.
    Stop,
}

/// An application in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
}

/// A service of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceName {
    /// Whose it is.
    pub owner: Owner,
    /// Its name.
    pub service: String,
}

/// A slot of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotName {
    /// The service.
    pub service: ServiceName,
    /// The slot's letter.
    pub slot: String,
}

impl From<&Scope> for Owner {
    fn from(scope: &Scope) -> Self {
        Self { app: scope.app.clone(), environment: scope.environment.clone() }
    }
}

impl Owner {
    /// As the ledger names it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::new(&self.app, &self.environment)
    }
}

impl From<&ServiceScope> for ServiceName {
    fn from(service: &ServiceScope) -> Self {
        Self { owner: Owner::from(&service.scope), service: service.service.clone() }
    }
}

impl ServiceName {
    /// As the ledger names it.
    #[must_use]
    pub fn scope(&self) -> ServiceScope {
        self.owner.scope().service(&self.service)
    }
}

impl From<&SlotAddress> for SlotName {
    fn from(slot: &SlotAddress) -> Self {
        Self { service: ServiceName::from(&slot.service), slot: slot.slot.clone() }
    }
}

/// What the supervisor answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is done, or was already.
    Done,
    /// Who is there.
    Hello(Greeting),
    /// It was not done.
    Refused(Refusal),
}

/// Who the supervisor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// Its process.
    pub supervisor: ProcessRecord,
    /// The load balancer's, absent while it is not there.
    pub balancer: Option<ProcessRecord>,
    /// The port that the load balancer listens on.
    pub port: u16,
    /// Whether it is ending everything.
    pub stopping: bool,
}

/// A failure on its way through a socket or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    code: String,
    kind: String,
    message: String,
    hint: Option<String>,
}

/// The kinds of failures by the names they travel under.
const KINDS: [(ErrorKind, &str); 13] = [
    (ErrorKind::Usage, "usage"),
    (ErrorKind::NotAuthorised, "not-authorised"),
    (ErrorKind::NotFound, "not-found"),
    (ErrorKind::Conflict, "conflict"),
    (ErrorKind::Unavailable, "unavailable"),
    (ErrorKind::GateFailed, "gate-failed"),
    (ErrorKind::Inconclusive, "inconclusive"),
    (ErrorKind::ApprovalNeeded, "approval-needed"),
    (ErrorKind::VerificationFailed, "verification-failed"),
    (ErrorKind::OutcomeUnknown, "outcome-unknown"),
    (ErrorKind::Invalid, "invalid"),
    (ErrorKind::Internal, "internal"),
    (ErrorKind::Interrupted, "interrupted"),
];

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let kind = KINDS.iter().find(|(kind, _)| *kind == error.kind()).map_or("internal", |(_, name)| name);
        Self {
            code: error.code().id.into(),
            kind: kind.into(),
            message: error.message().into(),
            hint: error.advice().map(str::to_owned),
        }
    }
}

impl Refusal {
    /// The failure that it carries.
    #[must_use]
    pub fn error(self) -> Error {
        let code = crate::codes().into_iter().find(|code| code.id == self.code).unwrap_or(&codes::BAD_ANSWER);
        let kind = KINDS.iter().find(|(_, name)| *name == self.kind).map_or(ErrorKind::Internal, |(kind, _)| *kind);
        let error = Error::new(code, kind, self.message);
        match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}
