//! A root, its keys, and a release that verifies; each test spoils one thing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    trust::{
        Binding, Purpose, SigningKey, TrustedRoot, VerifiedRelease, edit,
        edit::Enrolment,
        envelope, root,
        verify::{self, verify_release},
    },
    world::Random,
};
use skiff_wire::{Code, PrincipalKind, ReleaseStatement, TrustRoot};

/// Bytes that look random and are the same in every run.
pub(crate) struct Seed(pub(crate) u8);

impl Random for Seed {
    fn fill(&self, buffer: &mut [u8]) {
        for (index, byte) in buffer.iter_mut().enumerate() {
            *byte = self.0.wrapping_mul(31).wrapping_add(u8::try_from(index % 251).unwrap());
        }
    }
}

/// A key of its own for each seed.
pub(crate) fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::generate(name, &Seed(seed)).unwrap()
}

/// Noon of a day in 2026.
pub(crate) fn day(day: i8) -> Timestamp {
    jiff::civil::date(2026, 6, day).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

/// Somebody who comes into the root.
pub(crate) fn enrolment(key: &SigningKey, roles: &[&str]) -> Enrolment {
    Enrolment {
        name: key.name().into(),
        kind: PrincipalKind::Human,
        key: key.public(),
        roles: roles.iter().map(ToString::to_string).collect(),
    }
}

/// The first root: `ann` has every role, with the threshold one; it expires on the 20th.
pub(crate) fn first_root() -> TrustRoot {
    edit::first(&enrolment(&key("ann", 1), &["root", "release", "approval"]), day(20)).unwrap()
}

/// A root that two of three must sign releases for.
pub(crate) fn two_of_three() -> TrustRoot {
    let mut root = first_root();
    for (name, seed) in [("ben", 2), ("eve", 3)] {
        root = edit::enroll(&root, &enrolment(&key(name, seed), &["release"]), day(20)).unwrap();
    }
    edit::thresholds(&root, &[("release".into(), 2)]).unwrap()
}

/// A root as it is trusted.
pub(crate) fn trusted(root: TrustRoot) -> TrustedRoot {
    let digest = format!("sha256:{}", verify::digest(&serde_json::to_vec(&root).unwrap()));
    TrustedRoot { root, digest }
}

/// A root in its envelope.
pub(crate) fn signed_root(root: &TrustRoot, keys: &[SigningKey]) -> Vec<u8> {
    envelope::sign(TrustRoot::PAYLOAD_TYPE, &serde_json::to_vec(root).unwrap(), keys).unwrap()
}

/// The statement of a release that may run, as JSON, to be spoiled.
pub(crate) fn statement() -> Value {
    let sha256 = "a".repeat(64);
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "main", "digest": { "sha256": sha256 } }],
        "predicateType": "https://skiff.dev/release/v1",
        "predicate": {
            "app": "shop", "environment": "prod", "service": "web", "sequence": 7, "expires": day(10),
            "artifacts": { "main": { "bundle": { "sha256": sha256, "size": 3 } } },
            "manifest": { "main": {
                "name": "main", "artifact": { "bundle": { "path": "dist" } }, "command": { "command": ["./run"] },
            } },
        },
    })
}

/// Bytes, signed as a release.
pub(crate) fn signed(payload: &[u8], keys: &[SigningKey]) -> Vec<u8> {
    envelope::sign(ReleaseStatement::PAYLOAD_TYPE, payload, keys).unwrap()
}

/// A statement, signed by `ann`.
pub(crate) fn release(statement: &Value) -> Vec<u8> {
    signed(&serde_json::to_vec(statement).unwrap(), &[key("ann", 1)])
}

/// What the release is for.
pub(crate) fn binding() -> Binding {
    Binding { app: "shop".into(), environment: "prod".into(), service: "web".into() }
}

/// To assign it on the first of the month; six was the last.
pub(crate) fn assign() -> Purpose {
    Purpose::Assign { now: day(1), sequence: 6 }
}

/// Verifies for assignment with the first root.
pub(crate) fn verified(envelope: &[u8]) -> Result<VerifiedRelease, Error> {
    verify_release(envelope, &trusted(first_root()), &binding(), assign())
}

/// The statement with one thing changed, signed as it is.
pub(crate) fn spoiled(pointer: &str, value: Value) -> Vec<u8> {
    let mut statement = statement();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    statement.pointer_mut(parent).unwrap()[name] = value;
    release(&statement)
}

/// Asserts that something is refused with this very code, and so that no command retries it.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Error>, code: &'static Code) {
    let error = result.unwrap_err();
    assert_eq!(error.code().id, code.id, "{error}");
    assert_eq!(error.kind(), skiff_runtime::ErrorKind::VerificationFailed, "{error}");
    assert!(!error.message().is_empty());
}

/// The envelope as JSON, changed, as bytes again.
pub(crate) fn altered(envelope: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(envelope).unwrap();
    change(&mut value);
    serde_json::to_vec(&value).unwrap()
}

/// Principals by name, for roots that no edit would make.
pub(crate) fn principals(keys: &[(&str, &SigningKey)]) -> BTreeMap<String, skiff_wire::Principal> {
    let one = |(name, key): &(&str, &SigningKey)| {
        let principal = skiff_wire::Principal { kind: PrincipalKind::Human, public_key: key.public().hex() };
        ((*name).to_owned(), principal)
    };
    keys.iter().map(one).collect()
}

/// Follows the first root.
pub(crate) fn followed(envelope: &[u8], version: u64) -> Result<TrustedRoot, Error> {
    root::follow(Some(&trusted(first_root())), envelope, version)
}
