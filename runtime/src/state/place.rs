//! What a key stands for: the other direction of [`layout`](crate::state::layout).

use crate::{
    state::layout::{Scope, ServiceScope},
    store::Key,
};

/// The prefix of what was put aside: evidence, and artifacts on their way out.
pub const QUARANTINE: &str = "quarantine/";

/// Where an object is while it is put aside.
#[must_use]
pub fn aside(key: &Key) -> Key {
    let segments: Vec<&str> = QUARANTINE.split_terminator('/').chain(key.as_str().split('/')).collect();
    Key::of(&segments)
}

/// What a key of the ledger stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One version of the trust root.
    Root(u64),
    /// An artifact by its SHA-256; a runner's program is one as well.
    Artifact(String),
    /// A resource of the shape.
    Shape(Scope, String),
    /// A service's control document.
    Service(ServiceScope),
    /// A release by its id.
    Release(ServiceScope, String),
    /// An attestation beside a release: its id, and what it attests.
    Attestation(ServiceScope, String, String),
    /// A member's document, by its instance.
    Member(ServiceScope, String),
    /// An operation's intent.
    Intent(Scope, String),
    /// An operation's control document.
    Operation(Scope, String),
    /// An entry of an operation's log.
    Log(Scope, String, u64),
    /// What says that an operation is not finished.
    Open(Scope, String),
    /// The record of an idempotency key.
    Idempotency(Scope, String),
    /// An event: its day, and its id.
    Event(Scope, String, String),
    /// Something that was put aside.
    Quarantine,
    /// What `skiff doctor` tries the store with.
    Probe,
    /// Nothing that Skiff writes.
    Unknown,
}

impl Place {
    /// What a key stands for.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        let segments: Vec<&str> = key.as_str().split('/').collect();
        // An application may be called `probe` or `quarantine`; what is below those names otherwise has no such ending.
        of_a_scope(&segments).or_else(|| of_the_top(&segments)).unwrap_or(Self::Unknown)
    }
}

fn of_the_top(segments: &[&str]) -> Option<Place> {
    match *segments {
        ["trust", name] => number(name.strip_prefix("root.")?.strip_suffix(".json")?).map(Place::Root),
        ["artifacts" | "runner", name] if is_digest(name) => Some(Place::Artifact(name.to_owned())),
        ["quarantine", _, ..] => Some(Place::Quarantine),
        ["probe", _, ..] => Some(Place::Probe),
        _ => None,
    }
}

fn of_a_scope(segments: &[&str]) -> Option<Place> {
    let [app, environment, sort, rest @ ..] = segments else { return None };
    let scope = Scope::new(*app, *environment);
    match (*sort, rest) {
        ("services", [service, rest @ ..]) => of_a_service(scope.service(*service), rest),
        ("operations", [operation, rest @ ..]) => of_an_operation(scope, operation, rest),
        ("shape", [name]) => Some(Place::Shape(scope, json(name)?)),
        ("open", [name]) => Some(Place::Open(scope, json(name)?)),
        ("idempotency", [name]) => Some(Place::Idempotency(scope, json(name)?)),
        ("events", [day, name]) => {
            day.parse::<jiff::civil::Date>().ok()?;
            Some(Place::Event(scope, (*day).to_owned(), json(name)?))
        }
        _ => None,
    }
}

fn of_a_service(service: ServiceScope, rest: &[&str]) -> Option<Place> {
    match *rest {
        ["control.json"] => Some(Place::Service(service)),
        ["members", name] => Some(Place::Member(service, json(name)?)),
        ["releases", name] => {
            let name = name.strip_suffix(".dsse.json")?;
            let (id, what) = name.split_once('.').map_or((name, None), |(id, what)| (id, Some(what)));
            is_digest(id).then(|| match what {
                None => Place::Release(service, id.to_owned()),
                Some(what) => Place::Attestation(service, id.to_owned(), what.to_owned()),
            })
        }
        _ => None,
    }
}

fn of_an_operation(scope: Scope, operation: &str, rest: &[&str]) -> Option<Place> {
    let operation = operation.to_owned();
    match *rest {
        ["intent.json"] => Some(Place::Intent(scope, operation)),
        ["control.json"] => Some(Place::Operation(scope, operation)),
        ["log", name] => {
            let index = json(name).filter(|digits| digits.len() >= 8)?;
            Some(Place::Log(scope, operation, index.parse().ok()?))
        }
        _ => None,
    }
}

fn json(name: &str) -> Option<String> {
    name.strip_suffix(".json").map(str::to_owned)
}

/// A number as it is written: no sign, no zeros before it.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Whether a name is a SHA-256: 64 hexadecimal digits in small letters.
fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::state::layout;

    #[test]
    fn every_key_of_the_layout_is_known_whatever_the_application_is_called() {
        for app in ["shop", "trust", "artifacts", "runner", "probe", "quarantine", "local"] {
            every_key_is_known(&Scope::new(app, "services"));
        }
    }

    fn every_key_is_known(scope: &Scope) {
        let service = scope.service("services");
        let digest = "0123456789abcdef".repeat(4);
        let known = [
            (layout::root(12), Place::Root(12)),
            (layout::artifact(&digest), Place::Artifact(digest.clone())),
            (scope.shape("web-a"), Place::Shape(scope.clone(), "web-a".into())),
            (service.control(), Place::Service(service.clone())),
            (service.release(&digest), Place::Release(service.clone(), digest.clone())),
            (service.attestation(&digest, "sbom"), Place::Attestation(service.clone(), digest.clone(), "sbom".into())),
            (service.member("i-0"), Place::Member(service.clone(), "i-0".into())),
            (scope.intent("op"), Place::Intent(scope.clone(), "op".into())),
            (scope.operation("op"), Place::Operation(scope.clone(), "op".into())),
            (scope.log("op", 7), Place::Log(scope.clone(), "op".into(), 7)),
            (scope.open("o"), Place::Open(scope.clone(), "o".into())),
            (scope.idempotency("k.1"), Place::Idempotency(scope.clone(), "k.1".into())),
            (scope.event(Timestamp::UNIX_EPOCH, "id"), Place::Event(scope.clone(), "1970-01-01".into(), "id".into())),
        ];
        for (key, place) in known {
            assert_eq!(Place::of(&key), place, "{key}");
            let kept = Key::of(&aside(&key).as_str().split('/').chain(["0123456789abcdef"]).collect::<Vec<_>>());
            assert_eq!(Place::of(&kept), Place::Quarantine, "{kept}");
        }
        assert_eq!(Place::of(&aside(&layout::artifact(&digest))), Place::Quarantine);
    }

    #[test]
    fn everything_else_is_unknown() {
        for text in [
            "x",
            "trust/root.01.json",
            "trust/root.json",
            "artifacts/abc",
            "shop/prod/control.json",
            "shop/prod/services/web/notes.txt",
            "shop/prod/services/web/releases/abc.dsse.json",
            "shop/prod/operations/op/log/7.json",
            "shop/prod/events/yesterday/id.json",
        ] {
            assert_eq!(Place::of(&Key::parse(text).expect("a key")), Place::Unknown, "{text}");
        }
    }
}
