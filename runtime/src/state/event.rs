//! Events and the audit: what is worth knowing later.

use serde_json::Value;
use skiff_wire::LedgerEvent;

use crate::{
    error::Error,
    state::{Ledger, layout::Scope},
};

/// An event before it has an id and a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewEvent {
    /// A stable word, such as `release-created`.
    pub kind: &'static str,
    /// Whether someone did something on purpose.
    pub audit: bool,
    /// Who.
    pub actor: String,
    /// The service.
    pub service: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// One sentence.
    pub summary: String,
    /// Details by name; never a secret.
    pub data: Value,
}

impl Ledger {
    /// Records an event; gives its id.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn event(&self, scope: &Scope, event: NewEvent) -> Result<String, Error> {
        let (id, at) = (self.world.id(), self.world.clock.now());
        let document = LedgerEvent {
            schema: LedgerEvent::SCHEMA.into(),
            id: id.clone(),
            at,
            kind: event.kind.into(),
            audit: event.audit,
            actor: event.actor,
            service: event.service,
            operation: event.operation,
            summary: event.summary,
            data: event.data,
        };
        self.put_once(&scope.event(at, &id), &document).await?;
        Ok(id)
    }
}
