//! A small ledger in order: a service with releases, members, an operation, events.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use skiff_runtime::{
    state::{
        Ledger,
        control::Next,
        document::{Body, Document},
        event::NewEvent,
        layout::{self, Scope, ServiceScope},
    },
    store::{Condition, Key, Store, memory::MemoryStore},
    trust::{SigningKey, envelope::sign, verify::digest},
    world::World,
};
use skiff_wire::{
    Assignment, IdempotencyRecord, LiveRelease, LogEntry, MemberState, OperationControl, OperationIntent,
    ReleaseStatement, ServiceControl, SlotControl, TrustRoot,
};

/// A ledger, and what a test does to it.
pub(crate) struct Shop {
    pub(crate) ledger: Ledger,
    pub(crate) scope: Scope,
    pub(crate) web: ServiceScope,
    key: SigningKey,
}

impl Shop {
    /// An empty ledger.
    pub(crate) fn empty() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        let world = World::real();
        let key = SigningKey::generate("ada", &*world.random).expect("a key");
        let scope = Scope::new("shop", "prod");
        Self { ledger: Ledger::new(store, world), web: scope.service("web"), scope, key }
    }

    /// Three releases, of which the third is live and the second was; a member; a finished operation; an event; a root.
    pub(crate) async fn in_order() -> (Self, Vec<String>) {
        let shop = Self::empty();
        let mut releases = Vec::new();
        for sequence in 1..=3 {
            releases.push(shop.release(sequence, format!("bundle {sequence}").as_bytes()).await);
        }
        shop.live(&releases[2], 3, &[&releases[1]]).await;
        shop.member("i-1", 3, "2026-11-20T00:00:00Z").await;
        shop.root(1).await;
        shop.operation("op-1", "succeeded").await;
        shop.ledger
            .event(&shop.scope, NewEvent { kind: "traffic-shifted", ..NewEvent::default() })
            .await
            .expect("an event");
        (shop, releases)
    }

    /// A release with one bundle; its id.
    pub(crate) async fn release(&self, sequence: u64, bundle: &[u8]) -> String {
        let sha256 = digest(bundle);
        self.ledger.put_bytes_once(&layout::artifact(&sha256), bundle).await.expect("an artifact");
        let statement = json!({
            "_type": ReleaseStatement::STATEMENT_TYPE,
            "subject": [{"name": "web", "digest": {"sha256": sha256}}],
            "predicateType": ReleaseStatement::PREDICATE_TYPE,
            "predicate": {
                "app": "shop", "environment": "prod", "service": "web", "sequence": sequence,
                "expires": "2030-01-01T00:00:00Z",
                "artifacts": {"web": {"bundle": {"sha256": sha256, "size": bundle.len()}}},
                "manifest": {"main": {
                    "name": "web", "artifact": {"bundle": {"path": "app"}}, "command": {}, "ports": {},
                    "limits": {}, "security": {},
                }},
            },
        });
        let (id, envelope) = self.envelope(ReleaseStatement::PAYLOAD_TYPE, &statement);
        self.put(&self.web.release(&id), &envelope).await;
        self.put(&self.web.attestation(&id, "sbom"), &self.envelope(ReleaseStatement::PAYLOAD_TYPE, &json!({})).1)
            .await;
        id
    }

    pub(crate) async fn root(&self, version: u64) {
        let envelope = self.envelope(TrustRoot::PAYLOAD_TYPE, &json!({"version": version})).1;
        self.put(&layout::root(version), &envelope).await;
    }

    fn envelope(&self, payload_type: &str, payload: &Value) -> (String, Vec<u8>) {
        let payload = serde_json::to_vec(payload).expect("JSON");
        let envelope = sign(payload_type, &payload, std::slice::from_ref(&self.key)).expect("an envelope");
        (digest(&payload), envelope)
    }

    /// Makes a release live in slot `a`, with a history.
    pub(crate) async fn live(&self, release: &str, sequence: u64, history: &[&str]) {
        let assignment =
            Assignment { release: release.into(), sequence, generation: sequence, launch_template_version: None };
        let slot = SlotControl { assignment: Some(assignment), weight: 100, minimum: 1, desired: 1 };
        let was = |release: &&str| LiveRelease {
            release: (*release).to_owned(),
            sequence: 1,
            slot: "b".into(),
            until: Timestamp::UNIX_EPOCH,
        };
        let body = ServiceControl {
            live: Some("a".into()),
            slots: [("a".to_owned(), slot)].into(),
            sequence,
            history: history.iter().map(was).collect(),
            ..ServiceControl::default()
        };
        self.control(&self.web.control(), body).await;
    }

    pub(crate) async fn member(&self, instance: &str, generation: u64, at: &str) {
        let fixture = include_bytes!("../fixtures/state/v1/member-state.json");
        let document: skiff_wire::Control<MemberState> = serde_json::from_slice(fixture).expect("a fixture");
        let body = MemberState {
            generation,
            phase: skiff_wire::MemberPhase::Ready,
            observed_at: at.parse().expect("a time"),
            ..document.body
        };
        self.control(&self.web.member(instance), body).await;
    }

    /// An operation of two steps with a log of four entries.
    pub(crate) async fn operation(&self, id: &str, status: &str) {
        let intent: OperationIntent =
            serde_json::from_slice(include_bytes!("../fixtures/state/v1/operation-intent.json")).expect("a fixture");
        let intent = OperationIntent { operation: id.into(), ..intent };
        self.ledger.put_once(&self.scope.intent(id), &intent).await.expect("an intent");
        let record = IdempotencyRecord {
            schema: IdempotencyRecord::SCHEMA.into(),
            key: id.into(),
            arguments: "0".repeat(64),
            operation: id.into(),
            entries: None,
        };
        self.ledger.put_once(&self.scope.idempotency(id), &record).await.expect("a record");
        for (index, event) in self.history().into_iter().enumerate() {
            self.log(id, index as u64, event).await;
        }
        let body = json!({"status": status, "entries": 6, "step": 1});
        let body: OperationControl = serde_json::from_value(body).expect("a control document");
        self.control(&self.scope.operation(id), body).await;
    }

    /// What happens in an operation that succeeds.
    fn history(&self) -> Vec<Value> {
        let started =
            |step: u32, kind: &str| json!({"step-started": {"step": step, "kind": kind, "input": "0", "attempt": 1}});
        let succeeded = |step: u32| json!({"step-succeeded": {"step": step, "output": null}});
        vec![
            json!({"claimed": {"holder": "worker"}}),
            started(0, "verify-release/1"),
            succeeded(0),
            started(1, "shift-traffic/1"),
            succeeded(1),
            json!("finished"),
        ]
    }

    pub(crate) async fn log(&self, id: &str, index: u64, event: Value) {
        let entry = json!({"schema": LogEntry::SCHEMA, "index": index, "epoch": 4, "at": "2026-11-21T12:00:00Z", "event": event});
        let entry: LogEntry = serde_json::from_value(entry).expect("a log entry");
        self.ledger.put_once(&self.scope.log(id, index), &entry).await.expect("a log entry");
    }

    pub(crate) async fn control<B: Body>(&self, key: &Key, body: B) {
        let next = Next { epoch: 1, holder: None, lease_until: None, body };
        let write = self.ledger.update::<B>(key, |_| Ok(Some(next.clone())));
        write.await.expect("a control document");
    }

    /// Replaces an object's bytes, or makes it.
    pub(crate) async fn put(&self, key: &Key, body: &[u8]) {
        let seen = self.ledger.store.get(key).await.expect("a read");
        let condition = seen.map_or(Condition::Absent, |seen| Condition::Matches(seen.etag));
        self.ledger.store.put(key, body, &condition).await.expect("a write");
    }

    pub(crate) async fn remove(&self, key: &Key) {
        let seen = self.ledger.store.get(key).await.expect("a read").expect("it is there");
        self.ledger.store.delete(key, &seen.etag).await.expect("a deletion");
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        let page = self.ledger.store.list("", None, 10_000).await.expect("a page");
        page.keys.iter().map(ToString::to_string).collect()
    }

    pub(crate) async fn read<D: Document>(&self, key: &Key) -> D {
        self.ledger.get(key).await.expect("a read").expect("it is there")
    }
}
