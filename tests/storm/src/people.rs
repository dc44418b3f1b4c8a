//! People of a schedule: who has a key, what they sign, and what they do about an operation that waits for one of them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use skiff_runtime::{
    Error,
    engine::approval::Approval,
    simulation::{
        Simulation,
        schedule::to_the_end,
        world::{SeededRandom, VirtualClock},
    },
    trust::{
        SigningKey, TrustedRoot,
        edit::{Enrolment, enroll, first},
        envelope, root,
    },
    world::Clock,
};
use skiff_wire::{PrincipalKind, TrustRoot};

/// Somebody with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// She asks for every operation, and may approve those of others.
    Ada,
    /// She may approve.
    Grace,
    /// She may as well.
    Heidi,
    /// An agent: it may ask, and never approve.
    Robot,
    /// A build: it has the role, and is no person.
    Build,
}

const ALL: [Who; 5] = [Who::Ada, Who::Grace, Who::Heidi, Who::Robot, Who::Build];

impl Who {
    /// The principal's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ada => "ada",
            Self::Grace => "grace",
            Self::Heidi => "heidi",
            Self::Robot => "robot",
            Self::Build => "build",
        }
    }

    /// Whether an approval of this principal counts for what Ada has asked for. The judge goes by this, and not by the root.
    #[must_use]
    pub fn counts(name: &str) -> bool {
        [Self::Grace, Self::Heidi].iter().any(|who| who.name() == name)
    }

    fn kind(self) -> PrincipalKind {
        match self {
            Self::Ada | Self::Grace | Self::Heidi => PrincipalKind::Human,
            Self::Robot => PrincipalKind::Agent,
            Self::Build => PrincipalKind::Ci,
        }
    }

    fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Ada => &["root", "approval"],
            Self::Grace | Self::Heidi | Self::Build => &["approval"],
            Self::Robot => &["release"],
        }
    }
}

/// What somebody does about an operation that waits for an approval, or that a gate holds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Somebody approves who may.
    Approve(Who),
    /// The same person approves twice.
    Twice,
    /// Somebody approves whose approval does not count: who has asked for it, an agent, or a build.
    Approves(Who),
    /// The approval is about another plan: what it was given for has changed since.
    AnotherPlan,
    /// The approval has expired when it is handed in.
    TooLate,
    /// An approval of a step is handed in to go on without a verdict, or the other way round.
    AnotherThing,
    /// A person refuses.
    Reject,
}

/// When somebody comes by, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Seconds before each look at whether anything waits.
    pub after: u64,
    /// What is done then.
    pub deed: Deed,
}

/// Everybody with a key, and the root that names them.
pub struct People {
    keys: BTreeMap<Who, SigningKey>,
    envelope: Vec<u8>,
    /// The root.
    pub root: TrustedRoot,
}

impl People {
    /// Makes keys, and a root that Ada has signed.
    ///
    /// # Errors
    /// A root that is not in order.
    pub fn enrolled() -> Result<Self, String> {
        let chance = SeededRandom::new(5);
        let made = |who: Who| SigningKey::generate(who.name(), &chance).map(|key| (who, key));
        let keys: Result<BTreeMap<_, _>, Error> = ALL.into_iter().map(made).collect();
        let keys = keys.map_err(|error| error.to_string())?;
        let root = named(&keys).map_err(|error| error.to_string())?;
        let payload = serde_json::to_vec(&root).map_err(|error| error.to_string())?;
        let envelope = signed_by(keys.get(&Who::Ada), TrustRoot::PAYLOAD_TYPE, &payload)?;
        let root = published(&Simulation::new(0), &envelope)?;
        Ok(Self { keys, envelope, root })
    }

    /// Puts the root into a world's ledger.
    ///
    /// # Errors
    /// A ledger that has another one.
    pub fn move_into(&self, simulation: &Simulation) -> Result<(), String> {
        published(simulation, &self.envelope).map(drop)
    }

    /// A statement as somebody signs it.
    ///
    /// # Errors
    /// None that a key in memory leads to.
    pub fn signed(&self, statement: &Approval, who: Who) -> Result<Vec<u8>, String> {
        let payload = serde_json::to_vec(statement).map_err(|error| error.to_string())?;
        signed_by(self.keys.get(&who), Approval::PAYLOAD_TYPE, &payload)
    }
}

/// One root with all of them: the first version needs none before it.
fn named(keys: &BTreeMap<Who, SigningKey>) -> Result<Option<TrustRoot>, Error> {
    let expires = VirtualClock::new().now().saturating_add(SignedDuration::from_hours(24 * 365)).unwrap_or_default();
    let mut root: Option<TrustRoot> = None;
    for (who, key) in keys {
        let (name, roles) = (who.name().to_owned(), who.roles().iter().map(|role| (*role).to_owned()).collect());
        let enrolment = Enrolment { name, kind: who.kind(), key: key.public(), roles };
        root = Some(match root {
            None => first(&enrolment, expires)?,
            Some(before) => TrustRoot { version: 1, ..enroll(&before, &enrolment, expires)? },
        });
    }
    Ok(root)
}

fn signed_by(key: Option<&SigningKey>, payload_type: &str, payload: &[u8]) -> Result<Vec<u8>, String> {
    let key = key.ok_or("nobody has that key")?;
    envelope::sign(payload_type, payload, std::slice::from_ref(key)).map_err(|error| error.to_string())
}

fn published(simulation: &Simulation, envelope: &[u8]) -> Result<TrustedRoot, String> {
    let published = to_the_end(root::publish(&simulation.ledger(), None, envelope));
    published.ok_or("the root is not published in the end")?.map_err(|error| error.to_string())
}
