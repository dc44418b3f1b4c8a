//! What an operation costs: durable writes and provider calls for each step, time on the folder store, a thousand operations at
//! once, and taking up one whose log has ten thousand entries.
//!
//! `cargo bench -p skiff-tests --bench saga` prints the tables. The provider is the simulated cloud, whose waiting takes no
//! time; what is measured is the engine and the disk. `SKIFF_BENCH_FOLDER` names a folder on the disk that is measured.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints its tables")]

use std::{
    env, io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use skiff_runtime::{
    Error,
    engine::{Driver, Engine, Request},
    saga::{Kind, Saga, Service, canary, canary::Stage, deploy},
    simulation::{
        cloud::Cloud,
        registry::{Registry, SimulatedRelease},
        world::{SeededRandom, VirtualClock},
    },
    state::{Ledger, layout::Scope},
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, folder::FolderStore, memory::MemoryStore},
    world::World,
};
use skiff_wire::{Event, LogEntry, OperationStatus};
use tokio::sync::Semaphore;

/// Operations at once.
const MANY: usize = 1_000;
/// Drivers of one process at once in one folder.
const DRIVERS: usize = 64;
/// Entries of a long log.
const LONG: u64 = 10_000;

fn main() -> io::Result<()> {
    let parent = env::var_os("SKIFF_BENCH_FOLDER").map_or_else(env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(parent)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let open = |name: &str| FolderStore::open(&folder.path().join(name)).map_err(io::Error::other);
    let failed = |error: Error| io::Error::other(error.to_string());
    runtime.block_on(costs(Arc::new(open("one")?))).map_err(failed)?;
    println!("\nmany operations");
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    runtime.block_on(many(&memory, "in memory", MANY)).map_err(failed)?;
    let many_in_folder: Arc<dyn Store> = Arc::new(open("many")?);
    runtime.block_on(many(&many_in_folder, "in one folder", DRIVERS)).map_err(failed)?;
    runtime.block_on(long(Arc::new(open("long")?))).map_err(failed)
}

/// A store that counts its writes.
struct Counting {
    inner: Arc<dyn Store>,
    writes: AtomicU64,
}

#[async_trait]
impl Store for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.inner.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.inner.delete(key, version).await
    }

    fn place(&self) -> String {
        self.inner.place()
    }
}

/// A world on a store: its own time, cloud and releases.
struct Yard {
    engine: Engine,
    registry: Arc<Registry>,
    scope: Scope,
    ledger: Ledger,
}

impl Yard {
    fn new(app: &str, seed: u64, store: Arc<dyn Store>) -> Self {
        let world = World { clock: Arc::new(VirtualClock::new()), random: Arc::new(SeededRandom::new(seed)) };
        // Members write into a store of their own: what they cost is the runner's, and measured elsewhere.
        let members = World { clock: world.clock.clone(), random: Arc::new(SeededRandom::new(!seed)) };
        let registry = Arc::new(Registry::default());
        let cloud = Arc::new(Cloud::new(Ledger::new(store.clone(), members), registry.clone()));
        let ledger = Ledger::new(store, world);
        let driver = Driver { name: "bench".to_owned(), trust_pin: None };
        let engine = Engine::new(ledger.clone(), cloud, driver).verifying(registry.clone());
        Self { engine, registry, scope: Scope::new(app, "bench"), ledger }
    }

    fn release(&self, sequence: u64) -> String {
        let release = SimulatedRelease { sequence, ..SimulatedRelease::default() };
        self.registry.put(&format!("release-{sequence}"), release)
    }

    fn deploy(&self, sequence: u64) -> Saga {
        let release = self.release(sequence);
        Saga::Deploy(deploy::Parameters { service: service(), release, before: Vec::new() })
    }

    fn canary(&self, sequence: u64) -> Saga {
        let stages = canary::SHARES.iter().map(|percent| Stage { percent: *percent, bake_seconds: 1 }).collect();
        let (release, gates, before) = (self.release(sequence), Vec::new(), Vec::new());
        Saga::Canary(canary::Parameters { service: service(), release, stages, gates, before })
    }

    fn request(&self, saga: Saga) -> Request {
        let requested_by = "bench".to_owned();
        Request { scope: self.scope.clone(), saga, requested_by, idempotency_key: None, two_party: false }
    }

    async fn done(&self, saga: Saga) -> Result<(), Error> {
        let started = self.engine.start(&self.request(saga)).await?;
        let finished = self.engine.drive(&self.scope, &started.operation, &mut |_| {}).await?;
        assert_eq!(finished.status, OperationStatus::Succeeded, "{finished:?}");
        Ok(())
    }
}

fn service() -> Service {
    Service {
        name: "web".into(),
        kind: Kind::Web,
        slots: vec!["a".into(), "b".into()],
        minimum: 2,
        maximum: 4,
        legacy: false,
        recreate: false,
        drain_seconds: 2,
        grace_seconds: 2,
        deadline_seconds: 60,
    }
}

async fn costs(folder: Arc<FolderStore>) -> Result<(), Error> {
    println!("one operation               steps  writes  per step     folder     per step   memory   folder ÷ memory");
    for (name, canary) in [("deploy", false), ("canary of four shares", true)] {
        let (memory_time, _, _) = one(Arc::new(MemoryStore::new()), name, canary).await?;
        let (time, steps, writes) = one(folder.clone(), name, canary).await?;
        let per = |total: f64| total / f64::from(u32::try_from(steps).unwrap_or(u32::MAX));
        println!(
            "  {name:<24} {steps:>6} {writes:>7} {:>9.2} {:>7.1} ms {:>9.2} ms {:>5.1} ms {:>13.1} ×",
            per(f64::from(u32::try_from(writes).unwrap_or(u32::MAX))),
            time.as_secs_f64() * 1e3,
            per(time.as_secs_f64() * 1e3),
            memory_time.as_secs_f64() * 1e3,
            time.as_secs_f64() / memory_time.as_secs_f64(),
        );
    }
    Ok(())
}

/// The second deploy of a service: the median of five.
async fn one(store: Arc<dyn Store>, app: &str, canary: bool) -> Result<(Duration, usize, u64), Error> {
    let counting = Arc::new(Counting { inner: store, writes: AtomicU64::new(0) });
    let yard = Yard::new(&app.replace(' ', "-"), 1, counting.clone());
    yard.done(yard.deploy(1)).await?;
    let mut times = Vec::new();
    let (mut steps, mut writes) = (0, 0);
    for sequence in 2..7 {
        let saga = if canary { yard.canary(sequence) } else { yard.deploy(sequence) };
        steps = saga.plan().len();
        let before = counting.writes.load(Ordering::Relaxed);
        let begun = Instant::now();
        yard.done(saga).await?;
        times.push(begun.elapsed());
        writes = counting.writes.load(Ordering::Relaxed) - before;
    }
    times.sort_unstable();
    Ok((times[times.len() / 2], steps, writes))
}

async fn many(store: &Arc<dyn Store>, what: &str, drivers: usize) -> Result<(), Error> {
    let begun = Instant::now();
    let turns = Arc::new(Semaphore::new(drivers));
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..MANY {
        let yard = Yard::new(&format!("app-{index}"), index as u64, store.clone());
        let turns = turns.clone();
        tasks.spawn(async move {
            let _turn = turns.acquire().await.expect("nobody closes it");
            yard.done(yard.canary(1)).await
        });
    }
    let mut done = 0;
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no operation panics")?;
        done += 1;
    }
    let took = begun.elapsed();
    let each = took.as_secs_f64() * 1e3 / f64::from(done);
    println!(
        "  {done} canaries, {drivers} at once, {what}: {:.1} s, {each:.1} ms each, {} MiB at most",
        took.as_secs_f64(),
        peak_mebibytes()
    );
    Ok(())
}

/// The most memory that the process has had, as the kernel counts it.
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or_default() / 1024
}

/// Takes up an operation whose log is long, and one whose log is short.
async fn long(folder: Arc<FolderStore>) -> Result<(), Error> {
    println!("\ntaking an operation up: from the command until its next step begins");
    let mut short = Duration::ZERO;
    for entries in [10, LONG] {
        let yard = Yard::new(&format!("log-{entries}"), 7, folder.clone());
        yard.done(yard.deploy(1)).await?;
        let operation = yard.engine.start(&yard.request(yard.deploy(2))).await?.operation;
        for index in 0..entries {
            let by = "bench".to_owned();
            let event = if index % 2 == 0 { Event::PauseRequested { by } } else { Event::ResumeRequested { by } };
            let at = yard.ledger.world.clock.now();
            let entry = LogEntry { schema: LogEntry::SCHEMA.into(), index, epoch: 0, at, event };
            yard.ledger.put_once(&yard.scope.log(&operation, index), &entry).await?;
        }
        let begun = Instant::now();
        let mut first = None;
        let mut tell = |progress| {
            if matches!(progress, skiff_runtime::engine::Progress::StepStarted { .. }) {
                first.get_or_insert_with(|| begun.elapsed());
            }
        };
        yard.engine.drive(&yard.scope, &operation, &mut tell).await?;
        let took = first.unwrap_or_default();
        if entries == 10 {
            short = took;
        }
        let ratio = took.as_secs_f64() / short.as_secs_f64();
        println!("  {entries:>6} entries  {:>8.1} ms  {ratio:>6.1} ×", took.as_secs_f64() * 1e3);
    }
    Ok(())
}
