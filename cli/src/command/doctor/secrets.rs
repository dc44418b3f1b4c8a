//! Secrets: whether every one that a service needs has a value that can be read.

use skiff_runtime::local::{
    Place,
    secret::{SecretStore, default_key_file},
};

use super::check::Check;
use crate::{command::secret::names, failure::Failure, operating::Operating, words};

/// Opens each secret, and drops its value.
pub(super) fn check(operating: &Operating, place: &[String]) -> Check {
    Check::made("secrets", look(operating, place))
}

fn look(operating: &Operating, place: &[String]) -> Result<Check, Failure> {
    let store = SecretStore::open(Place::of(&operating.state).secrets(), default_key_file()?);
    let needed = names::needed(&operating.compiled);
    let mut check = Check::new("secrets", format!("{} needed", words::count(needed.len(), "secret")));
    for name in needed.keys() {
        let Err(error) = store.get(&operating.scope, name) else { continue };
        check = check.finding(error.code(), error.message(), error.advice().unwrap_or_default());
        let id = format!("set-{name}");
        check = check.remedy(&id, &["secret", "set", name, "--from-file", "…"], place, "gives it a value");
    }
    Ok(check)
}
