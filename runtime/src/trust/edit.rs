//! New versions of the trust root, before anybody has signed them: who comes, who goes, who needs how many.
//!
//! Each function takes the newest root and gives the next; [`crate::trust::root`] decides whether it may follow.

use std::collections::BTreeMap;

use jiff::Timestamp;
use skiff_wire::{Principal, PrincipalKind, RoleRule, TrustRoot};

use crate::{
    error::{Error, ErrorKind},
    trust::{
        codes,
        keys::{PublicKey, folder::check_name},
        root,
    },
};

/// Somebody who comes into the root, or gets more roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Name of the principal.
    pub name: String,
    /// What it is.
    pub kind: PrincipalKind,
    /// Its key.
    pub key: PublicKey,
    /// The roles it gets.
    pub roles: Vec<String>,
}

/// The first root: one principal with the roles it names, each with the threshold one.
///
/// # Errors
/// A name that cannot be one, no role `root`, or a root that would contradict itself.
pub fn first(enrolment: &Enrolment, expires: Timestamp) -> Result<TrustRoot, Error> {
    if !enrolment.roles.iter().any(|role| role == "root") {
        let message =
            format!("the first enrolment makes the trust root, and `{}` would not have `root`", enrolment.name);
        return Err(Error::new(&codes::BAD_ROOT, ErrorKind::Usage, message)
            .hint("leave `--role` away, which gives root, release and approval, or add `--role root`"));
    }
    let empty = TrustRoot {
        schema: TrustRoot::SCHEMA.into(),
        version: 0,
        expires,
        principals: BTreeMap::new(),
        roles: BTreeMap::new(),
        revoked_releases: Vec::new(),
    };
    enroll(&empty, enrolment, expires)
}

/// With one principal more, or with more roles for one that is there with the same key.
///
/// # Errors
/// A name that has another key already; a root that would contradict itself.
pub fn enroll(before: &TrustRoot, enrolment: &Enrolment, expires: Timestamp) -> Result<TrustRoot, Error> {
    let Enrolment { name, kind, key, roles } = enrolment;
    let principal = Principal { kind: *kind, public_key: key.hex() };
    let mut next = following(before, expires);
    if let Some(old) =
        next.principals.insert(check_name(name)?.into(), principal.clone()).filter(|old| *old != principal)
    {
        let message = format!("`{name}` is in the trust root with the key {}", old.public_key);
        return Err(Error::new(&codes::ENROLLED_ALREADY, ErrorKind::Conflict, message)
            .hint(format!("`skiff keys rotate {name}` gives a new key, another name makes another principal")));
    }
    for role in roles {
        let rule = next.roles.entry(role.clone()).or_insert_with(|| RoleRule { threshold: 1, principals: Vec::new() });
        rule.principals.push(name.clone());
        rule.principals.sort();
        rule.principals.dedup();
    }
    checked(next)
}

/// Without a principal: its key counts no more, for nothing.
///
/// # Errors
/// No such principal; a threshold that could not be met any more.
pub fn revoke(before: &TrustRoot, name: &str, expires: Timestamp) -> Result<TrustRoot, Error> {
    known(before, name)?;
    let mut next = following(before, expires);
    next.principals.remove(name);
    for rule in next.roles.values_mut() {
        rule.principals.retain(|principal| principal != name);
    }
    // Nobody is left who could sign for it, which is what was asked for; of role `root` that would be the end.
    next.roles.retain(|role, rule| role == "root" || !rule.principals.is_empty());
    checked(next)
}

/// With another key for a principal; `keep` leaves the old one in the role `release` under another name, so that what it
/// signed still boots.
///
/// # Errors
/// No such principal; a key that another one has.
pub fn rotate(
    before: &TrustRoot,
    name: &str,
    key: &PublicKey,
    keep: Option<&str>,
    expires: Timestamp,
) -> Result<TrustRoot, Error> {
    let old = known(before, name)?;
    let mut next = following(before, expires);
    let signs = next.roles.get("release").is_some_and(|rule| rule.principals.iter().any(|one| one == name));
    if let Some(kept) = keep.filter(|_| signs) {
        let enrolment = Enrolment {
            name: kept.into(),
            kind: old.kind,
            key: PublicKey::parse(&old.public_key)?,
            roles: vec!["release".into()],
        };
        next.principals.insert(name.into(), Principal { kind: old.kind, public_key: key.hex() });
        let next = enroll(&next, &enrolment, expires)?;
        return checked(TrustRoot { version: before.version + 1, ..next });
    }
    next.principals.insert(name.into(), Principal { kind: old.kind, public_key: key.hex() });
    checked(next)
}

/// With other thresholds.
///
/// # Errors
/// A role that nobody has; a threshold that cannot be met.
pub fn thresholds(root: &TrustRoot, wanted: &[(String, u32)]) -> Result<TrustRoot, Error> {
    let mut next = root.clone();
    for (role, threshold) in wanted {
        let rule = next.roles.get_mut(role).ok_or_else(|| {
            Error::new(&codes::BAD_THRESHOLD, ErrorKind::Usage, format!("nobody has the role `{role}`"))
        })?;
        rule.threshold = *threshold;
    }
    checked(next)
}

/// With a release that may not be assigned or booted any more.
///
/// # Errors
/// None but a root that contradicts itself.
pub fn revoke_release(before: &TrustRoot, id: &str, expires: Timestamp) -> Result<TrustRoot, Error> {
    let mut next = following(before, expires);
    next.revoked_releases.push(id.into());
    next.revoked_releases.sort();
    next.revoked_releases.dedup();
    checked(next)
}

/// The same again, with more time.
///
/// # Errors
/// None but a root that contradicts itself.
pub fn renew(before: &TrustRoot, expires: Timestamp) -> Result<TrustRoot, Error> {
    checked(following(before, expires))
}

fn following(before: &TrustRoot, expires: Timestamp) -> TrustRoot {
    TrustRoot { version: before.version + 1, expires, ..before.clone() }
}

fn known<'root>(root: &'root TrustRoot, name: &str) -> Result<&'root Principal, Error> {
    root.principals.get(name).ok_or_else(|| {
        let names: Vec<&str> = root.principals.keys().map(String::as_str).collect();
        let message = format!("the trust root has no principal `{name}`");
        Error::new(&codes::NO_PRINCIPAL, ErrorKind::NotFound, message).hint(format!("it has {}", names.join(", ")))
    })
}

/// What the user asked for and would be refused is a mistake in the asking, not an attack.
fn checked(root: TrustRoot) -> Result<TrustRoot, Error> {
    match root::check(&root) {
        Ok(_) => Ok(root),
        Err(error) => {
            let corrected = Error::new(error.code(), ErrorKind::Usage, error.message());
            Err(error.advice().map_or_else(|| corrected.clone(), |advice| corrected.clone().hint(advice)))
        }
    }
}
