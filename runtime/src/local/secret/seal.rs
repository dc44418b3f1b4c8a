//! One secret as it is stored: what is known of it in plain, its value encrypted, both authenticated together.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce, aead::Aead as _, aead::Payload};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind},
    local::secret::{codes, encode, key::Key},
    state::layout::Scope,
    world::World,
};

/// The document's schema name.
pub(super) const SCHEMA: &str = "skiff.dev/local-secret/v1";

/// A file of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    pub(super) schema: String,
    pub(super) app: String,
    pub(super) environment: String,
    pub(super) name: String,
    pub(super) version: u64,
    pub(super) set_at: Timestamp,
    /// Which key it was encrypted with.
    key: String,
    /// 24 bytes as base64, fresh with each value.
    nonce: String,
    /// The value and its tag as base64.
    sealed: String,
}

/// What is authenticated with a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) scope: &'a Scope,
    pub(super) name: &'a str,
    pub(super) version: u64,
    pub(super) set_at: Timestamp,
}

impl Subject<'_> {
    /// Each part behind its length, so that no two subjects give the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let (version, set_at) = (self.version.to_string(), self.set_at.to_string());
        let parts = [SCHEMA, &self.scope.app, &self.scope.environment, self.name, &version, &set_at];
        let framed = |part: &str| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat();
        parts.into_iter().flat_map(framed).collect()
    }
}

/// Encrypts a value.
pub(super) fn seal(key: &Key, world: &World, subject: &Subject<'_>, value: &[u8]) -> Result<Sealed, Error> {
    let mut nonce = [0; 24];
    world.random.fill(&mut nonce);
    let payload = Payload { msg: value, aad: &subject.bytes() };
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| {
        let message = format!("the value of `{}` could not be encrypted", subject.name);
        Error::new(&codes::SECRET_UNFIT, ErrorKind::Internal, message)
    })?;
    Ok(Sealed {
        schema: SCHEMA.into(),
        app: subject.scope.app.clone(),
        environment: subject.scope.environment.clone(),
        name: subject.name.into(),
        version: subject.version,
        set_at: subject.set_at,
        key: key.id.clone(),
        nonce: encode(&nonce),
        sealed: encode(&sealed),
    })
}

/// Decrypts a value, if nothing about it was changed.
pub(super) fn open(
    key: &Key,
    sealed: &Sealed,
    scope: &Scope,
    name: &str,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if sealed.key != key.id {
        return Err(wrong_key(sealed, key, path));
    }
    let subject = Subject { scope, name, version: sealed.version, set_at: sealed.set_at };
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| tampered(name, path));
    let nonce: [u8; 24] = decode(&sealed.nonce)?.try_into().map_err(|_| tampered(name, path))?;
    let payload = Payload { msg: &decode(&sealed.sealed)?, aad: &subject.bytes() };
    let value = cipher(key).decrypt(&XNonce::from(nonce), payload).map_err(|_| tampered(name, path))?;
    Ok(Zeroizing::new(value))
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*key.bytes).into())
}

fn wrong_key(sealed: &Sealed, key: &Key, path: &Path) -> Error {
    let message = format!(
        "the secret `{}` was encrypted with the key {}, and this is the key {}: `{}`",
        sealed.name,
        sealed.key,
        key.id,
        path.display()
    );
    Error::new(&codes::SECRET_WRONG_KEY, ErrorKind::VerificationFailed, message)
        .hint(format!("put the old key back, or `skiff secret set {}`", sealed.name))
}

fn tampered(name: &str, path: &Path) -> Error {
    let message = format!("the secret `{name}` was changed outside of Skiff: `{}`", path.display());
    Error::new(&codes::SECRET_TAMPERED, ErrorKind::VerificationFailed, message)
        .hint(format!("find out who wrote there, then `skiff secret set {name}`"))
}
