//! The same command again: an idempotency key that was used before names the operation of then.

use serde_json::Value;
use skiff_runtime::{
    Error, ErrorKind,
    engine::{Request, codes::KEY_REUSED},
};
use skiff_wire::{IdempotencyRecord, OperationIntent};

use crate::{acting::Acting, action, failure::Failure};

impl Acting {
    /// The operation that a key stands for already, `None` for a new key.
    ///
    /// A command that makes a release before its operation asks here first: the release of then is the one that was meant.
    ///
    /// # Errors
    /// A key that was used for something else than one of these sagas, for another service, or with other `arguments`, which are
    /// compared where the earlier operation has a parameter of that name.
    pub(crate) async fn asked_before(
        &self,
        key: Option<&str>,
        sagas: &[&str],
        service: &str,
        same: impl Fn(&Value) -> bool,
    ) -> Result<Option<OperationIntent>, Failure> {
        let (Some(key), ledger) = (key, &self.operating.ledger) else { return Ok(None) };
        let scope = &self.operating.scope;
        let Some(record) = ledger.get::<IdempotencyRecord>(&scope.idempotency(key)).await? else { return Ok(None) };
        let intent = ledger.get::<OperationIntent>(&scope.intent(&record.operation)).await?;
        let Some(intent) = intent else {
            return match record.operation.starts_with(IdempotencyRecord::OF_RELEASE) {
                true => Err(self.stands_for_another(key, &record).await),
                // Whoever died between the record and the intent has begun nothing; the engine compares the arguments.
                false => Ok(None),
            };
        };
        let started = record.entries.is_none() && intent.idempotency_key.as_deref() == Some(key);
        if started
            && sagas.contains(&intent.saga.as_str())
            && intent.service.as_deref() == Some(service)
            && same(&intent.parameters)
        {
            return Ok(Some(intent));
        }
        Err(self.stands_for_another(key, &record).await)
    }
}

impl Acting {
    /// Why an operation could not be put on record. Every command asks for its key before it begins, so a key that turns out
    /// to be used only now was taken by another command at the same moment.
    pub(crate) async fn beaten(&self, error: Error, request: &Request) -> Failure {
        let Some(key) = request.idempotency_key.as_ref().filter(|_| error.code() == &KEY_REUSED) else {
            return error.into();
        };
        let place = request.scope.idempotency(key);
        let Ok(Some(record)) = self.operating.ledger.get::<IdempotencyRecord>(&place).await else {
            return error.into();
        };
        let operation = record.operation;
        let message = format!("another command took the key `{key}` at the same moment, for operation `{operation}`");
        let refused = Error::new(&KEY_REUSED, ErrorKind::Conflict, message)
            .hint("wait for that one; what this command had released is kept, and is not deployed");
        let argv: Vec<_> = ["status"].into_iter().chain(self.place.iter().map(String::as_str)).collect();
        Failure::from(refused).operation(operation).action(action::look("status", &argv, "where that operation stands"))
    }
}

/// The failure of a key that was used for something else.
pub(crate) fn reused(message: String) -> Failure {
    Failure::from(Error::new(&KEY_REUSED, ErrorKind::Usage, message).hint("give what is asked for now another key"))
}
