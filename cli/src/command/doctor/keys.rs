//! Keys: whether one of this machine may sign releases, and whether its file is private.

use std::{fs, os::unix::fs::MetadataExt as _};

use skiff_runtime::{
    doctor::codes::{KEY_OPEN, NO_SIGNER},
    trust::{self, KeyFolder, TrustedRoot, load_root},
};

use super::check::Check;
use crate::{failure::Failure, operating::Operating, signing, words};

/// Looks at the keys of this user and at the root of the ledger.
pub(super) async fn check(operating: &Operating, place: &[String]) -> Check {
    Check::made("keys", look(operating, place).await)
}

async fn look(operating: &Operating, place: &[String]) -> Result<Check, Failure> {
    let folder = signing::folder()?;
    let entries = folder.entries()?;
    let root = match load_root(&operating.ledger, operating.trust_pin().as_deref(), 0).await {
        Ok(root) => Some(root),
        Err(error) if error.code() == &trust::codes::NO_ROOT => None,
        Err(error) => return Err(error.into()),
    };
    let may_sign = |public: &str| root.as_ref().is_some_and(|root| signs(root, public));
    let signers: Vec<_> =
        entries.iter().filter(|entry| may_sign(&entry.public_key)).map(|entry| &*entry.name).collect();
    let said = match (&root, signers.len()) {
        (None, _) => format!("{}; the ledger has no trust root yet", words::count(entries.len(), "key")),
        (Some(root), 0) => format!("none may sign releases by root {}", root.root.version),
        (Some(root), _) => format!(
            "{} may sign releases; root {} is good until {}",
            signers.join(", "),
            root.root.version,
            root.root.expires
        ),
    };
    let mut check = Check::new("keys", said);
    for name in entries.iter().map(|entry| &entry.name) {
        check = private(check, &folder, name);
    }
    if !signers.is_empty() {
        return Ok(check);
    }
    let check = match entries.first() {
        None => check.remedy("new-key", &["keys", "new", "me"], &[], "makes a key, encrypted with a passphrase"),
        Some(entry) => {
            let argv = ["keys", "enroll", &entry.name, "--role", "release"];
            check.remedy("enroll", &argv, place, "lets it sign releases")
        }
    };
    let message = format!("no key in `{}` may sign releases", folder.path().display());
    Ok(check.finding(&NO_SIGNER, message, "make or enroll one, or deploy where one is"))
}

fn signs(root: &TrustedRoot, public: &str) -> bool {
    let named = |name: &String| root.root.principals.get(name).is_some_and(|principal| principal.public_key == public);
    root.root.roles.get("release").is_some_and(|role| role.principals.iter().any(named))
}

fn private(check: Check, folder: &KeyFolder, name: &str) -> Check {
    let file = folder.path().join(format!("{name}.pem"));
    match fs::metadata(&file) {
        Ok(metadata) if metadata.mode() & 0o077 != 0 => {
            let message = format!("others may read `{}`", file.display());
            check.finding(&KEY_OPEN, message, format!("`chmod 600 {}`", file.display()))
        }
        // A key that is elsewhere has no file.
        _ => check,
    }
}
