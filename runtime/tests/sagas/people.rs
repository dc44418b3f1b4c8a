//! People with keys, a trust root that names them, and their approvals.

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    Error,
    engine::{Driver, Engine, Operation, approval::Approval},
    simulation::{Simulation, schedule::to_the_end},
    trust::{
        SigningKey,
        edit::{Enrolment, enroll, first},
        envelope, root,
    },
};
use skiff_wire::{PrincipalKind, TrustRoot};

/// Everybody who has a key.
pub(crate) struct People {
    pub(crate) ada: SigningKey,
    pub(crate) grace: SigningKey,
    pub(crate) robot: SigningKey,
    pub(crate) build: SigningKey,
}

impl People {
    /// Makes keys, and puts a root into the ledger: Ada and Grace approve, so does a build; the robot may not.
    pub(crate) fn enrolled(world: &Simulation) -> Self {
        let key = |name: &str| SigningKey::generate(name, &*world.world.random).expect("chance gives good keys");
        let people = Self { ada: key("ada"), grace: key("grace"), robot: key("robot"), build: key("build") };
        let expires = world.world.clock.now().checked_add(SignedDuration::from_hours(24 * 365)).expect("next year");
        let newcomer = |key: &SigningKey, kind, roles: &[&str]| Enrolment {
            name: key.name().to_owned(),
            kind,
            key: key.public(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let ada = newcomer(&people.ada, PrincipalKind::Human, &["root", "approval"]);
        let others = [
            newcomer(&people.grace, PrincipalKind::Human, &["approval"]),
            newcomer(&people.robot, PrincipalKind::Agent, &["release"]),
            newcomer(&people.build, PrincipalKind::Ci, &["approval"]),
        ];
        let mut before = None;
        let mut next = first(&ada, expires).expect("a first root");
        for other in others.iter().map(Some).chain([None]) {
            let payload = serde_json::to_vec(&next).expect("it is JSON");
            let signed = envelope::sign(TrustRoot::PAYLOAD_TYPE, &payload, std::slice::from_ref(&people.ada));
            let (ledger, signed) = (world.ledger(), signed.expect("the key is here"));
            let published = root::publish(&ledger, before.as_ref(), &signed);
            let published = to_the_end(published).expect("it ends").expect("it follows");
            if let Some(other) = other {
                next = enroll(&published.root, other, expires).expect("a next root");
            }
            before = Some(published);
        }
        people
    }
}

/// An engine without faults, for what people do beside the driver.
pub(crate) fn desk(world: &Simulation) -> Engine {
    Engine::new(world.ledger(), world.cloud.clone(), Driver { name: "desk".into(), trust_pin: None })
}

/// What somebody signs, and hands in.
pub(crate) fn approve(
    world: &Simulation,
    operation: &str,
    approver: &str,
    key: &SigningKey,
    edit: impl FnOnce(&mut Approval),
) -> Result<Operation, Error> {
    let (desk, scope) = (desk(world), world.scope());
    let expires: Timestamp = world.world.clock.now().checked_add(SignedDuration::from_hours(1)).expect("soon");
    let statement = to_the_end(desk.approval(&scope, operation, approver, expires)).expect("it ends");
    let mut statement = statement?;
    edit(&mut statement);
    let payload = serde_json::to_vec(&statement).expect("it is JSON");
    let signed = envelope::sign(Approval::PAYLOAD_TYPE, &payload, std::slice::from_ref(key))?;
    to_the_end(desk.approve(&scope, operation, &signed)).expect("it ends")
}
