//! The supervisor: the process that is "the cloud" of one state folder.
//!
//! [`supervise`] takes the folder's lock, reads what is wanted (`cloud`), adopts what still runs (`adopt`), then lives in
//! one loop: it answers calls (`calls`), notices what has ended, brings every slot to its capacity (`decide`,
//! `members`) and the load balancer to its configuration (`balance`). Everything it does follows from the documents on
//! the disk, so that the next supervisor goes on where this one was killed.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::process::setsid;
use serde_json::json;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    time::{Interval, MissedTickBehavior, interval},
};

use crate::{
    error::{Error, ErrorKind},
    local::{
        Place, Programs,
        call::Refusal,
        codes,
        desired::{ProcessRecord, Up},
        file,
        place::cannot_write,
        process::ProcessId,
    },
    provider::SlotAddress,
    state::Ledger,
    store::folder::FolderStore,
    world::World,
};

mod adopt;
mod backoff;
mod balance;
mod before;
mod calls;
mod cloud;
mod decide;
mod launch;
mod listener;
mod lock;
mod log;
mod member;
mod members;
mod ports;
mod release;
mod server;

/// How often it is looked whether an adopted process has ended; the end of its own children is told by a signal.
const LOOK: Duration = Duration::from_millis(200);
/// How long answers may take to leave when the supervisor does.
const FAREWELL: Duration = Duration::from_secs(1);
/// How soon the same trouble is said again.
const AGAIN: Duration = Duration::from_secs(10);
/// How many calls may wait.
const CALLS: usize = 64;

/// How a supervisor is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuperviseOptions {
    /// The state folder.
    pub state: PathBuf,
    /// What it starts.
    pub programs: Programs,
}

/// Supervises a state folder until it is told to end everything (a call), or to leave everything as it is (SIGTERM).
///
/// # Errors
/// Another supervisor, a port that is taken, a folder that cannot be written. Whoever started it finds the failure in
/// `local/supervisor-failure.json` as well.
pub async fn supervise(options: SuperviseOptions) -> Result<(), Error> {
    let place = Place::of(&options.state);
    let outcome = run(&place, options.programs).await;
    if let Err(error) = &outcome {
        // A folder that cannot be written keeps this from its starter too, who then finds it on the standard error.
        let _unsaid = file::write(&place.failure(), &Refusal::from(error));
    }
    outcome
}

/// Ends everything of a state folder whose supervisor is dead.
pub(crate) async fn end_all(place: &Place, programs: &Programs) -> Result<(), Error> {
    let lock = lock::SupervisorLock::take(place)?;
    let mut supervisor = Supervisor::begin(place, programs.clone(), lock)?;
    supervisor.adopt()?;
    supervisor.stop()?;
    let (_none, mut calls) = mpsc::channel(1);
    supervisor.live(&mut calls).await
}

async fn run(place: &Place, programs: Programs) -> Result<(), Error> {
    // A session of its own: the terminal that it was started from may go. It fails for a process that has one already.
    let _had_one = setsid();
    let lock = lock::SupervisorLock::take(place)?;
    let mut supervisor = Supervisor::begin(place, programs, lock)?;
    supervisor.adopt()?;
    supervisor.take_listener().await?;
    file::write(&place.supervisor(), &supervisor.own)?;
    place.prepare_sockets()?;
    let (asked, mut calls) = mpsc::channel(CALLS);
    let server = server::listen(&place.supervisor_socket(), asked)?;
    let outcome = supervisor.live(&mut calls).await;
    server.abort();
    // Each connection holds a sender: when all are gone, every answer is on its way. A call that comes now is not done.
    let rest = async { while calls.recv().await.is_some() {} };
    let _late = tokio::time::timeout(FAREWELL, rest).await;
    outcome
}

/// A supervisor at work.
struct Supervisor {
    place: Place,
    programs: Programs,
    world: World,
    ledger: Ledger,
    log: log::Log,
    cloud: cloud::Cloud,
    members: BTreeMap<String, member::Member>,
    back_off: BTreeMap<SlotAddress, backoff::BackOff>,
    balancer: balance::Balancer,
    own: ProcessRecord,
    port: u16,
    stopping: bool,
    /// The trouble that was said last.
    complained: Option<(String, &'static str, Instant)>,
    _lock: lock::SupervisorLock,
}

impl Supervisor {
    fn begin(place: &Place, programs: Programs, lock: lock::SupervisorLock) -> Result<Self, Error> {
        let folder = place.local();
        // Logs may hold what is nobody else's business, and whoever reaches the socket may move traffic.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
            .map_err(|error| cannot_write(&folder, &error))?;
        let world = World::real();
        let store = FolderStore::open(place.state()).map_err(crate::state::document::store_error)?;
        let up: Option<Up> = file::read(&place.up())?;
        Ok(Self {
            place: place.clone(),
            programs,
            ledger: Ledger::new(Arc::new(store), world.clone()),
            log: log::Log::open(place.log(), world.clone()),
            cloud: cloud::Cloud::load(place)?,
            members: BTreeMap::new(),
            back_off: BTreeMap::new(),
            balancer: balance::Balancer::default(),
            own: own_record(&world)?,
            world,
            port: up.and_then(|up| up.port).unwrap_or_default(),
            stopping: false,
            complained: None,
            _lock: lock,
        })
    }

    /// The loop: calls, ends of processes, and the passing of time; whatever it was, all is looked at again.
    async fn live(&mut self, calls: &mut mpsc::Receiver<server::Asked>) -> Result<(), Error> {
        let mut signals = Signals::listen()?;
        let mut look = every(LOOK);
        loop {
            tokio::select! {
                Some((call, reply)) = calls.recv() => {
                    let answer = self.answer(call).await;
                    // Whoever asked may be gone; what was asked is done all the same.
                    let _gone = reply.send(answer);
                }
                _ = signals.child.recv() => {}
                _ = look.tick() => {}
                _ = signals.terminate.recv() => {
                    self.log.say("left", "told to go; everything else runs on", json!({}));
                    return Ok(());
                }
            }
            self.look().await;
            if self.stopping && self.members.is_empty() && self.balancer.is_gone() {
                return self.finish();
            }
        }
    }

    /// Notices what has ended, and does what is to be done next.
    async fn look(&mut self) {
        self.reap();
        self.keep_balancer().await;
        self.settle().await;
        self.configure_balancer().await;
        self.sweep();
    }

    /// From now on everything is ended; written down first, so that nobody revives what is being ended.
    fn stop(&mut self) -> Result<(), Error> {
        file::remove(&self.place.up())?;
        if !self.stopping {
            self.log.say("stopping", "told to end everything", json!({}));
        }
        self.stopping = true;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.log.say("stopped", "everything has ended", json!({}));
        for path in [self.place.supervisor_socket(), self.place.supervisor(), self.place.balancer_socket()] {
            file::remove(&path)?;
        }
        Ok(())
    }

    /// Says that something could not be done and will be tried again. The same is said again only after a while, since it is
    /// tried several times a second, each time with another member.
    fn complain(&mut self, what: &str, error: &Error) {
        let code = error.code().id;
        let same = |(said, of, at): &(String, &str, Instant)| said == what && *of == code && at.elapsed() < AGAIN;
        if self.complained.as_ref().is_some_and(same) {
            return;
        }
        self.log.say("trouble", &format!("{what}: {error}"), json!({ "code": code }));
        self.complained = Some((what.to_owned(), code, Instant::now()));
    }
}

fn own_record(world: &World) -> Result<ProcessRecord, Error> {
    let message = "this system has no `/proc` that tells when a process has started";
    let unsupported = || {
        Error::new(&codes::UNSUPPORTED_SYSTEM, ErrorKind::Unavailable, message)
            .hint("run it on Linux, with /proc mounted")
    };
    let process = ProcessId::own().ok_or_else(unsupported)?;
    Ok(ProcessRecord { process, version: env!("CARGO_PKG_VERSION").into(), since: world.clock.now() })
}

fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// The signals that mean something to a supervisor.
struct Signals {
    child: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Error> {
        let of = |kind| {
            signal(kind).map_err(|error| {
                let message = format!("signals cannot be received: {error}");
                Error::new(&codes::NOT_STARTED, ErrorKind::Internal, message)
            })
        };
        Ok(Self { child: of(SignalKind::child())?, terminate: of(SignalKind::terminate())? })
    }
}
