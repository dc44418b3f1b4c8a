//! Where the values of secrets come from.

use serde_json::Value;
use skiff_runtime::{
    Error, ErrorKind,
    local::secret::{SecretStore, local_name},
    state::layout::Scope,
};
use skiff_wire::LocalMember;
use zeroize::Zeroizing;

use crate::{codes, configuration::Configuration};

/// Gives the values of secrets, when a workload starts and not before.
pub(crate) trait Secrets: Send + Sync {
    /// The value of the secret that a manifest refers to. An error names the secret, never its value.
    fn value(&self, reference: &Value) -> Result<Zeroizing<Vec<u8>>, Error>;
}

/// The secrets that a member can have.
pub(crate) fn of(configuration: &Configuration) -> Box<dyn Secrets> {
    match &configuration.document.local {
        Some(local) => Box::new(LocalSecrets { store: store(local), scope: configuration.scope() }),
        None => Box::new(NoSecrets),
    }
}

/// A part of a secret's value: one key of a JSON object, or all of it.
pub(crate) fn part(value: &Zeroizing<Vec<u8>>, key: Option<&str>) -> Result<Zeroizing<Vec<u8>>, String> {
    let Some(key) = key else { return Ok(value.clone()) };
    // What serde_json says of bytes that are no JSON may quote them.
    let json: Value =
        serde_json::from_slice(value).map_err(|_| format!("it holds no JSON, and its key `{key}` is asked for"))?;
    match json.get(key) {
        Some(Value::String(text)) => Ok(Zeroizing::new(text.clone().into_bytes())),
        Some(other) => Ok(Zeroizing::new(other.to_string().into_bytes())),
        None => Err(format!("it holds no key `{key}`")),
    }
}

/// What a reference is called in messages.
pub(crate) fn named(reference: &Value) -> String {
    local_name(reference).unwrap_or_else(|| match reference {
        Value::String(text) => text.clone(),
        other => other.get("resource").and_then(Value::as_str).unwrap_or("a secret without a name").to_owned(),
    })
}

struct LocalSecrets {
    store: SecretStore,
    scope: Scope,
}

impl Secrets for LocalSecrets {
    fn value(&self, reference: &Value) -> Result<Zeroizing<Vec<u8>>, Error> {
        let name = local_name(reference).unwrap_or_else(|| named(reference));
        self.store.get(&self.scope, &name)
    }
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn value(&self, reference: &Value) -> Result<Zeroizing<Vec<u8>>, Error> {
        let message = format!("the secret `{}` is in a store that this runner cannot reach", named(reference));
        Err(Error::new(&codes::SECRET_UNAVAILABLE, ErrorKind::Unavailable, message)
            .hint("use a runner that is built for that store"))
    }
}

fn store(local: &LocalMember) -> SecretStore {
    SecretStore::open(&local.secrets, &local.secrets_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_secret_is_taken_from_its_json_and_errors_hold_no_value() {
        let value = Zeroizing::new(br#"{"user": "app", "port": 5432}"#.to_vec());
        assert_eq!(part(&value, Some("user")).unwrap().as_slice(), b"app");
        assert_eq!(part(&value, Some("port")).unwrap().as_slice(), b"5432");
        assert_eq!(part(&value, Some("none")).unwrap_err(), "it holds no key `none`");
        let plain = Zeroizing::new(b"hunter2".to_vec());
        assert_eq!(part(&plain, None).unwrap().as_slice(), b"hunter2");
        assert!(!part(&plain, Some("user")).unwrap_err().contains("hunter2"));
    }
}
