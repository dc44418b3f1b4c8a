//! Where each document is in the ledger.
//!
//! ```text
//! trust/root.<n>.json                                       immutable, signed
//! artifacts/<sha256>                                        immutable
//! <app>/<env>/shape/<resource>.json                         control
//! <app>/<env>/services/<service>/control.json               control
//! <app>/<env>/services/<service>/releases/<id>.dsse.json    immutable; attestations beside it: <id>.<what>.dsse.json
//! <app>/<env>/services/<service>/members/<instance>.json    control, written by that member alone
//! <app>/<env>/operations/<op>/{intent,control}.json         immutable; control
//! <app>/<env>/operations/<op>/log/<n>.json                  immutable; n has eight digits, so that names sort as numbers
//! <app>/<env>/open/<op>.json                                immutable; removed behind the operation's end
//! <app>/<env>/idempotency/<key>.json                        immutable
//! <app>/<env>/events/<day>/<id>.json                        immutable
//! ```

use jiff::{Timestamp, tz::TimeZone};

use crate::store::Key;

/// The prefix of all versions of the trust root.
pub const TRUST: &str = "trust/";
/// The prefix of all artifacts.
pub const ARTIFACTS: &str = "artifacts/";

/// One version of the trust root.
#[must_use]
pub fn root(version: u64) -> Key {
    Key::of(&["trust", &format!("root.{version}.json")])
}

/// An artifact by its SHA-256, 64 hexadecimal digits.
#[must_use]
pub fn artifact(sha256: &str) -> Key {
    Key::of(&["artifacts", sha256])
}

/// An application in an environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Application.
    pub app: String,
    /// Environment.
    pub environment: String,
}

impl Scope {
    /// The scope of names that the compiler has checked.
    #[must_use]
    pub fn new(app: impl Into<String>, environment: impl Into<String>) -> Self {
        Self { app: app.into(), environment: environment.into() }
    }

    /// A service of it.
    #[must_use]
    pub fn service(&self, service: impl Into<String>) -> ServiceScope {
        ServiceScope { scope: self.clone(), service: service.into() }
    }

    /// What every key of this scope begins with.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}/{}/", self.app, self.environment)
    }

    /// A resource of the shape.
    #[must_use]
    pub fn shape(&self, resource: &str) -> Key {
        self.key(&["shape", &format!("{resource}.json")])
    }

    /// An operation's intent.
    #[must_use]
    pub fn intent(&self, operation: &str) -> Key {
        self.key(&["operations", operation, "intent.json"])
    }

    /// An operation's control document.
    #[must_use]
    pub fn operation(&self, operation: &str) -> Key {
        self.key(&["operations", operation, "control.json"])
    }

    /// An entry of an operation's log.
    #[must_use]
    pub fn log(&self, operation: &str, index: u64) -> Key {
        self.key(&["operations", operation, "log", &format!("{index:08}.json")])
    }

    /// What says that an operation is not finished.
    #[must_use]
    pub fn open(&self, operation: &str) -> Key {
        self.key(&["open", &format!("{operation}.json")])
    }

    /// What the keys of all operations that are not finished begin with.
    #[must_use]
    pub fn open_prefix(&self) -> String {
        format!("{}open/", self.prefix())
    }

    /// The record of an idempotency key.
    #[must_use]
    pub fn idempotency(&self, key: &str) -> Key {
        self.key(&["idempotency", &format!("{key}.json")])
    }

    /// An event of a moment's day (UTC).
    #[must_use]
    pub fn event(&self, at: Timestamp, id: &str) -> Key {
        let day = at.to_zoned(TimeZone::UTC).date().to_string();
        self.key(&["events", &day, &format!("{id}.json")])
    }

    fn key(&self, rest: &[&str]) -> Key {
        Key::of(&[&[&*self.app, &*self.environment], rest].concat())
    }
}

/// A service of an application in an environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceScope {
    /// Where it is.
    pub scope: Scope,
    /// Its name.
    pub service: String,
}

impl ServiceScope {
    /// Its control document.
    #[must_use]
    pub fn control(&self) -> Key {
        self.key(&["control.json"])
    }

    /// A release.
    #[must_use]
    pub fn release(&self, id: &str) -> Key {
        self.key(&["releases", &format!("{id}.dsse.json")])
    }

    /// An attestation beside a release: `sbom` or `provenance`.
    #[must_use]
    pub fn attestation(&self, id: &str, what: &str) -> Key {
        self.key(&["releases", &format!("{id}.{what}.dsse.json")])
    }

    /// A member's document.
    #[must_use]
    pub fn member(&self, instance: &str) -> Key {
        self.key(&["members", &format!("{instance}.json")])
    }

    /// What the keys of all its documents of one sort begin with: `releases`, `members`.
    #[must_use]
    pub fn prefix(&self, what: &str) -> String {
        format!("{}services/{}/{what}/", self.scope.prefix(), self.service)
    }

    fn key(&self, rest: &[&str]) -> Key {
        self.scope.key(&[&["services", &*self.service], rest].concat())
    }
}
