//! Putting an operation into the ledger, and taking it out to drive it.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use skiff_wire::{IdempotencyRecord, OperationIntent};

use crate::{
    engine::{
        Engine, approval, codes,
        drive::Drive,
        hold::Hold,
        journal::Journal,
        open,
        request::{Finished, Progress, Request, Started},
        step::sha256,
    },
    error::{Error, ErrorKind},
    saga::Saga,
    state::{document::print, layout::Scope},
    store::Key,
};

impl Engine {
    /// Puts an operation into the ledger; nothing is done yet. With an idempotency key that was used before, it is the
    /// operation of then.
    ///
    /// # Errors
    /// A store that fails; an idempotency key that was used with other arguments, or that cannot be a key.
    pub async fn start(&self, request: &Request) -> Result<Started, Error> {
        let parameters = request.saga.parameters()?;
        let operation = match &request.idempotency_key {
            Some(key) => self.keyed(request, key, &parameters).await?,
            None => self.ledger.world.id(),
        };
        if self.ledger.get::<OperationIntent>(&request.scope.intent(&operation)).await?.is_some() {
            return Ok(Started { operation, again: true });
        }
        // Before the intent, so that no operation is ever there that a worker does not find.
        open::mark(&self.ledger, &request.scope, &operation).await?;
        let intent = self.intent(request, &operation, parameters);
        match self.ledger.put_once(&request.scope.intent(&operation), &intent).await {
            // With a key, another process may have written the same intent with another time; the one that is there counts.
            Err(error) if error.kind() == ErrorKind::Conflict && request.idempotency_key.is_some() => {
                Ok(Started { operation, again: true })
            }
            written => written.map(|()| Started { operation, again: false }),
        }
    }

    fn intent(&self, request: &Request, operation: &str, parameters: Value) -> OperationIntent {
        let steps = (self.steps_of)(&request.saga);
        let mut planned = steps.plan();
        for step in &mut planned {
            step.approvals = approval::needed(step) * if request.two_party { 2 } else { 1 };
        }
        OperationIntent {
            schema: OperationIntent::SCHEMA.into(),
            operation: operation.to_owned(),
            saga: request.saga.name().to_owned(),
            definition: steps.definition(),
            app: request.scope.app.clone(),
            environment: request.scope.environment.clone(),
            service: Some(request.saga.service().to_owned()),
            parameters,
            steps: planned,
            requested_by: request.requested_by.clone(),
            requested_at: self.ledger.world.clock.now(),
            idempotency_key: request.idempotency_key.clone(),
        }
    }

    /// The operation that a key stands for; a new one when the key is new.
    async fn keyed(&self, request: &Request, key: &str, parameters: &Value) -> Result<String, Error> {
        if Key::parse(key).is_none() || key.contains('/') {
            let message = format!("`{key}` cannot be an idempotency key");
            return Err(Error::new(&codes::BAD_KEY, ErrorKind::Usage, message)
                .hint("use letters, digits, `.`, `_` and `-`, such as `deploy-2026-11-21`"));
        }
        let arguments = arguments(request, parameters);
        let place = request.scope.idempotency(key);
        let record = IdempotencyRecord {
            schema: IdempotencyRecord::SCHEMA.into(),
            key: key.to_owned(),
            arguments: arguments.clone(),
            operation: self.ledger.world.id(),
            entries: None,
        };
        let there = match self.ledger.get::<IdempotencyRecord>(&place).await? {
            Some(there) => there,
            None => match self.ledger.put_once(&place, &record).await {
                Ok(()) => record,
                Err(error) if error.kind() == ErrorKind::Conflict => self.ledger.get(&place).await?.ok_or(error)?,
                Err(error) => return Err(error),
            },
        };
        if there.arguments == arguments { Ok(there.operation) } else { Err(reused(key, &there.operation)) }
    }

    /// Carries an operation out until it is done, taken back, or waits for somebody; `tell` hears of it on the way.
    ///
    /// Whoever drives it now stops at its next write.
    ///
    /// # Errors
    /// What cannot be driven: no such operation, one of another Skiff, one that somebody else has taken up since, a store or a
    /// provider that stays away. The operation stays as it is, and driving it again goes on.
    pub async fn drive(
        &self,
        scope: &Scope,
        operation: &str,
        tell: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Finished, Error> {
        let intent = self.read_intent(scope, operation).await?;
        let saga = Saga::read(&intent.saga, &intent.parameters)?;
        let steps = (self.steps_of)(&saga);
        if steps.definition() != intent.definition {
            let message = format!("operation `{operation}` has other steps than this Skiff would do");
            return Err(Error::new(&codes::OTHER_DEFINITION, ErrorKind::Invalid, message)
                .hint("resume it with the version of Skiff that started it"));
        }
        let plan = digest(&intent)?;
        let journal = Journal::claim(&self.ledger, scope, &intent, &self.driver.name).await?;
        // Steps tell as well, from futures that may be shared between threads.
        let tell = Mutex::new(tell);
        let tell = |progress| (tell.lock().unwrap_or_else(PoisonError::into_inner))(progress);
        let (scope, hold) = (scope.clone(), Hold::default());
        let drive = Drive { engine: self, scope, intent, plan, saga, steps, journal, hold, agreed: 0, tell: &tell };
        drive.run().await
    }

    pub(crate) async fn read_intent(&self, scope: &Scope, operation: &str) -> Result<OperationIntent, Error> {
        let intent = self.ledger.get::<OperationIntent>(&scope.intent(operation)).await?;
        intent.ok_or_else(|| {
            let message = format!("`{}/{}` has no operation `{operation}`", scope.app, scope.environment);
            Error::new(&codes::NO_OPERATION, ErrorKind::NotFound, message).hint("list them with `skiff status`")
        })
    }
}

/// SHA-256 of an intent as it is written: what is approved.
pub(crate) fn digest(intent: &OperationIntent) -> Result<String, Error> {
    print(intent).map(|bytes| sha256(&bytes))
}

/// SHA-256 of what was asked for. That two people must agree is part of it when it is asked for, so that keys of before this was
/// known stand for what they stood for.
fn arguments(request: &Request, parameters: &Value) -> String {
    let scope = &request.scope;
    let mut asked = vec![json!(scope.app), json!(scope.environment), json!(request.saga.name()), parameters.clone()];
    asked.extend(request.two_party.then(|| json!("two-party")));
    sha256(Value::Array(asked).to_string().as_bytes())
}

fn reused(key: &str, operation: &str) -> Error {
    let message = format!("the idempotency key `{key}` stands for operation `{operation}`, which has other arguments");
    Error::new(&codes::KEY_REUSED, ErrorKind::Usage, message)
        .hint("choose another key, or repeat the arguments of that operation")
}
