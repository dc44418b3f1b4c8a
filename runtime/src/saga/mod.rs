//! What operations there are: each is typed parameters, and a pure function from them to its steps.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use skiff_wire::PlannedStep;

use crate::{
    engine::step::Steps,
    error::{Error, ErrorKind},
    provider::LEGACY,
};

pub mod canary;
pub mod codes;
pub mod cutover;
pub mod deploy;
pub mod destroy;
pub mod drain;
pub mod restart;
pub mod rollback;
pub mod scale;
pub mod shadow;
pub mod step;

/// One operation with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Saga {
    /// Brings a release into service.
    Deploy(deploy::Parameters),
    /// Brings a release into service share by share, watched at each.
    Canary(canary::Parameters),
    /// Brings a release up beside what serves, without any request of a user.
    Shadow(shadow::Parameters),
    /// Moves traffic from what a service takes over from to the service.
    Cutover(cutover::Parameters),
    /// Takes one member out of service, and brings another.
    Drain(drain::Parameters),
    /// Brings a release into service that repeats an earlier one.
    Rollback(rollback::Parameters),
    /// Changes how many members serve.
    Scale(scale::Parameters),
    /// Replaces each member by a new one of the same release.
    Restart(restart::Parameters),
    /// Ends a service.
    Destroy(destroy::Parameters),
}

impl Saga {
    /// Its name, as the intent has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deploy(_) => deploy::NAME,
            Self::Canary(_) => canary::NAME,
            Self::Shadow(_) => shadow::NAME,
            Self::Cutover(_) => cutover::NAME,
            Self::Drain(_) => drain::NAME,
            Self::Rollback(_) => rollback::NAME,
            Self::Scale(_) => scale::NAME,
            Self::Restart(_) => restart::NAME,
            Self::Destroy(_) => destroy::NAME,
        }
    }

    /// The service that it moves.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.moves().name
    }

    /// The slots of that service.
    #[must_use]
    pub fn slots(&self) -> &[String] {
        &self.moves().slots
    }

    /// What it knows of that service.
    #[must_use]
    pub fn moves(&self) -> &Service {
        match self {
            Self::Deploy(parameters) => &parameters.service,
            Self::Canary(parameters) => &parameters.service,
            Self::Shadow(parameters) => &parameters.service,
            Self::Cutover(parameters) => &parameters.service,
            Self::Drain(parameters) => &parameters.service,
            Self::Rollback(parameters) => &parameters.deploy.service,
            Self::Scale(parameters) => &parameters.service,
            Self::Restart(parameters) => &parameters.service,
            Self::Destroy(parameters) => &parameters.service,
        }
    }

    /// Its steps, in their order.
    #[must_use]
    pub fn steps(&self) -> Steps {
        match self {
            Self::Deploy(parameters) => deploy::steps(parameters),
            Self::Canary(parameters) => canary::steps(parameters),
            Self::Shadow(parameters) => shadow::steps(parameters),
            Self::Cutover(parameters) => cutover::steps(parameters),
            Self::Drain(parameters) => drain::steps(parameters),
            Self::Rollback(parameters) => rollback::steps(parameters),
            Self::Scale(parameters) => scale::steps(parameters),
            Self::Restart(parameters) => restart::steps(parameters),
            Self::Destroy(parameters) => destroy::steps(parameters),
        }
    }

    /// Its steps as they are planned, for `--dry-run`; nothing is read or written.
    #[must_use]
    pub fn plan(&self) -> Vec<PlannedStep> {
        self.steps().plan()
    }

    /// Its parameters as the intent has them.
    ///
    /// # Errors
    /// A defect: parameters that are not JSON.
    pub fn parameters(&self) -> Result<Value, Error> {
        match self {
            Self::Deploy(parameters) => written(parameters),
            Self::Canary(parameters) => written(parameters),
            Self::Shadow(parameters) => written(parameters),
            Self::Cutover(parameters) => written(parameters),
            Self::Drain(parameters) => written(parameters),
            Self::Rollback(parameters) => written(parameters),
            Self::Scale(parameters) => written(parameters),
            Self::Restart(parameters) => written(parameters),
            Self::Destroy(parameters) => written(parameters),
        }
    }

    /// The saga that an intent names, with its parameters.
    ///
    /// # Errors
    /// A saga that this Skiff does not know, or parameters that are not its own.
    pub fn read(name: &str, parameters: &Value) -> Result<Self, Error> {
        match name {
            deploy::NAME => parsed(name, parameters).map(Self::Deploy),
            canary::NAME => parsed(name, parameters).map(Self::Canary),
            shadow::NAME => parsed(name, parameters).map(Self::Shadow),
            cutover::NAME => parsed(name, parameters).map(Self::Cutover),
            drain::NAME => parsed(name, parameters).map(Self::Drain),
            rollback::NAME => parsed(name, parameters).map(Self::Rollback),
            scale::NAME => parsed(name, parameters).map(Self::Scale),
            restart::NAME => parsed(name, parameters).map(Self::Restart),
            destroy::NAME => parsed(name, parameters).map(Self::Destroy),
            _ => {
                Err(Error::new(&codes::UNKNOWN_SAGA, ErrorKind::Invalid, format!("this Skiff knows no saga `{name}`"))
                    .hint("resume it with the version of Skiff that started it"))
            }
        }
    }
}

fn written<P: Serialize>(parameters: &P) -> Result<Value, Error> {
    serde_json::to_value(parameters).map_err(|error| {
        Error::new(&codes::UNKNOWN_SAGA, ErrorKind::Internal, format!("the parameters cannot be written: {error}"))
    })
}

fn parsed<P: DeserializeOwned>(name: &str, parameters: &Value) -> Result<P, Error> {
    P::deserialize(parameters).map_err(|error| {
        Error::new(
            &codes::UNKNOWN_SAGA,
            ErrorKind::Invalid,
            format!("the parameters of saga `{name}` cannot be read: {error}"),
        )
        .hint("resume it with the version of Skiff that started it")
    })
}

/// What a saga needs to know of a service, fixed when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its slots by their letters, sorted: two, or one for a job or a stateful service.
    pub slots: Vec<String>,
    /// The least number of members while it is live.
    pub minimum: u32,
    /// The most members in one slot.
    pub maximum: u32,
    /// Whether it takes over from something else, which has a weight beside the slots.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub legacy: bool,
    /// Whether the old members end before the new ones begin.
    pub recreate: bool,
    /// Seconds that requests in flight get when a slot is taken out of service.
    pub drain_seconds: u32,
    /// Seconds between SIGTERM and SIGKILL of a member.
    pub grace_seconds: u32,
    /// Seconds that any one step may wait for members or traffic.
    pub deadline_seconds: u32,
}

/// What a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Serves requests behind a load balancer, by weights.
    Web,
    /// Works without being asked by requests.
    Worker,
    /// One member with a volume, in one slot.
    Stateful,
    /// Runs now and then; a release is only assigned.
    Job,
}

impl Service {
    /// The groups that have a weight: the slots, and what it takes over from.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(String::as_str).chain(self.legacy.then_some(LEGACY))
    }

    /// What a plan says of a service.
    ///
    /// # Errors
    /// A kind that this Skiff does not know, or a service without slots.
    pub fn of(name: &str, motion: &skiff_wire::Motion) -> Result<Self, Error> {
        let kind = match motion.kind.as_str() {
            "web" => Kind::Web,
            "worker" => Kind::Worker,
            "stateful" => Kind::Stateful,
            "job" => Kind::Job,
            other => return Err(unfit(name, &format!("is of kind `{other}`, which no saga can move"))),
        };
        if motion.slots.is_empty() {
            return Err(unfit(name, "has no slot"));
        }
        Ok(Self {
            name: name.into(),
            kind,
            slots: motion.slots.keys().cloned().collect(),
            minimum: motion.minimum,
            maximum: motion.maximum,
            legacy: kind == Kind::Web && motion.legacy.is_some(),
            recreate: motion.rollout.strategy == "recreate",
            drain_seconds: motion.stop.drain_seconds,
            grace_seconds: motion.stop.grace_seconds,
            deadline_seconds: motion.rollout.deadline_seconds,
        })
    }
}

/// Whether a number of a saga's parameters or outputs is left out.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn unfit(name: &str, why: &str) -> Error {
    Error::new(&codes::UNFIT_SERVICE, ErrorKind::Invalid, format!("service `{name}` {why}"))
        .hint("compile the spec again with this version of Skiff: `skiff plan`")
}
