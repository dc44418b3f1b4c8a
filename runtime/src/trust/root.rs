//! The trust root: whose signatures count, and how one root follows another.
//!
//! Version n+1 needs the threshold of role `root` of version n *and* its own. Nothing is skipped, and no older root is used
//! once a newer one was seen. What a root no longer names is revoked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use skiff_wire::{PrincipalKind, RoleRule, TrustRoot};

use crate::{
    error::{Error, ErrorKind},
    state::{Ledger, document::store_error, layout},
    store::Condition,
    trust::{
        TrustedRoot, codes,
        envelope::{Opened, Quorum},
        json,
        keys::PublicKey,
        verify::digest,
    },
};

/// The roles that there are.
pub const ROLES: [&str; 4] = ["root", "release", "runner", "approval"];

/// A root without contradictions, its keys read.
#[derive(Debug, Clone)]
pub(crate) struct CheckedRoot<'root> {
    root: &'root TrustRoot,
    keys: BTreeMap<&'root str, PublicKey>,
}

impl CheckedRoot<'_> {
    /// Whose signatures count for a role.
    pub(crate) fn quorum(&self, role: &str) -> Result<Quorum, Error> {
        let rule = self.root.roles.get(role).ok_or_else(|| {
            let message = format!("version {} of the trust root gives nobody the role `{role}`", self.root.version);
            Error::new(&codes::UNTRUSTED_SIGNER, ErrorKind::VerificationFailed, message)
                .hint(format!("`skiff keys enroll NAME --role {role}`"))
        })?;
        let keys = rule.principals.iter().filter_map(|name| Some((name.clone(), *self.keys.get(&**name)?)));
        Ok(Quorum { keys: keys.collect(), threshold: usize::try_from(rule.threshold).unwrap_or(usize::MAX) })
    }
}

/// Checks that a root does not contradict itself.
///
/// # Errors
/// One code for each way in which it does.
pub(crate) fn check(root: &TrustRoot) -> Result<CheckedRoot<'_>, Error> {
    if root.schema != TrustRoot::SCHEMA {
        return Err(bad(root, &format!("it is a `{}`", root.schema)));
    }
    let keys = check_keys(root)?;
    if !root.roles.contains_key("root") {
        return Err(bad(root, "it has no role `root`, so it could never be followed by another"));
    }
    root.roles.iter().try_for_each(|(role, rule)| check_role(root, role, rule))?;
    Ok(CheckedRoot { root, keys })
}

fn check_keys(root: &TrustRoot) -> Result<BTreeMap<&str, PublicKey>, Error> {
    let mut keys = BTreeMap::new();
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for (name, principal) in &root.principals {
        let key = PublicKey::parse(&principal.public_key)?;
        if let Some(other) = owners.insert(key.hex(), name) {
            let message = format!("`{other}` and `{name}` have one key, {}", key.hex());
            return Err(Error::new(&codes::SHARED_KEY, ErrorKind::VerificationFailed, message)
                .hint("make a key for each with `skiff keys new`"));
        }
        keys.insert(&**name, key);
    }
    Ok(keys)
}

fn check_role(root: &TrustRoot, role: &str, rule: &RoleRule) -> Result<(), Error> {
    if !ROLES.contains(&role) {
        return Err(bad(root, &format!("there is no role `{role}`")));
    }
    let distinct: BTreeSet<&String> = rule.principals.iter().collect();
    if let Some(name) = distinct.iter().find(|name| !root.principals.contains_key(**name)) {
        return Err(bad(root, &format!("role `{role}` names `{name}`, who is no principal")));
    }
    let agent = |name: &&&String| root.principals.get(**name).is_some_and(|one| one.kind == PrincipalKind::Agent);
    if let Some(name) = distinct.iter().filter(|_| role == "approval").find(agent) {
        let message = format!("`{name}` is an agent, and cannot have the role `approval`");
        return Err(Error::new(&codes::AGENT_APPROVES, ErrorKind::VerificationFailed, message));
    }
    let threshold = usize::try_from(rule.threshold).unwrap_or(usize::MAX);
    if threshold == 0 || threshold > distinct.len() {
        let message = format!("role `{role}` needs {threshold} of {} keys", distinct.len());
        return Err(Error::new(&codes::BAD_THRESHOLD, ErrorKind::VerificationFailed, message)
            .hint(format!("`--threshold {role}=N` with N from 1 to the number of its principals")));
    }
    Ok(())
}

fn bad(root: &TrustRoot, why: &str) -> Error {
    let message = format!("version {} of the trust root is not in order: {why}", root.version);
    Error::new(&codes::BAD_ROOT, ErrorKind::VerificationFailed, message)
        .hint("roots are written by `skiff keys` alone; bring back the one that it wrote")
}

/// Refuses to accept anything new by a root that has expired.
pub(crate) fn check_fresh(root: &TrustRoot, now: Timestamp) -> Result<(), Error> {
    if root.expires > now {
        return Ok(());
    }
    let message = format!("version {} of the trust root expired at {}", root.version, root.expires);
    Err(Error::new(&codes::ROOT_EXPIRED, ErrorKind::VerificationFailed, message)
        .hint("renew it with `skiff keys renew`"))
}

/// Walks the chain of roots in the ledger from the pinned one (or from version 1) to the newest, verifying each by the one
/// before.
///
/// # Errors
/// No root, a chain that does not verify, or one that ends below `floor`, the highest version seen before.
pub async fn load_root(ledger: &Ledger, pin: Option<&str>, floor: u64) -> Result<TrustedRoot, Error> {
    let mut newest: Option<TrustedRoot> = None;
    let mut version = 1;
    while let Some(object) = ledger.store.get(&layout::root(version)).await.map_err(store_error)? {
        newest = match newest {
            None if !is_pinned(&object.body, pin)? => None,
            before => Some(follow(before.as_ref(), &object.body, version)?),
        };
        version += 1;
    }
    let newest = newest.ok_or_else(|| if version == 1 { none(ledger) } else { not_pinned(ledger, pin) })?;
    if newest.root.version < floor {
        let place = ledger.store.place();
        let message = format!("the newest trust root in `{place}` is version {}, and {floor} was seen", version - 1);
        return Err(Error::new(&codes::ROOT_ROLLED_BACK, ErrorKind::VerificationFailed, message)
            .hint("bring back the missing versions from a backup"));
    }
    Ok(newest)
}

/// Whether the walk begins here: by the digest of the signed bytes, so that an altered spelling changes nothing.
fn is_pinned(envelope: &[u8], pin: Option<&str>) -> Result<bool, Error> {
    let Some(pin) = pin else { return Ok(true) };
    Ok(format!("sha256:{}", digest(Opened::read(envelope)?.unverified())) == pin)
}

/// The root in an envelope, when it may follow `before`: the first needs its own keys, each other those of both.
///
/// # Errors
/// Each refusal has its own code.
pub fn follow(before: Option<&TrustedRoot>, envelope: &[u8], version: u64) -> Result<TrustedRoot, Error> {
    let opened = Opened::read(envelope)?;
    let what = format!("version {version} of the trust root");
    if opened.payload_type() != TrustRoot::PAYLOAD_TYPE {
        let message = format!("{what} is a `{}`", opened.payload_type());
        return Err(Error::new(&codes::WRONG_PAYLOAD_TYPE, ErrorKind::VerificationFailed, message));
    }
    let root: TrustRoot = json::read(opened.unverified(), &what)?;
    let follows = before.is_none_or(|before| before.root.version + 1 == root.version);
    if root.version != version || !follows {
        let message = format!("the trust root in place of version {version} says that it is version {}", root.version);
        return Err(Error::new(&codes::ROOT_GAP, ErrorKind::VerificationFailed, message)
            .hint("bring back the missing `trust/root.<n>.json` from a backup"));
    }
    let new = check(&root)?.quorum("root")?;
    if let Some(before) = before {
        approved(&opened, &check(&before.root)?.quorum("root")?, version, before.root.version)?;
    }
    approved(&opened, &new, version, version)?;
    let digest = format!("sha256:{}", digest(opened.unverified()));
    Ok(TrustedRoot { root, digest })
}

fn approved(opened: &Opened, quorum: &Quorum, version: u64, by: u64) -> Result<(), Error> {
    let signers = opened.signers(quorum);
    if signers.len() >= quorum.threshold {
        return Ok(());
    }
    let message = format!(
        "version {version} of the trust root has {} of the {} signatures that version {by} asks for",
        signers.len(),
        quorum.threshold
    );
    let missing: Vec<&str> = quorum.keys.keys().filter(|name| !signers.contains(*name)).map(String::as_str).collect();
    Err(Error::new(&codes::ROOT_NOT_APPROVED, ErrorKind::VerificationFailed, message)
        .hint(format!("those of role `root` who have not signed: {}", missing.join(", "))))
}

/// Puts a root into the ledger, when it follows from the newest one there; nobody can put another in its place after that.
///
/// # Errors
/// A root that does not follow; a conflict when somebody else was first.
pub async fn publish(ledger: &Ledger, before: Option<&TrustedRoot>, envelope: &[u8]) -> Result<TrustedRoot, Error> {
    let version = before.map_or(0, |before| before.root.version) + 1;
    let root = follow(before, envelope, version)?;
    let key = layout::root(version);
    if let Err(error) = ledger.store.put(&key, envelope, &Condition::Absent).await {
        match ledger.store.get(&key).await.map_err(store_error)? {
            Some(object) if object.body == envelope => {}
            _ => return Err(store_error(error)),
        }
    }
    Ok(root)
}

fn none(ledger: &Ledger) -> Error {
    let message = format!("no trust root is in `{}`", ledger.store.place());
    Error::new(&codes::NO_ROOT, ErrorKind::NotFound, message)
        .hint("`skiff keys new NAME`, then `skiff keys enroll NAME`")
}

fn not_pinned(ledger: &Ledger, pin: Option<&str>) -> Error {
    let message = format!("no trust root in `{}` has the pinned digest {}", ledger.store.place(), pin.unwrap_or("-"));
    Error::new(&codes::NOT_PINNED, ErrorKind::VerificationFailed, message)
        .hint("compare the pin with what `skiff keys list` shows")
}
