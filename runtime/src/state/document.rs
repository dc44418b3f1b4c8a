//! Documents that are written once.

use serde::{Serialize, de::DeserializeOwned};
use skiff_wire::{
    Control, IdempotencyRecord, LedgerEvent, LogEntry, MemberState, OperationControl, OperationIntent, ServiceControl,
};

use crate::{
    error::{Error, ErrorKind},
    state::{Ledger, codes},
    store::{Condition, Key, StoreError, StoreErrorKind},
};

/// A document with a schema name and a version.
pub trait Document: Serialize + DeserializeOwned + Send + Sync {
    /// Its schema, such as `skiff.dev/event/v1`.
    const SCHEMA: &'static str;
}

macro_rules! documents {
    ($($name:ty),+ $(,)?) => {
        $(impl Document for $name { const SCHEMA: &'static str = <$name>::SCHEMA; })+
    };
}

documents!(OperationIntent, LogEntry, IdempotencyRecord, LedgerEvent);

/// The body of a control document.
pub trait Body: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// The schema of the document around it.
    const SCHEMA: &'static str;
}

macro_rules! bodies {
    ($($name:ty),+ $(,)?) => {
        $(impl Body for $name { const SCHEMA: &'static str = <$name>::SCHEMA; })+
    };
}

bodies!(ServiceControl, MemberState, OperationControl);

impl<B: Body> Document for Control<B> {
    const SCHEMA: &'static str = B::SCHEMA;
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
        let body = print(document)?;
        match self.store.put(key, &body, &Condition::Absent).await {
            Ok(_) => Ok(()),
            Err(error) => match self.store.get(key).await.map_err(store_error)? {
                Some(object) if object.body == body => Ok(()),
                _ => Err(store_error(error)),
            },
        }
    }
}

/// The bytes of a document: indented JSON with a newline at its end.
pub(crate) fn print<D: Serialize>(document: &D) -> Result<Vec<u8>, Error> {
    let failed = |error: serde_json::Error| Error::new(&codes::MALFORMED, ErrorKind::Internal, error.to_string());
    let mut body = serde_json::to_vec_pretty(document).map_err(failed)?;
    body.push(b'\n');
    Ok(body)
}

/// A document from its bytes.
pub(crate) fn parse<D: Document>(key: &Key, body: &[u8]) -> Result<D, Error> {
    serde_json::from_slice(body)
        .map_err(|error| Error::new(&codes::MALFORMED, ErrorKind::Invalid, format!("`{key}` cannot be read: {error}")))
}

/// A store's failure as one of the runtime.
pub(crate) fn store_error(error: StoreError) -> Error {
    let kind = match error.kind {
        StoreErrorKind::Missing => ErrorKind::NotFound,
        StoreErrorKind::Precondition | StoreErrorKind::Conflict => ErrorKind::Conflict,
        StoreErrorKind::Denied => ErrorKind::NotAuthorised,
        StoreErrorKind::Ambiguous => ErrorKind::OutcomeUnknown,
        StoreErrorKind::Damaged => ErrorKind::Invalid,
        StoreErrorKind::Full | StoreErrorKind::Unavailable => ErrorKind::Unavailable,
    };
    Error::new(&codes::MALFORMED, kind, error.to_string())
}
