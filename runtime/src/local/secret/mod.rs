//! The secrets of the local provider: a folder of encrypted values, and a key outside of it.
//!
//! [`SecretStore::set`] encrypts a value with XChaCha20-Poly1305 under a fresh random nonce; application, environment,
//! name, version and time are authenticated with it, so that no file can take another's place. **A value is never in an
//! error, a log, a debug text or a listing.** What this cannot see is an older version of a file that was put back whole.

use std::{fmt, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorKind},
    state::layout::Scope,
    world::World,
};

pub mod codes;
mod disk;
mod key;
mod name;
mod seal;
#[cfg(test)]
mod tests;

pub use key::default_key_file;
pub use name::{check_name, local_name};
use seal::{Sealed, Subject};

/// The most bytes that a value may have: what AWS Secrets Manager takes (quotas page, "secret value size").
pub const MOST_BYTES: usize = 65_536;

/// The secrets of one state folder.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretStore {
    folder: PathBuf,
    key_file: PathBuf,
}

/// What may be known of a secret without its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretEntry {
    /// Its name.
    pub name: String,
    /// One more with each value that was set, from one.
    pub version: u64,
    /// When this value was set; believed only once the value was decrypted.
    pub set_at: Timestamp,
}

impl SecretStore {
    /// The secrets below a folder, encrypted with the key in a file. Nothing is read or written yet.
    #[must_use]
    pub fn open(folder: impl Into<PathBuf>, key_file: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), key_file: key_file.into() }
    }

    /// Sets a value; gives what is known of it from now on. The key is made with the first secret.
    ///
    /// # Errors
    /// A name or value that cannot be one, a key that may not be used, a folder that cannot be written.
    pub fn set(&self, world: &World, scope: &Scope, name: &str, value: &[u8]) -> Result<SecretEntry, Error> {
        check_name(name)?;
        check_value(name, value)?;
        let key = key::load_or_make(&self.key_file, world)?;
        let place = disk::Place::new(&self.folder, scope, name);
        let _lock = place.lock()?;
        let version = place.read()?.map_or(0, |sealed| sealed.version).saturating_add(1);
        let subject = Subject { scope, name, version, set_at: world.clock.now() };
        place.write(&seal::seal(&key, world, &subject, value)?)?;
        Ok(SecretEntry { name: name.into(), version, set_at: subject.set_at })
    }

    /// The value of a secret; overwritten in memory when it is dropped.
    ///
    /// # Errors
    /// A secret or key that is not there, and whatever does not pass its authentication: never retry those.
    pub fn get(&self, scope: &Scope, name: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        check_name(name)?;
        let place = disk::Place::new(&self.folder, scope, name);
        let sealed = place.read()?.ok_or_else(|| missing(scope, name))?;
        place.check_belongs(&sealed, scope, name)?;
        let key = key::load(&self.key_file)?;
        seal::open(&key, &sealed, scope, name, &place.path)
    }

    /// The secrets of an application in an environment, by name; needs no key and gives no value.
    ///
    /// # Errors
    /// A folder or a file that cannot be read.
    pub fn list(&self, scope: &Scope) -> Result<Vec<SecretEntry>, Error> {
        let entry = |sealed: Sealed| SecretEntry { name: sealed.name, version: sealed.version, set_at: sealed.set_at };
        let mut entries: Vec<_> = disk::all(&self.folder, scope)?.into_iter().map(entry).collect();
        entries.sort();
        Ok(entries)
    }

    /// The file with the key.
    #[must_use]
    pub fn key_file(&self) -> &std::path::Path {
        &self.key_file
    }
}

impl fmt::Debug for SecretStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecretStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Whether a value can be one of a secret.
///
/// # Errors
/// An empty value, or one that Secrets Manager would not take.
pub fn check_value(name: &str, value: &[u8]) -> Result<(), Error> {
    let unfit = |what: String| Error::new(&codes::SECRET_UNFIT, ErrorKind::Usage, what);
    match value.len() {
        0 => Err(unfit(format!("the value of `{name}` is empty"))
            .hint("give it on standard input or with `--from-file FILE`")),
        1..=MOST_BYTES => Ok(()),
        length => Err(unfit(format!("the value of `{name}` has {length} bytes, and {MOST_BYTES} is the most"))
            .hint("keep large files in a bucket or in the bundle")),
    }
}

fn missing(scope: &Scope, name: &str) -> Error {
    let message = format!("the secret `{name}` of `{}` in `{}` has no value", scope.app, scope.environment);
    Error::new(&codes::SECRET_MISSING, ErrorKind::NotFound, message).hint(format!("`skiff secret set {name}` sets it"))
}

fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
