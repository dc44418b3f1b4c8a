//! The store: one place for durable objects, with the semantics of Amazon S3's conditional requests.
//!
//! [`memory`] and [`folder`] implement [`Store`]; [`conformance`] is the suite that each of them passes, and that a store
//! which loses updates fails. **Every put and every delete has a condition.**

use std::fmt;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind};

pub mod codes;
pub mod conformance;
pub mod folder;
pub mod memory;

/// The longest segment of a key in bytes: a file's name, with what a folder store appends to it.
const LONGEST_SEGMENT: usize = 200;

/// An object's name: segments of `A–Z a–z 0–9 . _ -`, joined by `/`; none is empty, `.` or `..`, or longer than 200 bytes; at
/// most 512 bytes in all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// A key from its text; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let fits = |part: &str| !part.is_empty() && part.len() <= LONGEST_SEGMENT;
        let segment = |part: &str| fits(part) && part != "." && part != ".." && part.bytes().all(plain);
        (text.len() <= 512 && text.split('/').all(segment)).then(|| Self(text.to_owned()))
    }

    /// A key from names that Skiff has checked already.
    ///
    /// What no segment can be becomes one all the same, with part of its SHA-256, so that two names never share a key.
    #[must_use]
    pub fn of(segments: &[&str]) -> Self {
        let plain = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        let tidy = |segment: &&str| match Self::parse(segment) {
            Some(key) if !key.0.contains('/') => key.0,
            _ => {
                let digest = Sha256::digest(segment.as_bytes());
                let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                let head: String =
                    segment.chars().map(|letter| if plain(letter) { letter } else { '-' }).take(64).collect();
                format!("{head}-{digest}")
            }
        };
        Self(segments.iter().map(tidy).collect::<Vec<_>>().join("/"))
    }

    /// A key from text that a person gave; `what` says what it is, such as `idempotency key`.
    ///
    /// # Errors
    /// Text that cannot be a key.
    pub fn given(what: &str, text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or_else(|| {
            Error::new(&codes::BAD_KEY, ErrorKind::Usage, format!("`{text}` cannot be the {what}"))
                .hint("use letters, digits, `.`, `_` and `-`, at most 200 of them")
        })
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What a store says of one version of an object; opaque, and never a digest of anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Etag(pub String);

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub body: Vec<u8>,
    /// The version they are.
    pub etag: Etag,
}

/// When a put may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Only if there is no such object (`If-None-Match: *`).
    Absent,
    /// Only if the object is still this version (`If-Match`).
    Matches(Etag),
}

/// Part of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Keys in byte order.
    pub keys: Vec<Key>,
    /// Whether there are more after the last one.
    pub more: bool,
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// What sort of failure.
    pub kind: StoreErrorKind,
    /// The key, or a prefix.
    pub key: String,
    /// What the store says, for people.
    pub message: String,
}

/// What a store's failure means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreErrorKind {
    /// An if-match put or delete of an object that is not there (404). Nothing was written.
    Missing,
    /// The condition does not hold (412). Nothing was written *by this request*.
    Precondition,
    /// Another request was at work on the same key (409): read again, then retry.
    Conflict,
    /// Not allowed, or a read-only place. Nothing was written.
    Denied,
    /// No space or quota is left. Nothing was written.
    Full,
    /// The store cannot be reached or is not fit for use, and nothing was written.
    Unavailable,
    /// The request may or may not have been carried out: read back, and compare nonces.
    Ambiguous,
    /// The store found its own data damaged.
    Damaged,
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`: {}", self.key, self.message)
    }
}

impl std::error::Error for StoreError {}

/// Durable objects by key. An acknowledged write survives the process and the machine.
#[async_trait]
pub trait Store: Send + Sync {
    /// The object, or `None` when there is none.
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError>;

    /// Writes the whole object if the condition holds, and gives its new version.
    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError>;

    /// At most `limit` keys that begin with `prefix` (any text) and come after `after`, in byte order.
    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError>;

    /// Deletes the object if it is still this version; 404 when there is none.
    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError>;

    /// Where it is, for people: a path or a URL.
    fn place(&self) -> String;
}
