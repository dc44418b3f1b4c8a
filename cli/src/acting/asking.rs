//! What is asked of an operation that is on record: a pause, its way back, an answer to what it waits for.
//!
//! A key makes asking again one request. Its record says how long the operation's log was when it was first asked, so an
//! entry of that kind behind it is this very request, whoever has asked for the opposite since.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use skiff_runtime::{
    Error, ErrorKind,
    engine::{
        History,
        codes::{BAD_KEY, NOT_NOW},
    },
    store::Key,
};
use skiff_wire::{Event, IdempotencyRecord, OperationIntent};

use crate::{
    acting::{Acting, repetition::reused, steps},
    failure::Failure,
    outcome::Outcome,
};

/// One request.
pub(crate) struct Asking<'a> {
    /// The command that makes it, such as `saga pause`.
    pub(crate) command: &'static str,
    /// The operation that it is about.
    pub(crate) operation: &'a str,
    /// What else tells it from another request of that command.
    pub(crate) arguments: Value,
}

impl Acting {
    /// Whether something was asked with the same key before: the log has an entry that `made` knows, behind those that were
    /// there when the key was first used. `false` without a key, and when whoever used it first has died before asking.
    ///
    /// Without `dry_run` the key is taken by this.
    ///
    /// # Errors
    /// A key that stands for something else, or that cannot be a key.
    pub(crate) async fn asked_already(
        &self,
        asking: &Asking<'_>,
        dry_run: bool,
        made: impl Fn(&Event) -> bool,
    ) -> Result<bool, Failure> {
        let Some(key) = &self.key else { return Ok(false) };
        let history = self.engine.history(&self.operating.scope, asking.operation).await?;
        let wanted = self.record(key, asking, &history)?;
        let Some(there) = self.taken(&wanted, dry_run).await? else { return Ok(false) };
        if (&there.arguments, &there.operation) != (&wanted.arguments, &wanted.operation) {
            return Err(self.stands_for_another(key, &there).await);
        }
        let behind = usize::try_from(there.entries.unwrap_or_default()).unwrap_or(usize::MAX);
        Ok(history.entries.iter().skip(behind).any(|entry| made(&entry.event)))
    }

    /// What the key of the command line stands for already.
    pub(crate) async fn key_record(&self) -> Result<Option<IdempotencyRecord>, Failure> {
        match &self.key {
            Some(key) => Ok(self.operating.ledger.get(&self.operating.scope.idempotency(key)).await?),
            None => Ok(None),
        }
    }

    /// The record that there is of a key; a dry run makes none.
    async fn taken(&self, wanted: &IdempotencyRecord, dry_run: bool) -> Result<Option<IdempotencyRecord>, Failure> {
        let (ledger, place) = (&self.operating.ledger, self.operating.scope.idempotency(&wanted.key));
        if let Some(there) = ledger.get::<IdempotencyRecord>(&place).await? {
            return Ok(Some(there));
        }
        if dry_run {
            return Ok(None);
        }
        match ledger.put_once(&place, wanted).await {
            Ok(()) => Ok(None),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(ledger.get(&place).await?),
            Err(error) => Err(error.into()),
        }
    }

    fn record(&self, key: &str, asking: &Asking<'_>, history: &History) -> Result<IdempotencyRecord, Failure> {
        if Key::parse(key).is_none() || key.contains('/') {
            let error = Error::new(&BAD_KEY, ErrorKind::Usage, format!("`{key}` cannot be an idempotency key"));
            return Err(error.hint("use letters, digits, `.`, `_` and `-`, such as `pause-2026-11-21`").into());
        }
        let scope = &self.operating.scope;
        let asked = json!([scope.app, scope.environment, asking.command, asking.operation, asking.arguments]);
        let digest = Sha256::digest(asked.to_string().as_bytes());
        Ok(IdempotencyRecord {
            schema: IdempotencyRecord::SCHEMA.into(),
            key: key.into(),
            arguments: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            operation: asking.operation.into(),
            entries: u64::try_from(history.entries.len()).ok(),
        })
    }

    /// The failure of a key that stands for something else.
    pub(crate) async fn stands_for_another(&self, key: &str, there: &IdempotencyRecord) -> Failure {
        let operation = &there.operation;
        let intent = self.operating.ledger.get::<OperationIntent>(&self.operating.scope.intent(operation)).await;
        let Ok(Some(intent)) = intent else {
            return reused(format!("the key `{key}` was used for something else: `{operation}`"));
        };
        let of = intent.service.as_deref().map(|of| format!(" of `{of}`")).unwrap_or_default();
        let what = format!("the {}{of} `{operation}`", intent.saga);
        let message = match there.entries {
            Some(_) => format!("the key `{key}` was used to ask something else of {what}"),
            None => format!("the key `{key}` was used for {what}"),
        };
        reused(message).operation(operation)
    }

    /// The operation as it stands, when this can be asked of it, or was `asked` already; nothing is written.
    ///
    /// # Errors
    /// What asking would come to.
    pub(crate) async fn could_be_asked(&self, operation: &str, event: &Event, asked: bool) -> Result<History, Failure> {
        let history = self.engine.history(&self.operating.scope, operation).await?;
        match history.status.clone().next(event) {
            _ if asked => Ok(history),
            Ok(_) => Ok(history),
            Err(refused) => {
                let message = format!("operation `{operation}`: {}", refused.why);
                let error = Error::new(&NOT_NOW, ErrorKind::Invalid, message);
                Err(error.hint(format!("see where it stands: `skiff saga show {operation}`")).into())
            }
        }
    }
}

/// The outcome of a dry run of something that is asked of an operation.
pub(crate) fn would_ask(code: &'static str, summary: &str, history: &History) -> Outcome {
    let intent = &history.intent;
    let more = json!({ "service": intent.service, "operation": intent.operation, "status": history.status.state });
    steps::would(code, summary, &intent.steps, &more).operation(&intent.operation)
}

/// An operation as people name it, such as "the canary of `web`".
pub(crate) fn named(intent: &OperationIntent) -> String {
    let of = intent.service.as_deref().map(|service| format!(" of `{service}`")).unwrap_or_default();
    format!("the {}{of}", intent.saga)
}
