//! A ledger that another process keeps locked for longer than a driver waits, and one from which nothing may be removed: neither
//! makes an operation fail.

use std::{fs::File, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use skiff_runtime::{
    Error, ErrorKind,
    engine::{
        Driver, Engine, Progress, Request,
        context::Context,
        step::{Step, Steps},
    },
    saga::{
        Kind, Saga, Service, deploy,
        step::hold::{GiveBack, TakeService},
    },
    simulation::{cloud::Cloud, registry::Registry},
    state::{Ledger, layout::Scope},
    store::{
        Condition, Etag, Key, Object, Page, Store, StoreError, StoreErrorKind, folder::FolderStore, memory::MemoryStore,
    },
    world::World,
};
use skiff_wire::{EffectClass, OperationStatus, PlannedStep, Reversibility, Risk};

/// How long a driver waits for a lock here.
const PATIENCE: Duration = Duration::from_millis(40);

/// Every lock of the folder, held as another process would hold it.
fn lock_all(folder: &Path) -> Vec<File> {
    let own = folder.join("+store");
    std::fs::create_dir_all(&own).unwrap();
    let lock = |shard: u32| {
        let path = own.join(format!("{shard:02}.lock"));
        let file = File::options().create(true).truncate(false).write(true).open(path).unwrap();
        file.lock().unwrap();
        file
    };
    (0..64).map(lock).collect()
}

/// A step that does nothing.
struct Idle;

#[async_trait]
impl Step for Idle {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        PlannedStep {
            kind: "idle/1".into(),
            title: "do nothing".into(),
            risk: Risk::None,
            reversibility: Reversibility::Reversible,
            effect: EffectClass::Read,
            approvals: 0,
            gate: false,
        }
    }

    async fn run(&self, _context: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        Ok(())
    }
}

fn steps(saga: &Saga) -> Steps {
    let (mut steps, service) = (Steps::new(), saga.moves().clone());
    steps.add(TakeService { service: service.clone(), live: false });
    steps.add(Idle);
    steps.add(GiveBack { service });
    steps
}

fn request() -> Request {
    let service = Service {
        name: "web".into(),
        kind: Kind::Web,
        slots: vec!["a".into(), "b".into()],
        minimum: 1,
        maximum: 2,
        legacy: false,
        recreate: false,
        drain_seconds: 1,
        grace_seconds: 1,
        deadline_seconds: 5,
    };
    let saga = Saga::Deploy(deploy::Parameters { service, release: "0".repeat(64), before: Vec::new() });
    Request {
        scope: Scope::new("shop", "prod"),
        saga,
        requested_by: "ada".into(),
        idempotency_key: None,
        two_party: false,
    }
}

fn engine(folder: &Path) -> Engine {
    engine_on(Arc::new(FolderStore::open_patiently(folder, PATIENCE).unwrap()))
}

fn engine_on(store: Arc<dyn Store>) -> Engine {
    let ledger = Ledger::new(store, World::real());
    let cloud = Cloud::new(ledger.clone(), Arc::new(Registry::default()));
    let driver = Driver { name: "driver".into(), trust_pin: None };
    Engine::new(ledger, Arc::new(cloud), driver).doing(steps)
}

#[tokio::test]
async fn a_lock_that_is_held_for_too_long_is_not_available_and_no_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::open_patiently(folder.path(), PATIENCE).unwrap();
    let key = Key::parse("a/b").unwrap();
    let etag = store.put(&key, b"one", &Condition::Absent).await.unwrap();
    let locks = lock_all(folder.path());
    let refused = [
        store.get(&key).await.unwrap_err(),
        store.put(&key, b"two", &Condition::Matches(etag.clone())).await.unwrap_err(),
        store.delete(&key, &etag).await.unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind, StoreErrorKind::Unavailable, "{error}");
        assert!(error.message.contains("locked for 40ms"), "{error}");
        let told = Error::from(error);
        assert_eq!((told.code().id, told.kind()), ("SK2006", ErrorKind::Unavailable));
    }
    drop(locks);
    store.delete(&key, &etag).await.unwrap();
}

#[tokio::test]
async fn a_step_that_meets_a_lock_is_tried_again_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, request) = (engine(folder.path()), request());
    let operation = engine.start(&request).await.unwrap().operation;
    let (mut locks, mut retries) = (Vec::new(), 0);
    let mut tell = |progress| match progress {
        Progress::StepStarted { step: 0, .. } => locks = lock_all(folder.path()),
        Progress::Retrying { step: 0, message, .. } => {
            assert!(message.contains("kept it locked"), "{message}");
            retries += 1;
            locks.clear();
        }
        _ => {}
    };
    let finished = engine.drive(&request.scope, &operation, &mut tell).await.unwrap();
    assert_eq!((finished.status, retries), (OperationStatus::Succeeded, 1), "{finished:?}");
}

#[tokio::test]
async fn a_driver_whose_log_is_locked_writes_what_it_did_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, request) = (engine(folder.path()), request());
    let operation = engine.start(&request).await.unwrap().operation;
    let mut tell = |progress| {
        if matches!(progress, Progress::StepStarted { step: 1, .. }) {
            let locks = lock_all(folder.path());
            std::thread::spawn(move || {
                std::thread::sleep(5 * PATIENCE);
                drop(locks);
            });
        }
    };
    let finished = engine.drive(&request.scope, &operation, &mut tell).await.unwrap();
    assert_eq!(finished.status, OperationStatus::Succeeded, "{finished:?}");
    let history = engine.history(&request.scope, &operation).await.unwrap();
    assert_eq!(history.status.steps.iter().map(|step| step.attempts).collect::<Vec<_>>(), [1, 1, 1]);
}

/// A store whose policy forbids deletes, as a bucket's may.
struct KeepsAll(MemoryStore);

#[async_trait]
impl Store for KeepsAll {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.0.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.0.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.0.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, _version: &Etag) -> Result<(), StoreError> {
        Err(StoreError { kind: StoreErrorKind::Denied, key: key.to_string(), message: "a policy denies it".into() })
    }

    fn place(&self) -> String {
        "a bucket".into()
    }
}

#[tokio::test]
async fn an_operation_is_done_although_its_marker_may_not_be_removed() {
    let (engine, request) = (engine_on(Arc::new(KeepsAll(MemoryStore::new()))), request());
    let operation = engine.start(&request).await.unwrap().operation;
    assert_eq!(engine.open(&request.scope).await.unwrap().len(), 1);
    let finished = engine.drive(&request.scope, &operation, &mut |_| {}).await.unwrap();
    assert_eq!(finished.status, OperationStatus::Succeeded, "{finished:?}");
    assert!(engine.open(&request.scope).await.unwrap().is_empty(), "it is over, whatever is left of it");
}
