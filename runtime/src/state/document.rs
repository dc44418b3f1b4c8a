//! Documents that are written once, and how every document is read and written.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use skiff_wire::{
    Control, IdempotencyRecord, LedgerEvent, LogEntry, MemberState, OpenOperation, OperationControl, OperationIntent,
    ServiceControl,
};

use crate::{
    error::{Error, ErrorKind},
    state::{Ledger, codes, strict},
    store::{self, Condition, Key, StoreError, StoreErrorKind},
};

/// No document of the ledger has more bytes; they are read whole.
pub const LARGEST_DOCUMENT: usize = 4 << 20;

/// How often a write is tried again that the store did not or may not have carried out.
pub(crate) const ATTEMPTS: u32 = 6;

/// A document of one major version as one of the next; `schema` follows by itself.
pub type Upgrade = fn(Value) -> Result<Value, String>;

/// A document with a schema name and a version.
pub trait Document: Serialize + DeserializeOwned + Send + Sync {
    /// Its schema, such as `skiff.dev/event/v1`.
    const SCHEMA: &'static str;

    /// What makes a document of version 1 one of version 2, one of version 2 one of version 3, and so on up to the version in
    /// [`Document::SCHEMA`]; none while there is only the first.
    const UPGRADES: &'static [Upgrade] = &[];
}

macro_rules! documents {
    ($($name:ty),+ $(,)?) => {
        $(impl Document for $name { const SCHEMA: &'static str = <$name>::SCHEMA; })+
    };
}

documents!(OperationIntent, LogEntry, OpenOperation, IdempotencyRecord, LedgerEvent);

/// The body of a control document.
pub trait Body: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// The schema of the document around it.
    const SCHEMA: &'static str;

    /// The upgrades of the document around it, as in [`Document::UPGRADES`].
    const UPGRADES: &'static [Upgrade] = &[];
}

macro_rules! bodies {
    ($($name:ty),+ $(,)?) => {
        $(impl Body for $name { const SCHEMA: &'static str = <$name>::SCHEMA; })+
    };
}

bodies!(ServiceControl, MemberState, OperationControl);

impl<B: Body> Document for Control<B> {
    const SCHEMA: &'static str = B::SCHEMA;
    const UPGRADES: &'static [Upgrade] = B::UPGRADES;
}

impl Ledger {
    /// Reads a document, or `None` when there is none.
    ///
    /// # Errors
    /// A store that fails, a document that cannot be read, or one of a newer Skiff.
    pub async fn get<D: Document>(&self, key: &Key) -> Result<Option<D>, Error> {
        let object = self.store.get(key).await.map_err(store_error)?;
        object.map(|object| parse(key, &object.body)).transpose()
    }

    /// Writes a document once. The same content again is done already; another content is a conflict.
    ///
    /// # Errors
    /// A store that fails, or another document under the same key.
    pub async fn put_once<D: Document>(&self, key: &Key, document: &D) -> Result<(), Error> {
        self.put_bytes_once(key, &print_for(key, document)?).await
    }

    /// Writes bytes once, as [`Ledger::put_once`] does: an artifact, an envelope.
    ///
    /// # Errors
    /// A store that fails, or other bytes under the same key.
    pub async fn put_bytes_once(&self, key: &Key, body: &[u8]) -> Result<(), Error> {
        let mut ambiguous = None;
        for attempt in 0..ATTEMPTS {
            let Err(error) = self.store.put(key, body, &Condition::Absent).await else { return Ok(()) };
            if matches!(error.kind, StoreErrorKind::Denied | StoreErrorKind::Full | StoreErrorKind::Damaged) {
                return Err(store_error(ambiguous.filter(is_ambiguous).unwrap_or(error)));
            }
            match self.store.get(key).await {
                Ok(Some(object)) if object.body == body => return Ok(()),
                Ok(Some(_)) => return Err(written_already(key)),
                Ok(None) | Err(_) => {}
            }
            // Once an answer was lost, no later one makes it certain that nothing was written.
            ambiguous = Some(ambiguous.filter(is_ambiguous).unwrap_or(error));
            self.pause(attempt).await;
        }
        Err(ambiguous.map_or_else(|| written_already(key), store_error))
    }
}

fn is_ambiguous(error: &StoreError) -> bool {
    error.kind == StoreErrorKind::Ambiguous
}

fn written_already(key: &Key) -> Error {
    Error::new(&codes::WRITTEN_ALREADY, ErrorKind::Conflict, format!("another document is under `{key}` already"))
        .hint("look at what is there now, then run the command again")
}

/// The bytes of a document: indented JSON with a newline at its end.
pub(crate) fn print<D: Serialize>(document: &D) -> Result<Vec<u8>, Error> {
    let failed = |error: serde_json::Error| Error::new(&codes::MALFORMED, ErrorKind::Internal, error.to_string());
    let mut body = serde_json::to_vec_pretty(document).map_err(failed)?;
    body.push(b'\n');
    Ok(body)
}

/// The bytes of a document for a key: no more of them than would be read again.
pub(crate) fn print_for<D: Serialize>(key: &Key, document: &D) -> Result<Vec<u8>, Error> {
    let body = print(document)?;
    if body.len() > LARGEST_DOCUMENT { Err(too_large(key, body.len())) } else { Ok(body) }
}

/// A document from its bytes, upgraded to the version that this Skiff writes.
pub(crate) fn parse<D: Document>(key: &Key, body: &[u8]) -> Result<D, Error> {
    if body.len() > LARGEST_DOCUMENT {
        return Err(too_large(key, body.len()));
    }
    let value = strict::value(body).map_err(|error| malformed(key, &error.to_string()))?;
    let value = current::<D>(key, value)?;
    serde_json::from_value(value).map_err(|error| malformed(key, &error.to_string()))
}

/// The document in the version that this Skiff writes.
fn current<D: Document>(key: &Key, mut value: Value) -> Result<Value, Error> {
    let schema = value.get("schema").and_then(Value::as_str).map(str::to_owned);
    let schema = schema.ok_or_else(|| malformed(key, "it has no `schema`"))?;
    if schema == D::SCHEMA {
        return Ok(value);
    }
    match (split(&schema), split(D::SCHEMA)) {
        (Some((name, version)), Some((wanted, current))) if name == wanted => {
            if version > current {
                return Err(newer(key, &schema, D::SCHEMA));
            }
            let first = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
            let upgrades = first.and_then(|first| D::UPGRADES.get(first..)).unwrap_or_default();
            if version.checked_add(upgrades.len() as u64) != Some(current) {
                return Err(other_schema(key, &schema, D::SCHEMA));
            }
            for upgrade in upgrades {
                value = upgrade(value).map_err(|problem| malformed(key, &problem))?;
            }
            value["schema"] = D::SCHEMA.into();
            Ok(value)
        }
        _ => Err(other_schema(key, &schema, D::SCHEMA)),
    }
}

/// A schema's name and its major version.
fn split(schema: &str) -> Option<(&str, u64)> {
    let (name, version) = schema.rsplit_once("/v")?;
    Some((name, version.parse().ok()?))
}

fn malformed(key: &Key, problem: &str) -> Error {
    Error::new(&codes::MALFORMED, ErrorKind::Invalid, format!("`{key}` cannot be read: {problem}"))
        .hint("`skiff state verify` names every document that cannot be read")
}

fn newer(key: &Key, schema: &str, known: &str) -> Error {
    let message = format!("`{key}` was written by a newer Skiff: it is `{schema}`, and this one knows `{known}`");
    Error::new(&codes::NEWER, ErrorKind::Invalid, message)
        .hint("use the version of Skiff that wrote it, or a newer one")
}

fn other_schema(key: &Key, schema: &str, wanted: &str) -> Error {
    let message = format!("`{key}` is a `{schema}` document, and a `{wanted}` document belongs there");
    Error::new(&codes::OTHER_SCHEMA, ErrorKind::Invalid, message)
        .hint("`skiff state verify` shows whether there are more of them")
}

fn too_large(key: &Key, size: usize) -> Error {
    let message = format!("`{key}` has {size} bytes, and a document has at most {LARGEST_DOCUMENT}");
    Error::new(&codes::TOO_LARGE, ErrorKind::Invalid, message)
        .hint("what is large belongs into an artifact or a file, not into a document")
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        store_error(error)
    }
}

/// A store's failure as one of the runtime.
pub(crate) fn store_error(error: StoreError) -> Error {
    let StoreError { kind, key, message } = error;
    let (code, kind, hint) = match kind {
        StoreErrorKind::Missing => {
            (&store::codes::GONE, ErrorKind::NotFound, "look at what is there with `skiff status`")
        }
        StoreErrorKind::Precondition | StoreErrorKind::Conflict => {
            (&store::codes::CHANGED, ErrorKind::Conflict, "look at what is there now, then run the command again")
        }
        StoreErrorKind::Denied => (
            &store::codes::DENIED,
            ErrorKind::NotAuthorised,
            "check who owns the ledger's folder and how it is mounted",
        ),
        StoreErrorKind::Full => (
            &store::codes::FULL,
            ErrorKind::Unavailable,
            "make room, for example with `skiff state gc`, then run it again",
        ),
        StoreErrorKind::Unavailable => (
            &store::codes::UNAVAILABLE,
            ErrorKind::Unavailable,
            "check that the ledger's folder is there and mounted, and that no process which uses it stands still",
        ),
        StoreErrorKind::Ambiguous => (
            &store::codes::UNKNOWN,
            ErrorKind::OutcomeUnknown,
            "`skiff resume OPERATION` reads what is there and goes on",
        ),
        StoreErrorKind::Damaged => {
            (&store::codes::DAMAGED, ErrorKind::Invalid, "remove what is not the ledger's, or restore it from a copy")
        }
    };
    Error::new(code, kind, format!("`{key}`: {message}")).hint(hint)
}
